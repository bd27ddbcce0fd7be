package tradingview_test

import (
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
)

// Whichever picture is used has to show one good drawing of the chart that was asked for.
func TestThePagesOwnPictureIsUsedOnlyIfItShowsTheChart(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	room := make(chan struct{}, 4)
	for _, c := range []struct {
		scenario, source string
		told             string // why the page's own picture was not used
	}{
		{"AbC12345", atalaya.SourceClient, ""},
		{"cjk", atalaya.SourceClient, ""},
		{"ticking", atalaya.SourceClient, ""},
		{"several", atalaya.SourceClient, ""},
		{"nonames", atalaya.SourceClient, ""},
		{"noapi", atalaya.SourceViewport, "offers none"},
		{"noshot", atalaya.SourceViewport, "not a function"},
		{"throwshot", atalaya.SourceViewport, "the screenshot failed"},
		{"nevershot", atalaya.SourceViewport, "does not come"},
		{"nullshot", atalaya.SourceViewport, "no canvas"},
		{"tinyshot", atalaya.SourceViewport, "40x30"},
		{"emptyshot", atalaya.SourceViewport, "something else"},
		{"wrongshot", atalaya.SourceViewport, "something else"},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			room <- struct{}{}
			defer func() { <-room }()
			var log steps
			picture, err := rig.site(long).Capture(t.Context(), atalaya.CaptureRequest{
				ChartID: c.scenario, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60",
				Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
			}, log.add)
			if err != nil {
				t.Fatalf("%v%s", err, log.String())
			}
			if draw := rig.drawnFor(t, picture); draw.Symbol != "BINANCE:BTCUSDT" || draw.Flaw != "" {
				t.Errorf("the picture shows %s, flaw %q", draw.Symbol, draw.Flaw)
			}
			if picture.Source != c.source || !strings.Contains(log.String(), c.told) {
				t.Errorf("source %q, want %q and %q%s", picture.Source, c.source, c.told, log.String())
			}
		})
	}
}
