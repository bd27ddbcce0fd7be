package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/testkit"
)

// The demo site's pages stay as they are. The service expects another name, as if the site had renamed what it reads.
func TestAServiceSaysInItsHealthThatTheSiteHasRenamedWhatItReads(t *testing.T) {
	t.Parallel()
	names := filepath.Join(t.TempDir(), "names.json")
	if err := os.WriteFile(names, []byte(`{"api": {"screenshot": "dropped"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t), "TRADINGVIEW_NAMES": names}))
	s.signUp(t, pool, chartsite.NewSession("ana"))
	if status, errors := s.health(t); status != "healthy" {
		t.Fatalf("before any capture the service is %s: %v", status, errors)
	}
	var sent []string
	for _, symbol := range []string{"BINANCE:BTCUSDT", "NASDAQ:AAPL"} {
		for _, interval := range []string{"1", "5", "15", "60", "240"} { // a picture each
			var r receipt
			s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": symbol, "interval": interval}, &r)
			sent = append(sent, r.SignalID)
		}
	}
	for _, id := range sent {
		s.settled(t, id, "completed") // of the viewport
	}
	status, errors := s.health(t)
	if status != "degraded" || !slices.Contains(errors, "site_changed") {
		t.Errorf("the service is %s: %v, want it degraded by site_changed", status, errors)
	}
	if log := s.log.String(); !strings.Contains(log, "atalaya tradingview check") || !strings.Contains(log, "api.screenshot") {
		t.Error("the log does not say what to do, or what is missing")
	}
}
