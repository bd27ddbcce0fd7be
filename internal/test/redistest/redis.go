// Package redistest runs real Redis servers for tests. Only tests import it.
package redistest

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
)

// Server is a Redis server of one test, without persistence.
type Server struct {
	t       testing.TB
	port    string
	program *program.Program
}

// Start starts a server on a free port. It ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("there is no redis-server: run scripts/install.sh test (%v)", err)
	}
	r := &Server{t: t, port: program.Port(t)}
	r.program = &program.Program{Path: path, Args: []string{
		"--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir(),
	}}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// URL returns the server's address, as redis://host:port.
func (r *Server) URL() string { return "redis://127.0.0.1:" + r.port }

// Start starts the server, again if it was killed, and returns when it takes connections.
func (r *Server) Start() {
	r.t.Helper()
	said := len(r.program.Output()) // by the server that was killed
	if err := r.program.Start(); err != nil {
		r.t.Fatal(err)
	}
	err := wait.Until(context.Background(), wait.Patience, "redis-server is ready", func() (bool, error) {
		select {
		case <-r.program.Exited():
			return false, errors.New("redis-server ended before it was ready")
		default:
			return strings.Contains(r.program.Output()[said:], "eady to accept connections"), nil
		}
	})
	if err != nil {
		r.t.Fatalf("%v:\n%s", err, r.program.Output())
	}
}

// Kill ends the server's process group at once. Killing twice does nothing.
func (r *Server) Kill() { r.program.Kill() }
