package tradingview_test

import (
	"slices"
	"testing"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/tradingview"
)

// sightingOf captures a chart of the double and returns the capture's Sighting.
func sightingOf(t *testing.T, r rig, names *tradingview.Names) tradingview.Sighting {
	t.Helper()
	seen := make(chan tradingview.Sighting, 1)
	site := tradingview.New(tradingview.Options{
		Base: r.base, Timeout: long, OpenPage: r.openPage, Names: names, Sighted: func(s tradingview.Sighting) { seen <- s },
	})
	if _, err := site.Capture(t.Context(), atalaya.CaptureRequest{
		ChartID: "Zk4Tq9Lm", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60", Resolution: atalaya.Res720p, Session: chartsite.NewSession("ana"),
	}, nil); err != nil {
		t.Fatal(err)
	}
	select {
	case s := <-seen:
		return s
	default:
		t.Fatal("the capture reported no sighting")
		return tradingview.Sighting{}
	}
}

func TestACaptureReportsHowWellThePageIsRead(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	good := sightingOf(t, r, nil)
	if good.Source != atalaya.SourceClient || good.Refused != "" || len(good.Missing) != 0 || good.Account == 0 {
		t.Errorf("the sighting of a good page is %+v", good)
	}
	names := tradingview.DefaultNames()
	names.API.Screenshot, names.Legend.Title = "renamed", ".renamed"
	renamed := sightingOf(t, r, &names)
	if renamed.Source != atalaya.SourceViewport || renamed.Refused == "" || !slices.Equal(renamed.Missing, []string{"legend.title"}) {
		t.Errorf("the sighting of a page with renamed parts is %+v", renamed)
	}
	if renamed.Account != good.Account {
		t.Error("one session counts as two accounts")
	}
}
