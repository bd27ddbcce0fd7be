// Package program runs programs for tests and benchmarks, each in a process group of its own. It keeps the end of
// what a program prints, for the error that says why it ended. Only tests and benchmarks import it.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// FreePort returns a TCP port of 127.0.0.1 that was free a moment ago.
func FreePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

// Port is FreePort, but fails the test if there is an error.
func Port(t testing.TB) string {
	t.Helper()
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// Folder returns a folder that users without rights may enter, unlike t.TempDir's if this runs as root. The folder is
// removed at the end of the test.
func Folder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "atalaya-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Program is a program that can be started, and started again once it has ended.
type Program struct {
	Path string
	Args []string
	Env  []string            // added to the environment of this process, as NAME=value
	Bare bool                // Env is the whole environment
	Dir  string              // where it runs; "" is here
	User *syscall.Credential // who runs it; nil is the user of this process

	mu     sync.Mutex
	output []byte
	cmd    *exec.Cmd
	exited chan struct{} // closed when it has ended; nil unless it was started and not yet stopped
	result error         // of the process, to be read after exited
}

// Start starts the program in a process group of its own.
func (p *Program) Start() error {
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Dir, cmd.Env = p.Dir, p.Env
	if !p.Bare {
		cmd.Env = append(os.Environ(), p.Env...)
	}
	cmd.Stdout, cmd.Stderr = p, p
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.User}
	cmd.WaitDelay = time.Second // what it has started may live on with its output open
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name(), err)
	}
	exited := make(chan struct{})
	p.cmd, p.exited = cmd, exited
	go func() {
		defer close(exited)
		if p.result = cmd.Wait(); errors.Is(p.result, exec.ErrWaitDelay) {
			p.result = nil
		}
	}()
	return nil
}

func (p *Program) name() string { return filepath.Base(p.Path) }

// MaxOutput is how much of the end of the output is kept, in bytes.
const MaxOutput = 4 << 20

// Write keeps what the program prints.
func (p *Program) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.output = append(p.output, text...)
	if extra := len(p.output) - MaxOutput; extra > 0 {
		p.output = bytes.Clone(p.output[extra:])
	}
	return len(text), nil
}

// Output returns the end of what the program has printed since its first start.
func (p *Program) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.output)
}

// PID returns the process id, which is also that of the process group.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Exited returns a channel that is closed when the program ends by itself.
func (p *Program) Exited() <-chan struct{} { return p.exited }

// Ended reports whether the program was started and has ended by itself.
func (p *Program) Ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// readyTimeout is long: a busy machine starts programs slowly.
const readyTimeout = 2 * time.Minute

// Ready polls an address until it answers 200. It fails, with the program's output, if the program ends
// before that or ctx is done.
func (p *Program) Ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !answers(ctx, address) {
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended before it was ready:\n%s", p.name(), p.Output())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), fmt.Errorf("%s was not ready in time:\n%s", p.name(), p.Output()))
		case <-ticker.C:
		}
	}
	return nil
}

// answers reports whether an address answers 200.
func answers(ctx context.Context, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// ErrKilled means that a program did not end when it was asked to.
var ErrKilled = errors.New("was killed")

// Terminate asks the program to end, as an operator does, and kills its group if it takes longer than
// patience. What it has left behind in its group is killed too. It returns the program's own error, and
// does nothing if the program does not run.
func (p *Program) Terminate(patience time.Duration) error {
	if p.exited == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails if it has ended
	select {
	case <-p.exited:
		p.Kill()
		return p.result
	case <-time.After(patience):
		p.Kill()
		return fmt.Errorf("%s did not stop within %s and %w", p.name(), patience, ErrKilled)
	}
}

// Kill ends the program's process group at once. It does nothing if the program does not run.
func (p *Program) Kill() {
	if p.exited == nil {
		return
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.exited
	p.exited = nil
}
