package tradingview_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/tradingview"
)

// inspected captures a chart of the double and returns an inspection of the page afterwards.
func inspected(t *testing.T, r rig, chart string, names *tradingview.Names) tradingview.Inspection {
	t.Helper()
	site := tradingview.New(tradingview.Options{Base: r.base, Timeout: long, OpenPage: r.openPage, Names: names})
	req := atalaya.CaptureRequest{ChartID: chart, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60", Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana")}
	visit, err := site.Open(t.Context(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer visit.Close()
	if _, err := visit.Capture(t.Context(), req, nil); err != nil {
		t.Logf("the capture failed: %v", err)
	}
	found, err := visit.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAnInspectionFindsEveryNameAndThePlaceOfThePicture(t *testing.T) {
	t.Parallel()
	found := inspected(t, newRig(t), "Zk4Tq9Lm", nil)
	if missing := found.Missing(); len(missing) > 0 {
		t.Errorf("missing on a good page: %v", missing)
	}
	if len(found.Charts) != 1 || found.API.Symbol != "BINANCE:BTCUSDT" || found.API.Ready != 1 {
		t.Errorf("the charts are %+v, and the API says %+v", found.Charts, found.API)
	}
	if found.Picture.Refused != "" || len(found.Picture.Canvases) == 0 {
		t.Fatalf("the page's own picture is %+v", found.Picture)
	}
	for _, canvas := range found.Picture.Canvases {
		if canvas.Agreement < 0.9 || canvas.DX != 10 || canvas.DY != 10 {
			t.Errorf("the canvas %+v does not stand at 10,10", canvas)
		}
	}
}

func TestAnInspectionListsTheNamesThatAreMissing(t *testing.T) {
	t.Parallel()
	names := tradingview.DefaultNames()
	names.Legend.Series, names.API.Screenshot, names.Page.Loaders = ".renamed", "renamedScreenshot", ".also-renamed"
	found := inspected(t, newRig(t), "Zk4Tq9Lm", &names)
	missing := found.Missing()
	for _, name := range []string{"legend.series", "api.screenshot"} {
		if !slices.Contains(missing, name) {
			t.Errorf("%s is not missing: %v", name, missing)
		}
	}
	if slices.Contains(missing, "page.loaders") {
		t.Error("loaders are missing, although a finished chart has none")
	}
}

func TestAnInspectionHoldsNoSecret(t *testing.T) {
	t.Parallel()
	found := inspected(t, newRig(t), "Zk4Tq9Lm", nil)
	text, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{chartsite.NewSession("ana").ID, chartsite.NewSession("ana").Sign} {
		if strings.Contains(string(text), secret) {
			t.Error("the inspection holds a cookie")
		}
	}
}
