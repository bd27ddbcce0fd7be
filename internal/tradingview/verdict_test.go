package tradingview_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/tradingview"
)

func TestAPageIsReadyOnlyWhenItShowsAllThatWasAsked(t *testing.T) {
	t.Parallel()
	good := tradingview.Evidence{
		Status: 200, ReadyState: "complete", Authenticated: true, Charts: 1, Canvases: 8, Painted: true,
		API: tradingview.APIFacts{
			Present: true, Charts: 1, Told: 1, Ready: 1, StudiesTold: 1, Statuses: []int{3}, Symbol: "BINANCE:BTCUSDT", Interval: "60",
		},
		Legends: tradingview.LegendFacts{Valued: 1}, Language: "en", ToolbarSymbol: "BTCUSDT",
		LegendSymbol: "Bitcoin / TetherUS", LegendInterval: "1h", LegendExchange: "BINANCE",
	}
	labelled := func(e *tradingview.Evidence, symbol, interval string) {
		e.LabelSymbol, e.Label = symbol, "Chart for "+symbol+", "+interval
	}
	withoutAPI := func(change func(*tradingview.Evidence)) func(*tradingview.Evidence) {
		return func(e *tradingview.Evidence) {
			e.API = tradingview.APIFacts{}
			labelled(e, "BINANCE:BTCUSDT", "1 hour")
			if change != nil {
				change(e)
			}
		}
	}
	in := func(language, interval string) func(*tradingview.Evidence) {
		return func(e *tradingview.Evidence) { e.Language, e.LegendInterval = language, interval }
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
		"not found":                                     {see: func(e *evidence) { e.Status = 404 }, outlook: tradingview.Wrong, code: atalaya.CaptureChartNotFound, step: "navigate"},
		"gone":                                          {see: func(e *evidence) { e.Status = 410 }, outlook: tradingview.Wrong, code: atalaya.CaptureChartNotFound, step: "navigate"},
		"site down":                                     {see: func(e *evidence) { e.Status = 503 }, outlook: tradingview.Wrong, code: atalaya.CaptureSiteError, step: "navigate"},
		"forbidden":                                     {see: func(e *evidence) { e.Status, e.SignedOut, e.Authenticated = 403, true, false }, outlook: tradingview.Wrong, code: atalaya.CaptureBlocked, step: "navigate"},
		"still arriving, signed out":                    {see: func(e *evidence) { e.ReadyState, e.SignedOut, e.Authenticated = "loading", true, false }, outlook: tradingview.Waiting, code: atalaya.CaptureNavigationTimeout, step: "navigate"},
		"signed out":                                    {see: func(e *evidence) { e.Authenticated, e.SignedOut = false, true }, outlook: tradingview.Wrong, code: atalaya.CaptureSessionExpired, step: "sign-in"},
		"no word of signing in":                         {see: func(e *evidence) { e.Authenticated = false }, outlook: tradingview.Waiting, code: atalaya.CaptureSiteError, step: "sign-in"},
		"no chart":                                      {see: func(e *evidence) { e.Charts = 0 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"blank":                                         {see: func(e *evidence) { e.Painted = false }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"a dialog":                                      {see: func(e *evidence) { e.Dialogs = []string{"sign-in"} }, outlook: tradingview.Wrong, code: atalaya.CaptureDialogOpen, step: "dialog"},
		"a bigger plan":                                 {see: func(e *evidence) { e.Dialogs = []string{"go-pro"} }, outlook: tradingview.Wrong, code: atalaya.CapturePlanLimit, step: "dialog"},
		"too many requests":                             {see: func(e *evidence) { e.Status = 429 }, outlook: tradingview.Wrong, code: atalaya.CaptureRateLimited, step: "navigate"},
		"a captcha, signed out":                         {see: func(e *evidence) { e.Notice, e.SignedOut, e.Authenticated = "captcha", true, false }, outlook: tradingview.Wrong, code: atalaya.CaptureBlocked, step: "navigate"},
		"a private layout":                              {see: func(e *evidence) { e.Notice, e.Charts = "private", 0 }, outlook: tradingview.Wrong, code: atalaya.CaptureChartPrivate, step: "navigate"},
		"no such symbol":                                {see: func(e *evidence) { e.Notice = "no-symbol" }, outlook: tradingview.Wrong, code: atalaya.CaptureSymbolNotFound, step: "symbol"},
		"an API ahead of the legend's interval":         {see: func(e *evidence) { e.LegendInterval = "1D" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"the same where no interval was asked":          {see: func(e *evidence) { e.LegendInterval = "1D" }, ask: func(r *request) { r.Interval = "" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"an API ahead of the legend's exchange":         {see: func(e *evidence) { e.LegendExchange = "KRAKEN" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"the same of a symbol that names it":            {see: func(e *evidence) { e.LegendExchange = "KRAKEN" }, ask: func(r *request) { r.Exchange, r.Symbol = "", "BINANCE:BTCUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"an exchange that nobody asked for":             {see: func(e *evidence) { e.LegendExchange = "KRAKEN" }, ask: func(r *request) { r.Exchange = "" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend without interval and exchange":        {see: func(e *evidence) { e.LegendInterval, e.LegendExchange = "", "" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend in words of its own":                  {see: func(e *evidence) { e.LegendInterval, e.LegendExchange = "one hour", "Cboe One" }, outlook: tradingview.Ready, step: "verdict"},
		"an exchange's name in the legend":              {see: func(e *evidence) { e.LegendExchange = "Binance" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend's longer name":                        {see: func(e *evidence) { e.ToolbarSymbol, e.API.Symbol, e.LegendExchange = "", "FX:BTCUSDT", "FXCM" }, ask: func(r *request) { r.Exchange = "FX" }, outlook: tradingview.Ready, step: "verdict"},
		"an exchange's part":                            {see: func(e *evidence) { e.ToolbarSymbol, e.API.Symbol, e.LegendExchange = "", "FX_IDC:BTCUSDT", "ICE" }, ask: func(r *request) { r.Exchange = "FX_IDC" }, outlook: tradingview.Ready, step: "verdict"},
		"delayed data":                                  {see: func(e *evidence) { e.ToolbarSymbol, e.API.Symbol, e.LegendExchange = "", "NASDAQ_DL:BTCUSDT", "NASDAQ" }, ask: func(r *request) { r.Exchange = "NASDAQ_DLY" }, outlook: tradingview.Ready, step: "verdict"},
		"a legend's letters in another language":        {see: func(e *evidence) { e.Language, e.LegendInterval = "tr", "1s" }, outlook: tradingview.Ready, step: "verdict"},
		"other minutes in another language":             {see: func(e *evidence) { e.Language, e.LegendInterval = "tr", "15" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"an interval of the API's that is none of ours": {see: func(e *evidence) { e.LegendInterval, e.API.Interval = "", "100R" }, ask: func(r *request) { r.Interval = "" }, outlook: tradingview.Ready, step: "verdict"},
		"a chart of the layout without data": {see: func(e *evidence) {
			e.Charts, e.API.Charts, e.API.Told, e.API.StudiesTold, e.API.Statuses = 2, 2, 2, 2, []int{3, 2}
		}, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"without data, of the wrong symbol":     {see: func(e *evidence) { e.API.Ready, e.API.Loading, e.API.Symbol = 0, 1, "BINANCE:ETHUSDT" }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"a series that loads":                   {see: func(e *evidence) { e.API.Loading = 1 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"a study that loads":                    {see: func(e *evidence) { e.API.StudiesLoading = 1 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"studies that no chart knows of yet":    {see: func(e *evidence) { e.API.StudiesPending = true }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"loaders after all is there":            {see: func(e *evidence) { e.Loaders, e.Legends.Loading = 3, 3 }, outlook: tradingview.Ready, step: "verdict"},
		"an API that is silent about studies":   {see: func(e *evidence) { e.API.StudiesTold, e.Legends.Loading = 0, 1 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"an API of one chart of two":            {see: func(e *evidence) { e.Charts = 2 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"the same with numbers in both legends": {see: func(e *evidence) { e.Charts, e.Legends.Valued = 2, 2 }, outlook: tradingview.Ready, step: "verdict"},
		"an empty pane":                         {see: func(e *evidence) { e.EmptyPanes = 1 }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "painted"},
		"that of a study in error":              {see: func(e *evidence) { e.EmptyPanes, e.API.StudiesFailed = 1, 1 }, outlook: tradingview.Ready, step: "verdict"},
		"an invalid symbol":                     {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, []int{4} }, outlook: tradingview.Wrong, code: atalaya.CaptureSymbolNotFound, step: "symbol"},
		"a series without bars":                 {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, []int{10} }, outlook: tradingview.Wrong, code: atalaya.CaptureNoData, step: "data"},
		"an interval that the symbol has not":   {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, []int{14} }, outlook: tradingview.Wrong, code: atalaya.CaptureNoData, step: "data"},
		"a feed that fails":                     {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, []int{12} }, outlook: tradingview.Wrong, code: atalaya.CaptureSiteError, step: "data"},
		"a series that cannot be computed":      {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, []int{13} }, outlook: tradingview.Wrong, code: atalaya.CaptureSiteError, step: "data"},
		"a series that is well, without data":   {see: func(e *evidence) { e.API.Ready = 0 }, outlook: tradingview.Wrong, code: atalaya.CaptureNoData, step: "data"},
		"the same, on its way":                  {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, []int{2} }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"the same, its status unknown":          {see: func(e *evidence) { e.API.Ready, e.API.Statuses = 0, nil }, outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"a page that says so":                   {see: withoutAPI(func(e *evidence) { e.Notice, e.Legends.Valued = "no-data", 0 }), outlook: tradingview.Wrong, code: atalaya.CaptureNoData, step: "data"},
		"no API":                                {see: withoutAPI(nil), outlook: tradingview.Ready, step: "verdict"},
		"no API, no numbers":                    {see: withoutAPI(func(e *evidence) { e.Legends.Valued = 0 }), outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"no API, a loader":                      {see: withoutAPI(func(e *evidence) { e.Loaders = 1 }), outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"no API, a row that loads":              {see: withoutAPI(func(e *evidence) { e.Legends.Loading = 1 }), outlook: tradingview.Waiting, code: atalaya.CaptureNotPainted, step: "data"},
		"no API, another label":                 {see: withoutAPI(func(e *evidence) { e.ToolbarSymbol = ""; labelled(e, "BINANCE:ETHUSDT", "1 hour") }), outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"no API, a label of another interval":   {see: withoutAPI(func(e *evidence) { e.LegendInterval = ""; labelled(e, "BINANCE:BTCUSDT", "1 day") }), outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"no API, no label":                      {see: withoutAPI(func(e *evidence) { e.LabelSymbol, e.Label = "", "" }), outlook: tradingview.Ready, step: "verdict"},
		"no API, nothing but a description":     {see: withoutAPI(func(e *evidence) { e.LabelSymbol, e.ToolbarSymbol = "", "" }), outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"no API, nothing but a ticker":          {see: withoutAPI(func(e *evidence) { e.LabelSymbol, e.ToolbarSymbol, e.LegendSymbol = "", "", "BTCUSDT" }), outlook: tradingview.Ready, step: "verdict"},
		"no API, a Turkish hour":                {see: withoutAPI(in("tr", "1s")), outlook: tradingview.Ready, step: "verdict"},
		"no API, a Turkish week":                {see: withoutAPI(func(e *evidence) { e.Label = ""; in("tr", "1H")(e) }), outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"no API, words of no known language":    {see: withoutAPI(func(e *evidence) { e.Label = ""; in("xx", "1s")(e) }), outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"an API ahead of the toolbar":           {see: func(e *evidence) { e.ToolbarSymbol = "ETHUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"an API ahead of the label":             {see: func(e *evidence) { labelled(e, "BINANCE:ETHUSDT", "1 hour") }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"an API ahead of the label's interval":  {see: func(e *evidence) { labelled(e, "BINANCE:BTCUSDT", "1 day") }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
		"a toolbar that names a spread":         {see: func(e *evidence) { e.API.Symbol, e.ToolbarSymbol = "BINANCE:BTCUSDT", "BTCUSDT/ETHUSDT" }, outlook: tradingview.Ready, step: "verdict"},
		"another symbol":                        {see: func(e *evidence) { e.ToolbarSymbol, e.API.Symbol = "", "BINANCE:ETHUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"another exchange":                      {see: func(e *evidence) { e.ToolbarSymbol, e.API.Symbol = "", "KRAKEN:BTCUSDT" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"no symbol":                             {see: func(e *evidence) { e.ToolbarSymbol, e.API.Symbol = "", "" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongSymbol, step: "symbol"},
		"another interval":                      {see: func(e *evidence) { e.LegendInterval, e.API.Interval = "", "1D" }, outlook: tradingview.Wrong, code: atalaya.CaptureWrongInterval, step: "interval"},
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
