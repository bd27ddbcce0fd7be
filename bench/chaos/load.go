package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// TradingView times out after 3 s. It sends again after 500 to 599 except 504, up to 3 times, 5 s apart.
	senderTimeout = 3 * time.Second
	resendAfter   = 5 * time.Second
	resends       = 3
	// pollEvery is how often a state is polled if nothing announces its changes.
	pollEvery = 100 * time.Millisecond
	// chartEvery is how many alerts there are for each that names a chart.
	chartEvery = 150
)

// sent is what became of one alert, as its sender saw it.
type sent struct {
	user     int
	chart    bool
	signal   string // of the 200
	last     int    // status of the last attempt; 0 if there was no answer
	attempts int
}

// load sends unique alerts at a steady rate, each as TradingView does.
type load struct {
	w      *world
	rate   int
	client *http.Client
	n      atomic.Int64
	wait   sync.WaitGroup
	done   chan struct{}

	mu       sync.Mutex
	alerts   map[int]sent
	statuses map[string]int // of all attempts
	refused  int            // attempts answered 503 although the spools had room
	reasons  map[string]int // of those, by the answer's message
}

func newLoad(w *world, rate int) *load {
	return &load{
		w: w, rate: rate, done: make(chan struct{}), alerts: map[int]sent{}, statuses: map[string]int{}, reasons: map[string]int{},
		client: &http.Client{Timeout: senderTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 256, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}},
	}
}

// start sends until stop.
func (l *load) start(ctx context.Context) {
	ticker := time.NewTicker(time.Second / time.Duration(l.rate))
	l.wait.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				n := int(l.n.Add(1))
				l.wait.Go(func() { l.send(ctx, n) })
			case <-l.done:
				return
			case <-ctx.Done():
				return
			}
		}
	})
}

// stop sends no new alerts, and returns when every alert has had its last answer.
func (l *load) stop() {
	close(l.done)
	l.wait.Wait()
}

// send is the life of one alert.
func (l *load) send(ctx context.Context, n int) {
	s := sent{user: rand.IntN(len(l.w.users)), chart: n%chartEvery == 0}
	alert := map[string]any{"ticker": "BINANCE:BTCUSDT", "n": n, "price": priceOf(n), "action": "buy", "interval": "60"}
	key := ""
	switch n % 3 { // the ways in which the same alert sent again is told: by its time, its key, the user's window
	case 0:
		alert["time"] = time.Now().UTC().Format(time.RFC3339)
	case 1:
		key = fmt.Sprint("alert ", n)
	}
	if s.chart {
		alert["chart_id"] = fmt.Sprintf("good%d", n)
	}
	body, err := json.Marshal(alert)
	if err != nil {
		panic(err) // texts and numbers always can
	}
	for s.attempts <= resends {
		s.attempts++
		status, signal := l.attempt(ctx, l.w.users[s.user].token, key, body)
		s.last, s.signal = status, signal
		if status < 500 || status == http.StatusGatewayTimeout || s.attempts > resends {
			break
		}
		if pause(ctx, resendAfter) != nil {
			break
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alerts[n] = s
}

// attempt sends once, to one of the replicas. Like a load balancer it skips a replica that accepts no connection.
func (l *load) attempt(ctx context.Context, token, key string, body []byte) (status int, signal string) {
	order := rand.Perm(len(l.w.replicas))
	for i, at := range order {
		status, answer, err := l.post(ctx, l.w.replicas[at].url("/webhook/"+token), key, body)
		var refused *net.OpError
		if errors.As(err, &refused) && refused.Op == "dial" && i < len(order)-1 {
			continue
		}
		l.count(status, answer, err)
		return status, answer.SignalID
	}
	return 0, ""
}

func (l *load) post(ctx context.Context, url, key string, body []byte) (int, answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, answer{}, err
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	request.GetBody = nil // TradingView does not send again because a connection broke
	response, err := l.client.Do(request)
	if err != nil {
		return 0, answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, answer{}, err
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return 0, answer{}, fmt.Errorf("an answer of status %d is no JSON: %w", response.StatusCode, err)
	}
	return response.StatusCode, a, nil
}

// answer holds the members of an answer that are read.
type answer struct {
	SignalID string `json:"signal_id"`
	Message  string `json:"message"`
}

func (l *load) count(status int, a answer, err error) {
	name := fmt.Sprint(status)
	if err != nil {
		name = "no answer"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.statuses[name]++
	if status == http.StatusServiceUnavailable && !l.w.mayRefuse.Load() {
		l.refused++
		l.reasons[a.Message]++
	}
}

// answered returns the attempts so far, by status.
func (l *load) answered() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.statuses)
}

// since reports what was answered after before.
func (l *load) since(before map[string]int) string {
	var parts []string
	now := l.answered()
	for _, status := range slices.Sorted(maps.Keys(now)) {
		if n := now[status] - before[status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", status, n))
		}
	}
	return strings.Join(parts, ", ")
}
