package tradingview

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"atalaya"
)

const (
	// maxVisitCaptures and maxVisitTime bound a visit. A page that lives long accumulates state from
	// earlier charts, and keeps other users' captures waiting.
	maxVisitCaptures = 20
	maxVisitTime     = 60 * time.Second
)

// errNotTaken is the error of Visit.Capture if CanTake is false.
var errNotTaken = errors.New("this visit takes no such capture: it is spent, or another user's")

// Visit is one user's page on the site, signed in with one session, for a burst of captures. Every picture
// is verified as if it were the only one. A Visit is used by one goroutine at a time, and must be closed.
type Visit struct {
	site       *Site
	page       Page
	session    atalaya.TVSession
	resolution atalaya.Resolution
	opened     time.Time
	captures   int
	failed     bool
	script     script
}

// Open opens a page for captures with req's session and resolution. The page is signed in unless the
// session is zero. It does not navigate yet. The error is an *atalaya.CaptureError, or wraps the cause of
// ctx if that ended.
func (s *Site) Open(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (*Visit, error) {
	patience := s.opts.Timeout
	if req.Alone {
		patience += maxVisitTime // for the visits before it to end
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := &capture{req: req, began: time.Now(), progress: progress}
	script, err := newScript(s.names)
	if err != nil {
		return nil, &atalaya.CaptureError{Code: atalaya.CaptureInternal, Step: "browser", Detail: "the page's scripts cannot be written", Err: err}
	}
	page, err := c.open(bounded, s.opts, script)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	return &Visit{site: s, page: page, session: req.Session, resolution: req.Resolution, opened: time.Now(), script: script}, nil
}

// CanTake reports whether the visit may make this capture: it has the visit's session and resolution, no
// capture before it failed, and the visit's bounds are not reached.
func (v *Visit) CanTake(req atalaya.CaptureRequest) bool {
	return !v.Spent() && req.Session == v.session && req.Resolution == v.resolution
}

// Spent reports whether the visit can make no further capture.
func (v *Visit) Spent() bool {
	return v.failed || v.captures >= maxVisitCaptures || time.Since(v.opened) >= maxVisitTime
}

// Capture takes the picture that req asks for, in the visit's page. See Site.Capture.
func (v *Visit) Capture(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	if !v.CanTake(req) {
		return atalaya.Picture{}, errNotTaken
	}
	bounded, cancel := context.WithTimeout(ctx, v.site.opts.Timeout)
	defer cancel()
	c := &capture{req: req, began: time.Now(), progress: progress, visit: v, page: v.page}
	picture, err := c.run(bounded, v.site.opts)
	v.captures++
	v.failed = err != nil
	if seen, ok := c.sighting(picture, err); ok && ctx.Err() == nil && v.site.opts.Sighted != nil {
		v.site.opts.Sighted(seen)
	}
	illustrate(ctx, v.page, err)
	return picture, interrupted(ctx, err)
}

// Close disposes of the page and its browser context, with everything of the user in it.
func (v *Visit) Close() { v.page.Close() }

// interrupted returns err, or the cause of ctx if that ended, which says nothing about the chart.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("capture interrupted: %w", context.Cause(ctx))
	}
	return err
}

// open opens the page and sets its cookies before the first navigation.
func (c *capture) open(ctx context.Context, opts Options, script script) (Page, error) {
	var cookies []*http.Cookie
	if !c.req.Session.IsZero() {
		var err error
		if cookies, err = Cookies(opts.Base, c.req.Session); err != nil {
			return nil, &atalaya.CaptureError{Code: atalaya.CaptureCookiesUnreadable, Step: "sign-in", Detail: err.Error()}
		}
	}
	width, height := c.req.Resolution.Size()
	page, err := opts.OpenPage(ctx, width, height, c.req.Alone)
	if err != nil {
		return nil, c.failed(err, Verdict{
			Code: atalaya.CaptureBrowserCrashed, Step: "browser", Detail: "the browser gives no page"})
	}
	c.log("browser", fmt.Sprintf("a page of %dx%d", width, height))
	if err := page.BeforeScripts(ctx, script.inside()); err != nil {
		page.Close()
		return nil, c.failed(err, Verdict{
			Code: atalaya.CaptureInternal, Step: "browser", Detail: "the browser did not take the page's scripts"})
	}
	if cookies == nil {
		c.log("sign-in", "no cookies: the chart as anyone sees it")
		return page, nil
	}
	if err := page.SetCookies(ctx, cookies); err != nil {
		page.Close()
		return nil, c.failed(err, Verdict{
			Code: atalaya.CaptureInternal, Step: "sign-in", Detail: "the browser did not take the cookies"})
	}
	c.log("sign-in", "cookies set")
	return page, nil
}
