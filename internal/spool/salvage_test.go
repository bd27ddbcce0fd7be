package spool

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"atalaya"
	"atalaya/internal/secret"
)

// crashVariable makes a process open a spool and die in the middle. Its value is "key records folder".
const crashVariable = "ATALAYA_TEST_SPOOL_CRASH"

// deadly is a Sealer that kills its process after it has opened a number of records.
type deadly struct {
	*secret.Keyring
	left int
}

func (d *deadly) OpenRecord(place, sealed []byte) ([]byte, error) {
	if d.left--; d.left < 0 {
		os.Exit(crashed)
	}
	return d.Keyring.OpenRecord(place, sealed)
}

const crashed = 7

// crash is what such a process does.
func crash() {
	var text, dir string
	var records int
	_, err := fmt.Sscan(os.Getenv(crashVariable), &text, &records, &dir)
	if err != nil {
		panic(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		panic(err)
	}
	_, err = Open(Options{Dir: dir, MaxBytes: 64 << 20, Sealer: &deadly{secret.NewKeyring(key), records}, Log: slog.New(slog.DiscardHandler)})
	fmt.Fprintln(os.Stderr, "it lives:", err)
	os.Exit(1)
}

// damagedFolder returns a folder whose file has lost its meta pages. The file holds alerts of a user in more than one
// window.
func damagedFolder(t *testing.T) (f *folder, key string, user atalaya.UserID, list []atalaya.Arrival) {
	t.Helper()
	key, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := secret.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	f = &folder{dir: filepath.Join(t.TempDir(), "spool"), keys: secret.NewKeyring(parsed), max: 64 << 20}
	s := f.open(t)
	user = newUser()
	list = alerts(user, 200, time.Now().Add(-time.Minute))
	for i := range list {
		list[i].Body = bytes.Repeat([]byte{byte(i)}, atalaya.MaxBody)
		list[i].BodySize = atalaya.MaxBody
	}
	appendAll(t, s, list[:100])
	appendAll(t, s, list[100:])
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(f.dir, fileName), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	tearAt(t, file, 0, 2*int64(os.Getpagesize()))
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return f, key, user, list
}

func TestASalvageThatIsCutOffLosesNothing(t *testing.T) {
	t.Parallel()
	f, key, user, list := damagedFolder(t)
	for _, records := range []int{0, 150} { // in the first window, and in the second
		process := exec.CommandContext(t.Context(), os.Args[0])
		process.Env = append(os.Environ(), crashVariable+"="+key+" "+strconv.Itoa(records)+" "+f.dir)
		if said, err := process.CombinedOutput(); process.ProcessState.ExitCode() != crashed {
			t.Fatalf("after %d records: %v\n%s", records, err, said)
		}
	}
	s := f.open(t)
	got := drained(t, s)[user]
	if len(got) != len(list) {
		t.Fatalf("%d of %d alerts are left", len(got), len(list))
	}
	for i, a := range got { // comparing bodies of 64 KiB field by field takes minutes
		if a.SignalID != list[i].SignalID || !bytes.Equal(a.Body, list[i].Body) {
			t.Errorf("alert %d is another one", i)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(f.dir, "*"+newSuffix)); len(left) != 0 || len(s.Status().Torn) != 1 {
		t.Errorf("%v are left, and the status is %+v", left, s.Status())
	}
}

func TestASalvageThatIsCutOffBeforeTheRenameIsCompleted(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	user := newUser()
	list := alerts(user, 3, noon)
	appendAll(t, s, list)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.dir, fileName)
	if err := os.Rename(path, path+newSuffix); err != nil {
		t.Fatal(err)
	}
	same(t, "the alerts", list, drained(t, f.open(t))[user])
}

func TestLeftoversOfASalvageAreRemovedBesideASoundFile(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if err := f.open(t).Close(); err != nil {
		t.Fatal(err)
	}
	leftover := filepath.Join(f.dir, fileName+newSuffix)
	if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.open(t)
	if _, err := os.Stat(leftover); err == nil {
		t.Error("the leftover is still there")
	}
}

func TestAlertsThatDoNotOpenAreSetAsideTogether(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	s := f.open(t)
	for range 4 {
		appendAll(t, s, alerts(newUser(), 25, noon))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f.keys, _ = newKeyring(t)
	s = f.open(t)
	before := changes(t, s)
	if got := next(t, s, 10); len(got) != 0 || s.Status().Aside != 100 || s.Waiting() != 0 {
		t.Fatalf("%d alerts came, and the status is %+v", len(got), s.Status())
	}
	if n := changes(t, s) - before; n != 1 {
		t.Errorf("a hundred alerts took %d transactions", n)
	}
}

// changes returns the number of transactions that have written.
func changes(t *testing.T, s *Spool) (n int) {
	t.Helper()
	if err := s.db.View(func(tx *bbolt.Tx) error { n = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUsersWhoFloodTheSpoolLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	f.max = 4 * MinBytes
	s := f.open(t)
	for range 6 {
		flood := alerts(newUser(), 400, noon)
		for i := range flood {
			flood[i].Body = bytes.Repeat([]byte{'x'}, 30_000)
		}
		refused := 0
		for _, err := range s.Append(flood) {
			if err != nil {
				refused++
			}
		}
		if refused == 0 {
			t.Fatal("a flood of 12 MB finds room")
		}
	}
	for i := range 20 {
		for _, err := range s.Append(alerts(newUser(), 20, noon)) {
			if err != nil {
				t.Fatalf("user %d who sends little: %v", i, err)
			}
		}
	}
}
