package chartsite_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/test/browser"
)

// isReady is true once the page has set the flag that only tests and benchmarks may use.
const isReady = `document.documentElement.dataset.ready === "true"`

// isRested is true once the loaders are gone too. They stay for a while after isReady.
const isRested = `document.documentElement.dataset.rested === "true"`

// tab opens a page with cookies of its own in the browser. It is signed in with session unless that is zero.
func tab(t *testing.T, chromium context.Context, site string, session atalaya.TVSession) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	cookies := map[string]string{"sessionid": session.ID, "sessionid_sign": session.Sign}
	for name, value := range cookies {
		if value == "" {
			continue
		}
		if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: site}); err != nil {
			t.Fatal(err)
		}
	}
	return ctx
}

func serve(t *testing.T) (*chartsite.Site, string) {
	t.Helper()
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	t.Cleanup(func() {
		site.Close()
		server.Close()
	})
	return site, server.URL
}

func chartURL(site, chartID, symbol, interval string) string {
	return site + "/chart/" + chartID + "/?symbol=" + url.QueryEscape(symbol) + "&interval=" + url.QueryEscape(interval)
}

func open(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
}

// decode returns the pixels of a picture, four bytes each.
func decode(t *testing.T, data []byte) *image.NRGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	switch m := img.(type) {
	case *image.NRGBA:
		return m
	case *image.RGBA: // a PNG without transparency: both kinds have the same bytes
		return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	}
	t.Fatalf("the picture is a %T", img)
	return nil
}

// row returns the pixels of a row.
func row(img *image.NRGBA, y int) []byte { return img.Pix[y*img.Stride:][:4*img.Rect.Dx()] }

// keep writes a picture to the folder that CHARTSITE_PICTURES names, for people who want to look at it.
func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	folder := os.Getenv("CHARTSITE_PICTURES")
	if folder == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

const clientScreenshot = `window.TradingViewApi.takeClientScreenshot().then(canvas => canvas.toDataURL("image/png"))`

func TestBothKindsOfPictureNameTheirDrawingAtEverySize(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	chromium := browser.Start(t)
	for _, c := range []struct {
		resolution       atalaya.Resolution
		symbol, interval string
	}{
		{atalaya.Res720p, "OANDA:EURUSD", "240"},
		{atalaya.Res1080p, "BINANCE:BTCUSDT", "15"},
		{atalaya.Res4K, "NASDAQ:AAPL", "1D"},
	} {
		t.Run(string(c.resolution), func(t *testing.T) {
			t.Parallel()
			session := chartsite.NewSession("alice " + c.symbol)
			ctx := tab(t, chromium, address, session)
			width, height := c.resolution.Size()
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
				t.Fatal(err)
			}
			open(t, ctx, chartURL(address, "AbCd1234", c.symbol, c.interval))
			browser.WaitFor(t, ctx, isRested)

			viewport, client := viewport(t, ctx), client(t, ctx)
			keep(t, string(c.resolution)+"-viewport", viewport)
			keep(t, string(c.resolution)+"-client", client)

			if got := decode(t, viewport).Bounds().Size(); got != image.Pt(width, height) {
				t.Errorf("viewport picture is %v, want %dx%d", got, width, height)
			}
			want := chartsite.Draw{
				ChartID: "AbCd1234", Symbol: c.symbol, Interval: c.interval,
				Account: chartsite.Account(session), SignedIn: true, Scenario: "good",
			}
			for kind, data := range map[string][]byte{"viewport": viewport, "client": client} {
				id, ok := chartsite.ReadRibbon(decode(t, data))
				if !ok {
					t.Errorf("%s: no ribbon found", kind)
					continue
				}
				got, ok := site.Draw(id)
				if !ok {
					t.Errorf("%s: drawing %d is not on record", kind, id)
				}
				if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(chartsite.Draw{}, "ID", "At")); diff != "" {
					t.Errorf("%s shows another drawing (-want +got):\n%s", kind, diff)
				}
			}
		})
	}
}

func TestAPaintedPageShowsWhatItDrawsUnderEveryNameOfTheRealOne(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	chromium := browser.Start(t)
	everywhere := map[string]any{
		`document.documentElement.classList.contains("is-authenticated")`: true,
		`document.querySelectorAll('.chart-container').length`:            1.0,
		`document.querySelectorAll('.chart-gui-wrapper canvas').length`:   4.0,
		`document.querySelectorAll('[data-name="pane-canvas"]').length`:   2.0,
		`document.querySelectorAll('table.chart-markup-table').length`:    1.0,
		toolbar: "TSLA",
		loaders: 0.0,
		`window.TradingViewApi.activeChart().symbol()`:     "NASDAQ:TSLA",
		`window.TradingViewApi.activeChart().resolution()`: "240",
		dataReady: true,
		statuses:  "realtime (3)",
		loads:     "false,false,false",
		rowsLoad:  "undefined,undefined,undefined,undefined,undefined",
		`TradingViewApi.chartsCount() === 1 && TradingViewApi.chart(0).symbol() === "NASDAQ:TSLA" && !TradingViewApi.activeChart().getSeries().isLoading()`: true,
		`(({ from, to }) => to > from && to > Date.now() / 1000 - 8 * 3600)(TradingViewApi.activeChart().getVisibleRange())`:                                true,
	}
	for chartID, named := range map[string]map[string]any{
		"layout1": {
			`document.querySelector('[data-qa-id="legend"] [data-qa-id="legend-series-item"]').innerText.replace(/\s+/g, " ").split(" O ")[0]`: "T Tesla, Inc. · 4h · NASDAQ",
			`document.querySelectorAll('[data-qa-id="legend-source-item"]').length`:                                                            4.0,
			`document.querySelector('[data-qa-id="title-wrapper legend-source-title"]') !== null`:                                              true,
			`document.querySelectorAll('[data-name^="legend"]').length`:                                                                        0.0,
			label: "Chart for NASDAQ:TSLA, 4 hours",
		},
		"names20251": {
			`document.querySelector('[data-name="legend"] [data-name="legend-series-item"]').innerText.replace(/\s+/g, " ").split(" O ")[0]`: "T Tesla, Inc. · 4h · NASDAQ",
			`document.querySelectorAll('[data-name="legend-source-item"]').length`:                                                           4.0,
			`document.querySelectorAll('[data-qa-id]').length`:                                                                               0.0,
		},
	} {
		t.Run(chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("bob"))
			open(t, ctx, chartURL(address, chartID, "NASDAQ:TSLA", "4H"))
			browser.WaitFor(t, ctx, isRested)
			for _, expected := range []map[string]any{everywhere, named} {
				for expression, want := range expected {
					if got := browser.Eval[any](t, ctx, expression); got != want {
						t.Errorf("%s = %v, want %v", expression, got, want)
					}
				}
			}
			legend := `document.querySelector(".legend").innerText`
			browser.WaitFor(t, ctx, `(window.before ??= `+legend+`) !== `+legend) // the price moves
		})
	}
}

func TestScenariosOfThePageBehaveAsDescribed(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	chromium := browser.Start(t)
	for _, c := range []struct{ chartID, until, want string }{
		{"wrongsymbol", isReady, `TradingViewApi.activeChart().symbol() === "BINANCE:ETHUSDT"`},
		{"apiahead", isReady, symbolIs + `"BINANCE:BTCUSDT" && ` + legendTitle + ` === "Ethereum / TetherUS" && ` + toolbar + ` === "ETHUSDT"`},
		{"intervalahead", isReady, `TradingViewApi.activeChart().resolution() === "15" && ` + legendInterval + ` === "1D"`},
		{"exchangeahead", isReady, symbolIs + `"BINANCE:BTCUSDT" && document.querySelector('[data-qa-id~="legend-source-exchange"]').textContent === "KRAKEN"`},
		{"pair", isReady, `document.querySelectorAll(".chart-container").length === 2 && ` + colours + `.every((n, _, all) => n >= 10 && all.length === 4)`},
		{"four", isReady, `TradingViewApi.chartsCount() === 4 && ` + colours + `.every((n, _, all) => n >= 10 && all.length === 8)`},
		{"offer", isReady, `!!document.querySelector(".offer") && !document.querySelector('[role="dialog"], [aria-modal]') && !TradingViewApi.takeClientScreenshot`},
		{"national", isReady, `location.pathname === "/es/chart/national/" && location.search.startsWith("?symbol=BINANCE")`},
		{"huge", isRested, loaders + ` === 0 && ` + dataReady},
		{"private", `document.readyState === "complete"`, `document.documentElement.classList.contains("is-authenticated") &&
			!document.querySelector(".chart-container") && document.body.innerText.includes("has not shared it")`},
		{"signedoutpublic", isReady, `document.documentElement.classList.contains("is-not-authenticated")`},
		{"captcha", `document.readyState === "complete"`, `!!document.querySelector("form .h-captcha")`},
		{"wronginterval", isReady, `TradingViewApi.activeChart().resolution() === "1D"`},
		{"nosymbol", isReady, statuses + ` === "invalid (4)" && !` + dataReady + ` && ` + loaders + ` === 0 && document.body.innerText.includes("Invalid symbol")`},
		{"nosymbolja", isReady, statuses + ` === "invalid (4)" && document.body.innerText.includes("無効なシンボル")`},
		{"nodata", isReady, statuses + ` === "realtime (3)" && !` + dataReady + ` && document.body.innerText.includes("No data here")`},
		{"nodatahalf", isReady, statuses + ` === "realtime (3),realtime (3)" && ` + dataReady + ` && !TradingViewApi.chart(1).dataReady(() => {})`},
		{"feederror", isReady, statuses + ` === "error (12)"`},
		{"unsupported", isReady, statuses + ` === "unsupported_resolution (14)"`},
		{"delayedstreaming", isReady, statuses + ` === "delayed_streaming (9)" && ` + dataReady},
		{"studyerror", isRested, `!!document.querySelector('[data-qa-id="legend-statuses-wrapper"] [class*="dataProblem"]') && ` + loads + ` === "false,false,false"`},
		{"scrolledback", isReady, `TradingViewApi.activeChart().getVisibleRange().to < Date.now() / 1000 - 86400 && ` + colours + `[0] > 9`},
		{"scrolledaway", isReady, `(({ from, to }) => to - from < 3 * 900)(TradingViewApi.activeChart().getVisibleRange())`},
		{"turkish", isReady, legendInterval + ` === "15" && ` + label + ` === "BINANCE:BTCUSDT grafiği, 15 dakika" && document.documentElement.lang === "tr"`},
		{"arabic", isReady, `document.documentElement.dir === "rtl"`},
		{"both", isReady, legendTitle + ` === "BTCUSDT" && document.querySelector('[data-qa-id~="legend-source-description"]').textContent === "Bitcoin / TetherUS"`},
		{"longexchange", isReady, `document.querySelector('[data-qa-id~="legend-source-exchange"]').textContent === "Binance"`},
		{"collapsed", isReady, `[...document.querySelectorAll('[data-qa-id="legend-source-item"]')].every((row) => !row.checkVisibility())`},
		{"bare", isReady, `!/97,|[0-9]{4}/.test(document.querySelector('[data-qa-id="legend-series-item"]').innerText)`},
		{"toolbarsoff", isReady, `!document.getElementById("header-toolbar-symbol-search") && document.querySelector(".chart-container").clientWidth === innerWidth`},
		{"panels", isReady, `!!document.querySelector(".trading") && !!document.querySelector(".chart-container .buttons")`},
		{"framed429", isReady, `document.querySelectorAll("iframe").length === 3`},
		{"noapinolabels", isReady, `!document.querySelector("canvas[aria-label]") && window.TradingViewApi === undefined`},
		{"fewnames", isReady, `!TradingViewApi.chart && !TradingViewApi.activeChart().getAllStudies && !TradingViewApi.chartWidgetCollectionSeriesStatuses && ` + dataReady},
		{"loading", `!!document.querySelector(".tv-spinner--shown")`, loaders + ` > 0 && ` + statuses + ` === "loading (2)"`},
		{"dialog", isReady, `!!document.querySelector('[data-dialog-name="sign-in"]')`},
		{"noapi", isReady, `window.TradingViewApi === undefined`},
		{"noshot", isReady, `TradingViewApi.takeClientScreenshot === undefined && !!TradingViewApi.activeChart()`},
		{"throwshot", isReady, `TradingViewApi.takeClientScreenshot().then(() => false, () => true)`},
	} {
		t.Run(c.chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("carol"))
			open(t, ctx, chartURL(address, c.chartID, "BINANCE:BTCUSDT", "15"))
			browser.WaitFor(t, ctx, c.until)
			if !browser.Eval[bool](t, ctx, c.want) {
				t.Errorf("%s is false", c.want)
			}
			picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			keep(t, "scenario-"+c.chartID, picture)
		})
	}
}

// The rows of a legend show that they load for a moment after the chart has its data. A busy machine may look
// after that moment, so the page itself records what it shows when its flag is set.
func TestALegendStillLoadsWhenTheDataAreThere(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("carol"))
	_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		new MutationObserver((changes, watch) => {
			if (!(` + isReady + `)) return;
			watch.disconnect();
			window.whenReady = [` + rowsLoad + `.includes("loading"), ` + dataReady + `, ` + loads + `, window.__ready].join(" ");
		}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });`})
	if err != nil {
		t.Fatal(err)
	}
	open(t, ctx, chartURL(address, "bench", "BINANCE:BTCUSDT", "15"))
	browser.WaitFor(t, ctx, isRested)
	if got, want := browser.Eval[string](t, ctx, `window.whenReady`), "true true false,false,false true"; got != want {
		t.Errorf("when its flag was set the page had %q, want %q", got, want)
	}
}

func TestNavigationsThatEndInNoPageSayWhy(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	chromium := browser.Start(t)
	for chartID, want := range map[string]string{
		"reset": "ERR_CONNECTION_RESET", "redirectloop": "ERR_TOO_MANY_REDIRECTS", "nationalaway": "ERR_NAME_NOT_RESOLVED",
	} {
		t.Run(chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("pam"))
			err := chromedp.Do(ctx, chromedp.Navigate(chartURL(address, chartID, "", "")))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the navigation ended with %v, want %s", err, want)
			}
		})
	}
}

func TestTheBrowsersOwnBoxHoldsThePageUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("quin"))
	boxes := chromedp.Events(ctx, page.JavascriptDialogOpening)
	open(t, ctx, chartURL(address, "alertbox", "", ""))
	for box, err := range boxes {
		if err != nil {
			t.Fatalf("no box was seen: %v", err)
		}
		if box.Type != page.DialogTypeAlert {
			t.Errorf("the box is %v", box.Type)
		}
		return
	}
}

func TestABlankCanvasHoldsOneColour(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("dave"))
	open(t, ctx, chartURL(address, "blank", "BINANCE:BTCUSDT", "15"))
	browser.WaitFor(t, ctx, isReady)
	colours := browser.Eval[int](t, ctx, `(() => {
		const canvas = document.querySelector('[data-name="pane-canvas"]');
		const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
		return new Set(pixels).size;
	})()`)
	if colours != 1 {
		t.Errorf("the canvas holds %d colours, want 1", colours)
	}
}

func TestTheCrashPageTakesItsTabDown(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("erin"))
	crashed := chromedp.Events(ctx, inspector.TargetCrashed)
	go func() { _ = chromedp.Do(ctx, chromedp.Navigate(chartURL(address, "crash", "", ""))) }()
	for _, err := range crashed {
		if err != nil {
			t.Fatalf("no crash was seen: %v", err)
		}
		return
	}
}
