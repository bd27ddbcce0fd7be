package app_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// follow opens an event stream. events receives the name and the data of each event, and is closed at a clean end of
// the stream. broken receives any other end.
func (s *service) follow(t *testing.T) (events chan [2]string, broken chan error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.PublicURL+"/api/signals/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %d", res.StatusCode)
	}
	events, broken = make(chan [2]string, 100), make(chan error, 1)
	go func() {
		defer close(events)
		defer func() { _ = res.Body.Close() }()
		name, lines := "", bufio.NewScanner(res.Body)
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = text
			}
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- [2]string{name, text}
			}
		}
		if err := lines.Err(); err != nil {
			broken <- err
		}
	}()
	return events, broken
}

// hears waits for an event with a name that contains a text.
func hears(t *testing.T, events <-chan [2]string, name, text string) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case e, open := <-events:
			if !open {
				t.Fatalf("the stream ended before %s with %s", name, text)
			}
			if e[0] == name && strings.Contains(e[1], text) {
				return
			}
		case <-late:
			t.Fatalf("%s with %s did not come", name, text)
		}
	}
}

func TestEventStreamsShowAnAlertAndEndCleanlyWithTheService(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	s.signUp(t, pool, atalaya.TVSession{})
	events, broken := s.follow(t)
	r := s.send(t)
	hears(t, events, "signal.created", r.SignalID)
	s.configure(t, map[string]any{"capture_enabled": false})
	hears(t, events, "config.updated", `"capture_enabled":false`)
	s.stop(t) // a server that has to cut a connection leaves it without an end
	for range events {
	}
	select {
	case err := <-broken:
		t.Errorf("the stream was cut: %v", err)
	default:
	}
}
