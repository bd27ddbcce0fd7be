package postgres_test

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

const (
	checkJobs  = "select count(*)::text from river.river_job where kind = 'cookie_check' and args ->> 'user_id' = $1"
	checkState = "select state from cookie_checks where user_id = $1"
)

// check permits a check of cookies.
func check(stored, malformed bool) error { return nil }

// checking queues a check of the user's cookies and begins it.
func checking(t *testing.T, store *postgres.Store, user atalaya.UserID) atalaya.CaptureTask {
	t.Helper()
	if err := store.RequestCookieCheck(t.Context(), user, check); err != nil {
		t.Fatal(err)
	}
	task, ok, err := store.BeginCookieCheck(t.Context(), user)
	if !ok || err != nil {
		t.Fatalf("begin the check: %v, %v", ok, err)
	}
	return task
}

// storeCookies stores other cookies, as PUT /api/config does.
func storeCookies(t *testing.T, store *postgres.Store, user atalaya.UserID, sealed atalaya.Sealed) {
	t.Helper()
	_, err := store.UpdateConfig(t.Context(), testkit.Caller(user), atalaya.ConfigUpdate{Cookies: &atalaya.SealedCookies{SessionID: sealed, Sign: sealed}})
	if err != nil {
		t.Fatal(err)
	}
}

// expired creates a user with cookies and a signal whose capture has failed because its session had expired.
func expired(t *testing.T, pool *pgxpool.Pool, store *postgres.Store) (atalaya.UserID, atalaya.SignalID) {
	t.Helper()
	user, id := waiting(t, pool, store)
	exec(t, pool, "update trading_signals set screenshot_status = 'failed', screenshot_error = 'session_expired' where id = $1", id)
	return user, id
}

func TestAnAnswerAboutFormerCookiesIsNotRecordedForThoseStoredSince(t *testing.T) {
	t.Parallel()
	for _, said := range []atalaya.CookieState{atalaya.CookiesAlive, atalaya.CookiesExpired, atalaya.CookiesUnknown} {
		pool := testkit.Database(t)
		store := testkit.Store(t, pool)
		user, id := expired(t, pool, store)
		task := checking(t, store, user)
		storeCookies(t, store, user, "newer")
		if err := store.EndCookieCheck(t.Context(), task, said, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := value(t, pool, checkState, user) + ", " + value(t, pool, shot, id); got != "pending, failed session_expired" {
			t.Errorf("%s of the former cookies: %q, want the check still pending and nothing retaken", said, got)
		}
		next, ok, err := store.BeginCookieCheck(t.Context(), user)
		if !ok || err != nil || next.SealedSessionID != "newer" {
			t.Fatalf("the next job checks %+v, %v, %v", next, ok, err)
		}
		if err := store.EndCookieCheck(t.Context(), next, atalaya.CookiesAlive, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := value(t, pool, checkState, user) + ", " + value(t, pool, shot, id); got != "alive, pending" {
			t.Errorf("after the check of the newer ones: %q", got)
		}
	}
}

func TestACheckIsAskedForOnceAMinuteButNewCookiesAreAlwaysChecked(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, _ := waiting(t, pool, store)
	request := func(what, want string) {
		t.Helper()
		if err := store.RequestCookieCheck(t.Context(), user, check); err != nil {
			t.Fatal(err)
		}
		if got := value(t, pool, checkJobs, user) + " " + value(t, pool, checkState, user); got != want {
			t.Errorf("%s: jobs and state %q, want %q", what, got, want)
		}
	}
	task := checking(t, store, user)
	request("while a check is pending", "1 pending")
	exec(t, pool, "delete from river.river_job where kind = 'cookie_check'")
	request("after its job was lost", "1 pending")
	if err := store.EndCookieCheck(t.Context(), task, atalaya.CookiesAlive, time.Now()); err != nil {
		t.Fatal(err)
	}
	request("right after the answer", "1 alive")
	exec(t, pool, "update cookie_checks set checked_at = now() - interval '61 seconds'")
	exec(t, pool, "update river.river_job set state = 'completed', finalized_at = now(), attempted_at = now() where kind = 'cookie_check'")
	request("a minute later", "2 pending")
}

func TestOneCheckOfAUserWaitsHoweverManyCookiesAreStored(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, _ := waiting(t, pool, store)
	var writers sync.WaitGroup
	for range 2 {
		writers.Go(func() {
			for range 10 {
				storeCookies(t, store, user, atalaya.Sealed(rand.Text()))
			}
		})
	}
	writers.Wait()
	if got := value(t, pool, checkJobs, user); got != "1" {
		t.Errorf("%s checks wait, want 1", got)
	}
	exec(t, pool, "update river.river_job set state = 'running', attempted_at = now() where kind = 'cookie_check'")
	storeCookies(t, store, user, "newest")
	const next = `select concat_ws(' ', count(*), min(scheduled_at) > now() + interval '5 seconds') from river.river_job where kind = 'cookie_check' and state = 'available'`
	if got := value(t, pool, next); got != "1 t" {
		t.Errorf("beside a check that runs %q wait, want 1, ten seconds after the last", got)
	}
}

func TestARetakenCaptureGetsAJobThoughItsFormerOneIsAboutToEnd(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{"running": "available running", "scheduled": "available", "completed": "available completed"} {
		pool := testkit.Database(t)
		store := testkit.Store(t, pool)
		user, id := expired(t, pool, store)
		exec(t, pool, `update river.river_job set state = $1::river.river_job_state, scheduled_at = now() + interval '1 hour',
			finalized_at = case $1 when 'completed' then now() end`, state)
		if err := store.EndCookieCheck(t.Context(), checking(t, store, user), atalaya.CookiesAlive, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		got := value(t, pool, `select string_agg(state || case when state = 'available' and scheduled_at > now() then ', later' else '' end, ' ' order by state::text)
			from river.river_job where args ->> 'signal_id' = $1`, id)
		if got != want {
			t.Errorf("with a job that is %s: jobs %q, want %q", state, got, want)
		}
	}
}

func TestACheckTakesTheAccountAndCountsAsNoCapture(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user := testkit.User(t, pool)
	check := func() atalaya.AccountState {
		got, err := store.LeaseForCheck(t.Context(), []byte("account"), user, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return got.State
	}
	if got := check(); got != atalaya.AccountTaken {
		t.Errorf("the check's lease is %v, want it taken", got)
	}
	if got := lease(t, store, aSignal, 1); got.State != atalaya.AccountBusy {
		t.Errorf("a capture meanwhile: %+v, want the account busy", got)
	}
	if err := store.ReleaseAccount(t.Context(), []byte("account"), atalaya.SignalID(user)); err != nil {
		t.Fatal(err)
	}
	if got := lease(t, store, aSignal, 1); got.State != atalaya.AccountTaken {
		t.Errorf("the day's one capture: %+v, want it taken", got)
	}
	if got := check(); got != atalaya.AccountBusy {
		t.Errorf("a check during a capture: %v, want it busy", got)
	}
}

func TestWhetherCookiesAreCheckedIsDecidedByWhatIsStored(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, _ := waiting(t, pool, store)
	refusal := atalaya.Errorf(atalaya.CodeConflict, "no")
	for _, step := range []struct {
		change            string
		stored, malformed bool
	}{
		{"update trading_signals_config set cookies_problem = null where user_id = $1", true, false},
		{"update trading_signals_config set cookies_problem = 'malformed' where user_id = $1", true, true},
		{"update trading_signals_config set cookies_problem = null, tv_sessionid = '' where user_id = $1", false, false},
	} {
		exec(t, pool, step.change, user)
		err := store.RequestCookieCheck(t.Context(), user, func(stored, malformed bool) error {
			if stored != step.stored || malformed != step.malformed {
				t.Errorf("after %s: stored %v, malformed %v", step.change, stored, malformed)
			}
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Errorf("after %s: %v, want the refusal", step.change, err)
		}
	}
	if got := value(t, pool, checkJobs, user); got != "0" {
		t.Errorf("%s checks are queued, want none", got)
	}
}
