package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	runner "atalaya/internal/test/program"
)

// program is the real binary, running a verb, on a port of its own.
type program struct {
	*runner.Program
	port string
}

// launch runs a verb.
func launch(binary, folder, port string, env []string, args ...string) (*program, error) {
	p := &program{port: port, Program: &runner.Program{Path: binary, Args: args, Env: env, Dir: folder}}
	return p, p.Start()
}

const stopTimeout = 40 * time.Second

// stop asks the program to end, and fails if it needs to be killed.
func (p *program) stop() error {
	if p == nil {
		return nil
	}
	if err := p.Terminate(stopTimeout); errors.Is(err, runner.ErrKilled) {
		return err
	}
	return nil
}

func (p *program) address() string        { return "127.0.0.1:" + p.port }
func (p *program) url(path string) string { return "http://" + p.address() + path }

// ready polls a path until it answers 200 or the program ends.
func (p *program) ready(ctx context.Context, path string) error { return p.Ready(ctx, p.url(path)) }

// request is one HTTP request, from an address of this machine's own.
type request struct {
	method string // "" is GET
	path   string // as it stands in the request line
	token  string // bearer
	body   string
	header http.Header
	from   string // 127.0.0.x; "" is the system's choice
}

// answer is what came back.
type answer struct {
	status int
	body   string
	header http.Header
	took   time.Duration
}

// is returns an error that shows the answer, unless the answer has the status.
func (a answer) is(status int) error {
	if a.status != status {
		return fmt.Errorf("answered %d, want %d: %.300s", a.status, status, a.body)
	}
	return nil
}

// dial connects from an address of this machine's own.
func dial(ctx context.Context, p *program, from string) (net.Conn, error) {
	d := net.Dialer{}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	return d.DialContext(ctx, "tcp", p.address())
}

// ask makes one request on a connection of its own. A path is sent as it is.
func ask(ctx context.Context, p *program, r request) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, p, r.from) }},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, p.url("/"), strings.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	req.URL.Opaque = "//" + p.address() + r.path // so that the client does not clean the path
	for name, values := range r.header {
		req.Header[name] = values
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	start := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	return answer{status: res.StatusCode, body: string(body), header: res.Header, took: time.Since(start)}, err
}
