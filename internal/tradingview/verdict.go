package tradingview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"atalaya"
)

// Outlook says what a look at the page means for the capture.
type Outlook int

// The outlooks.
const (
	Waiting Outlook = iota // still loading: look again
	Ready                  // it shows what was asked for: take the picture
	Wrong                  // it shows something else, or failed: final once it has lasted for Verdict.Patience
)

const (
	// wrongPatience is how long a finished chart may show something else. Layouts first paint the symbol
	// that they were saved with.
	wrongPatience = 3 * time.Second
	// invalidPatience is how long a symbol may be called invalid while the chart changes to another one.
	invalidPatience = 500 * time.Millisecond
	// emptyPatience is how long a chart may say that it has no data, or that they failed. A feed that lost
	// its connection connects again.
	emptyPatience = 3 * time.Second
)

// Verdict is the result of Judge. Unless the outlook is Ready, Code, Step and Detail are those of the
// CaptureError with which the capture fails if nothing changes.
type Verdict struct {
	Outlook  Outlook
	Code     atalaya.CaptureCode
	Step     string
	Detail   string
	Patience time.Duration // of Wrong; 0 means until the second look
}

// Judge returns whether the page shows what was asked for. It depends only on its arguments. The most
// certain facts come first: what the site says about the request, then who is signed in, then whether the
// chart is complete. Only for a complete chart it judges whether that is the right one.
func Judge(e Evidence, req atalaya.CaptureRequest) Verdict {
	for _, judge := range []func(Evidence, atalaya.CaptureRequest) (Verdict, bool){
		judgeStatus, judgeSignIn, judgeNotice, judgeSeries, judgeData, judgeChart, judgeSymbol, judgeInterval,
	} {
		if v, decided := judge(e, req); decided {
			return v
		}
	}
	return Verdict{Outlook: Ready, Step: "verdict", Detail: "the page shows what was asked"}
}

func waiting(code atalaya.CaptureCode, step, detail string) (Verdict, bool) {
	return Verdict{Outlook: Waiting, Code: code, Step: step, Detail: detail}, true
}

func over(code atalaya.CaptureCode, step, detail string) (Verdict, bool) {
	return Verdict{Outlook: Wrong, Code: code, Step: step, Detail: detail}, true
}

func wrong(patience time.Duration, code atalaya.CaptureCode, step, detail string) (Verdict, bool) {
	return Verdict{Outlook: Wrong, Code: code, Step: step, Detail: detail, Patience: patience}, true
}

func judgeStatus(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	switch {
	case e.Status == 404 || e.Status == 410:
		return over(atalaya.CaptureChartNotFound, "navigate", fmt.Sprintf("there is no such chart layout (HTTP %d)", e.Status))
	case e.Status == 403:
		return over(atalaya.CaptureBlocked, "navigate", "the site refuses us (HTTP 403)")
	case e.Status == 429:
		return over(atalaya.CaptureRateLimited, "navigate", "too many requests (HTTP 429)")
	case e.Notice == "captcha":
		return over(atalaya.CaptureBlocked, "navigate", "the site asks for a proof of being human")
	case e.Status >= 400:
		return over(atalaya.CaptureSiteError, "navigate", fmt.Sprintf("the site answered HTTP %d", e.Status))
	case e.ReadyState == "loading" || e.ReadyState == "":
		return waiting(atalaya.CaptureNavigationTimeout, "navigate", "the page is still arriving")
	}
	return Verdict{}, false
}

func judgeSignIn(e Evidence, req atalaya.CaptureRequest) (Verdict, bool) {
	switch {
	case req.Session.IsZero() || e.Authenticated:
		return Verdict{}, false
	case e.SignedOut:
		return over(atalaya.CaptureSessionExpired, "sign-in", "the page is signed out although cookies were given")
	}
	return waiting(atalaya.CaptureSiteError, "sign-in", "the page does not say whether anyone is signed in")
}

func judgeNotice(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	switch {
	case e.Notice == "private":
		return over(atalaya.CaptureChartPrivate, "navigate", "the layout is not shared with who is signed in, if anyone")
	case e.Notice == "no-symbol":
		return wrong(invalidPatience, atalaya.CaptureSymbolNotFound, "symbol", "the page says that the site has no such symbol")
	case slices.Contains(e.Dialogs, "go-pro"):
		return over(atalaya.CapturePlanLimit, "dialog", "the site asks for a bigger plan")
	case e.Charts == 0:
		return waiting(atalaya.CaptureNotPainted, "painted", fmt.Sprintf("there is no chart on the page %q", e.Title))
	}
	return Verdict{}, false
}

// judgeSeries judges by the statuses of the series in the API, which no language changes. A chart without
// data says that its series is fine, but never that its data are there.
func judgeSeries(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	api := e.API
	atWork := api.Loading > 0 || api.any(statusConnecting, statusResolving, statusLoading)
	switch {
	case api.any(statusInvalid):
		return wrong(invalidPatience, atalaya.CaptureSymbolNotFound, "symbol", "the site has no symbol that a chart of the layout asks for")
	case api.any(statusNoBars, statusUnsupported):
		return wrong(emptyPatience, atalaya.CaptureNoData, "data", fmt.Sprintf("a series has no bars (statuses %v)", api.Statuses))
	case api.any(statusError, statusCalculationError):
		return wrong(emptyPatience, atalaya.CaptureSiteError, "data", fmt.Sprintf("a series is in error (statuses %v)", api.Statuses))
	case e.Notice == "no-data" && api.Ready < max(1, api.Told):
		return wrong(emptyPatience, atalaya.CaptureNoData, "data", "the page says that there are no data")
	case e.tellsOfData() && api.Ready < api.Told && len(api.Statuses) >= api.Told && !atWork:
		return wrong(emptyPatience, atalaya.CaptureNoData, "data", "the series is well, but its data do not come")
	}
	return Verdict{}, false
}

// judgeData judges whether candles and studies are there. It goes by the API if that answers for every
// chart, and otherwise by what is visible. Numbers in the legends prove that data are there; the absence
// of a loader proves nothing.
func judgeData(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	var detail string
	switch {
	case e.tellsOfData() && e.API.Ready < e.API.Told:
		detail = fmt.Sprintf("%d of %d charts have no data yet", e.API.Told-e.API.Ready, e.API.Told)
	case e.tellsOfData() && e.API.Loading > 0:
		detail = fmt.Sprintf("the series of %d charts still load", e.API.Loading)
	case e.Veils > 0, !e.tellsOfData() && e.Loaders > 0:
		detail = "the chart is still loading"
	case !e.tellsOfData() && e.Legends.Valued < e.Charts:
		detail = fmt.Sprintf("%d of %d charts show no numbers in their legend, and nothing else tells that there are candles", e.Charts-e.Legends.Valued, e.Charts)
	case e.tellsOfStudies() && (e.API.StudiesLoading > 0 || e.API.StudiesPending):
		detail = fmt.Sprintf("%d studies still load", e.API.StudiesLoading)
	case !e.tellsOfStudies() && e.Legends.Loading > 0:
		detail = fmt.Sprintf("%d rows of the legends still load", e.Legends.Loading)
	default:
		return Verdict{}, false
	}
	return waiting(atalaya.CaptureNotPainted, "data", detail)
}

func judgeChart(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	failed := max(e.API.StudiesFailed, e.Legends.FailedStudies) // such a study's pane stays empty
	switch {
	case !e.Painted || e.EmptyPanes > failed:
		return waiting(atalaya.CaptureNotPainted, "painted", fmt.Sprintf("%d panes have nothing painted, on %d canvases in all", e.EmptyPanes, e.Canvases))
	case len(e.Dialogs) > 0:
		return wrong(wrongPatience, atalaya.CaptureDialogOpen, "dialog", "a dialog lies over the chart: "+strings.Join(e.Dialogs, ", "))
	}
	return Verdict{}, false
}

// judgeSymbol judges whether everything that names the chart's symbol agrees, and names the one asked for.
// Descriptions do not count.
func judgeSymbol(e Evidence, req atalaya.CaptureRequest) (Verdict, bool) {
	symbol := e.symbol(req)
	asked, _ := splitSymbol(fullSymbol(req.Exchange, req.Symbol))
	var detail string
	switch {
	case e.LabelSymbol != "" && !SameSymbol("", e.LabelSymbol, symbol):
		detail = fmt.Sprintf("the page's API says %q, the label of its chart %q", symbol, e.LabelSymbol)
	case isTicker(e.ToolbarSymbol) && isTicker(symbol) && !SameSymbol("", e.ToolbarSymbol, symbol):
		detail = fmt.Sprintf("the page says %q, its toolbar %q", symbol, e.ToolbarSymbol)
	case req.Symbol != "" && symbol == "":
		detail = "nothing on the page names the chart's symbol"
	case req.Symbol != "" && !SameSymbol(req.Exchange, req.Symbol, symbol):
		detail = fmt.Sprintf("the chart shows %q, not %q", symbol, fullSymbol(req.Exchange, req.Symbol))
	case e.LabelSymbol == "" && !strings.EqualFold(e.API.Exchange, e.LegendExchange) && otherExchange(asked, e.LegendExchange):
		detail = fmt.Sprintf("the page says %q, its legend the exchange %q", symbol, e.LegendExchange)
	default:
		return Verdict{}, false
	}
	return wrong(wrongPatience, atalaya.CaptureWrongSymbol, "symbol", detail)
}

// judgeInterval does the same for the interval. It ignores texts that it does not understand, unless there
// is nothing else.
func judgeInterval(e Evidence, req atalaya.CaptureRequest) (Verdict, bool) {
	shown := e.interval()
	var detail string
	for _, said := range e.intervals() {
		if said.interval != "" && said.interval != shown {
			detail = fmt.Sprintf("the page says %q, its %s %q", shown, said.by, said.text)
		}
	}
	if detail == "" && req.Interval != "" && !SameInterval(req.Interval, shown) {
		detail = fmt.Sprintf("the chart shows interval %q, not %q", shown, req.Interval)
	}
	if detail == "" {
		return Verdict{}, false
	}
	return wrong(wrongPatience, atalaya.CaptureWrongInterval, "interval", detail)
}
