package postgres_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// claimed claims a capture of a user. It returns the zero claim if there is none to claim.
func claimed(t *testing.T, store *postgres.Store, user atalaya.UserID) atalaya.CaptureClaim {
	t.Helper()
	claim, ok, err := store.ClaimCapture(t.Context(), user, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if ok != (claim != atalaya.CaptureClaim{}) {
		t.Errorf("claimed %+v, %t", claim, ok)
	}
	return claim
}

// jobs returns the states of a signal's jobs, with ", later" for one that may not run yet.
func jobs(t *testing.T, pool *pgxpool.Pool, id atalaya.SignalID) string {
	t.Helper()
	return value(t, pool, `select string_agg(state || case when state = 'available' and scheduled_at > now() then ', later' else '' end, ' ')
		from river.river_job where args ->> 'signal_id' = $1`, id)
}

func TestAUsersWaitingCapturesAreClaimedOldestFirstAndOnce(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, one := waiting(t, pool, store)
	two := arrive(t, pool, store, user)
	other, running := waiting(t, pool, store)
	arrive(t, pool, store, other)
	exec(t, pool, "update river.river_job set state = 'running', attempted_at = now() where args ->> 'signal_id' = $1", running)
	claim := claimed(t, store, user)
	if claim.SignalID != one || jobs(t, pool, one) != "available, later" {
		t.Errorf("claimed %+v of %s, jobs %q", claim, one, jobs(t, pool, one))
	}
	if _, ok := begin(t, store, one, "one.png"); !ok {
		t.Fatal("a claimed capture does not begin")
	}
	if next := claimed(t, store, user); next.SignalID != two {
		t.Errorf("claimed %+v, want %s", next, two)
	}
	if _, ok := begin(t, store, two, "two.png"); !ok {
		t.Fatal("a claimed capture does not begin")
	}
	if none := claimed(t, store, user); none.SignalID != "" {
		t.Errorf("claimed %+v, want nothing: what waits is another user's, %s", none, other)
	}
	if err := store.EndClaim(t.Context(), claim, true); err != nil || jobs(t, pool, one) != "completed" {
		t.Errorf("after the claim: %v, jobs %q", err, jobs(t, pool, one))
	}
}

func TestAClaimedCaptureIsNotClaimedAgainBeforeItBegins(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	exec(t, pool, "update river.river_job set scheduled_at = now() + interval '2 seconds'")
	if claim := claimed(t, store, user); claim.SignalID != id {
		t.Errorf("claimed %+v, want the capture that waits for its account", claim)
	}
	if claim := claimed(t, store, user); claim.SignalID != "" {
		t.Errorf("claimed %+v twice", claim)
	}
}

func TestTheEndOfAClaimLeavesAJobThatIsToRunAgain(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	claim := claimed(t, store, user)
	complete(t, store, id, "one.png")
	if err := store.CaptureAgain(t.Context(), testkit.Caller(user), id, always); err != nil {
		t.Fatal(err)
	}
	if err := store.EndClaim(t.Context(), claim, true); err != nil || jobs(t, pool, id) != "available" {
		t.Errorf("after the claim: %v, jobs %q; want the one job left for the new capture", err, jobs(t, pool, id))
	}
}

func TestAClaimThatEndsUndoneLeavesTheJobAsItWas(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	claim := claimed(t, store, user)
	if err := store.EndClaim(t.Context(), claim, false); err != nil || jobs(t, pool, id) != "available" {
		t.Errorf("after the claim: %v, jobs %q", err, jobs(t, pool, id))
	}
	claim = claimed(t, store, user)
	exec(t, pool, "update river.river_job set state = 'running', attempted_at = now() where id = $1", claim.Job)
	if err := store.EndClaim(t.Context(), claim, true); err != nil || jobs(t, pool, id) != "running" {
		t.Errorf("after a claim that took too long: %v, jobs %q", err, jobs(t, pool, id))
	}
}

func TestWhatNeedsItsOwnJobIsNotClaimed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"runs":               "update river.river_job set state = 'running', attempted_at = now()",
		"waits after a fail": "update river.river_job set state = 'retryable'",
		"rests":              "update river.river_job set state = 'scheduled'",
		"failed before":      "update trading_signals set screenshot_error = 'not_painted'",
		"is a suspect":       "insert into capture_states (signal_id, alone) select id, true from trading_signals",
		"is settled":         "update trading_signals set screenshot_status = 'completed'",
		"is a check":         "update river.river_job set queue = 'checks'",
	} {
		pool := testkit.Database(t)
		store := testkit.Store(t, pool)
		user, _ := waiting(t, pool, store)
		exec(t, pool, change)
		if got := claimed(t, store, user); got.SignalID != "" {
			t.Errorf("what %s is claimed: %+v", name, got)
		}
	}
}

func TestNoFurtherCaptureIsClaimedWhileAUserWithoutASlotWaits(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, _ := waiting(t, pool, store)
	other, _ := waiting(t, pool, store)
	if claim := claimed(t, store, user); claim.SignalID != "" {
		t.Errorf("claimed %+v while another user waits", claim)
	}
	exec(t, pool, "insert into capture_turns (user_id, hung) values ($1, true)", other)
	if claim := claimed(t, store, user); claim.SignalID == "" {
		t.Error("nothing is claimed although the other user's last attempt hung")
	}
}
