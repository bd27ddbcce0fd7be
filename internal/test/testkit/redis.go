package testkit

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"atalaya/internal/test/program"
)

// Redis is a real server of one test's own, without persistence.
type Redis struct {
	t       testing.TB
	port    string
	program *program.Program
}

// StartRedis starts a server on a free port. It ends with the test.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("there is no redis-server: run scripts/install.sh test (%v)", err)
	}
	r := &Redis{t: t, port: FreePort(t)}
	r.program = &program.Program{Path: path, Args: []string{
		"--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir(),
	}}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// URL is the server's address.
func (r *Redis) URL() string { return "redis://127.0.0.1:" + r.port }

// Start starts the server, again if it was killed, and returns when it takes connections.
func (r *Redis) Start() {
	r.t.Helper()
	said := len(r.program.Output()) // by the server that was killed
	if err := r.program.Start(); err != nil {
		r.t.Fatal(err)
	}
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for late := time.After(time.Minute); !strings.Contains(strings.ToLower(r.program.Output()[said:]), "ready to accept connections"); {
		select {
		case <-ticker.C:
		case <-r.program.Exited():
			r.t.Fatalf("redis-server ended before it was ready:\n%s", r.program.Output())
		case <-late:
			r.t.Fatalf("redis-server is not ready within a minute:\n%s", r.program.Output())
		}
	}
}

// Kill ends the server's process group at once. Killing twice does nothing.
func (r *Redis) Kill() { r.program.Kill() }
