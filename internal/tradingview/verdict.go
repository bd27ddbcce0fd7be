package tradingview

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"atalaya"
)

// pageScript is a JavaScript function of what is wanted of the page, "evidence" or "picture", and of the
// names by which it is read.
//
//go:embed evidence.js
var pageScript string

// wanted returns the expression that gives what is wanted of the page.
func (s *Site) wanted(what string) string {
	return "(" + strings.TrimSpace(pageScript) + ")(\"" + what + "\", " + s.names + ")"
}

// Evidence is what one look at the page found. Nothing in it is secret, and nothing in it was
// decided: Judge does that.
//
// What the page says of itself is at most 200 characters, each; see bound.
type Evidence struct {
	Status int `json:"status"` // HTTP status of the document, from the browser

	ReadyState    string   `json:"ready_state"` // document.readyState
	Host          string   `json:"host"`        // of the page, after redirects
	Title         string   `json:"title"`
	Language      string   `json:"language"`      // of the page, as it says; "" unknown
	Authenticated bool     `json:"authenticated"` // the page says that someone is signed in
	SignedOut     bool     `json:"signed_out"`    // the page says that nobody is
	Width         int      `json:"width"`         // of the viewport, CSS pixels
	Height        int      `json:"height"`
	Chart         bool     `json:"chart"`    // there is a chart area
	Loaders       int      `json:"loaders"`  // visible, over the chart area
	Dialogs       []string `json:"dialogs"`  // visible, by our names: go-pro, sign-in …; other for those we have no name for
	Notice        string   `json:"notice"`   // what the page says instead: captcha, private, no-symbol
	Canvases      int      `json:"canvases"` // visible, of the chart
	Painted       bool     `json:"painted"`  // in every pane, one of them holds more than a grid; false while it loads
	API           bool     `json:"api"`      // window.TradingViewApi answered
	DataReady     bool     `json:"data_ready"`
	Toolbar       string   `json:"toolbar"` // the symbol that the toolbar names; "" unknown
	Symbol        string   `json:"symbol"`  // as shown, EXCHANGE:SYMBOL or SYMBOL; "" unknown
	Interval      string   `json:"interval"`
	// What the legend says, which is painted with the chart, where the API may be ahead of it.
	LegendSymbol   string `json:"legend_symbol"`
	LegendInterval string `json:"legend_interval"`
	LegendExchange string `json:"legend_exchange"`
}

// Outlook says what a look at the page means for the capture.
type Outlook int

// The outlooks.
const (
	Waiting Outlook = iota // not yet what was asked, and still on its way
	Ready                  // what was asked: take the picture
	Wrong                  // complete, but not what was asked: it may still repaint, not for long
	Over                   // will not become what was asked
)

// Verdict is what Judge makes of evidence. Unless the outlook is Ready, Code, Step and Detail are
// those of the CaptureError that the capture ends with if nothing changes.
type Verdict struct {
	Outlook Outlook
	Code    atalaya.CaptureCode
	Step    string
	Detail  string
}

// Judge says whether the page shows what was asked. It depends on its arguments alone. The order
// is that of certainty: what the site says about the request, then who is signed in, then what is
// painted, and only of a finished chart whether it is the right one.
func Judge(e Evidence, req atalaya.CaptureRequest) Verdict {
	for _, judge := range []func(Evidence, atalaya.CaptureRequest) (Verdict, bool){
		judgeStatus, judgeSignIn, judgeChart, judgeView, judgeLegend,
	} {
		if v, decided := judge(e, req); decided {
			return v
		}
	}
	return Verdict{Outlook: Ready, Step: "verdict", Detail: "the page shows what was asked"}
}

func judgeStatus(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	switch {
	case e.Status == 404 || e.Status == 410:
		return Verdict{Over, atalaya.CaptureChartNotFound, "navigate",
			fmt.Sprintf("there is no such chart layout (HTTP %d)", e.Status)}, true
	case e.Status == 403:
		return Verdict{Over, atalaya.CaptureBlocked, "navigate", "the site refuses us (HTTP 403)"}, true
	case e.Status == 429:
		return Verdict{Over, atalaya.CaptureRateLimited, "navigate", "too many requests (HTTP 429)"}, true
	case e.Notice == "captcha":
		return Verdict{Over, atalaya.CaptureBlocked, "navigate", "the site asks for a proof of being human"}, true
	case e.Status >= 400:
		return Verdict{Over, atalaya.CaptureSiteError, "navigate",
			fmt.Sprintf("the site answered HTTP %d", e.Status)}, true
	case e.ReadyState == "loading" || e.ReadyState == "":
		return Verdict{Waiting, atalaya.CaptureNavigationTimeout, "navigate", "the page is still arriving"}, true
	}
	return Verdict{}, false
}

func judgeSignIn(e Evidence, req atalaya.CaptureRequest) (Verdict, bool) {
	switch {
	case req.Session.IsZero() || e.Authenticated:
		return Verdict{}, false
	case e.SignedOut:
		return Verdict{Over, atalaya.CaptureSessionExpired, "sign-in",
			"the page is signed out although cookies were given"}, true
	}
	return Verdict{Waiting, atalaya.CaptureSiteError, "sign-in",
		"the page does not say whether anyone is signed in"}, true
}

func judgeChart(e Evidence, _ atalaya.CaptureRequest) (Verdict, bool) {
	var detail string
	switch {
	case e.Notice == "private":
		return Verdict{Over, atalaya.CaptureChartPrivate, "navigate", "the layout is not shared with who is signed in, if anyone"}, true
	case e.Notice == "no-symbol":
		return Verdict{Over, atalaya.CaptureSymbolNotFound, "symbol", "the site has no such symbol"}, true
	case slices.Contains(e.Dialogs, "go-pro"):
		return Verdict{Over, atalaya.CapturePlanLimit, "dialog", "the site asks for a bigger plan"}, true
	case !e.Chart:
		detail = fmt.Sprintf("there is no chart on the page %q", e.Title)
	case e.Loaders > 0:
		detail = "the chart is still loading"
	case !e.DataReady:
		detail = "the chart has no data yet"
	case !e.Painted:
		detail = fmt.Sprintf("nothing is painted on %d canvases", e.Canvases)
	case len(e.Dialogs) > 0:
		return Verdict{Wrong, atalaya.CaptureDialogOpen, "dialog",
			"a dialog lies over the chart: " + strings.Join(e.Dialogs, ", ")}, true
	default:
		return Verdict{}, false
	}
	return Verdict{Waiting, atalaya.CaptureNotPainted, "painted", detail}, true
}

func judgeView(e Evidence, req atalaya.CaptureRequest) (Verdict, bool) {
	switch {
	case e.API && e.Toolbar != "" && !SameSymbol("", e.Symbol, e.Toolbar):
		return Verdict{Wrong, atalaya.CaptureWrongSymbol, "symbol",
			fmt.Sprintf("the page's API says %q, its toolbar %q", e.Symbol, e.Toolbar)}, true
	case req.Symbol != "" && !SameSymbol(req.Exchange, req.Symbol, e.Symbol):
		return Verdict{Wrong, atalaya.CaptureWrongSymbol, "symbol",
			fmt.Sprintf("the chart shows %q, not %q", e.Symbol, fullSymbol(req.Exchange, req.Symbol))}, true
	case req.Interval != "" && !SameInterval(req.Interval, e.Interval):
		return Verdict{Wrong, atalaya.CaptureWrongInterval, "interval",
			fmt.Sprintf("the chart shows interval %q, not %q", e.Interval, req.Interval)}, true
	}
	return Verdict{}, false
}

// judgeLegend holds the legend against what the page's API says. A legend that is absent, or has words
// of its own, decides nothing.
func judgeLegend(e Evidence, req atalaya.CaptureRequest) (Verdict, bool) {
	exchange, _ := splitSymbol(fullSymbol(req.Exchange, req.Symbol))
	said, shown := canonicalInterval(e.Interval), legendInterval(e)
	switch {
	case otherExchange(exchange, e.LegendExchange):
		return Verdict{Wrong, atalaya.CaptureWrongSymbol, "symbol",
			fmt.Sprintf("the page's API says %q, its legend the exchange %q", e.Symbol, e.LegendExchange)}, true
	case said != "" && shown != "" && said != shown:
		return Verdict{Wrong, atalaya.CaptureWrongInterval, "interval",
			fmt.Sprintf("the page's API says %q, its legend %q", e.Interval, e.LegendInterval)}, true
	}
	return Verdict{}, false
}

// legendInterval is the interval that the legend shows, "" where it cannot be told: the letters of
// other languages mean other units (a Turkish 1H is a week, a Spanish 1S too), minutes have none.
func legendInterval(e Evidence) string {
	english := e.Language == "" || strings.HasPrefix(strings.ToLower(e.Language), "en")
	if !english && strings.Trim(e.LegendInterval, "0123456789") != "" {
		return ""
	}
	return canonicalInterval(e.LegendInterval)
}
