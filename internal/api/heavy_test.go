package api_test

import (
	"testing"

	"atalaya/internal/api"
	"atalaya/internal/limits"
)

func TestRequestsThatReadManySignalsAreBoundedAndOthersAreServed(t *testing.T) {
	t.Parallel()
	heavy := limits.NewFair(limits.FairOptions{Slots: 1, SlotsOfKey: 1})
	s := newStack(t, func(o *api.Options) { o.Heavy = heavy })
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	release, err := heavy.Take(t.Context(), "somebody else")
	if err != nil {
		t.Fatal(err)
	}
	heavyRequests := []string{"/api/stats?group_by=hour", "/api/stats/equity", "/api/stats/calendar", "/api/stats/histogram", "/api/signals?q=x", "/api/signals?ticker=x", "/api/signals/export?ticker=x"}
	for _, target := range heavyRequests {
		refused := s.wrong(alice, "GET", target, "").must(t, 429)
		if refused.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After: %v", target, refused.header)
		}
	}
	s.wrong(alice, "POST", "/api/signals/bulk", `{"filter":{},"expected_count":1,"delete":true}`).refused(t, 429, "rate_limit_exceeded", "")
	for _, target := range []string{"/api/signals", "/api/stats", "/api/signals/" + id, "/api/config", "/api/signals/export"} {
		s.call(alice, "GET", target, "").must(t, 200)
	}
	release()
	for _, target := range heavyRequests {
		s.call(alice, "GET", target, "").must(t, 200)
	}
}
