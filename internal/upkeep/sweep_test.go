package upkeep_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/blob"
	"atalaya/internal/test/testkit"
	"atalaya/internal/upkeep"
)

// picturePath returns a path as captures choose it, for a capture that began some time ago.
func picturePath(user atalaya.UserID, ago time.Duration) string {
	return string(user) + "/BINANCE-BTCUSDT_" + time.Now().Add(-ago).UTC().Format("20060102T150405Z") + "-" + rand.Text() + ".png"
}

// storePicture stores a picture as if it had been written some time ago.
func (f *fixture) storePicture(t *testing.T, path string, ago time.Duration) string {
	t.Helper()
	if err := f.pictures.disk.Put(t.Context(), path, []byte("a picture"), blob.TypePNG); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-ago)
	if err := os.Chtimes(filepath.Join(f.pictures.dir, path), at, at); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	day = 24 * time.Hour
	old = 3 * day
)

func TestASweepRemovesPicturesThatNoRowNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user, other := testkit.User(t, f.pool), testkit.User(t, f.pool)
	signal := func(user atalaya.UserID, column, value string) {
		f.exec(t, "insert into public.trading_signals (user_id, screenshot_status, "+column+") values ($1, 'processing', $2)", user, value)
	}
	var kept, orphans []string
	keep := func(path string, ago time.Duration) string {
		kept = append(kept, f.storePicture(t, path, ago))
		return path
	}
	signal(user, "screenshot_path", keep(picturePath(user, old), old)) // its upload is under way, or done
	signal(other, "screenshot_path", keep(picturePath(other, old), old))
	signal(user, "screenshot_url", "https://abc.supabase.co/storage/v1/object/public/trading-screenshots/"+keep(picturePath(user, old), old))
	signal(user, "screenshot_url", "https://signals.example.com/pictures/"+keep(picturePath(user, old), old)+"?expires=1&signature=x")
	f.exec(t, "insert into public.capture_states (signal_id, replaces) values (gen_random_uuid(), $1)", keep(picturePath(user, old), old))
	f.exec(t, "insert into public.screenshot_removals (path, queued_at) values ($1, now() + interval '1 day')", keep(picturePath(user, old), old))
	keep(picturePath(user, old), time.Hour) // written now, whenever it was begun
	keep(picturePath(user, time.Hour), old) // begun now, whatever the storage's clock says
	keep(string(user)+"/BTCUSDT_1699999999.png", old)
	keep(string(user)+"/logo.png", old)
	for _, path := range []string{picturePath(user, old), picturePath(user, 25*time.Hour), picturePath(other, old)} {
		orphans = append(orphans, f.storePicture(t, path, old))
	}
	nobody := picturePath("00000000-0000-4000-8000-00000000dead", old)
	orphans = append(orphans, f.storePicture(t, nobody, old)) // of a deleted user
	if err := os.WriteFile(filepath.Join(f.pictures.dir, "notes.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}

	found, err := upkeep.FindOrphans(t.Context(), f.store, f.pictures, time.Now(), func(upkeep.Orphans) {})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(orphans)
	slices.Sort(found.Paths)
	if diff := cmp.Diff(orphans, found.Paths); diff != "" {
		t.Errorf("the orphans (-want +found):\n%s", diff)
	}
	if found.Looked != len(kept)+len(orphans) || found.Doubtful() {
		t.Errorf("looked at %d pictures of %d, doubtful %t", found.Looked, len(kept)+len(orphans), found.Doubtful())
	}

	late := orphans[0] // a row may come between looking and removing
	owner, _, _ := strings.Cut(late, "/")
	if late == nobody {
		late, owner = orphans[1], strings.Split(orphans[1], "/")[0]
	}
	signal(atalaya.UserID(owner), "screenshot_path", late)
	if n, err := upkeep.RemoveOrphans(t.Context(), f.store, f.pictures, found.Paths, func(int) {}); err != nil || n != len(orphans)-1 {
		t.Errorf("removed %d, %v; want %d", n, err, len(orphans)-1)
	}
	for _, path := range append(kept, late) {
		if !f.pictures.has(t, path) {
			t.Errorf("%s was removed", path)
		}
	}
	for _, path := range orphans {
		if path != late && f.pictures.has(t, path) {
			t.Errorf("%s is still there", path)
		}
	}
}

func TestUpkeepSweepsOnceADayWhateverTheNumberOfReplicas(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := testkit.User(t, f.pool)
	first := f.storePicture(t, picturePath(user, old), old)
	if err := f.upkeep.SweepPictures(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.pictures.has(t, first) || f.meter.swept.Load() != 1 {
		t.Errorf("the orphan is there: %t, and %d were counted", f.pictures.has(t, first), f.meter.swept.Load())
	}
	second := f.storePicture(t, picturePath(user, old), old)
	for range 3 {
		if err := f.with(f.store).SweepPictures(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !f.pictures.has(t, second) {
		t.Error("there was a second sweep on the same day")
	}
	f.exec(t, "update public.upkeep_runs set began_at = now() - interval '25 hours'")
	if err := f.with(f.store).SweepPictures(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f.pictures.has(t, second) {
		t.Error("there was no sweep on the next day")
	}
}

// A second service on the same bucket must not take the first one's pictures for orphans.
func TestUpkeepDoesNotSweepAStorageThatIsMostlyUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var paths []string
	for range 30 {
		paths = append(paths, f.storePicture(t, picturePath("00000000-0000-4000-8000-00000000beef", old), old))
	}
	err := f.upkeep.SweepPictures(t.Context())
	if err == nil || !strings.Contains(err.Error(), "another database") {
		t.Errorf("the sweep returns %v, want the reason and the cure", err)
	}
	for _, path := range paths {
		if !f.pictures.has(t, path) {
			t.Fatal("a picture was removed")
		}
	}
}

func TestASweepReturnsTheStoragesError(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	path := f.storePicture(t, picturePath(testkit.User(t, f.pool), old), old)
	f.pictures.fail(errDown)
	if err := f.upkeep.SweepPictures(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("the sweep returns %v, want the storage's error", err)
	}
	if !f.pictures.has(t, path) {
		t.Error("the orphan is gone all the same")
	}
}
