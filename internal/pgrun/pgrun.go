// Package pgrun runs a private PostgreSQL as a child process, for development and tests. The server has a data
// folder of its own, a free port of 127.0.0.1 and a password. On Linux it ends when its parent ends. The
// package knows nothing of what is stored there.
package pgrun

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say where and how a server runs.
type Options struct {
	// DataDir is created if it does not exist. If a server of a killed parent still runs there, it is stopped
	// first.
	DataDir string
	// Fast gives up durability for speed. It is for tests, whose data nobody needs after a crash.
	Fast bool
	// Programs is a folder with a PostgreSQL (bin, lib, share); "" means the newest that is installed. It is
	// copied beside DataDir, because the user that runs it may have no access to the folder.
	Programs string
	// Env is added to the server's environment, as NAME=value.
	Env []string
	Log *slog.Logger
}

// Server is a running PostgreSQL.
type Server struct {
	dataDir  string
	port     int
	password string
	cmd      *exec.Cmd
	exited   chan struct{} // closed when the process has ended
	output   *lastLines
	log      *slog.Logger
	stopOnce sync.Once
	stopErr  error
}

const (
	superuser    = "postgres"
	startTimeout = 60 * time.Second // the first start after a crash replays the log
	stopTimeout  = 15 * time.Second
	passwordFile = "atalaya-password" // in DataDir
)

// Start runs PostgreSQL until Stop, and returns when it takes connections. If PostgreSQL 15 or later is not
// installed, the error has the command that installs it.
func Start(ctx context.Context, opt Options) (*Server, error) {
	dir, err := filepath.Abs(opt.DataDir)
	if err != nil {
		return nil, err
	}
	bin, err := programs(opt.Programs, dir)
	if err != nil {
		return nil, err
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	if err := CheckFolder(dir); err != nil {
		return nil, err
	}
	if err := prepare(ctx, bin, dir, owner, opt.Fast); err != nil {
		return nil, err
	}
	if err := stopStale(ctx, dir); err != nil {
		return nil, err
	}
	password, err := os.ReadFile(filepath.Join(dir, passwordFile))
	if err != nil {
		return nil, fmt.Errorf("the database's password: %w", err)
	}
	// After a crash the last backends of the former server may outlive it by a moment.
	for deadline := time.Now().Add(stopTimeout); ; {
		s := &Server{dataDir: dir, password: string(password), output: &lastLines{}, log: opt.Log}
		err := s.run(ctx, bin, owner, opt)
		if err == nil {
			return s, nil
		}
		if !strings.Contains(err.Error(), "pre-existing shared memory block") || ctx.Err() != nil || time.Now().After(deadline) {
			return nil, err
		}
	}
}

// prepare makes the data folder with initdb if there is none: beside its place, so that an initdb that is cut off
// leaves nothing that looks like a data folder. Local connections need the password too, because other users of the
// machine can reach the port.
func prepare(ctx context.Context, bin, dir string, owner *syscall.Credential, fast bool) error {
	if isFile(filepath.Join(dir, "PG_VERSION")) {
		return nil
	}
	fresh := dir + ".new"
	if err := errors.Join(os.RemoveAll(fresh), os.MkdirAll(fresh, 0o700)); err != nil {
		return err
	}
	password := make([]byte, 24)
	_, _ = rand.Read(password) // never fails: crypto/rand ends the program instead
	file := filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+"-"+passwordFile)
	if err := os.WriteFile(file, []byte(hex.EncodeToString(password)), 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	if err := handTo(owner, fresh, file); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", superuser, "--auth=scram-sha-256", "--pwfile=" + file, "--encoding=UTF8", "--locale=C.UTF-8"}
	if fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = attributes(owner)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb failed in %s: %w\n%s", fresh, err, out)
	}
	kept := filepath.Join(fresh, passwordFile)
	if err := os.WriteFile(kept, []byte(hex.EncodeToString(password)), 0o600); err != nil {
		return err
	}
	if err := handTo(owner, kept); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is no data folder of PostgreSQL, and not empty: %w", dir, err)
	}
	return os.Rename(fresh, dir)
}

// handTo makes files an owner's; nil leaves them as they are.
func handTo(owner *syscall.Credential, paths ...string) error {
	if owner == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	return nil
}

// stopStale ends a server that a killed parent left running in this folder.
func stopStale(ctx context.Context, dir string) error {
	pidFile := filepath.Join(dir, "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || !runsIn(pid, dir) {
		return nil // PostgreSQL itself replaces a file whose process is gone
	}
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	for signal := syscall.SIGINT; ; {
		if err := syscall.Kill(pid, signal); errors.Is(err, syscall.ESRCH) || !runsIn(pid, dir) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another PostgreSQL (process %d) runs in %s and does not stop", pid, dir)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// run starts the process and waits until it takes connections.
func (s *Server) run(ctx context.Context, bin string, owner *syscall.Credential, opt Options) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.port = port
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), arguments(s.dataDir, port, opt.Fast)...)
	s.cmd.Dir = "/"
	s.cmd.Env = append(os.Environ(), opt.Env...)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	s.cmd.SysProcAttr = attributes(owner)
	s.exited = make(chan struct{})
	if err := startOnItsOwnThread(s.cmd, s.exited); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := s.waitReady(ctx); err != nil {
		return errors.Join(err, s.Stop())
	}
	return nil
}

func arguments(dir string, port int, fast bool) []string {
	settings := map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(port), "unix_socket_directories": "",
		"max_connections": "200", "timezone": "UTC", "log_min_messages": "warning", "wal_level": "logical",
	}
	if fast {
		settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"] = "off", "off", "off"
	}
	args := []string{"-D", dir}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// waitReady waits until a connection succeeds.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("PostgreSQL ended at start:\n%s", s.output)
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not take connections: %w\n%s", err, s.output)
		case <-ticker.C:
		}
	}
}

// URL returns the connection string of a database for the superuser, with the password in it.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgresql", User: url.UserPassword(superuser, s.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Stop ends the server. It closes open connections; committed data are kept. If that takes longer than 15 s, it
// kills the process group and returns an error. A second call returns the first result.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		_ = s.cmd.Process.Signal(syscall.SIGINT) // fast shutdown; it fails if the process has ended already
		select {
		case <-s.exited:
		case <-time.After(stopTimeout):
			_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
			<-s.exited
			s.stopErr = fmt.Errorf("PostgreSQL did not stop within %s and was killed", stopTimeout)
		}
	})
	return s.stopErr
}

// Kill ends the server and all its backends at once, as a crash does. Start on the same folder recovers.
func (s *Server) Kill() {
	s.stopOnce.Do(func() {
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		<-s.exited
	})
}

// PID returns the server's process id, which is also the id of its process group.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// freePort returns a port that was free a moment ago.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// lastLines keeps the end of what the server printed, for an error that shows why it ended.
type lastLines struct {
	mu  sync.Mutex
	buf []byte
}

const keptOutput = 4 << 10

// Write implements io.Writer.
func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p...)
	if extra := len(l.buf) - keptOutput; extra > 0 {
		l.buf = bytes.Clone(l.buf[extra:])
	}
	return len(p), nil
}

// String returns what is kept.
func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.buf)
}
