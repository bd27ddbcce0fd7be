package upkeep_test

import (
	"fmt"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// agedSignal stores a signal with a picture that was taken some days ago.
func (f *fixture) agedSignal(t *testing.T, user atalaya.UserID, days int) (id, path string) {
	t.Helper()
	id, path = f.newSignal(t, user)
	f.exec(t, `update public.trading_signals set screenshot_url = 'https://pictures.example/' || screenshot_path,
		screenshot_taken_at = now() - make_interval(days => $2::int) where id = $1`, id, days)
	return id, path
}

// pictureState returns what a signal's row says about its picture.
func (f *fixture) pictureState(t *testing.T, id string) string {
	t.Helper()
	return f.text(t, `select concat_ws(' ', screenshot_status, (screenshot_url is not null)::text, (screenshot_path is not null)::text)
		from public.trading_signals where id = $1`, id)
}

const (
	expired = "expired false false"
	whole   = "completed true true"
)

func TestPicturesExpireOnceTheyAreOlderThanThePlanKeepsThem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.kept = map[atalaya.Plan]time.Duration{atalaya.PlanFree: 30 * 24 * time.Hour, atalaya.PlanPro: 90 * 24 * time.Hour}
	users := map[string]atalaya.UserID{}
	for _, plan := range []string{"free", "pro", "lifetime"} {
		users[plan] = testkit.User(t, f.pool)
		f.exec(t, "update public.trading_signals_config set user_plan = $2 where user_id = $1", users[plan], plan)
	}
	type picture struct{ id, path, want string }
	var pictures []picture
	for _, c := range []struct {
		plan string
		days int
		want string
	}{
		{"free", 31, expired}, {"free", 29, whole}, {"pro", 31, whole}, {"pro", 91, expired}, {"lifetime", 5000, whole},
	} {
		id, path := f.agedSignal(t, users[c.plan], c.days)
		pictures = append(pictures, picture{id, path, c.want})
	}
	rounds(t, f.with(f.store), 4)
	for i, p := range pictures {
		if got := f.pictureState(t, p.id); got != p.want {
			t.Errorf("picture %d: the signal says %q, want %q", i, got, p.want)
		}
		if there := f.pictures.has(t, p.path); there != (p.want == whole) {
			t.Errorf("picture %d: the bytes are there: %t", i, there)
		}
	}
	if got := f.text(t, "select count(*)::text from public.trading_signals"); got != "5" {
		t.Errorf("%s signals are left, want all 5", got)
	}
	if n := f.meter.expired.Load(); n != 2 {
		t.Errorf("%d pictures were counted as expired, want 2", n)
	}
	if n := f.meter.removed.Load(); n != 2 {
		t.Errorf("%d pictures were counted as removed, want 2", n)
	}
}

func TestNoPictureExpiresIfNoPlanHasATime(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, path := f.agedSignal(t, testkit.User(t, f.pool), 5000)
	if err := f.upkeep.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.pictureState(t, id); got != whole || !f.pictures.has(t, path) {
		t.Errorf("the signal says %q, and the bytes are there: %t", got, f.pictures.has(t, path))
	}
}

func TestASignalThatIsCapturedAgainKeepsItsPictureAndAFailedOneLosesBoth(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.kept = map[atalaya.Plan]time.Duration{atalaya.PlanFree: 24 * time.Hour}
	user := testkit.User(t, f.pool)
	again := func(status string) (id, former, latter string) {
		id, former = f.agedSignal(t, user, 3)
		_, latter = f.agedSignal(t, user, 0)
		f.exec(t, "delete from public.trading_signals where screenshot_path = $1", latter)
		f.exec(t, "delete from public.screenshot_removals")
		f.exec(t, "insert into public.capture_states (signal_id, replaces) values ($1, $2)", id, former)
		f.exec(t, "update public.trading_signals set screenshot_status = $2, screenshot_path = $3 where id = $1", id, status, latter)
		return id, former, latter
	}
	waiting, shownStill, _ := again("processing")
	failed, former, latter := again("failed")
	if err := f.with(f.store).Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.pictureState(t, waiting); got != "processing true true" || !f.pictures.has(t, shownStill) {
		t.Errorf("a signal whose capture is under way says %q", got)
	}
	if got := f.pictureState(t, failed); got != expired || f.pictures.has(t, former) || f.pictures.has(t, latter) {
		t.Errorf("a signal whose second capture failed says %q, and its pictures are there: %t, %t",
			got, f.pictures.has(t, former), f.pictures.has(t, latter))
	}
}

func TestAPictureOfTheNodeServiceIsFoundByItsAddress(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.kept = map[atalaya.Plan]time.Duration{atalaya.PlanFree: 24 * time.Hour}
	user, other := testkit.User(t, f.pool), testkit.User(t, f.pool)
	id, path := f.agedSignal(t, user, 3)
	lying, kept := f.agedSignal(t, other, 0)
	public := "https://abc.supabase.co/storage/v1/object/public/trading-screenshots/"
	f.exec(t, "update public.trading_signals set screenshot_url = $2, screenshot_path = null where id = $1", id, public+path)
	// A row that names another user's picture must not remove it.
	thief, _ := f.agedSignal(t, user, 3)
	f.exec(t, "update public.trading_signals set screenshot_url = $2, screenshot_path = null where id = $1", thief, public+kept)
	if err := f.with(f.store).Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.pictureState(t, id); got != expired || f.pictures.has(t, path) {
		t.Errorf("the signal says %q, and its picture is there: %t", got, f.pictures.has(t, path))
	}
	if got := f.pictureState(t, lying); got != whole || !f.pictures.has(t, kept) {
		t.Errorf("the other user's signal says %q, and its picture is there: %t", got, f.pictures.has(t, kept))
	}
}

func TestManyOldPicturesExpireInPortions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.kept = map[atalaya.Plan]time.Duration{atalaya.PlanFree: 24 * time.Hour}
	for range 3 {
		f.exec(t, `insert into public.trading_signals (user_id, screenshot_status, screenshot_path, screenshot_taken_at)
			select $1::uuid, 'completed', $1::uuid || '/' || n || '.png', now() - interval '2 days' from generate_series(1, 700) n`, testkit.User(t, f.pool))
	}
	if err := f.with(f.store).Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := "select count(*) filter (where screenshot_status = 'expired') || ' of ' || count(*) from public.trading_signals"
	if got := f.text(t, count); got != "2100 of 2100" {
		t.Errorf("expired are %s", got)
	}
	waiting := fmt.Sprintf("select (count(*) + %d)::text from public.screenshot_removals", f.meter.removed.Load())
	if got := f.text(t, waiting); got != "2100" {
		t.Errorf("%s pictures are removed or wait for it, want 2100", got)
	}
}
