// Package chromium is the browser: one supervised, distrusted process that opens isolated pages.
// It owns the process, its profile folder and its browser contexts, and is the only importer of
// the CDP library.
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

// pagesPerProcess is how many pages one browser process serves, if Options say nothing.
// Chromium's memory creeps up with every context it disposes of; a fresh process costs under half
// a second.
const pagesPerProcess = 200

// alone is more pages than are ever open at once: who holds as many is alone.
const alone = 1 << 20

// ErrCrashed is wrapped by every error of a page whose renderer, or whose browser, died. Callers
// that must not import this package find it by its method Crashed() bool.
var ErrCrashed error = crashed{}

// crashed is the error of a page that ended with its renderer or its browser.
type crashed struct {
	suspect bool // the browser died under several pages
}

func (crashed) Error() string { return "the browser crashed" }

// Crashed reports whether the browser, not the site, is at fault.
func (crashed) Crashed() bool { return true }

// Suspect reports whether the whole browser died with several pages open, so that any of them may have
// killed it. If it is false, this page did.
func (c crashed) Suspect() bool { return c.suspect }

// Is makes every crash ErrCrashed.
func (crashed) Is(target error) bool { return target == ErrCrashed }

// errStopped is what a page finds after Stop.
var errStopped = errors.New("the browser is stopped")

// Options configure a Browser.
type Options struct {
	// Executable is the path or name of the browser; "" looks in the usual places.
	Executable string
	// Proxy is the "host:port" of the HTTP proxy that carries all traffic of every page, loopback
	// included. It must be set: a browser without it could reach this machine.
	Proxy string
	// Folder is where profile folders are made; "" is the system's folder for temporary files. An
	// unprivileged user must be able to enter it if this program runs as root.
	Folder string
	// NoSandbox runs the browser without its own sandbox, if the system cannot provide one.
	NoSandbox bool
	// RequireSandbox refuses to run it without: opening a page fails with ErrNoSandbox then.
	RequireSandbox bool
	// UserAgent and Language replace what the browser says of itself to every site: the header
	// User-Agent, and Accept-Language, such as "es" or "de-DE". "" leaves the browser's own.
	UserAgent, Language string
	// PagesPerProcess is how many pages one browser process serves before a fresh one takes over;
	// 0 is 200.
	PagesPerProcess int
	// Log receives what an operator should know; nil is slog.Default().
	Log *slog.Logger
}

// Browser opens pages. The process behind it starts with the first page, is replaced when it dies
// or has served its share, and ends with Stop. Safe for concurrent use.
type Browser struct {
	opts       Options
	executable string

	// pages holds one for each open page, and all for one that is alone. It is fair: who waits to be
	// alone holds off those who come later.
	pages *semaphore.Weighted

	// starting is a lock that a waiting caller can give up on: starting a process takes a while.
	starting chan struct{}

	mu        sync.Mutex
	current   *process
	stopped   bool
	noSandbox atomic.Bool    // from Options, or learned when the sandbox would not start
	running   sync.WaitGroup // every process that was started and is not gone, and what is done after a page
}

// New finds the browser's executable, removes the profile folders of owners that died, and prepares
// a Browser. No process is started yet.
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
		opts.Log.Warn("what a dead browser left could not be removed", "error", err)
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

// Executable is the path of the browser that was found.
func (b *Browser) Executable() string { return b.executable }

// Sandboxed reports whether the browser runs in its sandbox, as far as is known: that a system cannot give
// it one shows when it starts.
func (b *Browser) Sandboxed() bool { return !b.noSandbox.Load() }

// Running reports whether a browser process is alive; before the first page there is none.
func (b *Browser) Running() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current != nil && b.current.alive()
}

// NewPage opens a page of width x height pixels in a browser context of its own: no cookie, cache
// or storage is shared with any other page. It starts the browser if none runs. The page must
// be closed. ctx bounds the opening alone.
func (b *Browser) NewPage(ctx context.Context, width, height int) (*Page, error) {
	return b.newPage(ctx, width, height, 1)
}

// NewPageAlone is NewPage for a page that no other is open beside: it waits until the others are
// closed, and holds off new ones until it is closed itself. If the browser dies under it, it is the
// cause.
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
			proc.keepSpare(b.opts.Proxy) // for the next caller, who would else wait for it
			page.forget()
		})
	}
	return page, nil
}

// pageOf returns a page of a process: the spare one if it still lives, else a new one.
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

// afterwards does what nobody but Stop waits for.
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

// Stop kills the browser and everything it started, removes its profile folder, and waits until
// both are gone. Open pages fail. Stopping twice does nothing.
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

// acquire returns a living process with one page reserved in it, and starts one if needed.
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

// reserve takes a page of the current process, nil if that is dead or has served its share.
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

// ErrNoSandbox is the error of a page where the browser's sandbox is required and this system has none.
var ErrNoSandbox = errors.New("this system lets the browser have no sandbox")

// start starts a process, once more without the sandbox if this system cannot provide one and it is not
// required: of a page of our own the unprivileged user and the proxy are bound enough.
func (b *Browser) start(ctx context.Context) (*process, error) {
	proc, err := b.launch(ctx)
	if err == nil || b.noSandbox.Load() || !sandboxMissing(err) {
		return proc, err
	}
	if b.opts.RequireSandbox {
		return nil, fmt.Errorf("%w: %w", ErrNoSandbox, err)
	}
	b.noSandbox.Store(true)
	b.opts.Log.Warn("the browser runs without its sandbox: this system does not let it have one; " +
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
