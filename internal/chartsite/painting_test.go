package chartsite_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/browser"
	"atalaya/internal/test/wait"
)

// flaws returns the flaws of the drawings in a picture, from top to bottom. A good drawing is "whole".
func flaws(t *testing.T, site *chartsite.Site, picture []byte) []string {
	t.Helper()
	found := []string{}
	for _, id := range chartsite.ReadRibbons(decode(t, picture)) {
		switch draw, ok := site.Draw(id); {
		case !ok:
			found = append(found, "unknown")
		case draw.Flaw == "":
			found = append(found, "whole")
		default:
			found = append(found, string(draw.Flaw))
		}
	}
	return found
}

// viewport takes a picture of what the page shows, with the pointer out of the way.
func viewport(t *testing.T, ctx context.Context) []byte {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.MouseEvent(chromedp.MouseMoved, -1, -1)); err != nil {
		t.Fatal(err)
	}
	browser.WaitFor(t, ctx, pointerAway)
	return shown(t, ctx)
}

// shown takes a picture of what the page shows.
func shown(t *testing.T, ctx context.Context) []byte {
	t.Helper()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// client returns the picture that the page takes of itself.
func client(t *testing.T, ctx context.Context) []byte {
	t.Helper()
	return dataURL(t, browser.Eval[string](t, ctx, clientScreenshot))
}

// dataURL returns the content of a data URL.
func dataURL(t *testing.T, text string) []byte {
	t.Helper()
	_, encoded, _ := strings.Cut(text, ",")
	picture, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// pointerAway is true once the page has noticed that the pointer has left it.
const pointerAway = `document.documentElement.dataset.pointer === "away"`

const (
	symbolIs       = `TradingViewApi.activeChart().symbol() === `
	dataReady      = `TradingViewApi.activeChart().dataReady(() => {})`
	legendTitle    = `document.querySelector('[data-qa-id~="legend-source-title"]').textContent`
	legendInterval = `document.querySelector('[data-qa-id~="legend-source-interval"]').textContent`
	toolbar        = `document.querySelector("#header-toolbar-symbol-search").innerText.trim()`
	label          = `document.querySelector('[data-qa-id="pane-top-canvas"]').ariaLabel`
	statuses       = `TradingViewApi.chartWidgetCollectionSeriesStatuses().join()`
	loads          = `TradingViewApi.activeChart().getAllStudies().map(({ id }) => TradingViewApi.activeChart().getStudyById(id).isLoading()).join()`
	rowsLoad       = `[...document.querySelectorAll("[data-status]")].map((row) => row.dataset.status).join()`
	loaders        = `[...document.querySelectorAll('[class*="loader"], .tv-spinner--shown, [data-role="spinner"]')].filter((e) => e.checkVisibility()).length`
	// colours counts the colours of each pane's canvas.
	colours = `[...document.querySelectorAll('[data-name="pane-canvas"]')].map(canvas => new Set(new Uint32Array(
		canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)`
)

func TestAFrameThatIsPaintedOverShowsItsFlawInEveryPicture(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	chromium := browser.Start(t)
	const tsla, ether = `"NASDAQ:TSLA"`, `"BINANCE:ETHUSDT"`
	const old, new, ready = legendTitle + ` === "Ethereum / TetherUS"`, legendTitle + ` === "Tesla, Inc."`, ` && ` + dataReady
	painted := colours + `.every((n) => n > 9)`
	for _, c := range []struct {
		chartID string
		first   string // true while the first frame is shown
		holds   string // true as well then
		flaw    string // of the picture taken then
	}{
		{"late60000", loads + ` === "true,true,true"`, symbolIs + tsla + ready + ` && ` + rowsLoad + ` === "loading,loading,loading,loading,loading"`, "late"},
		{"latecollapsed60000", loads + ` === "true,true,true"`, symbolIs + tsla + ready, "late"},
		{"lateoff60000", loads + ` === "true,true,true"`, symbolIs + tsla + ready + ` && !document.querySelector(".legend")`, "late"},
		{"latecomparedoff60000", loads + ` === "false,false,false,true"`, symbolIs + tsla + ready, "late"},
		{"latemodules60000", dataReady, loads + ` === "" && TradingViewApi.hasPendingStudiesModuleLoading()`, "late"},
		{"stale60000", painted, new + ` && ` + toolbar + ` === "TSLA" && ` + statuses + ` === "loading (2)" && ` + label + ` === "Chart for NASDAQ:TSLA, 15 minutes" && ` + symbolIs + tsla + ` && !` + dataReady, "stale"},
		{"stalelegend60000", painted, old + ` && ` + toolbar + ` === "TSLA" && ` + symbolIs + tsla + ` && !` + dataReady, "stale"},
		{"staleinterval60000", painted, legendInterval + ` === "1D" && ` + symbolIs + tsla + ready + ` && TradingViewApi.activeChart().resolution() === "15"`, "stale"},
		{"wrongthenright60000", painted, old + ` && ` + symbolIs + ether + ready, "stale"},
		{"latehalf60000", dataReady, symbolIs + tsla + ` && ` + loads + ` === "false,false,false"`, "half"},
		{"blankthengood60000", dataReady, symbolIs + tsla, ""},
		{"pairquiet60000", dataReady, `!TradingViewApi.chart(1).dataReady(() => {}) && TradingViewApi.chartsCount() === 2 && ` + statuses + ` === "realtime (3),loading (2)"`, "alone"},
		{"pairstudies60000", dataReady + ` && TradingViewApi.chart(1).dataReady(() => {})`, `TradingViewApi.chart(1).getStudyById("study0").isLoading()`, "alone"},
	} {
		t.Run(c.chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("fay"))
			// The first frame is shown for a minute, or until the test has seen it.
			open(t, ctx, chartURL(address, c.chartID, "NASDAQ:TSLA", "15"))
			browser.WaitFor(t, ctx, c.first+" && "+c.holds)
			if browser.Eval[bool](t, ctx, isReady) {
				t.Error("the page says that it is ready")
			}
			want := []string{}
			if c.flaw != "" {
				want = []string{c.flaw}
			}
			for kind, picture := range map[string][]byte{"viewport": viewport(t, ctx), "client": client(t, ctx)} {
				keep(t, "first-"+c.chartID+"-"+kind, picture)
				told := slices.DeleteFunc(flaws(t, site, picture), func(flaw string) bool { return flaw == "covered" }) // by loaders
				if diff := cmp.Diff(want, told); diff != "" {
					t.Errorf("%s picture of the first frame (-want +got):\n%s", kind, diff)
				}
				if _, err := site.Shown(decode(t, picture)); err == nil {
					t.Errorf("%s picture of the first frame passes for a good one", kind)
				}
			}
			open(t, ctx, chartURL(address, strings.Replace(c.chartID, "60000", "20", 1), "NASDAQ:TSLA", "15"))
			browser.WaitFor(t, ctx, isRested)
			for kind, picture := range map[string][]byte{"viewport": viewport(t, ctx), "client": client(t, ctx)} {
				keep(t, "then-"+c.chartID+"-"+kind, picture)
				if draw, err := site.Shown(decode(t, picture)); err != nil || draw.Symbol != "NASDAQ:TSLA" {
					t.Errorf("%s picture in the end shows %+v: %v", kind, draw, err)
				}
			}
			if panes := browser.Eval[[]int](t, ctx, colours); slices.Min(panes) < 10 {
				t.Errorf("the panes hold %v colours in the end", panes)
			}
			if !browser.Eval[bool](t, ctx, toolbar+` === "TSLA" && `+symbolIs+tsla+` && `+dataReady+` && `+loaders+` === 0 && !`+loads+`.includes("true") && !`+rowsLoad+`.includes("loading")`) {
				t.Error("the page does not say in the end what it shows")
			}
		})
	}
}

func TestWhatLiesOverAChartShowsInTheViewportAlone(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	chromium := browser.Start(t)
	for _, c := range []struct {
		chartID, covered, uncover string // uncover is JavaScript
		left                      []string
	}{
		{"dialog", `[data-dialog-name="sign-in"]`, `document.querySelector('[data-name="close"]').click()`, []string{"whole"}},
		{"gopro", `[data-dialog-name="gopro"]`, `document.querySelector('[data-name="close"]').click()`, []string{"whole"}},
		{"alertfired", `[data-qa-dialog-name="alert-fired"]`, `document.getElementById("overlap-manager-root").style.display = "none"`, []string{"whole"}},
		{"promotion", `[role="dialog"][aria-modal="true"]`, `document.querySelector('[data-name="close"]').click()`, []string{"whole"}},
		{"maybelater", `.offer`, `document.querySelector(".offer").remove()`, []string{"whole"}},
		{"settings", `[data-dialog-name="Settings"]`, `document.querySelector('[data-name="close"]').click()`, []string{"whole"}},
		{"menu", `#overlap-manager-root [data-qa-id="menu-inner"]`, `TradingViewApi.closePopupsAndDialogs()`, []string{"whole"}},
		{"contextmenu", `[data-qa-id="menu-inner"]`, `document.getElementById("overlap-manager-root").style.display = "none"`, []string{"whole"}},
		{"confirm", `[data-name="confirm-dialog"]`, `TradingViewApi.closePopupsAndDialogs()`, []string{"covered"}},
		{"reconnect", `[data-name="reconnect"]`, `document.querySelector('[data-name="connect"]').click()`, []string{"whole"}},
		{"toast", `[class*="toastListInner"]`, `document.querySelector('[data-name="close"]').click()`, []string{"whole"}},
		{"cookiebanner", `button[class^="acceptAll"]`, `document.querySelector('button[class^="acceptAll"]').click()`, []string{"whole"}},
		{"several", `[data-name="reconnect"]`, `document.getElementById("overlap-manager-root").replaceChildren()`, []string{"whole"}},
		{"overlay", `[data-role="spinner"]`, `0`, []string{"covered"}},
		{"stuckoffer", `.offer`, `document.querySelector(".offer").style.display = "none"`, []string{"covered", "whole"}},
		{"stuckdialog", `[data-qa-dialog-name="alert-fired"]`, `document.querySelector('[data-name="close"]').click()`, []string{"covered"}},
	} {
		t.Run(c.chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("gil"))
			open(t, ctx, chartURL(address, c.chartID, "BINANCE:BTCUSDT", "15"))
			browser.WaitFor(t, ctx, isRested)
			if !browser.Eval[bool](t, ctx, `!!document.querySelector('`+c.covered+`')`) {
				t.Errorf("there is no %s", c.covered)
			}
			covered := viewport(t, ctx)
			keep(t, "cover-"+c.chartID, covered)
			if _, err := site.Shown(decode(t, covered)); err == nil || !strings.Contains(err.Error(), "covered") {
				t.Errorf("the covered viewport: %v", err)
			}
			if _, err := site.Shown(decode(t, client(t, ctx))); err != nil {
				t.Errorf("the chart's own picture: %v", err)
			}
			browser.Eval[any](t, ctx, c.uncover)
			browser.Eval[any](t, ctx, twoFrames)
			if got := flaws(t, site, viewport(t, ctx)); !cmp.Equal(got, c.left) {
				t.Errorf("afterwards the viewport shows %v, want %v", got, c.left)
			}
		})
	}
}

// twoFrames resolves once the page has painted what was changed.
const twoFrames = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`

func TestAStuckDialogComesBackHoweverItIsClosed(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("hal"))
	open(t, ctx, chartURL(address, "stuckdialog", "BINANCE:BTCUSDT", "15"))
	browser.WaitFor(t, ctx, isReady)
	for _, away := range []string{
		`document.querySelector('[role="dialog"]').remove()`,
		`document.querySelector('[role="dialog"]').style.display = "none"`,
		`document.querySelector('.veil').style.setProperty("visibility", "hidden", "important")`,
		`document.getElementById("overlap-manager-root").replaceChildren()`,
		`document.getElementById("overlap-manager-root").style.setProperty("display", "none", "important")`,
		`document.getElementById("overlap-manager-root").remove()`,
		`document.head.append(Object.assign(document.createElement("style"), {textContent:
			"#overlap-manager-root, .veil, [role=dialog] { display: none !important; opacity: 0 !important }"}))`,
	} {
		browser.Eval[any](t, ctx, away)
		browser.Eval[any](t, ctx, twoFrames)
		browser.Eval[any](t, ctx, twoFrames)
		if _, err := site.Shown(decode(t, viewport(t, ctx))); err == nil {
			t.Errorf("the dialog is gone after %s", away)
		}
	}
}

func TestThePicturesThatAPageTakesOfItselfFailAsDescribed(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	chromium := browser.Start(t)
	visit := func(t *testing.T, chartID string) context.Context {
		ctx := tab(t, chromium, address, chartsite.NewSession("ida"))
		open(t, ctx, chartURL(address, chartID, "NASDAQ:TSLA", "15"))
		browser.WaitFor(t, ctx, isRested)
		if draw, err := site.Shown(decode(t, viewport(t, ctx))); err != nil || draw.Symbol != "NASDAQ:TSLA" {
			t.Errorf("the viewport shows %+v: %v", draw, err)
		}
		return ctx
	}
	t.Run("never", func(t *testing.T) {
		t.Parallel()
		ctx := visit(t, "nevershot")
		if got := browser.Eval[string](t, ctx, `Promise.race([TradingViewApi.takeClientScreenshot().then(() => "one", () => "none"),
			new Promise(done => setTimeout(() => done("still waiting"), 500))])`); got != "still waiting" {
			t.Errorf("the picture gave %s, want it never to end", got)
		}
	})
	t.Run("empty", func(t *testing.T) {
		t.Parallel()
		img := decode(t, client(t, visit(t, "emptyshot")))
		for i := 3; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 0 {
				t.Fatalf("pixel %d is not empty", i/4)
			}
		}
	})
	t.Run("tiny", func(t *testing.T) {
		t.Parallel()
		if size := decode(t, client(t, visit(t, "tinyshot"))).Bounds().Size(); size != image.Pt(40, 30) {
			t.Errorf("the picture is %v, want 40x30", size)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		if !browser.Eval[bool](t, visit(t, "nullshot"), `TradingViewApi.takeClientScreenshot().then(canvas => canvas === null)`) {
			t.Error("the picture is not null")
		}
	})
	t.Run("another symbol's", func(t *testing.T) {
		t.Parallel()
		ctx := visit(t, "wrongshot")
		if got := flaws(t, site, client(t, ctx)); !cmp.Equal(got, []string{"stale"}) {
			t.Errorf("the picture shows %v, want stale", got)
		}
	})
}

func TestAHalfPaintedChartHasAnEmptyPaneAndSaysThatItIsReady(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("jan"))
	open(t, ctx, chartURL(address, "half", "NASDAQ:TSLA", "15"))
	browser.WaitFor(t, ctx, isRested)
	if painted := browser.Eval[[]int](t, ctx, colours); len(painted) != 2 || painted[0] < 10 || painted[1] > 2 {
		t.Errorf("the panes hold %v colours", painted)
	}
	if !browser.Eval[bool](t, ctx, loaders+` === 0 && `+dataReady) {
		t.Error("the page says that it is not ready")
	}
	if got := flaws(t, site, viewport(t, ctx)); !cmp.Equal(got, []string{"half"}) {
		t.Errorf("the picture shows %v", got)
	}
}

func TestAChartThatChangesLaterFirstShowsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("rob"))
	open(t, ctx, chartURL(address, "rightthenwrong60000", "NASDAQ:TSLA", "15"))
	browser.WaitFor(t, ctx, dataReady+` && `+symbolIs+`"NASDAQ:TSLA"`)
	if draw, err := site.Shown(decode(t, client(t, ctx))); err != nil || draw.Symbol != "NASDAQ:TSLA" {
		t.Errorf("at first it shows %+v: %v", draw, err)
	}
	open(t, ctx, chartURL(address, "rightthenwrong20", "NASDAQ:TSLA", "15"))
	browser.WaitFor(t, ctx, isRested+` && `+symbolIs+`"BINANCE:ETHUSDT"`)
	if draw, err := site.Shown(decode(t, viewport(t, ctx))); err != nil || draw.Symbol != "BINANCE:ETHUSDT" {
		t.Errorf("then it shows %+v: %v", draw, err)
	}
}

func TestALivePriceMovesAndTheRestStays(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("kim"))
	open(t, ctx, chartURL(address, "ticking", "BINANCE:BTCUSDT", "15"))
	browser.WaitFor(t, ctx, isRested)
	before := viewport(t, ctx)
	first, err := site.Shown(decode(t, before))
	if err != nil {
		t.Fatal(err)
	}
	var shares []float64 // of the pixels that changed, from one picture to the next
	for len(shares) < 5 {
		browser.Eval[any](t, ctx, `void (window.price = document.title)`)
		browser.WaitFor(t, ctx, `document.title !== window.price`)
		after := viewport(t, ctx)
		if second, err := site.Shown(decode(t, after)); err != nil || second != first {
			t.Errorf("the pictures show %+v and %+v: %v", first, second, err)
		}
		shares = append(shares, changed(t, before, after))
		before = after
	}
	// Now and then the price leaves the scale, and everything moves.
	slices.Sort(shares)
	if median := shares[len(shares)/2]; median == 0 || median > .01 {
		t.Errorf("the shares of pixels that changed are %.4f", shares)
	}
}

func TestAnAnimatedChartNeverRests(t *testing.T) {
	t.Parallel()
	chromium := browser.Start(t)
	for scenario, later := range map[string]string{"animating": twoFrames, "stepping": `new Promise(done => setTimeout(done, 100))`} {
		site, address := serve(t)
		ctx := tab(t, chromium, address, chartsite.NewSession("lee"))
		open(t, ctx, chartURL(address, scenario, "BINANCE:BTCUSDT", "15"))
		browser.WaitFor(t, ctx, isRested)
		// Two pictures may happen to be equal, but not all of them.
		before, share := viewport(t, ctx), 0.0
		after := before
		for range 5 {
			browser.Eval[any](t, ctx, later)
			after = viewport(t, ctx)
			share = max(share, changed(t, before, after))
			before = after
		}
		if share < .01 {
			t.Errorf("%s: %.4f of the pixels changed", scenario, share)
		}
		if got := flaws(t, site, after); !cmp.Equal(got, []string{"moving"}) {
			t.Errorf("%s: the picture shows %v", scenario, got)
		}
	}
}

// changed returns the share of pixels that differ between two pictures of one size.
func changed(t *testing.T, a, b []byte) float64 {
	t.Helper()
	if bytes.Equal(a, b) {
		return 0
	}
	before, after := decode(t, a), decode(t, b)
	size, differ := before.Bounds().Size(), 0
	for y := range size.Y {
		was, is := row(before, y), row(after, y)
		if bytes.Equal(was, is) {
			continue
		}
		for x := 0; x < len(was); x += 4 {
			if [4]byte(was[x:]) != [4]byte(is[x:]) {
				differ++
			}
		}
	}
	return float64(differ) / float64(size.X*size.Y)
}

func TestALegendCanHoldEveryScript(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("mia"))
	open(t, ctx, chartURL(address, "cjk", "NASDAQ:TSLA", "15"))
	browser.WaitFor(t, ctx, isRested)
	legend := browser.Eval[string](t, ctx, `document.querySelector('[data-qa-id="legend-series-item"]').textContent`)
	for _, text := range []string{"騰訊", "三菱", "삼성", "📈", "Tesla, Inc."} {
		if !strings.Contains(legend, text) {
			t.Errorf("no %s in the legend %q", text, legend)
		}
	}
	for kind, picture := range map[string][]byte{"viewport": viewport(t, ctx), "client": client(t, ctx)} {
		keep(t, "cjk-"+kind, picture)
		if _, err := site.Shown(decode(t, picture)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestAFrozenPageAnswersNothingMore(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("ned"))
	open(t, ctx, chartURL(address, "freeze", "NASDAQ:TSLA", "15"))
	for end := time.Now().Add(wait.Patience); time.Now().Before(end); { // it answers until it freezes
		look, cancel := context.WithTimeout(ctx, 2*time.Second)
		_, err := chromedp.Run(look, chromedp.Evaluate[int](`1`))
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Error("the page goes on answering")
}
