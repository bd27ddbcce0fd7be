package netguard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxConnections bounds the connections open through the proxy. A chart page opens a few dozen, so
	// this is far above what all workers' pages need.
	maxConnections = 1024
	// headerTimeout bounds the time for a client to send its request line and headers.
	headerTimeout = 10 * time.Second
	// connectTimeout bounds look-up and dial of one tunnel.
	connectTimeout = 20 * time.Second
)

// OwnHeader is the header of the proxy's own answers to plain http requests, with the reason as its value,
// so that its 403 and 502 are not taken for the site's. The proxy removes it from a site's answers.
const OwnHeader = "Atalaya-Proxy"

// Proxy is the browser's only way out: an HTTP proxy on a free port of 127.0.0.1. It serves CONNECT and
// plain http:// requests that the policy allows, and answers all others with 403. WebSockets pass through
// it too, which request interception in the browser would not see.
type Proxy struct {
	dialer  *Dialer
	log     *slog.Logger
	forward *httputil.ReverseProxy

	refusals map[Reason]*atomic.Int64 // every reason from the start: read without a lock
	slots    chan struct{}
	failures failures

	mu       sync.Mutex
	server   *http.Server
	listener net.Listener
	ctx      context.Context // ends at Stop, and with it every tunnel
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// NewProxy makes a proxy that connects through dialer. Start begins to serve.
func NewProxy(dialer *Dialer, log *slog.Logger) *Proxy {
	p := &Proxy{
		dialer:   dialer,
		log:      log,
		slots:    make(chan struct{}, maxConnections),
		refusals: map[Reason]*atomic.Int64{},
	}
	for _, r := range []Reason{ReasonHost, ReasonPort, ReasonAddress, ReasonBusy} {
		p.refusals[r] = new(atomic.Int64)
	}
	return p
}

// Start listens and serves until Stop. Starting a proxy that runs does nothing.
func (p *Proxy) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		return nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the browser's proxy: %w", err)
	}
	transport := &http.Transport{
		DialContext: p.dialer.DialContext,
		// Contexts of different users share this proxy; a kept connection would only save a dial
		// on plain http, which is a demo site's.
		DisableKeepAlives: true,
	}
	p.forward = &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.Host = r.In.Host },
		Transport: transport,
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del(OwnHeader)
			p.failures.set(r.Request.URL.Host, nil)
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) { p.fail(w, r.URL.Host, err) },
		ErrorLog:     slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.listener = listener
	p.server = &http.Server{
		Handler:           http.HandlerFunc(p.serve),
		ReadHeaderTimeout: headerTimeout,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return p.ctx },
	}
	server := p.server
	p.running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("the browser's proxy stopped; captures fail until a restart", "error", err)
		}
	})
	return nil
}

// Stop closes every connection and waits until all of them are gone. Stopping twice does nothing.
func (p *Proxy) Stop() {
	p.mu.Lock()
	server := p.server
	p.server = nil
	p.mu.Unlock()
	if server == nil {
		return
	}
	p.cancel()
	_ = server.Close() // the error is that of closing sockets; nothing is left to do about it
	p.running.Wait()
}

// Addr returns the proxy's "127.0.0.1:port", or "" before Start.
func (p *Proxy) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener == nil {
		return ""
	}
	return p.listener.Addr().String()
}

// Refusals returns how many connections were refused since the proxy was made, by reason. Every reason that a proxy
// has is present: host, port, address and busy.
func (p *Proxy) Refusals() map[Reason]int64 {
	counts := make(map[Reason]int64, len(p.refusals))
	for reason, n := range p.refusals {
		counts[reason] = n.Load()
	}
	return counts
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	default:
		p.fail(w, r.Host, &Refusal{Reason: ReasonBusy, Host: r.Host})
		return
	}
	if !p.enter() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	defer p.running.Done()

	switch {
	case r.Method == http.MethodConnect:
		p.tunnel(w, r)
	case r.URL.Scheme == "http" && r.URL.Host != "":
		p.forward.ServeHTTP(w, r)
	default:
		http.Error(w, "this is a proxy: send CONNECT or an absolute http URL", http.StatusBadRequest)
	}
}

// enter counts a request so that Stop waits for it, because the server no longer knows a hijacked
// connection. It holds the lock, because nothing may be counted once Stop waits.
func (p *Proxy) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return false
	}
	p.running.Add(1)
	return true
}

// tunnel joins the client to the host it asked for, until one side ends or Stop is called.
func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(p.ctx, connectTimeout)
	defer cancel()
	upstream, err := p.dialer.DialContext(ctx, "tcp", r.Host)
	if err != nil {
		p.fail(w, r.Host, err)
		return
	}
	p.failures.set(r.Host, nil)
	defer upstream.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.fail(w, r.Host, err)
		return
	}
	// If either end closes, both are closed: a browser never half-closes, and a page that is gone must
	// not leave a silent WebSocket open upstream.
	hangUp := func() { client.Close(); upstream.Close() }
	defer hangUp()
	stop := context.AfterFunc(p.ctx, hangUp)
	defer stop()

	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection Established\r\n\r\n"); err != nil {
		return
	}
	var up sync.WaitGroup
	up.Go(func() {
		defer hangUp()
		// What the client sent right behind its CONNECT is in the server's buffer.
		_, _ = io.Copy(upstream, buffered.Reader)
	})
	_, _ = io.Copy(client, upstream)
	hangUp()
	up.Wait()
}

// fail answers 403 and counts the refusal if the policy refused the connection, else 502.
func (p *Proxy) fail(w http.ResponseWriter, host string, err error) {
	p.failures.set(host, err)
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		w.Header().Set(OwnHeader, "unreachable")
		http.Error(w, "the site cannot be reached", http.StatusBadGateway)
		return
	}
	p.refusals[refusal.Reason].Add(1)
	p.log.Debug("the browser was refused a connection", "reason", refusal.Reason, "host", refusal.Host)
	w.Header().Set(OwnHeader, string(refusal.Reason))
	http.Error(w, "refused: "+string(refusal.Reason), http.StatusForbidden)
}

// LastFailure returns why the last connection to a host, given as in URLs with or without its port, could
// not be made; nil if it could, or if none was tried. The browser does not tell its pages.
func (p *Proxy) LastFailure(u *url.URL) error {
	port, err := portOf(u)
	if err != nil {
		return err
	}
	return p.failures.of(net.JoinHostPort(u.Hostname(), strconv.Itoa(int(port))))
}

// maxFailures bounds the hosts whose failures are kept. Pages choose hosts.
const maxFailures = 64

// failures are the last errors of hosts that could not be reached.
type failures struct {
	mu   sync.Mutex
	last map[string]error
}

func (f *failures) set(host string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	host = withPort(host)
	if err == nil {
		delete(f.last, host)
		return
	}
	if _, known := f.last[host]; !known && len(f.last) >= maxFailures || f.last == nil {
		f.last = make(map[string]error)
	}
	f.last[host] = err
}

func (f *failures) of(host string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last[host]
}

// withPort returns a host with its port. The host of a tunnel has one; that of a plain http URL may not.
func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err != nil {
		return net.JoinHostPort(host, "80")
	}
	return host
}
