package tradingview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"atalaya"
)

// pollEvery is the pause between two looks at a page that is not ready. A look may wait a little itself.
const pollEvery = 50 * time.Millisecond

// Page is the browser page that a Site needs. It is alone in a browser context of its own, and its
// viewport has the requested size at one device pixel per CSS pixel. Package chromium implements it.
//
// Every method with a context fails with the context's cause once that is done. If the browser died, the
// error has a method Crashed() bool that returns true. If the page loaded more than it may, it has a
// method TooLarge() bool that does.
type Page interface {
	// SetCookies sets cookies in the page's context. Its errors hold no cookie's value.
	SetCookies(ctx context.Context, cookies []*http.Cookie) error
	// Navigate goes to a URL and returns the document's HTTP status. It does not wait for what the
	// document loads. It fails if there is no document.
	Navigate(ctx context.Context, url string) (status int, err error)
	// RetryAfter returns the header Retry-After of the document that the page shows, "" if it has none.
	RetryAfter() string
	// BeforeScripts makes a script run in every later document, before any of the page's own scripts and
	// in their world.
	BeforeScripts(ctx context.Context, source string) error
	// Eval runs a JavaScript expression in an isolated world and decodes its JSON form into out. That world
	// sees the page's document, and nothing that the page's scripts have made or replaced.
	Eval(ctx context.Context, expression string, out any) error
	// MovePointerAway takes the pointer out of the viewport.
	MovePointerAway(ctx context.Context) error
	// Screenshot returns the viewport as PNG.
	Screenshot(ctx context.Context) ([]byte, error)
	// Close disposes of the page and its context.
	Close()
}

// Options configure a Site.
type Options struct {
	// Base is the root of the site, https://www.tradingview.com or its double's.
	Base *url.URL
	// OpenPage opens a page with a viewport of this size in pixels. If alone is true, no other page is open
	// in the browser at the same time.
	OpenPage func(ctx context.Context, width, height int, alone bool) (Page, error)
	// Timeout bounds one capture from end to end.
	Timeout time.Duration
	// Sighted is called with the Sighting of each capture, unless it is nil. It must be safe for concurrent
	// use, and must not block.
	Sighted func(Sighting)
	// Names are the names by which the site's pages are read; nil means DefaultNames.
	Names *Names
}

// Site takes pictures of charts. Safe for concurrent use. Between captures it only remembers which pages'
// own pictures cannot be trusted.
type Site struct {
	opts     Options
	names    Names
	refusals refusals
}

// New makes a Site.
func New(opts Options) *Site {
	s := &Site{opts: opts, names: DefaultNames()}
	if opts.Names != nil {
		s.names = *opts.Names
	}
	return s
}

// Capture takes the picture that req asks for, in a page of its own. Unless progress is nil, it is called
// for every step.
//
// The error is an *atalaya.CaptureError. If ctx itself ended, which says nothing about the chart, the error
// wraps the context's cause instead.
func (s *Site) Capture(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	visit, err := s.Open(ctx, req, progress)
	if err != nil {
		return atalaya.Picture{}, err
	}
	defer visit.Close()
	return visit.Capture(ctx, req, progress)
}

// capture is one run of Capture.
type capture struct {
	req      atalaya.CaptureRequest
	began    time.Time
	progress func(atalaya.CaptureStep)

	visit  *Visit
	page   Page
	status int
	seen   *Evidence // of the last look; nil before the first
	logged Verdict   // the last verdict that was logged as progress
	last   *frame    // the viewport at the last look; nil if the chart was not ready then

	tries  int // attempts left at the page's own picture
	parked int // how often the pointer was moved out of the viewport

	refused string // why the page's own picture was refused; "" if it was not
}

func (c *capture) run(ctx context.Context, opts Options) (atalaya.Picture, error) {
	c.tries = c.visit.site.refusals.tries(c.refusedPage(), time.Now())
	target, err := ChartURL(opts.Base, c.req)
	if err != nil {
		return atalaya.Picture{}, err
	}
	c.status, err = c.page.Navigate(ctx, target)
	if err != nil {
		return atalaya.Picture{}, c.failed(err, Verdict{
			Code: atalaya.CaptureSiteError, Step: "navigate", Detail: "the page did not load: " + err.Error()})
	}
	c.log("navigate", fmt.Sprintf("HTTP %d from %s", c.status, opts.Base.Host))
	return c.watch(ctx)
}

// maxParked is how often the pointer is moved away for one picture. A busy browser may take a while until
// the pointer has left the page.
const maxParked = 5

// restless describes a chart whose consecutive pictures never match.
const restless = "the chart does not come to rest"

// unsettled returns the verdict on a chart that shows what was asked for but has no good picture yet.
func unsettled(detail string) Verdict {
	return Verdict{Outlook: Waiting, Code: atalaya.CaptureNotPainted, Step: "picture", Detail: detail}
}

// watch looks at the page until it shows what was asked for and two consecutive pictures are equal.
func (c *capture) watch(ctx context.Context) (atalaya.Picture, error) {
	lastVerdict := Verdict{Code: atalaya.CaptureNavigationTimeout, Step: "navigate", Detail: "the page is still arriving"}
	var since time.Time // since when the verdict has been this one
	for {
		seen, verdict, err := c.look(ctx)
		if err != nil {
			return atalaya.Picture{}, c.failed(err, lastVerdict)
		}
		if verdict.Code != lastVerdict.Code || verdict.Outlook != lastVerdict.Outlook || since.IsZero() {
			since = time.Now()
		} else if verdict.Outlook == Wrong && time.Since(since) >= verdict.Patience {
			return atalaya.Picture{}, c.failed(nil, verdict)
		}
		lastVerdict = verdict
		if verdict.Outlook != Ready {
			c.last = nil
			if err := pause(ctx, pollEvery); err != nil {
				return atalaya.Picture{}, c.failed(err, verdict)
			}
			continue
		}
		picture, verdict, err := c.picture(ctx, seen)
		if err != nil || verdict.Outlook == Ready {
			return picture, err
		}
		lastVerdict = verdict
		c.log(verdict.Step, verdict.Detail)
		if c.last == nil { // with a first frame, the second is taken at once
			if err := pause(ctx, pollEvery); err != nil {
				return atalaya.Picture{}, c.failed(err, verdict)
			}
		}
	}
}

// look gathers evidence and judges it. A page that is being replaced by the next one cannot answer, which
// is a verdict and not an error.
func (c *capture) look(ctx context.Context) (Evidence, Verdict, error) {
	seen := Evidence{Status: c.status}
	err := c.page.Eval(ctx, c.visit.script.evidence(), &seen)
	if err != nil && (ctx.Err() != nil || crashed(err) || tooLarge(err)) {
		return seen, Verdict{}, err
	}
	seen.bound()
	c.seen = &seen
	verdict := Judge(seen, c.req)
	if err != nil {
		verdict, _ = waiting(atalaya.CaptureSiteError, "navigate", "the page does not answer: "+err.Error())
	}
	if verdict != c.logged {
		c.logged = verdict
		c.log(verdict.Step, verdict.Detail)
	}
	return seen, verdict, nil
}

// picture takes the picture of a chart that shows what was asked for: the page's own if it can be
// trusted, else the viewport's. The verdict is Ready, or says why the chart may not be at rest.
func (c *capture) picture(ctx context.Context, seen Evidence) (atalaya.Picture, Verdict, error) {
	if c.tries > 0 {
		picture, verdict, err := c.client(ctx, seen)
		if err == nil {
			if verdict.Outlook == Ready {
				c.visit.site.refusals.trusted(c.refusedPage())
			}
			return picture, verdict, nil
		}
		if ctx.Err() != nil || crashed(err) || tooLarge(err) {
			return picture, verdict, c.failed(err, unsettled(restless))
		}
		c.log("picture", "not the page's own picture: "+err.Error())
		c.tries, c.refused = 0, err.Error()
		c.visit.site.refusals.refused(c.refusedPage(), err.Error(), time.Now())
	}
	return c.viewport(ctx, seen)
}

// refusedPage returns the key under which refusals of the page's own picture are remembered.
func (c *capture) refusedPage() refusedPage {
	return refusedPage{chart: c.req.ChartID, resolution: c.req.Resolution}
}

// viewport takes the viewport's picture. Each frame follows a look, so what is still loading at the first
// frame shows in the second. Unlike the page's own picture it shows loaders, and what hovers under the
// pointer.
func (c *capture) viewport(ctx context.Context, seen Evidence) (picture atalaya.Picture, verdict Verdict, err error) {
	if c.parked == 0 || seen.Pointed && c.parked < maxParked {
		if err := c.page.MovePointerAway(ctx); err != nil {
			return picture, verdict, c.failed(err, unsettled(restless))
		}
		c.parked, c.last = c.parked+1, nil
		return picture, unsettled("the pointer lay over the page"), nil
	}
	if seen.Loaders > 0 || seen.Legends.Loading > 0 {
		c.last = nil
		return picture, unsettled("loaders are shown"), nil
	}
	at := time.Now()
	shot, err := c.page.Screenshot(ctx)
	if err != nil {
		return picture, verdict, c.failed(err, unsettled(restless))
	}
	before, now := c.last, &frame{png: shot}
	c.last = now
	if before == nil {
		return picture, unsettled("the first of two frames"), nil
	}
	same, err := settled(before, now)
	if err != nil {
		return picture, verdict, c.failed(err, unsettled(restless))
	}
	if !same {
		return picture, unsettled("two frames differ: the chart still moves"), nil
	}
	width, height := c.req.Resolution.Size()
	size := image.Pt(width, height)
	if err := now.check(size); err != nil {
		return picture, verdict, c.failed(nil, unsettled(err.Error()))
	}
	return c.finished(atalaya.SourceViewport, now, size, at, seen), Verdict{Outlook: Ready}, nil
}

// finished returns the Picture of a capture that succeeded.
func (c *capture) finished(source string, shot *frame, size image.Point, at time.Time, seen Evidence) atalaya.Picture {
	kind := atalaya.KindPublicChart
	if !c.req.Session.IsZero() {
		kind = atalaya.KindUserChart
	}
	symbol, interval := seen.symbol(c.req), seen.interval()
	c.log("picture", fmt.Sprintf("%s, %dx%d, %d kB, %s at %s", source, size.X, size.Y, len(shot.png)/1000, symbol, interval))
	return atalaya.Picture{
		PNG: shot.png, Width: size.X, Height: size.Y, Kind: kind, Source: source,
		Symbol: symbol, Interval: interval, Warnings: seen.warnings(at), TakenAt: at,
	}
}

// failed returns the capture's error. A crash is a crash wherever it happens, a document that did not
// arrive in time is a navigation timeout, and anything else is what the verdict says.
func (c *capture) failed(err error, verdict Verdict) error {
	failure := &atalaya.CaptureError{Code: verdict.Code, Step: verdict.Step, Detail: verdict.Detail, Err: err}
	switch {
	case tooLarge(err):
		failure.Code, failure.Detail = atalaya.CaptureTooLarge, "the page is too large"
	case crashed(err):
		failure.Code, failure.Detail = atalaya.CaptureBrowserCrashed, "the browser died under the page"
	case errors.Is(err, context.DeadlineExceeded):
		if c.status == 0 {
			failure.Code, failure.Detail = atalaya.CaptureNavigationTimeout, "no page in time"
		}
		failure.Err = nil // that time ran out says nothing that Detail does not
	}
	failure.Away = failure.Code == atalaya.CaptureSiteError && (c.status >= 500 || unanswered(err))
	if failure.Code == atalaya.CaptureRateLimited {
		failure.RetryAfter = retryAfter(c.page.RetryAfter(), time.Now())
	}
	if c.seen != nil {
		if seen, err := json.Marshal(c.seen); err == nil {
			failure.Evidence = &atalaya.CaptureEvidence{Step: failure.Step, Seen: seen}
		}
	}
	c.log(failure.Step, string(failure.Code)+": "+failure.Detail)
	return failure
}

// crashed reports whether the browser, not the site, is at fault.
func crashed(err error) bool {
	var c interface{ Crashed() bool }
	return errors.As(err, &c) && c.Crashed()
}

// unanswered reports whether the site could not be reached: if the proxy cannot connect, the browser
// reports a failed tunnel. A reset or a redirect loop is an answer.
func unanswered(err error) bool {
	if err == nil {
		return false
	}
	for _, text := range []string{
		"ERR_TUNNEL_CONNECTION_FAILED", "ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_TIMED_OUT",
		"ERR_ADDRESS_UNREACHABLE", "ERR_NAME_NOT_RESOLVED", "proxy did not reach it: unreachable",
	} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// tooLarge reports whether the page loaded more than it may.
func tooLarge(err error) bool {
	var t interface{ TooLarge() bool }
	return errors.As(err, &t) && t.TooLarge()
}

// retryAfter parses the header Retry-After, which is seconds or a date. It returns 0 if there is none or
// it is malformed, and at most a day.
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(seconds, 86400)) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), 24*time.Hour)
}

// log passes a step to progress.
func (c *capture) log(step, detail string) {
	if c.progress != nil {
		c.progress(atalaya.CaptureStep{Name: step, Detail: detail, Elapsed: time.Since(c.began)})
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
