package metrics_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atalaya/internal/metrics"
)

func TestThePageCountsWhatHappened(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	m.Arrived("accepted", 3*time.Millisecond)
	m.Arrived("accepted", 40*time.Millisecond)
	m.Arrived("invalid_token", time.Millisecond)
	m.Captured("completed", 3*time.Second)
	m.Captured("session_expired", time.Second)
	m.PicturesExpired(3)
	m.PicturesRemoved(2)
	m.PicturesSwept(1)
	queue, broken := metrics.Queue{Waiting: 3, Active: 2, Delayed: 1, Oldest: 90 * time.Second}, error(nil)
	m.WatchQueue(func() (metrics.Queue, error) { return queue, broken })
	page := scrape(t, m)
	for _, line := range []string{
		`atalaya_webhook_requests_total{outcome="accepted"} 2`,
		`atalaya_webhook_requests_total{outcome="invalid_token"} 1`,
		`atalaya_webhook_seconds_count 3`,
		`atalaya_webhook_seconds_bucket{le="0.005"} 2`,
		`atalaya_captures_total{outcome="completed"} 1`,
		`atalaya_captures_total{outcome="session_expired"} 1`,
		`atalaya_capture_seconds_bucket{le="2"} 1`,
		`atalaya_capture_seconds_sum 4`,
		`atalaya_pictures_total{done="expired"} 3`,
		`atalaya_pictures_total{done="removed"} 2`,
		`atalaya_pictures_total{done="swept"} 1`,
		`atalaya_queue_captures{state="waiting"} 3`,
		`atalaya_queue_captures{state="active"} 2`,
		`atalaya_queue_captures{state="delayed"} 1`,
		`atalaya_queue_oldest_seconds 90`,
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the page has no line %q", line)
		}
	}
	if !strings.Contains(page, "\ngo_goroutines ") {
		t.Error("the page lacks Go's own metrics")
	}
	if broken = errors.New("the database is away"); strings.Contains(scrape(t, m), "atalaya_queue_") {
		t.Error("a queue that cannot be read is shown all the same")
	}
}

func TestTwoServicesInOneProcessCountSeparately(t *testing.T) {
	t.Parallel()
	one, other := metrics.New(), metrics.New()
	one.Arrived("accepted", time.Millisecond)
	const counted = `outcome="accepted"`
	if !strings.Contains(scrape(t, one), counted) || strings.Contains(scrape(t, other), counted) {
		t.Error("one service's count is missing from its page, or is on the other's")
	}
}

func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the page answers %d: %v", res.StatusCode, err)
	}
	return string(page)
}
