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
	Waiting Outlook = iota // not yet what was asked, and still on its way
	Ready                  // what was asked: take the picture
	Wrong                  // not what was asked, or over: believed once it has stayed so for the verdict's patience
)

const (
	// wrongPatience is how long a finished chart may show something else: layouts first paint the
	// symbol that they were saved with.
	wrongPatience = 3 * time.Second
	// invalidPatience is how long a series may be said to be invalid while it is changed to another.
	invalidPatience = 500 * time.Millisecond
	// emptyPatience is how long a chart may say that it has no data, or that they failed: feeds that
	// lose their connection make another.
	emptyPatience = 3 * time.Second
)

// Verdict is what Judge makes of evidence. Unless the outlook is Ready, Code, Step and Detail are
// those of the CaptureError that the capture ends with if nothing changes.
type Verdict struct {
	Outlook  Outlook
	Code     atalaya.CaptureCode
	Step     string
	Detail   string
	Patience time.Duration // of Wrong; at 0 it is believed on the second look, since it may end a user's captures
}

// Judge reports whether the page shows what was asked. It depends on its arguments alone. The order
// is that of certainty: what the site says about the request, then who is signed in, then what is
// there, and only of a finished chart whether it is the right one.
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

// judgeSeries goes by what the API says of the series, in no language. A chart without data says that its
// series is well, and never that its data are there.
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

// judgeData reports whether candles and studies are there: by the API's own words if it has some for every
// chart, and else by what can be seen. Then the absence of a loader is no evidence, but numbers in the
// legends are.
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

// judgeSymbol holds all that names the chart's symbol against the rest, and against what was asked. A
// description names none.
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

// judgeInterval does the same for the interval. What is not understood decides nothing, unless it is all
// that there is.
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
