package tradingview_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
)

func TestEveryPictureOfABurstShowsWhatWasAskedForIt(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	ana := chartsite.NewSession("ana")
	visit, err := rig.site(long).Open(t.Context(), atalaya.CaptureRequest{Session: ana, Resolution: atalaya.Res720p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer visit.Close()
	drawn := map[uint32]bool{}
	for i, symbol := range []string{"BTCUSDT", "BTCUSDT", "ETHUSDT", "SOLUSDT", "BTCUSDT"} {
		var log steps
		picture, err := visit.Capture(t.Context(), atalaya.CaptureRequest{
			ChartID: "AbC12345", Exchange: "BINANCE", Symbol: symbol, Interval: "60", Resolution: atalaya.Res720p, Session: ana,
		}, log.add)
		if err != nil {
			t.Fatalf("%d: %v%s", i, err, log.String())
		}
		draw := rig.drawnFor(t, picture)
		if draw.Symbol != "BINANCE:"+symbol || picture.Symbol != draw.Symbol {
			t.Errorf("%d: shows %s, says %s, want %s", i, draw.Symbol, picture.Symbol, symbol)
		}
		if drawn[draw.ID] {
			t.Errorf("%d: the picture is that of an earlier capture", i)
		}
		drawn[draw.ID] = true
	}
}

func TestAVisitServesItsOwnSessionAloneAndNoMoreAfterAFailure(t *testing.T) {
	t.Parallel()
	rig := newRig(t)
	ana := chartsite.NewSession("ana")
	visit, err := rig.site(short).Open(t.Context(), atalaya.CaptureRequest{Session: ana, Resolution: atalaya.Res720p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer visit.Close()
	good := atalaya.CaptureRequest{ChartID: "AbC12345", Resolution: atalaya.Res720p, Session: ana}
	for name, spoil := range map[string]func(*atalaya.CaptureRequest){
		"another user":       func(r *atalaya.CaptureRequest) { r.Session = chartsite.NewSession("ben") },
		"nobody":             func(r *atalaya.CaptureRequest) { r.Session = atalaya.TVSession{} },
		"another resolution": func(r *atalaya.CaptureRequest) { r.Resolution = atalaya.Res4K },
	} {
		req := good
		spoil(&req)
		if visit.CanTake(req) {
			t.Errorf("CanTake is true for %s", name)
		}
		if _, err := visit.Capture(t.Context(), req, nil); err == nil {
			t.Errorf("%s got a picture", name)
		}
	}
	if !visit.CanTake(good) {
		t.Error("CanTake is false for its own user")
	}
	bad := good
	bad.ChartID = "notfound1"
	if _, err := visit.Capture(t.Context(), bad, nil); atalaya.CaptureCodeOf(err) != atalaya.CaptureChartNotFound {
		t.Errorf("no such chart: %v", err)
	}
	if !visit.Spent() || visit.CanTake(good) {
		t.Error("a visit goes on after a failure")
	}
}
