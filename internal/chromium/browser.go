// Package chromium runs the browser: one supervised, distrusted process that opens isolated pages. It owns
// the process, its profile folder and its browser contexts. It is the only package that imports the
// DevTools library.
//
// It must not know what the pages show: no site, no selector, no user.
package chromium

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// pagesPerProcess is the default of Options.PagesPerProcess. Chromium's memory grows a little with every
// disposed context, and a new process costs less than half a second.
const pagesPerProcess = 200

// alone is the weight of a page that has the browser to itself. It is more than the pages ever open at once.
const alone = 1 << 20

// ErrCrashed is wrapped by every error of a page whose renderer or browser died. Callers that must not
// import this package find it by its method Crashed() bool.
var ErrCrashed error = crashed{}

// crashed is the error of a page that ended with its renderer or its browser.
type crashed struct {
	suspect bool // the browser died under several pages
}

func (crashed) Error() string { return "the browser crashed" }

// Crashed reports whether the browser, not the site, is at fault.
func (crashed) Crashed() bool { return true }

// Suspect reports whether the whole browser died while several pages were open, so that any of them may
// have killed it. If it returns false, this page did.
func (c crashed) Suspect() bool { return c.suspect }

// Is makes errors.Is(err, ErrCrashed) true for every crash.
func (crashed) Is(target error) bool { return target == ErrCrashed }

// errStopped is the error of NewPage after Stop.
var errStopped = errors.New("the browser is stopped")

// Options configure a Browser.
type Options struct {
	// Executable is the path or name of the browser; "" looks in the usual places.
	Executable string
	// Proxy is the "host:port" of the HTTP proxy that carries all traffic of every page, loopback
	// included. It must be set: a browser without it could reach this machine.
	Proxy string
	// Folder is the folder in which profile folders are made; "" is the system's folder for temporary
	// files. If this program runs as root, an unprivileged user must be able to enter it.
	Folder string
	// NoSandbox runs the browser without its own sandbox, for systems that cannot provide one.
	NoSandbox bool
	// RequireSandbox makes opening a page fail with ErrNoSandbox if the system cannot provide a sandbox.
	RequireSandbox bool
	// UserAgent and Language replace the browser's headers User-Agent and Accept-Language. A language looks
	// like "es" or "de-DE". "" leaves the browser's own.
	UserAgent, Language string
	// PagesPerProcess is how many pages one browser process serves before a new one replaces it; 0 means
	// 200.
	PagesPerProcess int
	// Log receives what an operator should know; nil means slog.Default().
	Log *slog.Logger
}

// Browser opens pages. Its process starts with the first page, is replaced if it dies or has served
// PagesPerProcess pages, and ends with Stop. Safe for concurrent use.
type Browser struct {
	opts       Options
	executable string

	// pages holds a weight of 1 for each open page, and the whole weight for a page that is alone. It is
	// fair: a page that waits to be alone holds off later ones.
	pages *semaphore.Weighted

	// starting is a lock that a waiting caller can give up on: starting a process takes a while.
	starting chan struct{}

	mu        sync.Mutex
	current   *process
	stopped   bool
	noSandbox atomic.Bool    // from Options, or learned when the sandbox would not start
	running   sync.WaitGroup // the processes that are not gone yet, and the work of afterwards
}

// New finds the browser's executable, removes profile folders whose owners died, and makes a Browser. It
// starts no process yet. It fails if there is no proxy or no executable.
func New(opts Options) (*Browser, error) {
	if opts.Proxy == "" {
		return nil, errors.New("chromium needs a proxy: without one its pages could reach this machine")
	}
	executable, err := find(opts.Executable)
	if err != nil {
		return nil, err
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.PagesPerProcess == 0 {
		opts.PagesPerProcess = pagesPerProcess
	}
	if opts.Folder == "" {
		opts.Folder = os.TempDir()
	}
	if err := sweepProfiles(opts.Folder, time.Now()); err != nil {
		opts.Log.Warn("the files of a browser that has died could not be removed", "error", err)
	}
	b := &Browser{
		opts:       opts,
		executable: executable,
		pages:      semaphore.NewWeighted(alone),
		starting:   make(chan struct{}, 1),
	}
	b.noSandbox.Store(opts.NoSandbox)
	return b, nil
}

// Executable returns the path of the browser's executable.
func (b *Browser) Executable() string { return b.executable }

// Sandboxed reports whether the browser runs in its sandbox. It is true until a start shows that the
// system cannot provide one, unless Options.NoSandbox is set.
func (b *Browser) Sandboxed() bool { return !b.noSandbox.Load() }

// Running reports whether a browser process is alive. Before the first page there is none.
func (b *Browser) Running() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current != nil && b.current.alive()
}

// NewPage opens a page of width x height pixels in a browser context of its own, which shares no cookies,
// cache or storage with any other page. It starts the browser if none runs. The caller closes the page.
// ctx only bounds the opening.
func (b *Browser) NewPage(ctx context.Context, width, height int) (*Page, error) {
	return b.newPage(ctx, width, height, 1)
}

// NewPageAlone is NewPage for a page that is the only open one. It waits until the others are closed, and
// holds off new ones until its page is closed. If the browser dies meanwhile, this page is the cause.
func (b *Browser) NewPageAlone(ctx context.Context, width, height int) (*Page, error) {
	return b.newPage(ctx, width, height, alone)
}

func (b *Browser) newPage(ctx context.Context, width, height int, room int64) (*Page, error) {
	if err := b.pages.Acquire(ctx, room); err != nil {
		return nil, fmt.Errorf("wait for the other pages: %w", context.Cause(ctx))
	}
	proc, err := b.acquire(ctx)
	if err != nil {
		b.pages.Release(room)
		return nil, err
	}
	page, err := b.pageOf(ctx, proc, width, height)
	if err != nil {
		proc.release()
		b.pages.Release(room)
		return nil, fmt.Errorf("open a page: %w", err)
	}
	page.leave = func() {
		b.pages.Release(room)
		b.afterwards(func() {
			proc.keepSpare(b.opts.Proxy) // for the next caller, who would have to wait for it otherwise
			page.forget()
		})
	}
	return page, nil
}

// pageOf returns a page of a process: the spare one if it is still alive, else a new one.
func (b *Browser) pageOf(ctx context.Context, proc *process, width, height int) (*Page, error) {
	if page := proc.takeSpare(ctx); page != nil {
		if page.resize(ctx, width, height) == nil {
			return page, nil
		}
		page.remove()
	}
	page, err := openPage(ctx, proc, b.opts.Proxy)
	if err != nil {
		return nil, err
	}
	if err := page.resize(ctx, width, height); err != nil {
		page.remove()
		return nil, err
	}
	return page, nil
}

// afterwards does work in the background. Stop waits for it. After Stop it does the work at once.
func (b *Browser) afterwards(work func()) {
	b.mu.Lock()
	stopped := b.stopped
	if !stopped {
		b.running.Go(work) // under the lock: nothing is added once Stop waits
	}
	b.mu.Unlock()
	if stopped {
		work()
	}
}

// Stop kills the browser with all its processes, removes its profile folder, and waits until both are
// gone. Open pages fail. Stop may be called twice.
func (b *Browser) Stop() {
	b.mu.Lock()
	b.stopped = true
	if b.current != nil {
		b.current.kill()
		b.current = nil
	}
	b.mu.Unlock()
	// A process that is starting right now sees stopped when it wants to become the current one.
	b.running.Wait()
}

// acquire returns a living process with one page reserved in it. It starts one if necessary.
func (b *Browser) acquire(ctx context.Context) (*process, error) {
	select {
	case b.starting <- struct{}{}:
		defer func() { <-b.starting }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the browser: %w", context.Cause(ctx))
	}
	if proc, err := b.reserve(); proc != nil || err != nil {
		return proc, err
	}
	proc, err := b.start(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	return b.adopt(proc)
}

// reserve reserves a page of the current process. It returns nil if that is dead or has served its share.
func (b *Browser) reserve() (*process, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return nil, errStopped
	}
	if b.current == nil {
		return nil, nil
	}
	if b.current.reserve() {
		return b.current, nil
	}
	b.current.retire() // its open pages finish first
	b.current = nil
	return nil, nil
}

// adopt makes a started process the current one, unless Stop came first.
func (b *Browser) adopt(proc *process) (*process, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		proc.kill()
		return nil, errStopped
	}
	proc.reserve()
	b.current = proc
	return proc, nil
}

// ErrNoSandbox is the error of NewPage if the sandbox is required and the system cannot provide one.
var ErrNoSandbox = errors.New("this system lets the browser have no sandbox")

// start starts a process. If the system cannot provide the sandbox and it is not required, start tries
// again without it: for pages of our own, the unprivileged user and the proxy are enough.
func (b *Browser) start(ctx context.Context) (*process, error) {
	proc, err := b.launch(ctx)
	if err == nil || b.noSandbox.Load() || !sandboxMissing(err) {
		return proc, err
	}
	if b.opts.RequireSandbox {
		return nil, fmt.Errorf("%w: %w", ErrNoSandbox, err)
	}
	b.noSandbox.Store(true)
	b.opts.Log.Warn("the browser runs without its sandbox: this system does not allow it; " +
		"allow unprivileged user namespaces (sysctl, AppArmor or the container's seccomp profile) " +
		"or install chromium-sandbox, and restart")
	return b.launch(ctx)
}

func (b *Browser) launch(ctx context.Context) (*process, error) {
	b.mu.Lock()
	if b.stopped {
		b.mu.Unlock()
		return nil, errStopped
	}
	b.running.Add(1) // under the lock, as in afterwards
	b.mu.Unlock()
	return startProcess(ctx, launch{
		executable: b.executable,
		proxy:      b.opts.Proxy,
		folder:     b.opts.Folder,
		noSandbox:  b.noSandbox.Load(),
		userAgent:  b.opts.UserAgent,
		language:   b.opts.Language,
		pages:      b.opts.PagesPerProcess,
		gone:       b.running.Done,
	})
}
