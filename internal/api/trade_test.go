package api_test

import (
	"strings"
	"testing"
)

func TestWhatATradeRiskedAndWhenItEndedIsKept(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	path := "/api/signals/" + id
	s.exec(`update public.trading_signals set "timestamp" = '2026-01-02T03:04:05Z' where id = $1`, id)
	got := s.call(alice, "PATCH", path, `{"risk_amount":"12.50","closed_at":"2026-01-02T04:04:05+01:00"}`).must(t, 200)
	if got.data()["closed_at"] != "2026-01-02T03:04:05Z" || !strings.Contains(string(got.raw), `"risk_amount":12.50`) {
		t.Errorf("got %s", got.raw)
	}
	for body, hint := range map[string]string{
		`{"risk_amount":0}`:                        "risk_amount",
		`{"risk_amount":-1}`:                       "risk_amount",
		`{"closed_at":"2026-01-02T03:04:04.999Z"}`: "does not end before its alert",
		`{"closed_at":"yesterday"}`:                "closed_at",
	} {
		s.wrong(alice, "PATCH", path, body).refused(t, 422, "invalid_request", hint)
	}
	if got := s.call(alice, "PATCH", path, `{"risk_amount":null,"closed_at":null}`).must(t, 200).data(); got["risk_amount"] != nil || got["closed_at"] != nil {
		t.Errorf("cleared, the trade is %v", got)
	}
}
