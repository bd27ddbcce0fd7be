package app_test

import (
	"net/http"
	"strings"
	"testing"

	"atalaya/internal/chartsite"
	"atalaya/internal/testkit"
)

func TestAlertsOfOneUserThatComeTogetherAreCapturedInOnePage(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t), "WORKER_CONCURRENCY": "2"}))
	s.signUp(t, pool, chartsite.NewSession("ana"))
	s.configure(t, map[string]any{"default_chart_id": "slow500"}) // so that the others come meanwhile
	symbols := []string{"BINANCE:BTCUSDT", "NASDAQ:AAPL", "FX:EURUSD", "BINANCE:ETHUSDT", "NASDAQ:TSLA"}
	sent := map[string]string{}
	for _, symbol := range symbols {
		var r receipt
		s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": symbol, "interval": "60"}, &r)
		sent[r.SignalID] = symbol
	}
	for id, symbol := range sent {
		if done := s.settled(t, id, "completed"); done.Width == 0 {
			t.Errorf("%s: %+v", symbol, done)
		}
	}
	for _, symbol := range symbols {
		if n := strings.Count(s.log.String(), "chart_symbol="+symbol+" "); n != 1 {
			t.Errorf("%d pictures of %s", n, symbol)
		}
	}
	// A job that never ran was done for by another's.
	var spared int
	if err := pool.QueryRow(t.Context(), "select count(*) from river.river_job where kind = 'capture' and attempt = 0 and state = 'completed'").Scan(&spared); err != nil || spared < 3 {
		t.Errorf("%d of %d captures were taken in the page of another: %v", spared, len(symbols), err)
	}
}
