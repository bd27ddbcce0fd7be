package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"atalaya/internal/limits"
)

const (
	// answersWithin is how long running requests may continue after Stop.
	answersWithin = 3 * time.Second
	// headerTimeout and idleTimeout bound what a slow or silent peer can hold.
	headerTimeout = 5 * time.Second
	// bodyTimeout bounds a request's body, also one that a refusal leaves unread: net/http reads that
	// before it answers. The webhook's is shorter. ReadTimeout would bound event streams too, so it is
	// set for requests with a body alone.
	bodyTimeout = 10 * time.Second
	idleTimeout = 30 * time.Second
	// writeTimeout bounds an answer that boundAnswers does not see, such as net/http's own to noise. Event
	// streams replace it.
	writeTimeout = 5 * time.Minute
	// maxScrapers is enough for everybody who reads metrics.
	maxScrapers = 16
	// maxHeader is far above what TradingView, browsers and access tokens need, in bytes.
	maxHeader = 32 << 10
)

// server is an HTTP server on one address.
type server struct {
	address     string
	connections *limits.Connections
	http        *http.Server
	tls         *tls.Config  // nil serves plain HTTP
	failed      chan<- error // of the service

	listener net.Listener // from listen on
}

// bounds are what clients of a server may hold. Servers may share their connections.
type bounds struct {
	connections *limits.Connections
	write       time.Duration // for each part of an answer
}

func newServer(address string, b bounds, handler http.Handler, log *slog.Logger, failed chan<- error) *server {
	return &server{
		address: address, connections: b.connections, failed: failed,
		http: &http.Server{
			Handler: boundAnswers(b.write, boundBodies(handler)), ReadHeaderTimeout: headerTimeout,
			WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
			ConnContext: b.connections.Context, ConnState: b.connections.State,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		},
	}
}

// listen takes the address. Clients that connect before serve wait.
func (s *server) listen(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; stop what listens there, or choose another port", s.address, err)
	}
	s.listener = s.connections.Listen(listener)
	return nil
}

// serve answers until stop. A failure is sent to failed.
func (s *server) serve() {
	listener := s.listener
	if s.tls != nil {
		listener = tls.NewListener(listener, s.tls)
	}
	go func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("the HTTP server on %s ended: %w", s.listener.Addr(), err)
		}
	}()
}

// close releases the address if serve never ran. Otherwise stop has released it.
func (s *server) close() error {
	if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// boundBodies gives the body of every request bodyTimeout to arrive.
func boundBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)); err != nil {
				panic(http.ErrAbortHandler) // the connection is gone
			}
		}
		next.ServeHTTP(w, r)
	})
}

// stop takes no new requests and gives running ones answersWithin.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), answersWithin)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return s.http.Close()
	}
	return err
}
