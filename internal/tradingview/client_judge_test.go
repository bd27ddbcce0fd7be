package tradingview

import (
	"testing"

	"atalaya"
)

func TestThePagesPicturesMustShowTheSameChartAtRest(t *testing.T) {
	t.Parallel()
	good := Evidence{
		Status: 200, ReadyState: "complete", Authenticated: true, Charts: 1, Canvases: 8, Painted: true,
		API: APIFacts{Present: true, Charts: 1, Told: 1, Ready: 1, StudiesTold: 1, Symbol: "BINANCE:BTCUSDT", Interval: "60"},
	}
	for name, c := range map[string]struct {
		spoil func(*clientCheck)
		ready bool
	}{
		"two equal ones":                  {func(*clientCheck) {}, true},
		"a live price between":            {func(s *clientCheck) { s.Own.Changed = 2000 }, true},
		"an indicator between":            {func(s *clientCheck) { s.Own.Changed = 6000 }, false},
		"the page moves, its picture not": {func(s *clientCheck) { s.Visibly.Changed = 300 }, false},
		"nothing shown was compared":      {func(s *clientCheck) { s.Visibly.Pixels = 0 }, false},
		"no number of changes":            {func(s *clientCheck) { s.Own.Changed = -1 }, false},
		"a loader between":                {func(s *clientCheck) { s.Seen.Loaders = 1 }, true},
		"a study that loads between":      {func(s *clientCheck) { s.Seen.API.StudiesLoading = 1 }, false},
		"a dialog between":                {func(s *clientCheck) { s.Seen.Dialogs = []string{"other"} }, false},
		"signed out between":              {func(s *clientCheck) { s.Seen.SignedOut, s.Seen.Authenticated = true, false }, false},
		"another symbol between":          {func(s *clientCheck) { s.Seen.API.Symbol = "BINANCE:ETHUSDT" }, false},
		"another symbol after":            {func(s *clientCheck) { s.After.Symbol = "BINANCE:ETHUSDT" }, false},
		"another label after":             {func(s *clientCheck) { s.After.LabelSymbol = "BINANCE:ETHUSDT" }, false},
		"another interval after":          {func(s *clientCheck) { s.After.Interval = "1D" }, false},
		"nothing said between and after":  {func(s *clientCheck) { s.Seen, s.After.Symbol, s.After.Interval = Evidence{}, "", "" }, false},
	} {
		check := clientCheck{Seen: good, Own: change{Pixels: 1_000_000}, Visibly: change{Pixels: 50_000}}
		check.After.Symbol, check.After.Interval = good.API.Symbol, good.API.Interval
		c.spoil(&check)
		req := atalaya.CaptureRequest{Session: atalaya.TVSession{ID: "x", Sign: "y"}, Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60"}
		if v := check.judge(good, req); (v.Outlook == Ready) != c.ready {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
