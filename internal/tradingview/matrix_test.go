package tradingview_test

import (
	"bytes"
	"errors"
	"image/png"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/chartsite"
)

// TestEveryScenarioOfTheChartSiteEndsAsItsNameSays holds the outcome of each, and of each picture
// that it shows one drawing of the chart asked for, without a flaw and with nothing over it.
func TestEveryScenarioOfTheChartSiteEndsAsItsNameSays(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	rig.warm(t)
	room := make(chan struct{}, 8) // pages at once: more of them only wait for the processor
	for _, c := range []struct {
		scenario string
		timeout  time.Duration
		code     atalaya.CaptureCode // "" a picture
	}{
		{"late", long, ""},
		{"stale", long, ""},
		{"wrongthenright", long, ""},
		{"latehalf", long, ""},
		{"blankthengood", long, ""},
		{"toast", long, ""},
		{"cookiebanner", long, ""},
		{"alertfired", long, ""},
		{"reconnect", long, ""},
		{"several", long, ""},
		{"alertbox", long, ""},
		{"ticking", long, ""},
		{"cjk", long, ""},
		{"national", long, ""},
		{"noapi", long, ""},
		{"apiahead", long, atalaya.CaptureWrongSymbol},
		{"half", short, atalaya.CaptureNotPainted},
		{"overlay", short, atalaya.CaptureNotPainted},
		{"loading", short, atalaya.CaptureNotPainted},
		{"animating", short, atalaya.CaptureNotPainted},
		{"freeze", short, atalaya.CaptureNotPainted},
		{"dialog", long, atalaya.CaptureDialogOpen},
		{"stuckdialog", long, atalaya.CaptureDialogOpen},
		{"gopro", long, atalaya.CapturePlanLimit},
		{"private", long, atalaya.CaptureChartPrivate},
		{"nosymbol", long, atalaya.CaptureSymbolNotFound},
		{"captcha", long, atalaya.CaptureBlocked},
		{"captcha403", long, atalaya.CaptureBlocked},
		{"forbidden403", long, atalaya.CaptureBlocked},
		{"toomany429", long, atalaya.CaptureRateLimited},
		{"reset", long, atalaya.CaptureSiteError},
		{"redirectloop", long, atalaya.CaptureSiteError},
		{"nationalaway", long, atalaya.CaptureSiteError},
		{"huge", long, atalaya.CaptureTooLarge},
		{"crash", long, atalaya.CaptureBrowserCrashed},
		{"error500", long, atalaya.CaptureSiteError},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			room <- struct{}{}
			defer func() { <-room }()
			var log steps
			picture, err := rig.site(c.timeout).Capture(t.Context(), atalaya.CaptureRequest{
				ChartID: c.scenario, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60",
				Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
			}, log.add)
			if c.code != "" {
				var failure *atalaya.CaptureError
				if c.code == atalaya.CaptureRateLimited && (!errors.As(err, &failure) || failure.RetryAfter != 90*time.Second ||
					failure.Evidence == nil || !bytes.Contains(failure.Evidence.Seen, []byte(`"status":429`))) {
					t.Errorf("%+v, want a rest of 90 s, and what was seen", failure)
				}
				if c.code == atalaya.CaptureDialogOpen {
					if !errors.As(err, &failure) || failure.Evidence == nil || len(failure.Evidence.Thumbnail) > 60_000 {
						t.Fatalf("%v: no evidence, or too much", err)
					}
					if small, err := png.Decode(bytes.NewReader(failure.Evidence.Thumbnail)); err != nil || small.Bounds().Dx() != 320 {
						t.Errorf("the thumbnail: %v", err)
					}
				}
				if err == nil || atalaya.CaptureCodeOf(err) != c.code {
					t.Errorf("error %v, want %s%s", err, c.code, log.String())
				}
				return
			}
			if err != nil {
				t.Fatalf("%v%s", err, log.String())
			}
			img, err := png.Decode(bytes.NewReader(picture.PNG))
			if err != nil {
				t.Fatal(err)
			}
			draw, err := rig.chartsite.Shown(img)
			if err != nil || draw.Symbol != "BINANCE:BTCUSDT" || draw.Interval != "60" {
				t.Errorf("the picture shows %s at %s: %v%s", draw.Symbol, draw.Interval, err, log.String())
			}
		})
	}
}
