package tradingview_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/chromium"
	"atalaya/internal/netguard"
	"atalaya/internal/test/program"
	"atalaya/internal/tradingview"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// long is a timeout that a good capture never reaches. short is the timeout of captures that cannot succeed.
const (
	long  = 60 * time.Second
	short = 8 * time.Second
)

// rig is the real browser, with the real proxy between it and the chart site.
type rig struct {
	chartsite *chartsite.Site
	base      *url.URL
	browser   *chromium.Browser
	folder    string // of the browser's profiles
}

func newRig(t *testing.T) rig {
	t.Helper()
	double, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(double.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(double.Close)
	site := base(t, server.URL)
	policy, err := netguard.SitePolicy(site, nil)
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	proxy := netguard.NewProxy(netguard.NewDialer(policy, nil), quiet)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	folder := program.Folder(t)
	browser, err := chromium.New(chromium.Options{Proxy: proxy.Addr(), Folder: folder, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(browser.Stop)
	return rig{double, site, browser, folder}
}

func (r rig) site(timeout time.Duration) *tradingview.Site {
	return tradingview.New(tradingview.Options{Base: r.base, Timeout: timeout, OpenPage: r.openPage})
}

func (r rig) openPage(ctx context.Context, width, height int, alone bool) (tradingview.Page, error) {
	open := r.browser.NewPage
	if alone {
		open = r.browser.NewPageAlone
	}
	page, err := open(ctx, width, height)
	if err != nil {
		return nil, err
	}
	return page, nil
}

// warm starts the browser, so that a short timeout is spent on the chart only.
func (r rig) warm(t *testing.T) {
	t.Helper()
	page, err := r.browser.NewPage(t.Context(), 100, 100)
	if err != nil {
		t.Fatal(err)
	}
	page.Close()
}

// steps collects a capture's steps for failure messages.
type steps struct{ strings.Builder }

func (s *steps) add(step atalaya.CaptureStep) {
	fmt.Fprintf(s, "\n  %6d ms  %-9s %s", step.Elapsed.Milliseconds(), step.Name, step.Detail)
}

// drawnFor returns the drawing that a picture shows, found by the ribbon in the picture.
func (r rig) drawnFor(t *testing.T, picture atalaya.Picture) chartsite.Draw {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != picture.Width || size.Y != picture.Height {
		t.Errorf("the PNG is %v, the picture says %dx%d", size, picture.Width, picture.Height)
	}
	id, ok := chartsite.ReadRibbon(img)
	if !ok {
		t.Fatal("the picture shows no drawing of the chart site")
	}
	draw, ok := r.chartsite.Draw(id)
	if !ok {
		t.Fatalf("the chart site drew no %d", id)
	}
	return draw
}

func TestThePictureShowsTheChartThatWasAskedFor(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	ana := chartsite.NewSession("ana")
	for _, c := range []struct {
		name          string
		req           atalaya.CaptureRequest
		symbol, inter string
		source        string
	}{
		{"720p", atalaya.CaptureRequest{ChartID: "AbC12345", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60", Resolution: atalaya.Res720p},
			"BINANCE:BTCUSDT", "60", atalaya.SourceClient},
		{"1080p", atalaya.CaptureRequest{ChartID: "AbC12345", Exchange: "NASDAQ", Symbol: "AAPL", Interval: "D", Resolution: atalaya.Res1080p},
			"NASDAQ:AAPL", "1D", atalaya.SourceClient},
		{"4k", atalaya.CaptureRequest{ChartID: "AbC12345", Symbol: "EURUSD", Interval: "15", Resolution: atalaya.Res4K},
			"", "15", atalaya.SourceClient},
		{"slow data", atalaya.CaptureRequest{ChartID: "slow900", Exchange: "BINANCE", Symbol: "ETHUSDT", Interval: "240", Resolution: atalaya.Res720p},
			"BINANCE:ETHUSDT", "240", atalaya.SourceClient},
		{"without the page's API", atalaya.CaptureRequest{ChartID: "noapi1", Exchange: "BINANCE", Symbol: "SOLUSDT", Interval: "5", Resolution: atalaya.Res720p},
			"BINANCE:SOLUSDT", "5", atalaya.SourceViewport},
		{"the chart's own symbol", atalaya.CaptureRequest{ChartID: "AbC12345", Resolution: atalaya.Res720p}, "", "", atalaya.SourceClient},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.req.Session = ana
			var log steps
			before := time.Now()
			picture, err := rig.site(long).Capture(t.Context(), c.req, log.add)
			if err != nil {
				t.Fatalf("%v%s", err, log.String())
			}
			draw := rig.drawnFor(t, picture)
			if c.symbol != "" && draw.Symbol != c.symbol || c.inter != "" && draw.Interval != c.inter {
				t.Errorf("the picture shows %s at %s, want %s at %s", draw.Symbol, draw.Interval, c.symbol, c.inter)
			}
			if draw.Account != chartsite.Account(ana) || !draw.SignedIn {
				t.Errorf("drawn for account %q, signed in %v", draw.Account, draw.SignedIn)
			}
			width, height := c.req.Resolution.Size()
			if c.source == atalaya.SourceClient { // without the double's bars around the chart, with the picture's own margins
				width, height = width-100+20, height-82+45
			}
			if picture.Width != width || picture.Height != height {
				t.Errorf("%dx%d, want %dx%d", picture.Width, picture.Height, width, height)
			}
			if picture.Kind != atalaya.KindUserChart || picture.Source != c.source {
				t.Errorf("kind %q, source %q%s", picture.Kind, picture.Source, log.String())
			}
			if !tradingview.SameSymbol("", draw.Symbol, picture.Symbol) || !tradingview.SameInterval(draw.Interval, picture.Interval) {
				t.Errorf("recorded as %s at %s, drawn as %s at %s", picture.Symbol, picture.Interval, draw.Symbol, draw.Interval)
			}
			if picture.TakenAt.Before(before) || picture.TakenAt.After(time.Now()) {
				t.Errorf("taken at %s", picture.TakenAt)
			}
			for _, step := range []string{"browser", "sign-in", "navigate", "verdict", "picture"} {
				if !strings.Contains(log.String(), step) {
					t.Errorf("no step %q was reported:%s", step, log.String())
				}
			}
			for _, secret := range []string{ana.ID, ana.Sign} {
				if strings.Contains(log.String(), secret) {
					t.Error("a cookie is in the steps")
				}
			}
		})
	}
}

func TestWithoutASessionThePublicChartIsTaken(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	var log steps
	picture, err := rig.site(long).Capture(t.Context(), atalaya.CaptureRequest{
		ChartID: "public1", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60", Resolution: atalaya.Res720p,
	}, log.add)
	if err != nil {
		t.Fatalf("%v%s", err, log.String())
	}
	if draw := rig.drawnFor(t, picture); draw.SignedIn || draw.Account != "" || picture.Kind != atalaya.KindPublicChart {
		t.Errorf("drawn for %q, kind %q", draw.Account, picture.Kind)
	}
}

func TestEveryOtherPageIsAClassifiedFailure(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	rig.warm(t)
	expired := chartsite.NewSession("ended")
	rig.chartsite.Expire(expired)
	forged := chartsite.NewSession("ana")
	forged.Sign = chartsite.NewSession("ben").Sign
	for _, c := range []struct {
		name    string
		chart   string
		session atalaya.TVSession
		timeout time.Duration
		code    atalaya.CaptureCode
		step    string
	}{
		{"a session that ended", "AbC12345", expired, long, atalaya.CaptureSessionExpired, "sign-in"},
		{"a session that was forged", "AbC12345", forged, long, atalaya.CaptureSessionExpired, "sign-in"},
		{"a session that is none", "AbC12345", atalaya.TVSession{ID: "x"}, long, atalaya.CaptureCookiesUnreadable, "sign-in"},
		{"a shared layout, signed out", "public1", expired, long, atalaya.CaptureSessionExpired, "sign-in"},
		{"a private layout and no session", "AbC12345", atalaya.TVSession{}, long, atalaya.CaptureChartPrivate, "navigate"},
		{"no such chart", "notfound1", chartsite.NewSession("ana"), long, atalaya.CaptureChartNotFound, "navigate"},
		{"an impossible chart", "a/b", chartsite.NewSession("ana"), long, atalaya.CaptureChartNotFound, "request"},
		{"another symbol", "wrongsymbol1", chartsite.NewSession("ana"), long, atalaya.CaptureWrongSymbol, "symbol"},
		{"another interval", "wronginterval1", chartsite.NewSession("ana"), long, atalaya.CaptureWrongInterval, "interval"},
		{"an empty canvas", "blank1", chartsite.NewSession("ana"), short, atalaya.CaptureNotPainted, "painted"},
		{"an endless loader", "loading1", chartsite.NewSession("ana"), short, atalaya.CaptureNotPainted, "data"},
		{"a dialog over the chart", "dialog1", chartsite.NewSession("ana"), long, atalaya.CaptureDialogOpen, "dialog"},
		{"no such symbol", "nosymbol1", chartsite.NewSession("ana"), long, atalaya.CaptureSymbolNotFound, "symbol"},
		{"a broken site", "error5001", chartsite.NewSession("ana"), long, atalaya.CaptureSiteError, "navigate"},
		{"no answer", "hang1", chartsite.NewSession("ana"), short, atalaya.CaptureNavigationTimeout, "navigate"},
		{"a page that crashes", "crash1", chartsite.NewSession("ana"), long, atalaya.CaptureBrowserCrashed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log steps
			_, err := rig.site(c.timeout).Capture(t.Context(), atalaya.CaptureRequest{
				ChartID: c.chart, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60",
				Resolution: atalaya.Res720p, Session: c.session,
			}, log.add)
			var failure *atalaya.CaptureError
			if !errors.As(err, &failure) {
				t.Fatalf("%v%s", err, log.String())
			}
			if failure.Code != c.code || c.step != "" && failure.Step != c.step {
				t.Errorf("%v, want %s at %s%s", err, c.code, c.step, log.String())
			}
			if failure.Detail == "" {
				t.Error("no detail: its owner learns nothing")
			}
			if c.session.ID != "" && c.session.ID != "x" && (strings.Contains(err.Error(), c.session.ID) || strings.Contains(err.Error(), c.session.Sign)) {
				t.Error("a cookie is in the error")
			}
		})
	}
}

func TestABrowserWhosePageCrashedTakesTheNextPicture(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	for _, chart := range []string{"crash1", "AbC12345"} {
		_, err := rig.site(long).Capture(t.Context(), atalaya.CaptureRequest{
			ChartID: chart, Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
		}, nil)
		if crashed := atalaya.CaptureCodeOf(err) == atalaya.CaptureBrowserCrashed; crashed != (chart == "crash1") || !crashed && err != nil {
			t.Errorf("%s: %v", chart, err)
		}
	}
}

func TestCapturesOfUsersAtTheSameTimeNeverMix(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	site := rig.site(long)
	var wg sync.WaitGroup
	for _, who := range []string{"ana", "ben"} {
		wg.Go(func() {
			for i, symbol := range []string{"BTCUSDT", "ETHUSDT", "SOLUSDT", "BTCUSDT"} {
				interval := map[string]string{"ana": "60", "ben": "240"}[who]
				picture, err := site.Capture(t.Context(), atalaya.CaptureRequest{
					ChartID: who + "Chart", Exchange: "BINANCE", Symbol: symbol, Interval: interval,
					Resolution: atalaya.Res720p, Session: chartsite.NewSession(who),
				}, nil)
				if err != nil {
					t.Errorf("%s %d: %v", who, i, err)
					return
				}
				draw := rig.drawnFor(t, picture)
				if draw.Account != chartsite.Account(chartsite.NewSession(who)) || draw.ChartID != who+"Chart" ||
					draw.Symbol != "BINANCE:"+symbol || draw.Interval != interval {
					t.Errorf("%s got the drawing %+v", who, draw)
				}
			}
		})
	}
	wg.Wait()
}

func TestACaptureOfACancelledCallerIsInterruptedAndNotFailed(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	left := errors.New("the service stops")
	_, err := rig.site(long).Capture(ctx, atalaya.CaptureRequest{
		ChartID: "loading1", Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
	}, func(step atalaya.CaptureStep) {
		if step.Name == "painted" || step.Name == "data" { // which one comes depends on the page's API
			cancel(left)
		}
	})
	var failure *atalaya.CaptureError
	if !errors.Is(err, left) || errors.As(err, &failure) {
		t.Errorf("error %v, want the caller's own", err)
	}
}
