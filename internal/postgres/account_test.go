package postgres_test

import (
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// lease tries to lease an account for a signal. The account may take perDay captures a day; 0 is no limit.
func lease(t *testing.T, store *postgres.Store, id atalaya.SignalID, perDay int64) atalaya.AccountLease {
	t.Helper()
	got, err := store.LeaseAccount(t.Context(), []byte("account"), id, time.Minute, perDay)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const aSignal = atalaya.SignalID("a0000000-0000-4000-8000-000000000001")

func TestAnAccountRestsLongerWithEachStrikeUntilTheSiteServesItAgain(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	rest := func(asked time.Duration) time.Duration {
		got, err := store.RestAccount(t.Context(), []byte("account"), asked)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, pool, "update capture_accounts set rests_until = now()") // as if the rest had passed
		return got.Round(time.Second)
	}
	for i, want := range []float64{30, 60, 120, 240, 480, 600, 600} {
		if got := rest(0).Seconds(); got != want {
			t.Errorf("strike %d rests %v s, want %v", i+1, got, want)
		}
	}
	if got := rest(20 * time.Minute); got != 20*time.Minute {
		t.Errorf("rests %s, want the 20 minutes that the site asked for", got)
	}
	if got := rest(48 * time.Hour); got != time.Hour {
		t.Errorf("rests %s, want at most an hour", got)
	}
	if err := store.ForgiveAccount(t.Context(), []byte("account")); err != nil {
		t.Fatal(err)
	}
	if got := rest(0); got != 30*time.Second {
		t.Errorf("rests %s after it was forgiven, want 30 s", got)
	}
}

func TestARestingAccountIsNotLeasedAndCountsNoCapture(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	if _, err := store.RestAccount(t.Context(), []byte("account"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := lease(t, store, aSignal, 0); got.State != atalaya.AccountResting || got.Rest > time.Minute || got.Rest < 30*time.Second {
		t.Errorf("lease %+v, want it resting for what is left of a minute", got)
	}
	if got := value(t, pool, "select concat_ws(' ', captures, (select count(*) from capture_leases)) from capture_accounts"); got != "0 0" {
		t.Errorf("captures and leases %q, want none", got)
	}
}

func TestAnAccountsDayIsCountedExactlyAndEndsAtMidnight(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	for i, want := range []atalaya.AccountState{atalaya.AccountTaken, atalaya.AccountTaken, atalaya.AccountSpent, atalaya.AccountSpent} {
		if got := lease(t, store, aSignal, 2); got.State != want {
			t.Errorf("capture %d: %+v, want state %d", i+1, got, want)
		}
		if err := store.ReleaseAccount(t.Context(), []byte("account"), aSignal); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, pool, "update capture_accounts set day = day - 1")
	if got := lease(t, store, aSignal, 2); got.State != atalaya.AccountTaken {
		t.Errorf("the next day: %+v, want it taken", got)
	}
}

func TestTheNextAttemptOfASuspectRunsAlone(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	_, id := waiting(t, pool, store)
	task, _ := begin(t, store, id, "a.png")
	if task.Alone {
		t.Error("the first attempt is alone")
	}
	if err := store.SuspectCapture(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	if task, _ = begin(t, store, id, "a.png"); !task.Alone {
		t.Error("the suspect's next attempt is not alone")
	}
	picture := atalaya.Picture{Kind: atalaya.KindUserChart, Source: atalaya.SourceViewport, TakenAt: time.Now()}
	if ok, err := store.CompleteCapture(t.Context(), task, picture, "u"); !ok || err != nil {
		t.Fatalf("complete: %v, %v", ok, err)
	}
	if n := value(t, pool, "select count(*)::text from capture_states"); n != "0" {
		t.Errorf("%s states are left after the picture", n)
	}
}
