package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// failedCapture stores a signal whose capture has failed, and its job.
func failedCapture(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID) (signal string, job int64) {
	t.Helper()
	signal = uuid.NewString()
	if _, err := pool.Exec(t.Context(), `insert into public.trading_signals (id, user_id, ticker, chart_id, screenshot_status, screenshot_error)
		values ($1, $2, 'BINANCE:BTCUSDT', 'Zk4Tq9Lm', 'failed', 'chart_not_found')`, signal, user); err != nil {
		t.Fatal(err)
	}
	err := pool.QueryRow(t.Context(), `insert into river.river_job (args, kind, queue, max_attempts, attempt, state, finalized_at, errors)
		values (jsonb_build_object('signal_id', $1::text, 'user_id', $2::text), 'capture', 'captures', 10, 1, 'cancelled', now(), array['{"error": "chart_not_found at navigate"}'::jsonb])
		returning id`, signal, user).Scan(&job)
	if err != nil {
		t.Fatal(err)
	}
	return signal, job
}

func TestTheQueueIsListedAndHandled(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	signal, job := failedCapture(t, pool, user)
	other, _ := failedCapture(t, pool, user)
	if _, err := pool.Exec(t.Context(), "insert into river.river_queue (name, updated_at) values ('captures', now())"); err != nil {
		t.Fatal(err)
	}
	p := withSettings(t, goodSettings(t, pool.Config().ConnString()))
	number := fmt.Sprint(job)
	holds(t, p.run(t, "queue", "list").ok(t), "captures  runs", "0        0        0        2       0", signal, "cancelled", "BINANCE:BTCUSDT", "chart_not_found at navigate")
	var line jobLine
	lines := p.run(t, "queue", "list", "--json", "--state", "cancelled", "--limit", "1").ok(t)
	if err := json.Unmarshal([]byte(lines), &line); err != nil || line.Error != "chart_not_found at navigate" || line.UserID != user || string(line.SignalID) != other {
		t.Errorf("queue list --json prints %s: %v", lines, err)
	}
	p.run(t, "queue", "list", "--state", "broken").refused(t, "discarded")
	if out := p.run(t, "queue", "list", "--state", "running").ok(t); strings.Contains(out, signal) {
		t.Errorf("running jobs are\n%s", out)
	}

	holds(t, p.run(t, "queue", "retry", number).ok(t), "runs again")
	state := func(signal string) (text string) {
		err := pool.QueryRow(t.Context(), `select s.screenshot_status || ' ' || j.state from public.trading_signals s
			join river.river_job j on j.args ->> 'signal_id' = s.id::text where s.id = $1`, signal).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if got := state(signal); got != "pending available" {
		t.Errorf("after retry the signal and its job are %s", got)
	}
	if got := state(other); got != "failed cancelled" {
		t.Errorf("after retry another signal and its job are %s", got)
	}
	holds(t, p.run(t, "queue", "cancel", number).ok(t), "is cancelled")
	if got := state(signal); got != "pending cancelled" {
		t.Errorf("after cancel the signal and its job are %s", got)
	}
	holds(t, p.run(t, "queue", "pause", "captures").ok(t), "alerts are still stored")
	holds(t, p.run(t, "queue", "list").ok(t), "paused since")
	p.run(t, "queue", "resume", "captures").ok(t)
	holds(t, p.run(t, "queue", "list").ok(t), "captures  runs")
	p.run(t, "queue", "retry", "987654").refused(t, "there is no job 987654")
	p.run(t, "queue", "cancel", "987654").refused(t, "there is no job 987654")
	p.run(t, "queue", "pause", "nothing").refused(t, `there is no queue "nothing"`)
}

func TestASignalIsShownWithAllThatIsKnownOfItAndItsCure(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	signal, _ := failedCapture(t, pool, user)
	for _, of := range []string{signal, uuid.NewString()} {
		if _, err := pool.Exec(t.Context(), `insert into public.webhook_deliveries (id, user_id, body, body_size, outcome, signal_id)
			select gen_random_uuid(), $1, 'buy', 3, 'accepted', s.id from public.trading_signals s where s.id = $2`, user, of); err != nil {
			t.Fatal(err)
		}
	}
	err := testkit.Store(t, pool).KeepEvidence(t.Context(), atalaya.CaptureTask{SignalID: atalaya.SignalID(signal), UserID: user},
		&atalaya.CaptureError{Code: atalaya.CaptureChartNotFound, Step: "navigate", Detail: "the site answered 404"})
	if err != nil {
		t.Fatal(err)
	}
	p := withSettings(t, goodSettings(t, pool.Config().ConnString()))
	cure := atalaya.Cure(atalaya.ScreenshotFailed, "chart_not_found", "en")
	holds(t, p.run(t, "signal", "show", signal).ok(t), "screenshot_error     chart_not_found", "What helps: "+cure, "Deliveries: 1", "accepted", "Jobs: 1", "cancelled",
		"the site answered 404", "Notifications: 0", "atalaya evidence "+signal)
	var report signalReport
	out := p.run(t, "signal", "show", signal, "--json").ok(t)
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if report.Cure != cure || report.Signal.UserID != user || len(report.Deliveries) != 1 || report.Deliveries[0].Body != "buy" || len(report.Jobs) != 1 || len(report.Attempts) != 1 {
		t.Errorf("signal show --json prints %s", out)
	}
	p.run(t, "signal", "show", uuid.NewString()).refused(t, "there is no signal")
	p.run(t, "signal", "show", "nonsense").refused(t, "a signal id is a UUID")
}
