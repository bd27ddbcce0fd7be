package testkit

import (
	"bufio"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// Redis is a real server of one test's own, without persistence.
type Redis struct {
	t    testing.TB
	port string
	dir  string
	cmd  *exec.Cmd
}

// StartRedis starts a server on a free port. It ends with the test.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	r := &Redis{t: t, port: port, dir: t.TempDir()}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// URL is the server's address.
func (r *Redis) URL() string { return "redis://127.0.0.1:" + r.port }

// Start starts the server, again where it was killed, and returns when it takes connections.
func (r *Redis) Start() {
	r.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		r.t.Fatalf("there is no redis-server: run scripts/install.sh test (%v)", err)
	}
	r.cmd = exec.Command(path, "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.dir)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(strings.ToLower(lines.Text()), "ready to accept connections") {
			return
		}
	}
	r.t.Fatalf("redis-server ended before it was ready:\n%s", said.String())
}

// Kill ends the server's process group at once. Killing twice does nothing.
func (r *Redis) Kill() {
	if r.cmd != nil {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL)
		_ = r.cmd.Wait()
		r.cmd = nil
	}
}
