package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"atalaya"
	"atalaya/internal/app"
)

// burst is how many captures a burst has. The first one is not timed.
const burst = 4

// turn is what a contender did in one turn.
type turn struct {
	took    time.Duration // for one picture
	taken   int
	clients int // of ours that were the page's own
}

// count counts a picture of ours.
func (t *turn) count(p atalaya.Picture) {
	t.taken++
	if p.Source == atalaya.SourceClient {
		t.clients++
	}
}

// contend takes pictures each time it reads a line. It answers with a line of three numbers: the milliseconds
// of one picture, how many it took, and how many of them were the page's own.
func contend(ctx context.Context, mode, site, browser string) error {
	orders := bufio.NewScanner(os.Stdin)
	if !orders.Scan() {
		return fmt.Errorf("no account on the standard input")
	}
	var cookies struct {
		ID   string `json:"sessionid"`
		Sign string `json:"sessionid_sign"`
	}
	if err := json.Unmarshal(orders.Bytes(), &cookies); err != nil {
		return err
	}
	session := atalaya.TVSession{ID: cookies.ID, Sign: cookies.Sign}
	var take func(context.Context) (turn, error)
	if mode == "floor" {
		f, err := newFloor(site, browser, session)
		if err != nil {
			return err
		}
		defer f.stop()
		take = f.capture
	} else {
		camera, err := app.NewCamera(app.CameraOptions{Site: site, Executable: browser, Timeout: answerTimeout}, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer camera.Stop()
		take = func(ctx context.Context) (turn, error) { return cold(ctx, camera, session) }
		if mode == "burst" {
			take = func(ctx context.Context) (turn, error) { return together(ctx, camera, session) }
		}
	}
	for orders.Scan() {
		done, err := take(ctx)
		if err != nil {
			return err
		}
		fmt.Println(float64(done.took.Microseconds())/1000, done.taken, done.clients)
	}
	return orders.Err()
}

// request returns the request of the picture that all take.
func request(session atalaya.TVSession) atalaya.CaptureRequest {
	return atalaya.CaptureRequest{ChartID: "bench", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60", Resolution: atalaya.Res1080p, Session: session}
}

// cold takes a picture in a context of its own.
func cold(ctx context.Context, camera *app.Camera, session atalaya.TVSession) (done turn, err error) {
	start := time.Now()
	picture, err := camera.Capture(ctx, request(session), nil)
	done.took = time.Since(start)
	done.count(picture)
	return done, err
}

// together takes a user's pictures in one page. Its time is that of one picture after the first.
func together(ctx context.Context, camera *app.Camera, session atalaya.TVSession) (done turn, err error) {
	visit, err := camera.Open(ctx, request(session), nil)
	if err != nil {
		return turn{}, err
	}
	defer visit.Close()
	var start time.Time
	for i := range burst {
		if i == 1 {
			start = time.Now()
		}
		picture, err := visit.Capture(ctx, request(session), nil)
		if err != nil {
			return turn{}, err
		}
		done.count(picture)
	}
	done.took = time.Since(start) / (burst - 1)
	return done, nil
}

// floor is the least that a picture through the browser costs: a context, the page until its own flag is raised,
// and two frames, of which one is decoded. It judges nothing.
type floor struct {
	browser context.Context
	stop    func()
	url     string
	cookies []*network.CookieParam
}

func newFloor(site, browser string, session atalaya.TVSession) (*floor, error) {
	base, err := url.Parse(site)
	if err != nil {
		return nil, err
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(browser), chromedp.Flag("headless", true), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-dev-shm-usage", true))
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, fmt.Errorf("start the floor's browser: %w", err)
	}
	cookie := func(name, value string) *network.CookieParam {
		return &network.CookieParam{Name: name, Value: value, Domain: base.Hostname(), Path: "/", HTTPOnly: true}
	}
	return &floor{
		browser: ctx, stop: func() { cancel(); end() }, url: site + "/chart/bench/?symbol=BINANCE%3ABTCUSDT&interval=60",
		cookies: []*network.CookieParam{cookie("sessionid", session.ID), cookie("sessionid_sign", session.Sign)},
	}, nil
}

func (f *floor) capture(context.Context) (turn, error) {
	start := time.Now()
	made, err := chromedp.CallBrowser(f.browser, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: new(true)})
	if err != nil {
		return turn{}, err
	}
	err = f.inContext(made.BrowserContextID)
	if _, closed := chromedp.CallBrowser(f.browser, target.DisposeBrowserContext, target.DisposeBrowserContextParams(made)); err == nil {
		err = closed
	}
	return turn{took: time.Since(start), taken: 1}, err
}

// whenReady is JavaScript that resolves once the page has raised its own flag.
const whenReady = `new Promise(done => { const look = () => window.__ready ? requestAnimationFrame(() => done(true)) : setTimeout(look, 5); look(); })`

func (f *floor) inContext(id cdp.BrowserContextID) error {
	ctx, end := chromedp.NewContext(f.browser, chromedp.WithExistingBrowserContext(id))
	defer end()
	if err := chromedp.Do(ctx); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1920, Height: 1080, DeviceScaleFactor: 1}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, network.SetCookies, network.SetCookiesParams{Cookies: f.cookies}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: f.url}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: whenReady, AwaitPromise: new(true), ReturnByValue: new(true)}); err != nil {
		return err
	}
	var frame []byte
	for range 2 {
		shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, OptimizeForSpeed: new(true)})
		if err != nil {
			return err
		}
		frame = shot.Data
	}
	_, err := png.Decode(bytes.NewReader(frame))
	return err
}
