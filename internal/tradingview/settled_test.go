package tradingview

import (
	"testing"

	"atalaya"
)

func TestThePagesPicturesMustShowTheSameChartAtRest(t *testing.T) {
	t.Parallel()
	good := Evidence{
		Status: 200, ReadyState: "complete", Authenticated: true, Chart: true, Canvases: 8,
		Painted: true, API: true, DataReady: true, Symbol: "BINANCE:BTCUSDT", Interval: "60",
	}
	for name, c := range map[string]struct {
		spoil func(*clientShot)
		ready bool
	}{
		"two equal ones":                 {func(*clientShot) {}, true},
		"a live price between":           {func(s *clientShot) { s.Changed = 2000 }, true},
		"an indicator between":           {func(s *clientShot) { s.Changed = 6000 }, false},
		"no number of changes":           {func(s *clientShot) { s.Changed = -1 }, false},
		"a loader between":               {func(s *clientShot) { s.Seen.Loaders = 1 }, false},
		"a dialog between":               {func(s *clientShot) { s.Seen.Dialogs = []string{"other"} }, false},
		"signed out between":             {func(s *clientShot) { s.Seen.SignedOut, s.Seen.Authenticated = true, false }, false},
		"another symbol between":         {func(s *clientShot) { s.Seen.Symbol = "BINANCE:ETHUSDT" }, false},
		"another symbol after":           {func(s *clientShot) { s.Symbol = "BINANCE:ETHUSDT" }, false},
		"another interval after":         {func(s *clientShot) { s.Interval = "1D" }, false},
		"nothing said between and after": {func(s *clientShot) { s.Seen, s.Symbol, s.Interval = Evidence{}, "", "" }, false},
	} {
		shot := clientShot{Seen: good, Pixels: 1_000_000, Symbol: good.Symbol, Interval: good.Interval}
		c.spoil(&shot)
		req := atalaya.CaptureRequest{Session: atalaya.TVSession{ID: "x", Sign: "y"}, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60"}
		if v := shot.judge(good, req); (v.Outlook == Ready) != c.ready {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
