package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/test/testkit"
)

func TestAlertsOfOneUserThatComeTogetherAreCapturedInOnePage(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	site, release := startHeldSite(t, "Zk4Tq9Lm")
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": site, "WORKER_CONCURRENCY": "2"}))
	s.signUp(t, pool, chartsite.NewSession("ana"))
	s.configure(t, map[string]any{"default_chart_id": "Zk4Tq9Lm"})
	symbols := []string{"BINANCE:BTCUSDT", "NASDAQ:AAPL", "FX:EURUSD", "BINANCE:ETHUSDT", "NASDAQ:TSLA"}
	sent := map[string]string{}
	for _, symbol := range symbols {
		var r receipt
		s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": symbol, "interval": "60"}, &r)
		sent[r.SignalID] = symbol
	}
	release()
	for id, symbol := range sent {
		if done := s.settled(t, id, "completed"); done.Width == 0 {
			t.Errorf("the completed signal of %s is %+v, want the size of its picture", symbol, done)
		}
	}
	for _, symbol := range symbols {
		if n := strings.Count(s.log.String(), "chart_symbol="+symbol+" "); n != 1 {
			t.Errorf("%d pictures of %s were taken, want one", n, symbol)
		}
	}
	// A completed job that never ran was captured in the page of another job.
	var spared int
	if err := pool.QueryRow(t.Context(), "select count(*) from river.river_job where kind = 'capture' and attempt = 0 and state = 'completed'").Scan(&spared); err != nil || spared < 3 {
		t.Errorf("%d of %d captures were taken in the page of another: %v", spared, len(symbols), err)
	}
}

func TestAlertsOfOneChartThatComeTogetherShareAPictureStoredForEach(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	site, release := startHeldSite(t, "Ab3Xy7Qp")
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": site, "WORKER_CONCURRENCY": "1"}))
	s.signUp(t, pool, chartsite.NewSession("ana"))
	alert := func(chart, symbol string, price int) string {
		var r receipt
		s.get(t, http.MethodPost, s.hook, map[string]any{"chart_id": chart, "ticker": symbol, "interval": "60", "price": price}, &r)
		return r.SignalID
	}
	first := alert("Ab3Xy7Qp", "BINANCE:BTCUSDT", 1)
	s.await(t, "the first capture is under way", func() bool { return s.signal(t, first).Status == "processing" })
	pictures := map[string]string{}
	for price := range 3 { // while the first is being taken
		pictures[alert("Zk4Tq9Lm", "NASDAQ:AAPL", price)] = ""
	}
	release()
	s.settled(t, first, "completed")
	bytes := map[string]bool{}
	for id := range pictures {
		done := s.settled(t, id, "completed")
		pictures[id] = done.URL
		status, picture, err := s.call(http.MethodGet, done.URL, nil)
		if err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d %v", done.URL, status, err)
		}
		bytes[string(picture)] = true
	}
	if len(bytes) != 1 {
		t.Errorf("%d different pictures, want one that is shared", len(bytes))
	}
	addresses := map[string]bool{}
	for _, address := range pictures {
		addresses[address] = true
	}
	if len(addresses) != 3 {
		t.Errorf("the pictures are at %v, want one for each signal", pictures)
	}
}

// startHeldSite starts a chart site that answers nothing about one chart until release is called.
func startHeldSite(t *testing.T, chart string) (url string, release func()) {
	t.Helper()
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/chart/"+chart) {
			<-released
		}
		site.Handler().ServeHTTP(w, r)
	}))
	release = sync.OnceFunc(func() { close(released) })
	t.Cleanup(func() { release(); site.Close(); server.Close() })
	return server.URL, release
}

func TestWithoutCookiesAndAChartThePlainChartOfTheSymbolIsCaptured(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	s.signUp(t, pool, atalaya.TVSession{})
	s.configure(t, map[string]any{"default_chart_id": nil, "capture_without_cookies": true})
	sent := s.send(t)
	if !sent.ScreenshotQueued {
		t.Fatalf("%+v, want its screenshot queued", sent)
	}
	if done := s.settled(t, sent.SignalID, "completed"); done.Kind != atalaya.KindPublicChart {
		t.Errorf("the screenshot is a %q", done.Kind)
	}
	status, answer, err := s.call(http.MethodPost, "/api/signals/"+sent.SignalID+"/screenshot", nil)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("once more: %d %s %v", status, answer, err)
	}
	s.settled(t, sent.SignalID, "completed")
}
