package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// complete captures a signal with a picture at a path.
func complete(t *testing.T, store *postgres.Store, id atalaya.SignalID, path string) {
	t.Helper()
	task, ok := begin(t, store, id, path)
	if !ok || task.Path != path {
		t.Fatalf("the capture goes to %q, %v; want %q", task.Path, ok, path)
	}
	picture := atalaya.Picture{Kind: atalaya.KindUserChart, Source: atalaya.SourceViewport, TakenAt: time.Now()}
	if ok, err := store.CompleteCapture(t.Context(), task, picture, "https://x/"+path); !ok || err != nil {
		t.Fatalf("complete: %v, %v", ok, err)
	}
}

// always permits another capture.
func always(atalaya.RecaptureFacts) error { return nil }

func removals(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	return value(t, pool, "select string_agg(path, ' ' order by path) from screenshot_removals")
}

const shot = "select concat_ws(' ', screenshot_status, screenshot_error, screenshot_url) from trading_signals where id = $1"

func TestAnotherCaptureReplacesThePictureOnceItIsThere(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	caller := testkit.Caller(user)
	complete(t, store, id, "one.png")
	exec(t, pool, "update trading_signals set created_at = now() - interval '1 year' where id = $1", id)
	exec(t, pool, "delete from river.river_job")

	if err := store.CaptureAgain(t.Context(), caller, id, always); err != nil {
		t.Fatal(err)
	}
	if got := value(t, pool, shot, id); got != "pending https://x/one.png" {
		t.Errorf("row %q, want the old picture shown until the new one is there", got)
	}
	if got := value(t, pool, "select count(*)::text from river.river_job where args ->> 'signal_id' = $1", id); got != "1" {
		t.Errorf("%s jobs, want one", got)
	}
	underWay := func(f atalaya.RecaptureFacts) error { return fmt.Errorf("%s", f.Status) }
	if err := store.CaptureAgain(t.Context(), caller, id, underWay); err == nil || !strings.Contains(err.Error(), "pending") {
		t.Errorf("a second one at the same time: %v, want the first's status", err)
	}
	if n, err := store.FailStrandedCaptures(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("%d captures stranded, %v; want the old signal's left alone", n, err)
	}
	task, _ := begin(t, store, id, "two.png")
	if age := time.Since(task.ArrivedAt); age > time.Hour {
		t.Errorf("the capture's age is %s, want it counted from the wish", age)
	}
	if err := store.FailCapture(t.Context(), task, atalaya.CaptureSiteError); err != nil {
		t.Fatal(err)
	}
	if got := removals(t, pool); got != "null" {
		t.Errorf("removals %q while the old picture is shown", got)
	}
	if err := store.CaptureAgain(t.Context(), caller, id, always); err != nil {
		t.Fatal(err)
	}
	complete(t, store, id, "three.png")
	if diff := cmp.Diff("one.png two.png", removals(t, pool)); diff != "" {
		t.Errorf("removals (-want +got):\n%s", diff)
	}
	if got := value(t, pool, shot, id); got != "completed https://x/three.png" {
		t.Errorf("row %q", got)
	}
}

func TestAnotherCaptureTakesTheJobThatIsStillQueued(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		"available": "available 0", "scheduled": "available 0", "retryable": "available 0",
		"running": "available 0, running 2", "completed": "available 0, completed 2",
	} {
		pool := testkit.Database(t)
		store := testkit.Store(t, pool)
		user, id := waiting(t, pool, store)
		complete(t, store, id, "one.png")
		exec(t, pool, `update river.river_job set state = $1::river.river_job_state, attempt = 2, scheduled_at = now() + interval '1 hour',
			finalized_at = case $1 when 'completed' then now() end`, state)
		if err := store.CaptureAgain(t.Context(), testkit.Caller(user), id, always); err != nil {
			t.Fatal(err)
		}
		got := value(t, pool, `select string_agg(state || case when state = 'available' and scheduled_at > now() then ', later' else '' end || ' ' || attempt, ', ' order by state::text)
			from river.river_job where args ->> 'signal_id' = $1`, id)
		if got != want {
			t.Errorf("with a job that is %s: %q, want %q", state, got, want)
		}
	}
}

func TestASignalDeletedWhileItIsCapturedAgainLeavesNoPicture(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	complete(t, store, id, "one.png")
	if err := store.CaptureAgain(t.Context(), testkit.Caller(user), id, always); err != nil {
		t.Fatal(err)
	}
	begin(t, store, id, "two.png")
	exec(t, pool, "delete from trading_signals where id = $1", id)
	if err := store.SweepCaptures(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := removals(t, pool); got != "one.png two.png" {
		t.Errorf("removals %q, want both pictures", got)
	}
}

func TestWhetherASignalIsCapturedAgainIsDecidedByItsRowAndSettings(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	exec(t, pool, "update trading_signals_config set signals_quota = 15000, user_plan = 'pro' where user_id = $1", user)
	exec(t, pool, "update trading_signals set symbol = 'BTCUSDT' where id = $1", id)
	refusal := atalaya.Errorf(atalaya.CodeRateLimited, "later")
	facts := func() (asked atalaya.RecaptureFacts) {
		t.Helper()
		err := store.CaptureAgain(t.Context(), testkit.Caller(user), id, func(f atalaya.RecaptureFacts) error { asked = f; return refusal })
		if !errors.Is(err, refusal) {
			t.Errorf("%v, want the refusal", err)
		}
		return asked
	}
	want := facts()
	if want.Status != atalaya.ScreenshotPending || want.ChartID == "" || !want.CookiesStored || !want.CookiesValid || want.CookiesMalformed || want.WithoutCookies {
		t.Errorf("a signal that waits: %+v", want)
	}
	complete(t, store, id, "one.png")
	exec(t, pool, "delete from river.river_job")
	want.Status, want.Symbol, want.Owner = atalaya.ScreenshotCompleted, "BTCUSDT", atalaya.Quota{UserID: user, Total: 15000, Plan: atalaya.PlanPro}
	for _, step := range []struct {
		change string
		expect func()
	}{
		{"update trading_signals_config set cookies_valid = false where user_id = $1", func() { want.CookiesValid = false }},
		{"update trading_signals_config set cookies_problem = 'malformed' where user_id = $1", func() { want.CookiesMalformed = true }},
		{"update trading_signals_config set tv_sessionid_sign = '' where user_id = $1", func() { want.CookiesStored = false }},
		{"update trading_signals_config set capture_without_cookies = true where user_id = $1", func() { want.WithoutCookies = true }},
		{"update trading_signals_config set default_chart_id = 'Default1' where user_id = $1", func() {}},
		{"update trading_signals set chart_id = null where user_id = $1", func() { want.ChartID = "Default1" }},
	} {
		exec(t, pool, step.change, user)
		step.expect()
		if diff := cmp.Diff(want, facts()); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.change, diff)
		}
	}
	if got := value(t, pool, shot, id) + " " + value(t, pool, "select count(*)::text from river.river_job"); got != "completed https://x/one.png 0" {
		t.Errorf("row and jobs %q, want them untouched", got)
	}
}

func TestAnotherUsersSignalIsNotCapturedAgain(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	_, id := waiting(t, pool, store)
	complete(t, store, id, "one.png")
	stranger, _ := waiting(t, pool, store)
	asked := func(atalaya.RecaptureFacts) error {
		t.Error("permission is asked for another user's signal")
		return nil
	}
	if err := store.CaptureAgain(t.Context(), testkit.Caller(stranger), id, asked); atalaya.CodeOf(err) != atalaya.CodeNotFound {
		t.Errorf("%v, want not found", err)
	}
}

func TestACheckOfCookiesWithoutAnAnswerEndsAsUnknown(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	lost, waits := testkit.User(t, pool), testkit.User(t, pool)
	exec(t, pool, "insert into cookie_checks (user_id, requested_at) values ($1, now() - interval '61 minutes'), ($2, now() - interval '59 minutes')", lost, waits)
	if err := store.SweepCaptures(t.Context()); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[atalaya.UserID]string{lost: "unknown true", waits: "pending false"} {
		if got := value(t, pool, "select concat_ws(' ', state, (checked_at is not null)::text) from cookie_checks where user_id = $1", user); got != want {
			t.Errorf("the check is %s, want %s", got, want)
		}
	}
}
