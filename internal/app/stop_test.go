package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// The webhook stays open while captures end, so that a restart refuses alerts only for a moment.
func TestAlertsAreTakenWhileTheServiceWaitsForItsCaptures(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	goOn := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-goOn:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	answer := sync.OnceFunc(func() { close(goOn) })
	t.Cleanup(func() { answer(); site.Close() })
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": site.URL}))
	s.signUp(t, pool, atalaya.TVSession{})
	s.configure(t, map[string]any{"capture_without_cookies": true})
	waiting := s.send(t).SignalID
	s.await(t, "a capture is under way", func() bool { return s.signal(t, waiting).Status == "processing" })

	s.cancel()
	s.await(t, "the service stops", func() bool { return strings.Contains(s.log.String(), "stopping") })
	const more = 10
	for range more {
		s.client.CloseIdleConnections() // a new connection, as another sender's
		s.send(t)
	}
	answer()
	s.stop(t)
	var signals int
	if err := pool.QueryRow(t.Context(), "select count(*) from public.trading_signals").Scan(&signals); err != nil || signals != 1+more {
		t.Errorf("%d signals of %d alerts: %v", signals, 1+more, err)
	}
}
