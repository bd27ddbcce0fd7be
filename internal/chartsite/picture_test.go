package chartsite_test

import (
	"context"
	"fmt"
	"image"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/browser"
)

// canvases describes each pane of each chart: its place in its chart and in the area of all charts, in pixels of the
// screen, and its pixels as a PNG.
const canvases = `(() => {
	const charts = [...document.querySelectorAll(".chart-container")];
	return charts.flatMap((chart, i) => [...chart.querySelectorAll('[data-name="pane-canvas"]')].map((canvas) => {
		const box = canvas.getBoundingClientRect(), own = chart.getBoundingClientRect();
		return { chart: i, x: (box.x - own.x) * devicePixelRatio, y: (box.y - own.y) * devicePixelRatio, png: canvas.toDataURL() };
	}));
})()`

type pane struct {
	Chart int
	X, Y  float64
	PNG   string
}

// The test checks the place of each pane in the page's own picture, to the pixel.
func TestThePagesOwnPictureIsPaddedAndItsChartsHaveGapsOfTheirOwn(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	chromium := browser.Start(t)
	for _, c := range []struct {
		chartID string
		ratio   float64
		size    image.Point   // besides the charts and the page's gaps between them
		charts  []image.Point // from their places in the page, without its gaps
		turned  bool          // the axis of prices is on the other side
	}{
		{"good", 1, image.Pt(20, 45), []image.Point{{10, 10}}, false},
		{"good2", 2, image.Pt(40, 90), []image.Point{{20, 20}}, false},
		{"toolbarsoff", 1, image.Pt(20, 45), []image.Point{{10, 10}}, false},
		{"two", 1, image.Pt(20-8+5, 45), []image.Point{{10, 10}, {10 - 8 + 5, 10}}, false},
		{"stack", 1, image.Pt(20, 45-3+5), []image.Point{{10, 10}, {10, 10 - 3 + 5}}, false},
		{"three", 1, image.Pt(20-8+5, 45), []image.Point{{10, 10}, {10 - 8 + 5, 10}, {10 - 8 + 5, 10 - 8 + 5}}, false},
		{"four", 1, image.Pt(20-6+5, 45-6+5), []image.Point{{10, 10}, {10 - 6 + 5, 10}, {10, 10 - 6 + 5}, {10 - 6 + 5, 10 - 6 + 5}}, false},
		{"arabic", 1, image.Pt(20, 45), []image.Point{{10, 10}}, true},
		{"headshot", 1, image.Pt(20, 45+38), []image.Point{{10, 10 + 38}}, false},
		{"selected", 1, image.Pt(20, 45), []image.Point{{10, 10}}, false},
	} {
		t.Run(c.chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("pia"))
			params := emulation.SetDeviceMetricsOverrideParams{Width: 1280, Height: 720, DeviceScaleFactor: c.ratio}
			if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, params); err != nil {
				t.Fatal(err)
			}
			open(t, ctx, chartURL(address, c.chartID, "BINANCE:BTCUSDT", "1D"))
			browser.WaitFor(t, ctx, isRested)
			area := areaOf(t, ctx)
			boxes := browser.Eval[[][]float64](t, ctx, `[...document.querySelectorAll(".chart-container")].map((c) => (b => [b.x * devicePixelRatio, b.y * devicePixelRatio])(c.getBoundingClientRect()))`)
			picture := client(t, ctx)
			keep(t, "padded-"+c.chartID, picture)
			img := decode(t, picture)
			if got := img.Bounds().Size().Sub(area.Size()); near(got.X, c.size.X) > 1 || near(got.Y, c.size.Y) > 1 {
				t.Errorf("the picture is %v larger than the charts, want %v", got, c.size)
			}
			panes := browser.Eval[[]pane](t, ctx, canvases)
			if len(panes) < len(c.charts) {
				t.Errorf("%d panes were found in %d charts", len(panes), len(c.charts))
			}
			for _, p := range panes {
				if c.ratio > 1 && p.Y > 0 {
					continue // the lower pane may begin at half a pixel of the page
				}
				shown := decode(t, dataURL(t, p.PNG))
				at := c.charts[p.Chart].Add(image.Pt(int(boxes[p.Chart][0]+p.X)-area.Min.X, int(boxes[p.Chart][1]+p.Y)-area.Min.Y))
				if c.turned {
					at.X += area.Dx() - shown.Bounds().Dx()
				}
				if share := agreement(img, shown, at); share < .9 {
					t.Errorf("chart %d at %v: %.3f of what is drawn agree", p.Chart, at, share)
				}
				for _, off := range []image.Point{{1, 0}, {-10, -10}} {
					if share := agreement(img, shown, at.Add(off)); share > .8 {
						t.Errorf("chart %d at %v and %v: %.3f of what is drawn agree", p.Chart, at, off, share)
					}
				}
			}
		})
	}
}

func near(a, b int) int { return max(a-b, b-a) }

// areaOf returns the rectangle that holds all charts, in pixels of the screen.
func areaOf(t *testing.T, ctx context.Context) image.Rectangle {
	t.Helper()
	box := browser.Eval[[]float64](t, ctx, `(() => {
		const boxes = [...document.querySelectorAll(".chart-container")].map((c) => c.getBoundingClientRect());
		return [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top)),
			Math.max(...boxes.map((b) => b.right)), Math.max(...boxes.map((b) => b.bottom))].map((n) => n * devicePixelRatio);
	})()`)
	return image.Rect(int(box[0]), int(box[1]), int(box[2]), int(box[3]))
}

// agreement returns the share of a canvas's drawn pixels that a picture has in the same place.
func agreement(picture, canvas *image.NRGBA, at image.Point) float64 {
	ground := map[[4]byte]int{}
	size := canvas.Bounds().Size()
	for y := 0; y < size.Y; y += 5 {
		for line, x := row(canvas, y), 0; x < len(line); x += 4 * 5 {
			ground[[4]byte(line[x:])]++
		}
	}
	var most [4]byte
	for c, n := range ground {
		if n > ground[most] {
			most = c
		}
	}
	drawn, same := 0, 0
	for y := range size.Y {
		for line, x := row(canvas, y), 0; x < size.X; x++ {
			c := [4]byte(line[4*x:])
			if c == most {
				continue
			}
			drawn++
			if p := at.Add(image.Pt(x, y)); p.In(picture.Rect) && [4]byte(picture.Pix[picture.PixOffset(p.X, p.Y):]) == c {
				same++
			}
		}
	}
	return float64(same) / float64(max(drawn, 1))
}

func TestARestingPointerLiesOverTheViewportAlone(t *testing.T) {
	t.Parallel()
	site, address := serve(t)
	chromium := browser.Start(t)
	for _, chartID := range []string{"good", "toolbarsoff", "arabic"} {
		t.Run(chartID, func(t *testing.T) {
			t.Parallel()
			ctx := tab(t, chromium, address, chartsite.NewSession("quinn"))
			open(t, ctx, chartURL(address, chartID, "BINANCE:BTCUSDT", "15"))
			browser.WaitFor(t, ctx, isRested)
			picture := shown(t, ctx)
			keep(t, "pointer-"+chartID, picture)
			if got := fmt.Sprint(flaws(t, site, picture)); got != "[covered whole]" {
				t.Errorf("under the resting pointer the viewport shows %s", got)
			}
			if _, err := site.Shown(decode(t, client(t, ctx))); err != nil {
				t.Errorf("the page's own picture: %v", err)
			}
			// Beyond the page's edge the pointer covers nothing.
			if _, err := chromedp.Run(ctx, chromedp.MouseEvent(chromedp.MouseMoved, -1, -1)); err != nil {
				t.Fatal(err)
			}
			browser.WaitFor(t, ctx, pointerAway)
			browser.Eval[any](t, ctx, twoFrames)
			if _, err := site.Shown(decode(t, shown(t, ctx))); err != nil {
				t.Errorf("without the pointer: %v", err)
			}
		})
	}
}

func TestAChartWithoutDataIsPaintedInManyColoursAndItsLoadersComeLate(t *testing.T) {
	t.Parallel()
	_, address := serve(t)
	ctx := tab(t, browser.Start(t), address, chartsite.NewSession("rita"))
	open(t, ctx, chartURL(address, "slow60000", "BINANCE:BTCUSDT", "15"))
	browser.WaitFor(t, ctx, colours+`.some((n) => n > 1)`)
	browser.WaitFor(t, ctx, colours+`.every((n) => n > 2 && n < 10)`)
	keep(t, "no-data", shown(t, ctx))
	if !browser.Eval[bool](t, ctx, `!`+dataReady+` && `+statuses+` === "loading (2)" && /∅/.test(document.querySelector(".legend").innerText)`) {
		t.Error("the page says that it has data")
	}
	browser.WaitFor(t, ctx, loaders+` > 1`)
	open(t, ctx, chartURL(address, "noapioffquiet60000", "BINANCE:BTCUSDT", "15"))
	browser.WaitFor(t, ctx, `performance.now() > 1000 && `+colours+`.every((n) => n > 2 && n < 10)`)
	if n := browser.Eval[int](t, ctx, loaders); n != 0 {
		t.Errorf("%d loaders are shown, want none yet", n)
	}
}
