package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atalaya/internal/test/wait"
	"go.uber.org/goleak"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// event is one server-sent event as a client sees it.
type event struct {
	name, data, id string
}

func (e event) json(t *testing.T) map[string]any {
	t.Helper()
	var data map[string]any
	if err := json.Unmarshal([]byte(e.data), &data); err != nil {
		t.Fatalf("%s: %v: %s", e.name, err, e.data)
	}
	return data
}

// client reads an event stream as the specification says.
type client struct {
	t      *testing.T
	header http.Header
	events chan event    // closed at the end of the stream
	begun  chan struct{} // closed when the stream's first cursor has come
	close  context.CancelFunc
}

// serve starts an HTTP server for the stack's API.
func (s *stack) serve() *httptest.Server {
	server := httptest.NewServer(s.handler)
	s.t.Cleanup(server.Close)
	s.t.Cleanup(s.hub.CloseStreams)
	return server
}

func (s *stack) stream(server *httptest.Server, token, lastID string) *client {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/signals/stream", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("status %d, %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	c := &client{t: s.t, header: response.Header, events: make(chan event, 1000), begun: make(chan struct{}), close: cancel}
	s.t.Cleanup(cancel)
	go c.read(response)
	select {
	case <-c.begun:
	case <-time.After(patience):
		s.t.Fatal("the stream does not begin")
	}
	return c
}

func (c *client) read(response *http.Response) {
	defer close(c.events)
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	var e event
	begun := false
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "id":
			e.id = value
		case "": // a comment, or the end of an event
			if lines.Text() == "" {
				if e.data != "" {
					c.events <- e
				}
				if !begun && e.id != "" {
					begun = true
					close(c.begun)
				}
				e = event{id: e.id}
			}
		}
	}
}

// next returns the next event of a name, and skips others.
func (c *client) next(name string) event {
	c.t.Helper()
	late := time.After(patience)
	for {
		select {
		case e, open := <-c.events:
			if !open {
				c.t.Fatalf("the stream ended before %s", name)
			}
			if e.name == name {
				return e
			}
		case <-late:
			c.t.Fatalf("%s did not come", name)
		}
	}
}

// ended waits for the end of the stream.
func (c *client) ended() {
	c.t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, open := <-c.events:
			if !open {
				return
			}
		case <-late:
			c.t.Fatal("the stream goes on")
		}
	}
}

func TestAStreamShowsAUsersOwnSignalsAsTheAPIDoes(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	server := s.serve()
	alice, mallory := s.user("alice@example.com"), s.user("mallory@example.com")
	c, other := s.stream(server, alice.token, ""), s.stream(server, mallory.token, "")
	if c.header.Get("Cache-Control") != "no-store" || c.header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("a proxy may hold events back: %v", c.header)
	}
	id := s.signal(alice, "BINANCE:BTCUSDT")
	if got := c.next("signal.created").json(t); got["id"] != id || got["price"] != 64250.50 {
		t.Errorf("created: %v", got)
	}
	s.call(alice, "PATCH", "/api/signals/"+id, `{"result": "win", "notes": "dos\nlíneas"}`).must(t, 200)
	got := c.next("signal.updated")
	shown := s.call(alice, "GET", "/api/signals/"+id, "").must(t, 200)
	var data struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(shown.raw, &data); err != nil || got.data != string(data.Data) {
		t.Errorf("the event shows %s, the API %s (%v)", got.data, data.Data, err)
	}
	s.call(alice, "PUT", "/api/config", `{"webhook_enabled": false}`).must(t, 200)
	if got := c.next("config.updated").json(t); got["webhook_enabled"] != false || got["tv_sessionid"] != nil {
		t.Errorf("settings: %v", got)
	}
	s.call(alice, "DELETE", "/api/signals/"+id, "").must(t, 200)
	if got := c.next("signal.deleted"); got.data != `{"id":"`+id+`"}` {
		t.Errorf("deleted: %s", got.data)
	}
	// The first event in mallory's stream is about mallory's own signal.
	own := s.signal(mallory, "FX:EURUSD")
	select {
	case e := <-other.events:
		if e.json(t)["id"] != own {
			t.Errorf("mallory's stream holds %s", e.data)
		}
	case <-time.After(patience):
		t.Error("mallory's stream holds nothing")
	}
}

func TestAStreamGoesOnAfterTheLastEvent(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	server := s.serve()
	alice := s.user("alice@example.com")
	c := s.stream(server, alice.token, "")
	first := s.signal(alice, "BINANCE:BTCUSDT")
	last := c.next("signal.created").id
	c.close()
	c.ended()
	missed := s.signal(alice, "BINANCE:ETHUSDT")
	s.exec(`delete from public.trading_signals where id = $1`, first)
	c = s.stream(server, alice.token, last)
	for created := c.next("signal.created"); created.json(t)["id"] != missed; {
		created = c.next("signal.created")
	}
	if got := c.next("signal.deleted").json(t); got["id"] != first {
		t.Errorf("deleted: %v", got)
	}
	for _, lost := range []string{"1", "no cursor", strings.Repeat("9", 17), "-5", strings.Repeat("1", 400)} {
		s.stream(server, alice.token, lost).next("reset")
	}
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	server := s.serve()
	alice := s.user("alice@example.com")
	token, err := s.issuer.Token(alice.id, "alice@example.com", 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	s.stream(server, token, "").ended()
}

func TestStreamsEndAtOnceWhenTheServiceStops(t *testing.T) { //nolint:paralleltest // other tests' goroutines would be found
	s := newStack(t)
	server := s.serve()
	alice := s.user("alice@example.com")
	before := goleak.IgnoreCurrent()
	c := s.stream(server, alice.token, "")
	s.hub.CloseStreams()
	c.ended()
	s.wrong(alice, "GET", "/api/signals/stream", "").refused(t, 503, "unavailable", "stopping")
	server.Close()
	s.hub.Stop()
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("github.com/jackc/pgx/v5/pgxpool.(*Pool).backgroundHealthCheck"))
}

func TestAUserHasAtMostTwentyStreams(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	server := s.serve()
	alice, bob := s.user("alice@example.com"), s.user("bob@example.com")
	for range 20 {
		s.stream(server, alice.token, "")
	}
	s.wrong(alice, "GET", "/api/signals/stream", "").refused(t, 429, "rate_limit_exceeded", "Close some")
	s.stream(server, bob.token, "")
}

func TestAStreamIsRefusedWithoutATokenInTheHeader(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	s.wrong(account{}, "GET", "/api/signals/stream", "").refused(t, 401, "unauthorized", "Authorization")
	s.wrong(account{}, "GET", "/api/signals/stream?access_token="+alice.token, "").refused(t, 401, "unauthorized", "Authorization")
}

func TestAStreamEndsIfItsConnectionIsBroken(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	w := &brokenWriter{ResponseRecorder: httptest.NewRecorder()}
	s.handler.ServeHTTP(w, s.request(alice, "GET", "/api/signals/stream", ""))
	if w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

// brokenWriter is the connection of a client that is gone.
type brokenWriter struct{ *httptest.ResponseRecorder }

func (*brokenWriter) Write([]byte) (int, error) { return 0, http.ErrHandlerTimeout }

func TestAStreamWhoseClientDoesNotReadIsCutOff(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	server := s.serve()
	alice := s.user("alice@example.com")
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprintf(conn, "GET /api/signals/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", alice.token)
	if _, err := conn.Read(make([]byte, 1)); err != nil { // the stream has begun; nothing more is read
		t.Fatal(err)
	}
	s.exec(`insert into public.trading_signals (user_id, screenshot_status, raw_message) select $1, 'skipped', repeat('x', 60000) from generate_series(1, 500)`, string(alice.id))
	wait.For(t, "the server cuts the stream off", func() bool { return strings.Contains(s.log.String(), "an event stream broke off") })
	s.notLogged(alice.token)
}

func TestABrowserMaySendTheLastEventIDOfAStream(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	r := httptest.NewRequest(http.MethodOptions, publicURL+"/api/signals/stream", nil)
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", "GET")
	r.Header.Set("Access-Control-Request-Headers", "authorization,last-event-id")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if got := w.Header().Get("Access-Control-Allow-Headers"); !strings.Contains(got, "last-event-id") {
		t.Errorf("allowed headers: %q", got)
	}
}

func TestHeadOfAStreamEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	server := s.serve()
	alice := s.user("alice@example.com")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+"/api/signals/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+alice.token)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("status %d, %v", response.StatusCode, response.Header)
	}
}
