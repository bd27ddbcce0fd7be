package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"atalaya/internal/limits"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// within waits for a signal.
func within(t *testing.T, signal <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(patience):
		t.Fatal("this did not happen: " + what)
	}
}

// fewConnections returns the bounds of a test's server.
func fewConnections() bounds {
	return bounds{limits.NewConnections(limits.ConnectionOptions{All: 16, OfAddress: 16}), 10 * time.Second}
}

func serve(t *testing.T, handler http.HandlerFunc) (s *server, url string, failed chan error) {
	t.Helper()
	failed = make(chan error, 1)
	s = newServer("127.0.0.1:0", fewConnections(), handler, slog.New(slog.DiscardHandler), failed)
	if err := s.listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.serve()
	return s, "http://" + s.listener.Addr().String(), failed
}

// ask sends a request on a connection of its own. It returns the body, or the error as text.
func ask(ctx context.Context, url string) string {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	res, err := client.Do(req)
	if err != nil {
		return "error: " + err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(body)
}

func TestTheServerLetsARequestThatIsUnderWayFinish(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	s, url, failed := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "done")
	})
	answer, stopped := make(chan string, 1), make(chan error, 1)
	go func() { answer <- ask(context.Background(), url) }()
	within(t, entered, "the request arrives")
	down := make(chan struct{})
	s.http.RegisterOnShutdown(func() { close(down) })
	go func() { stopped <- s.stop() }()
	within(t, down, "the server begins to stop")
	close(leave)
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	if got := <-answer; got != "done" {
		t.Errorf("the request that was under way got %q, want its answer", got)
	}
	if got := ask(t.Context(), url); !strings.HasPrefix(got, "error: ") {
		t.Errorf("a stopped server answers %q", got)
	}
	if len(failed) != 0 {
		t.Errorf("a server that was stopped reports a failure: %v", <-failed)
	}
}

func TestTheServerStopsWhileARequestHangs(t *testing.T) {
	t.Parallel()
	entered, let := make(chan struct{}), make(chan struct{})
	s, url, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done() // hangs until its connection is cut
		close(let)
	})
	answer := make(chan string, 1)
	go func() { answer <- ask(context.Background(), url) }()
	within(t, entered, "the request arrives")
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		if err := s.stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}()
	within(t, stopped, "the server stops in spite of the hanging request")
	within(t, let, "the hanging request is cut off")
	if got := <-answer; !strings.HasPrefix(got, "error: ") {
		t.Errorf("the hanging request was answered %q", got)
	}
}

func TestTheServerAnswersEvenIfABodyNeverArrives(t *testing.T) {
	t.Parallel()
	s, _, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	t.Cleanup(func() { _ = s.stop() })
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	status := make([]byte, len("HTTP/1.1 404"))
	if _, err := io.ReadFull(conn, status); err != nil || string(status) != "HTTP/1.1 404" {
		t.Errorf("answer %q, %v; want 404 while the sender is silent", status, err)
	}
}

func TestATakenPortIsAnErrorOfStartUpWithItsCure(t *testing.T) {
	t.Parallel()
	s, url, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
	defer func() { _ = s.stop() }()
	err := newServer(strings.TrimPrefix(url, "http://"), fewConnections(), nil, slog.New(slog.DiscardHandler), nil).listen(t.Context())
	if err == nil || !strings.Contains(err.Error(), "choose another port") {
		t.Errorf("a second listener gets %v, want an error with its cure", err)
	}
}

func TestAServerThatEndsByItselfReportsAFailure(t *testing.T) { //nolint:paralleltest // other tests' goroutines would be found
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, _, failed := serve(t, func(http.ResponseWriter, *http.Request) {})
	if err := s.listener.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		if err == nil || !strings.Contains(err.Error(), "ended") {
			t.Errorf("the failure is %v", err)
		}
	case <-time.After(patience):
		t.Fatal("no failure was reported")
	}
	if err := s.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}
