package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"atalaya"
	"atalaya/internal/capture"
	"atalaya/internal/chromium"
	"atalaya/internal/config"
	"atalaya/internal/metrics"
	"atalaya/internal/netguard"
	"atalaya/internal/tradingview"
)

// CameraOptions are the settings of a Camera.
type CameraOptions struct {
	Site       string        // the chart site's root, https://www.tradingview.com
	ExtraHosts []string      // further hosts that pages may reach
	Executable string        // the browser; "" finds one
	Sandbox    Sandbox       // what is done where the system has none
	Timeout    time.Duration // of one capture
	UserAgent  string        // "" for the browser's own, as in the next
	Language   string
	Sighted    func(tradingview.Sighting) // see tradingview.Options; nil for none
	Names      string                     // file of page-side names, see tradingview.LoadNames; "" for those built in
}

// Camera is the chart site seen through one supervised browser, whose only way out is a proxy that
// judges every address.
type Camera struct {
	base    *url.URL
	dialer  *netguard.Dialer
	proxy   *netguard.Proxy
	browser *chromium.Browser
	site    *tradingview.Site
	sandbox Sandbox
	trouble atomic.Pointer[error] // why the last page could not be opened, nil if it could
}

// CameraOptionsOf returns the camera's part of the settings.
func CameraOptionsOf(cfg config.Config) CameraOptions {
	return CameraOptions{
		Site: cfg.TradingViewURL, ExtraHosts: cfg.TradingViewExtraHosts, Executable: cfg.BrowserPath, Timeout: cfg.ScreenshotTimeout(),
		UserAgent: cfg.BrowserUserAgent, Language: cfg.BrowserLanguage, Names: cfg.TradingViewNames,
		Sandbox: SandboxFor(cfg.BrowserSandbox, cfg.TradingViewURL),
	}
}

// watched returns the camera's settings with a watch over what its captures see.
func watched(cfg config.Config, meter *metrics.Metrics, watch *tradingview.Watch) CameraOptions {
	options := CameraOptionsOf(cfg)
	options.Sighted = func(s tradingview.Sighting) {
		meter.Sighted(s.Source, s.Refused, s.Missing)
		watch.Observe(s)
	}
	return options
}

// OpenCamera makes the camera of the settings; see NewCamera.
func OpenCamera(cfg config.Config, log *slog.Logger) (*Camera, error) {
	return NewCamera(CameraOptionsOf(cfg), log)
}

// NewCamera finds the browser and starts its proxy; the browser itself starts with the first
// capture. Stop ends both.
func NewCamera(opt CameraOptions, log *slog.Logger) (*Camera, error) {
	base, err := url.Parse(opt.Site)
	if err != nil {
		return nil, fmt.Errorf("TRADINGVIEW_URL: %w", err)
	}
	names, changed, err := tradingview.LoadNames(opt.Names)
	if err != nil {
		return nil, fmt.Errorf("TRADINGVIEW_NAMES: %w", err)
	}
	if len(changed) > 0 {
		log.Info("chart pages are read with names from TRADINGVIEW_NAMES", "file", opt.Names, "changed", changed)
	}
	policy, err := netguard.SitePolicy(base, opt.ExtraHosts)
	if err != nil {
		return nil, fmt.Errorf("the hosts that the browser may reach: %w", err)
	}
	dialer := netguard.NewDialer(policy, net.DefaultResolver)
	proxy := netguard.NewProxy(dialer, log)
	if err := proxy.Start(); err != nil {
		return nil, err
	}
	browser, err := chromium.New(chromium.Options{
		Executable: opt.Executable, Proxy: proxy.Addr(), UserAgent: opt.UserAgent, Language: opt.Language, Log: log,
		RequireSandbox: opt.Sandbox == SandboxRequired, NoSandbox: opt.Sandbox == SandboxOff,
	})
	if err != nil {
		proxy.Stop()
		return nil, err
	}
	c := &Camera{base: base, dialer: dialer, proxy: proxy, browser: browser, sandbox: opt.Sandbox}
	c.site = tradingview.New(tradingview.Options{Base: base, Timeout: opt.Timeout, OpenPage: c.openPage, Names: &names, Sighted: opt.Sighted})
	return c, nil
}

// openPage opens a page and remembers whether that works.
func (c *Camera) openPage(ctx context.Context, width, height int, alone bool) (tradingview.Page, error) {
	open := c.browser.NewPage
	if alone {
		open = c.browser.NewPageAlone
	}
	page, err := open(ctx, width, height)
	if err != nil {
		c.trouble.Store(&err)
		return nil, err
	}
	c.trouble.Store(nil)
	return explained{page, c.proxy}, nil
}

// explained is a page whose failures to load say what the proxy met, which the browser does not know.
type explained struct {
	*chromium.Page
	proxy *netguard.Proxy
}

// Navigate implements tradingview.Page.
func (p explained) Navigate(ctx context.Context, address string) (status int, err error) {
	status, err = p.Page.Navigate(ctx, address)
	if err == nil {
		return status, nil
	}
	if u, parseErr := url.Parse(address); parseErr == nil {
		if reason := p.proxy.LastFailure(u); reason != nil {
			err = fmt.Errorf("%w (%w)", err, reason)
		}
	}
	return status, err
}

// Err returns why the browser could not open the last page, nil if it could or no page was opened yet.
func (c *Camera) Err() error {
	if err := c.trouble.Load(); err != nil {
		return *err
	}
	return nil
}

// Capture takes one picture; see tradingview.Site.
func (c *Camera) Capture(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	return c.site.Capture(ctx, req, progress)
}

// Open opens a page for a burst of one session's captures; see tradingview.Site. It must be closed.
func (c *Camera) Open(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (*tradingview.Visit, error) {
	return c.site.Open(ctx, req, progress)
}

// visits returns a Camera's visits as package capture knows them.
type visits struct{ *Camera }

// Open opens a page; see tradingview.Site.
func (v visits) Open(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (capture.Visit, error) {
	visit, err := v.Camera.Open(ctx, req, progress)
	if err != nil {
		return nil, err // a nil *Visit in the interface would not compare equal to nil
	}
	return visit, nil
}

// CheckSession asks the site whether a session is signed in; see tradingview.Site.
func (c *Camera) CheckSession(ctx context.Context, session atalaya.TVSession) (alive bool, err error) {
	return c.site.CheckSession(ctx, session)
}

// Browser returns the path of the browser that was found.
func (c *Camera) Browser() string { return c.browser.Executable() }

// Running reports whether the browser runs; it starts with the first capture.
func (c *Camera) Running() bool { return c.browser.Running() }

// Sandboxed reports whether the browser runs in its own sandbox. It is known once a page was opened.
func (c *Camera) Sandboxed() bool { return c.browser.Sandboxed() }

// LookAtSite asks the chart site for its first page, on the browser's way out. It returns the status of the
// answer, whatever that is.
func (c *Camera) LookAtSite(ctx context.Context) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.String(), nil)
	if err != nil {
		return 0, err
	}
	answer, err := netguard.NewClient(c.dialer, siteTimeout).Do(request)
	if err != nil {
		return 0, errors.Unwrap(err) // the rest repeats the address
	}
	return answer.StatusCode, answer.Body.Close()
}

// siteTimeout bounds a look at the chart site.
const siteTimeout = 15 * time.Second

// EmptyPage opens a page that shows nothing. The caller closes it.
func (c *Camera) EmptyPage(ctx context.Context, width, height int) (*chromium.Page, error) {
	return c.browser.NewPage(ctx, width, height)
}

// Stop ends the browser with everything that it started, and then its proxy.
func (c *Camera) Stop() {
	c.browser.Stop()
	c.proxy.Stop()
}
