package operator_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya/internal/test/testkit"
)

func TestTheNodeServicesRoutesHaveItsShapes(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ana := testkit.User(t, s.pool)
	signal := s.signal(ana)
	s.exec("update public.trading_signals set screenshot_status = 'completed', screenshot_taken_at = now() where id = $1", signal)
	s.exec("update public.trading_signals set screenshot_status = 'failed' where id = $1", s.signal(ana))
	s.exec(`insert into river.river_job (args, kind, queue, max_attempts, attempt, state, attempted_at, finalized_at)
		values (jsonb_build_object('signal_id', $1::text, 'user_id', $2::text), 'capture', 'captures', 10, 1, 'completed', now() - interval '2500 ms', now())`, signal, ana)
	s.exec(`insert into river.river_job (args, kind, queue, max_attempts, attempt, state, attempted_at)
		values (jsonb_build_object('signal_id', $1::text, 'user_id', $2::text), 'capture', 'captures', 10, 1, 'running', now())`, signal, ana)

	m := s.data("/admin/metrics")
	for part, want := range map[string][]string{
		"":            {"browserPool", "capacity", "database", "performance", "queue", "success", "system", "timestamp", "uptime", "uptimeSeconds"},
		"browserPool": {"activeCaptures", "available", "inUse", "status", "total", "totalCaptures", "totalClosed", "totalCreated"},
		"queue":       {"active", "completed", "delayed", "failed", "paused", "total", "waiting"},
		"performance": {"avgScreenshotTime", "screenshotsCompleted", "screenshotsFailed", "screenshotsToday", "successRate"},
		"capacity":    {"currentLoad", "maxBrowsers", "maxConcurrency"},
		"database":    {"signalsToday", "totalSignals", "totalUsers"},
		"system":      {"memory", "platform"},
	} {
		members := m
		if part != "" {
			members = m[part].(map[string]any)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(members))); diff != "" {
			t.Errorf("/admin/metrics %s (-want +got):\n%s", part, diff)
		}
	}
	if diff := cmp.Diff(map[string]any{"avgScreenshotTime": "2.5s", "screenshotsCompleted": 1.0, "screenshotsFailed": 1.0, "screenshotsToday": 1.0, "successRate": "50.00%"}, m["performance"]); diff != "" {
		t.Errorf("performance (-want +got):\n%s", diff)
	}
	if m["uptime"] != "0d 0h 0m" || m["browserPool"].(map[string]any)["status"] != "busy" {
		t.Errorf("uptime %v, pool %v", m["uptime"], m["browserPool"])
	}

	// Another process takes many captures, which says nothing of this one's browser.
	s.exec(`insert into river.river_job (args, kind, queue, max_attempts, attempt, state, attempted_at)
		select jsonb_build_object('signal_id', gen_random_uuid()::text), 'capture', 'captures', 10, 1, 'running', now() from generate_series(1, 5)`)
	m = s.data("/admin/metrics")
	if pool, load := m["browserPool"].(map[string]any), m["capacity"].(map[string]any)["currentLoad"]; pool["status"] != "busy" || pool["activeCaptures"] != 1.0 || load != 1.0 {
		t.Errorf("pool %v, load %v beside another process", pool, load)
	}
	if active := m["queue"].(map[string]any)["active"]; active != 6.0 {
		t.Errorf("%v captures of all processes are active", active)
	}
	s.exec("delete from river.river_job where args ->> 'user_id' is null")

	pool := s.data("/admin/pool-status")
	if diff := cmp.Diff([]string{"browsers", "config", "initialized", "stats", "success"}, slices.Sorted(maps.Keys(pool))); diff != "" {
		t.Errorf("/admin/pool-status (-want +got):\n%s", diff)
	}
	if browsers := pool["browsers"].([]any); len(browsers) != 1 || browsers[0].(map[string]any)["status"] != "busy" {
		t.Errorf("the browsers are %v", browsers)
	}

	stats := s.data("/admin/queue-stats")
	done, active := stats["recentCompleted"].([]any), stats["activeJobs"].([]any)
	if len(done) != 1 || len(active) != 1 || stats["counts"].(map[string]any)["total"] != 2.0 {
		t.Fatalf("/admin/queue-stats answers %v", stats)
	}
	job := done[0].(map[string]any)
	if job["status"] != "completed" || job["duration"] != 2500.0 || job["finishedOn"].(float64)-job["processedOn"].(float64) != 2500 {
		t.Errorf("the completed job is %v", job)
	}
	if diff := cmp.Diff(map[string]any{"ticker": "BINANCE:BTCUSDT", "userId": string(ana)}, job["data"]); diff != "" {
		t.Errorf("the job's data (-want +got):\n%s", diff)
	}
	if running := active[0].(map[string]any); running["status"] != "active" || running["finishedOn"] != nil {
		t.Errorf("the active job is %v", running)
	}
}
