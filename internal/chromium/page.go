package chromium

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// controlTimeout bounds commands to the browser itself, which take milliseconds. A browser that does not
// answer in this time hangs, and is killed.
const controlTimeout = 10 * time.Second

// maxPageBytes bounds the content that one navigation may load, decompressed. A chart page with all
// its scripts stays well below half of it.
const maxPageBytes = 50 << 20

// maxResultBytes bounds what Eval decodes. The largest useful result is a picture of 5 MB, in base64.
const maxResultBytes = 8 << 20

// ErrTooLarge is the error of a page that received more than 50 MB in one navigation, or sent a larger
// message than is read. Callers that must not import this package find it by its method TooLarge() bool.
var ErrTooLarge error = tooLarge{}

type tooLarge struct{}

func (tooLarge) Error() string { return "the page is too large" }

// TooLarge reports whether the page exceeded its bound.
func (tooLarge) TooLarge() bool { return true }

// proxyHeader marks an answer of the browser's own proxy, so that it is not taken for the site's.
const proxyHeader = "Atalaya-Proxy"

// LoadError is the error of a document that could not be loaded at all.
type LoadError struct {
	Text string // the browser's own, such as net::ERR_CONNECTION_RESET
}

// Error implements error.
func (e *LoadError) Error() string { return "the page did not load: " + e.Text }

// Page is one page in a browser context of its own. Only one goroutine at a time may call its methods. If
// the page's renderer or browser died, every error wraps ErrCrashed.
type Page struct {
	proc    *process
	context cdp.BrowserContextID
	ctx     context.Context // chromedp's, of the target; its cause is ErrCrashed after a crash
	end     context.CancelFunc
	crash   context.CancelCauseFunc

	dialogs   chan struct{} // has room for one: the page shows an alert() box
	answering sync.WaitGroup
	closeOnce sync.Once
	leave     func() // returns the page's slot to the Browser, which removes the rest in the background

	world runtime.ExecutionContextID // Eval's isolated world in the document it last ran in; 0 if there is none

	mu        sync.Mutex
	frame     cdp.FrameID               // the page's own, which has the id of its target
	documents map[cdp.LoaderID]document // received, by their loader
	received  int64                     // bytes of content since the last navigation began
	shown     cdp.LoaderID              // of the document that the page shows
	navigated chan struct{}             // has room for one: documents or shown changed
}

// document is how the answer to a navigation began.
type document struct {
	status     int
	retryAfter string // the header
	refused    string // why our own proxy refused; "" if the site answered
}

// openPage makes a browser context and a page in it, which has no size yet. We dispose of the context
// ourselves, because chromedp forgets one whose opening is cancelled half-way.
func openPage(ctx context.Context, proc *process, proxy string) (*Page, error) {
	control, cancel := context.WithTimeout(proc.ctx, controlTimeout)
	defer cancel()
	made, err := chromedp.CallBrowser(control, target.CreateBrowserContext, target.CreateBrowserContextParams{
		DisposeOnDetach: new(true),
		ProxyServer:     "http://" + proxy,
		ProxyBypassList: bypassNothing,
	})
	if err != nil {
		return nil, proc.failed(err)
	}
	p := &Page{
		proc:      proc,
		context:   made.BrowserContextID,
		documents: map[cdp.LoaderID]document{},
		navigated: make(chan struct{}, 1),
		dialogs:   make(chan struct{}, 1),
	}
	base, crash := context.WithCancelCause(proc.ctx)
	p.crash = crash
	p.ctx, p.end = chromedp.NewContext(base,
		chromedp.WithExistingBrowserContext(p.context), chromedp.WithListener(p.listen))
	if err := p.prepare(ctx, control); err != nil {
		p.remove()
		return nil, err
	}
	p.answering.Go(p.answerDialogs)
	return p, nil
}

// prepare confines the context and opens its target.
func (p *Page) prepare(ctx, control context.Context) error {
	if _, err := chromedp.CallBrowser(control, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: p.context,
	}); err != nil {
		return p.proc.failed(err)
	}
	// The target lives as long as the context of its first run, so that is the page's own. The caller's
	// context can only cut the opening short.
	stop := context.AfterFunc(ctx, func() { p.crash(context.Cause(ctx)) })
	err := chromedp.Do(p.ctx)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return p.failure(ctx, err)
	}
	p.mu.Lock()
	p.frame = cdp.FrameID(chromedp.FromContext(p.ctx).Target.TargetID)
	p.mu.Unlock()
	return p.deafen(ctx)
}

// resize gives the page's viewport its size, in pixels.
func (p *Page) resize(ctx context.Context, width, height int) error {
	_, err := call(p, ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: int64(height), DeviceScaleFactor: 1,
	})
	return err
}

// deafen switches off the events of the page's console and errors, which chromedp switches on. Nobody
// reads them here, and a page could fill our memory with what it logs.
func (p *Page) deafen(ctx context.Context) error {
	if _, err := call(p, ctx, log.Disable, cdp.Empty{}); err != nil {
		return err
	}
	_, err := call(p, ctx, runtime.Disable, cdp.Empty{})
	return err
}

// SetCookies sets cookies in the page's browser context. A Domain with a leading dot covers subdomains
// too; one without is for that host only. The error holds no cookie's value.
func (p *Page) SetCookies(ctx context.Context, cookies []*http.Cookie) error {
	params := make([]*network.CookieParam, len(cookies))
	for i, c := range cookies {
		params[i] = &network.CookieParam{
			Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path,
			Secure: c.Secure, HTTPOnly: c.HttpOnly,
		}
	}
	_, err := call(p, ctx, network.SetCookies, network.SetCookiesParams{Cookies: params})
	if err != nil && !errors.Is(err, ErrCrashed) && ctx.Err() == nil {
		// The browser's text may quote a cookie.
		return errors.New("the browser refused the cookies")
	}
	return err
}

// Navigate goes to an http or https URL and returns the HTTP status of the document as soon as the browser
// begins to show it. It does not wait for what the document loads. The error is a *LoadError if there is
// no document: connection refused or reset, redirect loop, refused by the proxy.
func (p *Page) Navigate(ctx context.Context, url string) (status int, err error) {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return 0, fmt.Errorf("only http and https pages are opened")
	}
	p.mu.Lock()
	p.received = 0
	p.mu.Unlock()
	nav, err := call(p, ctx, page.Navigate, page.NavigateParams{URL: url})
	if err != nil {
		return 0, err
	}
	if nav.ErrorText != "" {
		return 0, &LoadError{Text: nav.ErrorText}
	}
	for {
		p.mu.Lock()
		got, received := p.documents[nav.LoaderID]
		shown := p.shown == nav.LoaderID
		p.mu.Unlock()
		if received && shown {
			if got.refused != "" {
				return 0, &LoadError{Text: "the browser's proxy did not reach it: " + got.refused}
			}
			return got.status, nil
		}
		select {
		case <-p.navigated:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-p.ctx.Done():
			return 0, p.failure(ctx, p.ctx.Err())
		}
	}
}

// RetryAfter returns the header Retry-After of the document that the page shows, at most 200 bytes of it. It
// returns "" if there is none.
func (p *Page) RetryAfter() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.documents[p.shown].retryAfter
}

// clipped returns the first 200 bytes of a page's text as valid UTF-8 without NUL. It goes to logs, and to a
// database that accepts nothing else.
func clipped(text string) string {
	text = text[:min(len(text), 200)]
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}

// Screenshot returns the viewport as PNG, at one pixel per CSS pixel.
func (p *Page) Screenshot(ctx context.Context) ([]byte, error) {
	for {
		res, err := call(p, ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Format: page.CaptureScreenshotFormatPng, OptimizeForSpeed: new(true),
		})
		var refused *cdproto.Error
		if err == nil || !errors.As(err, &refused) || !strings.Contains(refused.Message, "Not attached to an active page") {
			return res.Data, err
		}
		// The renderer shows a new document a moment before the browser process has made it the
		// active one, and nothing announces that moment.
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Close disposes of the page and its browser context with everything in it. It may be called twice.
func (p *Page) Close() {
	p.closeOnce.Do(func() {
		p.dispose()
		p.proc.release()
		p.leave() // last, because whoever it wakes may want the process
	})
}

// remove disposes of a page that was never handed out.
func (p *Page) remove() {
	p.dispose()
	p.forget()
}

// dispose closes the browser context. If the browser fails to, it hangs and is killed: its other pages fail
// as crashed, and the next page gets a new browser.
func (p *Page) dispose() {
	control, cancel := context.WithTimeout(p.proc.ctx, controlTimeout)
	defer cancel()
	_, err := chromedp.CallBrowser(control, target.DisposeBrowserContext,
		target.DisposeBrowserContextParams{BrowserContextID: p.context})
	if err != nil {
		p.proc.kill()
	}
	p.crash(context.Canceled)
}

// forget waits until chromedp has given up a disposed page. It asks the browser to close the target once
// more, which takes as long as disposing of it did.
func (p *Page) forget() {
	p.end()
	p.answering.Wait()
}

// call runs a command on the page, bounded by the caller's context and by the page's life.
func call[P, R any](p *Page, ctx context.Context, cmd cdp.Command[P, R], params P) (R, error) {
	bounded, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	defer stop()
	res, err := chromedp.Call(bounded, cmd, params)
	if err != nil {
		err = p.failure(ctx, err)
	}
	return res, err
}

// failure returns what an error of the page really means: a crash, the caller's own deadline, or err itself.
func (p *Page) failure(ctx context.Context, err error) error {
	switch {
	case errors.Is(context.Cause(p.ctx), ErrTooLarge):
		return ErrTooLarge
	case errors.Is(context.Cause(p.ctx), ErrCrashed): // its own renderer
		return fmt.Errorf("%w: %w", ErrCrashed, err)
	case !p.proc.alive():
		return fmt.Errorf("%w: %w", p.proc.died(), err)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case p.ctx.Err() != nil, errors.Is(err, chromedp.ErrTargetDetached):
		return fmt.Errorf("%w: the page is closed", ErrCrashed)
	case lost(err):
		return fmt.Errorf("%w: %w", p.proc.died(), err)
	}
	return err
}

// lost reports whether err means that the connection to the browser is gone. chromedp's error wraps
// context.Canceled then, and can arrive before the browser's context is done. A caller's own
// cancellation has been ruled out by then.
func lost(err error) bool { return errors.Is(err, context.Canceled) }

// failed is failure for commands to the browser itself. A browser that does not answer one is killed.
func (p *process) failed(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		p.kill()
	}
	if !p.alive() || lost(err) {
		return fmt.Errorf("%w: %w", p.died(), err)
	}
	return err
}
