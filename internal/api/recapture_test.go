package api_test

import (
	"strconv"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/postgres"
)

func TestAnotherScreenshotCountsAsThoseOfAlertsDo(t *testing.T) {
	t.Parallel()
	s := newStack(t, func(o *api.Options) {
		policy := ingest.Policy{CapturesPerDay: map[atalaya.Plan]int64{atalaya.PlanFree: 1}}
		o.Intake = ingest.New(o.Store.(*postgres.Store), ingest.Bounds{Limits: limits.New(limits.Options{}), Lookups: limits.NewLookups(time.Now)}, policy, o.Log)
	})
	alice := s.user("alice@example.com")
	s.exec("update public.trading_signals_config set capture_without_cookies = true where user_id = $1", alice.id)
	first, second := s.signal(alice, "BINANCE:BTCUSDT"), s.signal(alice, "BINANCE:ETHUSDT")
	s.call(alice, "POST", "/api/signals/"+first+"/screenshot", "").must(t, 202)
	refused := s.call(alice, "POST", "/api/signals/"+second+"/screenshot", "")
	refused.refused(t, 429, "rate_limit_exceeded", "limit of 1 screenshots")
	if seconds, err := strconv.Atoi(refused.header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 24*60*60 {
		t.Errorf("Retry-After %q, want the seconds until midnight UTC", refused.header.Get("Retry-After"))
	}
	if got := s.call(alice, "GET", "/api/signals/"+second, "").must(t, 200).body["data"].(map[string]any)["screenshot_status"]; got != "completed" {
		t.Errorf("the second signal is %v, want it as it was", got)
	}
}
