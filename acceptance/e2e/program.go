package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/joho/godotenv"
)

// program is the real binary with a data folder of its own.
type program struct {
	binary string
	data   string
	port   int
	pooled bool     // it serves with settings in the data folder, instead of making its own
	direct string   // the database behind a pooler, "" where DATABASE_URL is it
	env    []string // beside the environment of this process
	cmd    *exec.Cmd
	exited chan error
	logs   *lockedBuffer
}

// lockedBuffer keeps what the program printed.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// freePort gives a port that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// start runs a verb in a process group of its own.
func (p *program) start(args ...string) error {
	cmd := exec.Command(p.binary, args...)
	cmd.Dir = p.data
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = p.logs, p.logs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.binary, err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	p.cmd, p.exited = cmd, exited
	return nil
}

// stopTimeout is longer than the 20 s that running captures are given.
const stopTimeout = 40 * time.Second

// stop asks the program to end, as an operator does, and fails where it needs to be killed.
func (p *program) stop() error {
	if p.cmd == nil {
		return nil
	}
	group := p.cmd.Process.Pid
	defer func() { p.cmd = nil }()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.exited:
		if err != nil {
			return fmt.Errorf("%s ended with %w", p.binary, err)
		}
		return nil
	case <-time.After(stopTimeout):
		_ = syscall.Kill(-group, syscall.SIGKILL)
		return fmt.Errorf("%s did not stop within %s and was killed: %w", p.binary, stopTimeout, <-p.exited)
	}
}

// url gives an address of the program.
func (p *program) url(path string) string {
	return "http://127.0.0.1:" + strconv.Itoa(p.port) + path
}

// waitFor polls an address until it answers 200, the program exits or the deadline passes.
func (p *program) waitFor(ctx context.Context, address string) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if status, _, err := request(ctx, http.MethodGet, address, "", nil); err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case err := <-p.exited:
			p.exited <- err
			return fmt.Errorf("the program ended before it was ready: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer 200: %w", address, ctx.Err())
		case <-ticker.C:
		}
	}
}

// settings reads what `atalaya dev` wrote for the other verbs.
func (p *program) settings() (map[string]string, error) {
	return godotenv.Read(filepath.Join(p.data, "dev.env"))
}

// verb runs another verb against the same data and gives its standard output.
func (p *program) verb(ctx context.Context, args ...string) (string, error) {
	return p.verbAlone(ctx, append(args, "--env-file", filepath.Join(p.data, "dev.env"))...)
}

// verbAlone runs a verb that needs no settings.
func (p *program) verbAlone(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, p.binary, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("atalaya %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// request makes one HTTP request; body may be nil, a string or anything that JSON can hold.
func request(ctx context.Context, method, address, token string, body any) (status int, answer []byte, err error) {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return 0, nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if _, isText := body.(string); reader != nil && !isText {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, 32<<20))
	return res.StatusCode, answer, err
}

// get decodes a 200.
func get(ctx context.Context, address, token string, into any) error {
	status, answer, err := request(ctx, http.MethodGet, address, token, nil)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s answered %d: %s", address, status, answer)
	}
	return json.Unmarshal(answer, into)
}
