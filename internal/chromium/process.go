package chromium

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	// startTimeout bounds the start of a process; a cold disk on a busy machine takes seconds.
	startTimeout = 30 * time.Second
	// goneTimeout bounds the wait for killed processes to leave the process table.
	goneTimeout = 5 * time.Second
)

// launch is what a process is started with.
type launch struct {
	executable string
	proxy      string
	folder     string
	noSandbox  bool
	userAgent  string // "" for the browser's own
	language   string // "" for the browser's own
	pages      int    // to serve
	gone       func() // called once, when the process and its folder are gone or never came
}

// process is one run of the browser: a process group and its profile folder. It ends when it is killed,
// when it dies by itself, or when it is retired and its last page is released. In every case the same
// goroutine cleans up.
type process struct {
	ctx     context.Context    // chromedp's, of the browser; done once the browser is dying or dead
	end     context.CancelFunc // begins the end, and does not wait for it
	cmd     *exec.Cmd
	profile string
	lock    *os.File   // held on the profile folder as long as it is in use
	said    firstWords // the beginning of its output, for the error of a failed start
	tap     *tap       // between its messages and chromedp; nil before it is started

	mu      sync.Mutex
	open    int // pages reserved and not released
	left    int // pages it may still serve
	retired bool
	crowd   int // pages that were open when the process was first seen dead; 0 before

	spare   *Page         // opened in advance and never used, not counted as open; nil if there is none
	sparing chan struct{} // closed once the spare page is open; nil if none is being opened

	killing sync.Mutex // guards swept; not mu, because killGroup is also called with mu held
	swept   bool       // the group is gone, and the system may have given its id to another
}

// startProcess starts a browser and waits until it answers. ctx bounds only that wait: the browser outlives
// the capture that started it.
func startProcess(ctx context.Context, l launch) (*process, error) {
	profile, lock, err := newProfile(l.folder)
	if err != nil {
		l.gone()
		return nil, err
	}
	base, end := context.WithCancel(context.Background())
	p := &process{profile: profile, lock: lock, end: end, left: l.pages}
	allocator, endAllocator := chromedp.NewExecAllocator(base, p.allocatorOptions(l)...)
	browser, endBrowser := chromedp.NewContext(allocator,
		chromedp.WithLogf(discard), chromedp.WithErrorf(discard))
	p.ctx = browser
	cleanUp := func() {
		end()
		p.dropSpare()
		endBrowser()
		endAllocator()
		if p.tap != nil {
			p.tap.close()
		}
		p.sweep()
		l.gone()
	}
	if err := p.firstRun(ctx); err != nil {
		cleanUp() // which also waits for the last of its output
		if said := strings.TrimSpace(p.said.String()); said != "" {
			return nil, fmt.Errorf("%w; it said: %s", err, said)
		}
		return nil, fmt.Errorf("%w; it said nothing: is %s a Chromium or Chrome?", err, l.executable)
	}
	go func() {
		<-browser.Done()
		cleanUp()
	}()
	return p, nil
}

// firstRun starts the process. chromedp ties the browser's life to the context of the first run,
// so that run gets the browser's own context and no timeout; the clock runs beside it.
func (p *process) firstRun(ctx context.Context) error {
	started := make(chan error, 1)
	go func() { started <- chromedp.Do(p.ctx) }()
	timer := time.NewTimer(startTimeout)
	defer timer.Stop()
	var err error
	select {
	case err := <-started:
		return err
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-timer.C:
		err = fmt.Errorf("no answer within %s", startTimeout)
	}
	p.end()
	<-started //nolint:errcheck // it writes to p until it has returned; err says why it was ended
	return err
}

// alive reports whether the process can still serve.
func (p *process) alive() bool { return p.ctx.Err() == nil }

// reserve reserves a page. It returns false if the process is dead or has served its share.
func (p *process) reserve() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.retired || p.left == 0 || !p.alive() {
		return false
	}
	p.open++
	p.left--
	return true
}

// release returns a page to the process.
func (p *process) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.alive() {
		p.countVictims()
	}
	p.open--
	p.endIfIdle()
}

// died returns the error of a page that was open when the process died.
func (p *process) died() crashed {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.countVictims()
	return crashed{suspect: p.crowd > 1}
}

// countVictims records how many pages were open when the process died. It has to be called before the first
// of them is closed. The caller holds the lock.
func (p *process) countVictims() {
	if p.crowd == 0 {
		p.crowd = p.open
	}
}

// keepSpare opens a spare page if there is none, because making a browser context, a renderer and a page is
// a good part of a capture's time. While it is being opened it counts as open: if the process dies
// meanwhile, it may be the cause.
func (p *process) keepSpare(proxy string) {
	opened, ok := p.reserveSpare()
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, controlTimeout)
	defer cancel()
	page, err := openPage(ctx, p, proxy)
	p.mu.Lock()
	p.spare = page // nil if there is an error
	p.sparing = nil
	close(opened)
	p.mu.Unlock()
	p.release()
	if err == nil && !p.alive() { // dropSpare may have been before us
		p.dropSpare()
	}
}

// reserveSpare counts a spare page as being opened. ok is false if there is one already, or the process
// serves no further page.
func (p *process) reserveSpare() (opened chan struct{}, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spare != nil || p.sparing != nil || p.retired || p.left == 0 || !p.alive() {
		return nil, false
	}
	p.open++
	p.sparing = make(chan struct{})
	return p.sparing, true
}

// takeSpare returns the spare page, or nil. It waits for one that is being opened.
func (p *process) takeSpare(ctx context.Context) *Page {
	p.mu.Lock()
	opened := p.sparing
	p.mu.Unlock()
	if opened != nil {
		select {
		case <-opened:
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	page := p.spare
	p.spare = nil
	return page
}

// dropSpare disposes of the spare page.
func (p *process) dropSpare() {
	p.mu.Lock()
	page := p.spare
	p.spare = nil
	p.mu.Unlock()
	if page != nil {
		page.remove()
	}
}

// retire lets the open pages finish, then ends the process.
func (p *process) retire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = true
	p.endIfIdle()
}

func (p *process) endIfIdle() {
	if p.retired && p.open == 0 {
		p.kill()
	}
}

// kill ends the process now, hung or not. It does not wait: the goroutine of startProcess does, and cleans up.
func (p *process) kill() {
	p.killGroup()
	p.end()
}

// killGroup kills every process of the browser's group, whose id is that of its leader (Setpgid). Once the
// group has been swept, the id is not used any more, because the system may have given it to another.
func (p *process) killGroup() {
	p.killing.Lock()
	defer p.killing.Unlock()
	if !p.swept && p.cmd != nil && p.cmd.Process != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // ESRCH: all gone already
	}
}

// sweep removes what a dead browser leaves: the remaining processes of its group, and the profile folder,
// which they may write to for another moment.
func (p *process) sweep() {
	defer p.lock.Close()
	defer p.forgetGroup()
	deadline := time.Now().Add(goneTimeout)
	for {
		p.killGroup()
		err := os.RemoveAll(p.profile)
		if (err == nil && p.groupGone()) || time.Now().After(deadline) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// forgetGroup ends the use of the group's id.
func (p *process) forgetGroup() {
	p.killing.Lock()
	defer p.killing.Unlock()
	p.swept = true
}

// groupGone reports whether no process of the group is left.
func (p *process) groupGone() bool {
	if p.cmd == nil || p.cmd.Process == nil {
		return true
	}
	err := syscall.Kill(-p.cmd.Process.Pid, 0)
	// macOS returns EPERM for a group that only holds zombies.
	return errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EPERM)
}

// allocatorOptions returns the whole command line. It does without chromedp's defaults, so that an update
// of the library cannot change what the browser may do.
func (p *process) allocatorOptions(l launch) []chromedp.ExecAllocatorOption {
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(l.executable),
		chromedp.UserDataDir(p.profile),
		chromedp.CombinedOutput(&p.said),
		// Always set, because chromedp would switch the sandbox off for root. Root never runs the browser here.
		chromedp.Flag("no-sandbox", l.noSandbox),
		chromedp.Flag("proxy-server", "http://"+l.proxy),
		chromedp.Flag("proxy-bypass-list", bypassNothing),
		// The browser gets no part of our environment: it holds the service's secrets.
		chromedp.NoInheritEnv,
		chromedp.Env("HOME="+p.profile, "TMPDIR="+p.profile, "XDG_CACHE_HOME="+p.profile,
			"PATH="+os.Getenv("PATH"), "LANG=C.UTF-8"),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			p.cmd = cmd
			cmd.Dir = p.profile
			cmd.SysProcAttr = attributes(unprivileged())
			// The end of the context ends the whole group, not only its leader.
			cmd.Cancel = func() error { p.killGroup(); return nil }
			if tap, err := newTap(cmd); err != nil {
				cmd.Err = err // it is not started
			} else {
				p.tap = tap
			}
		}),
	}
	if l.userAgent != "" {
		opts = append(opts, chromedp.Flag("user-agent", l.userAgent))
	}
	if l.language != "" {
		// lang is the language of the interface, accept-lang the one that sites are told.
		opts = append(opts, chromedp.Flag("lang", l.language), chromedp.Flag("accept-lang", l.language))
	}
	for _, f := range flags {
		name, value, valued := strings.Cut(f, "=")
		if valued {
			opts = append(opts, chromedp.Flag(name, value))
		} else {
			opts = append(opts, chromedp.Flag(name, true))
		}
	}
	return opts
}

// sandboxMissing reports whether a browser did not start because it could not sandbox itself. The system has
// no user namespaces and no set-user-id helper, or the container forbids them.
func sandboxMissing(err error) bool {
	text := err.Error()
	return strings.Contains(text, "No usable sandbox") ||
		strings.Contains(text, "Failed to move to new namespace")
}

// firstWords keeps the first 4 KiB that are written to it. It is safe for concurrent use.
type firstWords struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer and never fails.
func (w *firstWords) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, b[:min(len(b), 4096-len(w.text))]...)
	return len(b), nil
}

// String returns what was kept.
func (w *firstWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text)
}

// discard drops chromedp's own log lines, because they quote protocol messages, which hold cookies.
func discard(string, ...any) {}
