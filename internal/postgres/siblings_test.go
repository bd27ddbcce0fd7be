package postgres_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/test/testkit"
)

func TestCapturesThatWaitForAChartThatIsNotThereFailWithTheFirst(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user, id := waiting(t, pool, store)
	sibling, otherChart, skipped := arrive(t, pool, store, user), arrive(t, pool, store, user), arrive(t, pool, store, user)
	exec(t, pool, "update trading_signals set chart_id = 'Other123' where id = $1", otherChart)
	exec(t, pool, "update trading_signals set screenshot_status = 'skipped' where id = $1", skipped)
	asked := arrive(t, pool, store, user)
	stranger, others := waiting(t, pool, store)
	task, ok := begin(t, store, id, "a.png")
	if !ok {
		t.Fatal("the capture does not begin")
	}
	exec(t, pool, "insert into capture_states (signal_id, requested_at) values ($1, now() + interval '1 minute')", asked)
	late := arrive(t, pool, store, user)
	status := func(id atalaya.SignalID) string {
		return value(t, pool, "select screenshot_status || coalesce(' ' || screenshot_error, '') from trading_signals where id = $1", id)
	}
	newer := task
	newer.SealedSessionID = "cookies of before"
	if n, err := store.FailSiblings(t.Context(), newer, atalaya.CaptureChartNotFound); n != 0 || err != nil {
		t.Errorf("with cookies that are no longer stored %d captures failed: %v", n, err)
	}
	if n, err := store.FailSiblings(t.Context(), task, atalaya.CaptureChartNotFound); n != 1 || err != nil {
		t.Errorf("%d captures failed, want 1: %v", n, err)
	}
	for id, want := range map[atalaya.SignalID]string{
		sibling: "failed chart_not_found", otherChart: "pending", skipped: "skipped", asked: "pending", late: "pending", others: "pending", id: "processing",
	} {
		if got := status(id); got != want {
			t.Errorf("a signal is %s, want %s (sibling %s, other chart %s, asked for since %s, later %s, of %s %s)", got, want, sibling, otherChart, asked, late, stranger, others)
		}
	}
	if _, ok := begin(t, store, sibling, "b.png"); ok {
		t.Error("the sibling is captured all the same")
	}
}
