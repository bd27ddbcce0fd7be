package operations_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
	"time"

	"atalaya/internal/test/redistest"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

// proxy spreads requests over replicas in turn. It skips a replica that accepts no connection, as every proxy does,
// because nothing of the request has reached it.
type proxy struct {
	mu       sync.Mutex
	backends []string // host:port
	next     int
}

// set names the replicas from now on.
func (p *proxy) set(replicas ...replica) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.backends = nil
	for _, r := range replicas {
		p.backends = append(p.backends, strings.TrimPrefix(r.url, "http://"))
	}
}

// turn returns the replicas, starting with the next in turn.
func (p *proxy) turn() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	n := len(p.backends)
	order := make([]string, n)
	for i := range order {
		order[i] = p.backends[(p.next+i)%n]
	}
	return order
}

// RoundTrip implements http.RoundTripper.
func (p *proxy) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	for _, backend := range p.turn() {
		req.URL.Host, req.Body = backend, io.NopCloser(bytes.NewReader(body))
		var res *http.Response
		if res, err = http.DefaultTransport.RoundTrip(req); err == nil || !strings.Contains(err.Error(), "connection refused") {
			return res, err
		}
	}
	return nil, err
}

// start serves the proxy and returns its address.
func (p *proxy) start(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "http"; r.SetXForwarded() },
		Transport: p, FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusServiceUnavailable) },
	})
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.URL
}

// likeTradingView sends an alert, and again after a 503, three times at most. It waits for less than TradingView
// does.
func likeTradingView(ctx context.Context, url string, alert map[string]any) (answer map[string]any, err error) {
	for attempt := 1; ; attempt++ {
		var status int
		status, answer, err = web.Ask(ctx, http.MethodPost, url, "", alert)
		switch {
		case err == nil && status == http.StatusOK:
			return answer, nil
		case err == nil && status != http.StatusServiceUnavailable, attempt > 3:
			return nil, errors.Join(fmt.Errorf("the webhook answered %d %v", status, answer), err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func TestThreeWebAndThreeWorkerReplicasLoseNothingDoubleNothingAndShareStreamsAndLimits(t *testing.T) { //nolint:paralleltest // six processes and three browsers are enough for two cores
	w := newWorld(t)
	w.settings["REDIS_URL"], w.settings["TRUSTED_PROXIES"] = redistest.Start(t).URL(), "127.0.0.0/8"
	w.verb(t, w.binary, "migrate")
	door := &proxy{}
	public := door.start(t)
	address := map[string]string{"PUBLIC_URL": public}
	var webs, workers []replica
	for range 3 {
		webs = append(webs, w.serve(t, w.binary, "web", address))
		workers = append(workers, w.serve(t, w.binary, "worker", address))
	}
	door.set(webs...)
	users := []user{w.newUser(t, "ana"), w.newUser(t, "bruno"), w.newUser(t, "carla")}
	heard := follow(t, webs[0].url, users[0].token)

	const alerts = 8 // of each user
	sendTwice(t, public, users, alerts, func(sent int) {
		if sent == alerts { // a third of the way, one of each goes; make chaos kills workers
			webs[1].Kill()
			workers[1].stop(t)
		}
	})
	w.settled(t, alerts*len(users))
	if n := w.count(t, "select count(*) from public.trading_signals"); n != alerts*len(users) {
		t.Errorf("%d signals of %d alerts", n, alerts*len(users))
	}
	wait.For(t, "the stream of one replica has the alerts of the others", func() bool { return heard.count() == alerts })
	if n := w.count(t, "select count(*) from public.trading_signals_config where signals_used_this_month = $1", alerts); n != len(users) {
		t.Errorf("%d users have the right count of signals", n)
	}
	for _, r := range []replica{webs[0], webs[2], workers[0], workers[2]} {
		r.stop(t)
	}
	sharedLimit(t, w, door, public)
}

// sendTwice sends the alerts of all users, each of them again at once: the repeat meets another replica.
func sendTwice(t *testing.T, public string, users []user, alerts int, after func(sent int)) {
	t.Helper()
	sent := 0
	for price := range alerts {
		for _, u := range users {
			first, err := likeTradingView(t.Context(), public+u.hook, alertOf(price+1))
			if err != nil {
				t.Fatal(err)
			}
			again, err := likeTradingView(t.Context(), public+u.hook, alertOf(price+1))
			if err != nil {
				t.Fatal(err)
			}
			if again["duplicate"] != true || again["signal_id"] != first["signal_id"] {
				t.Errorf("the alert again is answered %v, and the first was %v", again, first)
			}
			sent++
			after(sent)
		}
	}
}

// sharedLimit sends more alerts in a minute than a webhook may. If each replica counted by itself, three times as
// many would pass.
func sharedLimit(t *testing.T, w *world, door *proxy, public string) {
	t.Helper()
	const limit = 12
	w.settings["FLOOD_LIMIT_PER_MINUTE"] = fmt.Sprint(limit)
	var webs []replica
	for range 3 {
		webs = append(webs, w.serve(t, w.binary, "web", map[string]string{"PUBLIC_URL": public}))
	}
	door.set(webs...)
	for try := 0; ; try++ {
		u, passed := w.newUser(t, fmt.Sprintf("flood%d", try)), 0
		minute := time.Now().Truncate(time.Minute)
		for price := range 3 * limit {
			status, answer, err := web.Ask(t.Context(), http.MethodPost, public+u.hook, "", alertOf(price+1))
			switch {
			case err != nil || status != http.StatusOK && status != http.StatusTooManyRequests:
				t.Fatalf("the webhook answered %d %v: %v", status, answer, err)
			case status == http.StatusOK:
				passed++
			}
		}
		if time.Now().Truncate(time.Minute).Equal(minute) { // else two minutes let twice as many pass
			if passed != limit {
				t.Errorf("%d alerts passed, and the limit over all replicas is %d", passed, limit)
			}
			return
		}
	}
}

// ear counts the signals that an event stream reports.
type ear struct {
	mu      sync.Mutex
	signals map[string]int
}

func (e *ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.signals)
}

// follow opens an event stream.
func follow(t *testing.T, url, token string) *ear {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/signals/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the stream does not open: %v", err)
	}
	e := &ear{signals: map[string]int{}}
	go func() {
		defer res.Body.Close()
		lines, ofSignal := bufio.NewScanner(res.Body), false
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				ofSignal = name == "signal.created" || name == "signal.updated"
			}
			var signal struct{ ID string }
			if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok && ofSignal && json.Unmarshal([]byte(text), &signal) == nil {
				e.mu.Lock()
				e.signals[signal.ID]++
				e.mu.Unlock()
			}
		}
	}()
	return e
}
