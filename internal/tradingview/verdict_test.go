package tradingview_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/tradingview"
)

func TestAPageIsReadyOnlyWhenItShowsAllThatWasAsked(t *testing.T) {
	t.Parallel()
	good := tradingview.Evidence{
		Status: 200, ReadyState: "complete", Authenticated: true, Chart: true, Canvases: 8,
		Painted: true, API: true, DataReady: true, Symbol: "BINANCE:BTCUSDT", Interval: "60",
		Language: "en", LegendSymbol: "BTCUSDT", LegendInterval: "1h", LegendExchange: "BINANCE",
	}
	asked := atalaya.CaptureRequest{
		ChartID: "AbC", Exchange: "BINANCE", Symbol: "BTCUSDT", Interval: "60", Session: session(),
	}
	type evidence = tradingview.Evidence
	type request = atalaya.CaptureRequest
	for name, c := range map[string]struct {
		see     func(*evidence)
		ask     func(*request)
		outlook tradingview.Outlook
		code    atalaya.CaptureCode
		step    string
	}{
		"all is well":                                   {outlook: tradingview.Ready, step: "verdict"},
		"nothing asked but the chart":                   {ask: func(r *request) { r.Symbol, r.Exchange, r.Interval = "", "", "" }, outlook: tradingview.Ready, step: "verdict"},
		"signed out and nobody asked in":                {see: func(e *evidence) { e.Authenticated, e.SignedOut = false, true }, ask: func(r *request) { r.Session = atalaya.TVSession{} }, outlook: tradingview.Ready, step: "verdict"},
		"interactive is enough":                         {see: func(e *evidence) { e.ReadyState = "interactive" }, outlook: tradingview.Ready, step: "verdict"},
		"not found":                                     {see: func(e *evidence) { e.Status = 404 }, outlook: tradingview.Over, code: atalaya.CaptureChartNotFound, step: "navigate"},
		"gone":                                          {see: func(e *evidence) { e.Status = 410 }, outlook: tradingview.Over, code: atalaya.CaptureChartNotFound, step: "navigate"},
		"site down":                                     {see: func(e *evidence) { e.Status = 503 }, outlook: tradingview.Over, code: atalaya.CaptureSiteError, step: "navigate"},
		"forbidden":                                     {see: func(e *evidence) { e.Status, e.SignedOut, e.Authenticated = 403, true, false }, outlook: tradingview.Over, code: atalaya.CaptureBlocked, step: "navigate"},
		"still arriving, signed out":                    {see: func(e *evidence) { e.ReadyState, e.SignedOut, e.Authenticated = "loading", true, false }, outlook: tradingview.Waiting, code: atalaya.CaptureNavigationTimeout, step: "navigate"},
		"signed out":                                    {see: func(e *evidence) { e.Authenticated, e.SignedOut = false, true }, outlook: tradingview.Over, code: atalaya.CaptureSessionExpired, step: "sign-in"},
		"no word of signing in":                         {see: func(e *evidence) { e.Authenticated = false }, outlook: tradingview.Waiting, code: atalaya.CaptureSiteError, step: "sign-in"},
		"no chart":                                      {see: func(e *evidence) { e.Chart = false }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"loading":                                       {see: func(e *evidence) { e.Loaders = 1 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"loading the wrong symbol":                      {see: func(e *evidence) { e.Loaders, e.Symbol = 1, "BINANCE:ETHUSDT" }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"no data":                                       {see: func(e *evidence) { e.DataReady = false }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"blank":                                         {see: func(e *evidence) { e.Painted = false }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"a dialog":                                      {see: func(e *evidence) { e.Dialogs = []string{"sign-in"} }, outlook: tradingview.Wrong, code: atalaya.CaptureDialogOpen, step: "dialog"},
		"a bigger plan":                                 {see: func(e *evidence) { e.Dialogs = []string{"go-pro"} }, outlook: tradingview.Over, code: atalaya.CapturePlanLimit, step: "dialog"},
		"too many requests":                             {see: func(e *evidence) { e.Status = 429 }, outlook: tradingview.Over, code: atalaya.CaptureRateLimited, step: "navigate"},
		"a captcha, signed out":                         {see: func(e *evidence) { e.Notice, e.SignedOut, e.Authenticated = "captcha", true, false }, outlook: tradingview.Over, code: atalaya.CaptureBlocked, step: "navigate"},
		"a private layout":                              {see: func(e *evidence) { e.Notice, e.Chart = "private", false }, outlook: tradingview.Over, code: atalaya.CaptureChartPrivate, step: "navigate"},
		"no such symbol":                                {see: func(e *evidence) { e.Notice = "no-symbol" }, outlook: tradingview.Over, code: atalaya.CaptureSymbolNotFound, step: "symbol"},
		"an API ahead of the toolbar":                   {see: func(e *evidence) { e.Toolbar = "ETHUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"an API ahead of the legend's interval":         {see: func(e *evidence) { e.LegendInterval = "1D" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"the same where no interval was asked":          {see: func(e *evidence) { e.LegendInterval = "1D" }, ask: func(r *request) { r.Interval = "" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"an API ahead of the legend's exchange":         {see: func(e *evidence) { e.LegendExchange = "KRAKEN" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"the same of a symbol that names it":            {see: func(e *evidence) { e.LegendExchange = "KRAKEN" }, ask: func(r *request) { r.Exchange, r.Symbol = "", "BINANCE:BTCUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"an exchange that nobody asked for":             {see: func(e *evidence) { e.LegendExchange = "KRAKEN" }, ask: func(r *request) { r.Exchange = "" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend without interval and exchange":        {see: func(e *evidence) { e.LegendInterval, e.LegendExchange = "", "" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend in words of its own":                  {see: func(e *evidence) { e.LegendInterval, e.LegendExchange = "one hour", "Cboe One" }, outlook: tradingview.Ready, step: "verdict"},
		"an exchange's name in the legend":              {see: func(e *evidence) { e.LegendExchange = "Binance" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend's longer name":                        {see: func(e *evidence) { e.Symbol, e.LegendExchange = "FX:BTCUSDT", "FXCM" }, ask: func(r *request) { r.Exchange = "FX" }, outlook: tradingview.Ready, step: "verdict"},
		"an exchange's part":                            {see: func(e *evidence) { e.Symbol, e.LegendExchange = "FX_IDC:BTCUSDT", "ICE" }, ask: func(r *request) { r.Exchange = "FX_IDC" }, outlook: tradingview.Ready, step: "verdict"},
		"delayed data":                                  {see: func(e *evidence) { e.Symbol, e.LegendExchange = "NASDAQ_DL:BTCUSDT", "NASDAQ" }, ask: func(r *request) { r.Exchange = "NASDAQ_DLY" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend's letters in another language":        {see: func(e *evidence) { e.Language, e.LegendInterval = "tr", "1s" }, outlook: tradingview.Ready, step: "verdict"},
		"other minutes in another language":             {see: func(e *evidence) { e.Language, e.LegendInterval = "tr", "15" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"an interval of the API's that is none of ours": {see: func(e *evidence) { e.Interval = "100R" }, ask: func(r *request) { r.Interval = "" }, outlook: tradingview.Ready, step: "verdict"},
		"another symbol":                                {see: func(e *evidence) { e.Symbol = "BINANCE:ETHUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"another exchange":                              {see: func(e *evidence) { e.Symbol = "KRAKEN:BTCUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"no symbol":                                     {see: func(e *evidence) { e.Symbol = "" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"another interval":                              {see: func(e *evidence) { e.Interval = "1D" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
	} {
		e, r := good, asked
		if c.see != nil {
			c.see(&e)
		}
		if c.ask != nil {
			c.ask(&r)
		}
		got := tradingview.Judge(e, r)
		if got.Outlook != c.outlook || got.Code != c.code || got.Step != c.step {
			t.Errorf("%s: %+v, want outlook %d, code %q at %q", name, got, c.outlook, c.code, c.step)
		}
	}
}
