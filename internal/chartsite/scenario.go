package chartsite

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scenario is one way in which the chart page behaves. It applies to charts whose id begins with its ID in
// any case, such as "wrongsymbolA7"; the longest matching ID counts. It also applies to every chart for a
// session made from the seed "<ID>-anything", and to charts set by SetScenario. Every other chart is good.
type Scenario struct {
	ID    string
	About string // one line, for the home page

	Public           bool // the layout is shared: people who are not signed in see it too
	Private          bool // the layout is somebody else's: nobody sees it
	SessionEnded     bool // the session has ended, whatever the cookies
	SessionEndsLater bool // the session has ended from its second visit on, on every chart

	Look Look

	// Digits after the ID are milliseconds, which take the place of Delay or else of Repaint.
	Delay        time.Duration   // before the data come
	ShowsInstead func(view) view // returns what the chart shows when asked for a view; nil shows that
	First        *firstFrame     // painted before the chart that stays
	Repaint      time.Duration   // how long the first frame stands
	Flaw         Flaw            // what is wrong with the chart that stays
	Tick         time.Duration   // between two live prices; 0 is the usual
	Title        string          // stands in the legend, beside the symbol
	Failure      string          // a name of words.js and the series' status: no candles come, and the chart says so

	Covers    []string                                        // what lies over the chart; covers.js makes them
	Faults    []string                                        // what the page's script does wrong; chart.js reads them
	Unguarded bool                                            // the page has no content security policy
	Padding   int                                             // bytes that come after the page
	Answer    func(*Site, http.ResponseWriter, *http.Request) // answers instead of the chart page
}

// Look is how a good page looks, which depends on the site's version, its language and its user. The zero
// value is a page of 2026 in English, with one chart and TradingView's default legend.
type Look struct {
	Names        string `json:"names"`         // of the page's elements: "" data-qa-id, as of 2026; "2025" data-name
	Language     string `json:"language"`      // of words.js; "" is English
	Legend       string `json:"legend"`        // "" whole, "collapsed" without its studies, "bare" without prices, "off" not there
	Title        string `json:"title"`         // of the legend: "" the description, "ticker", "both", "long"
	LongExchange bool   `json:"long_exchange"` // in the legend, instead of its code
	Layout       string `json:"layout"`        // of layout.js: "" one chart, "pair", "stack", "three", "four"
	ToolbarsOff  bool   `json:"toolbars_off"`  // the charts fill the viewport
	Panels       bool   `json:"panels"`        // what traders open: trading panel, sidebar, order buttons, news
}

// firstFrame is what a chart shows first, most often something wrong, until it is painted over.
type firstFrame struct {
	Shows func(asked view) view // nil shows what is drawn in the end
	Flaw  Flaw
}

// view is what a chart shows.
type view struct {
	Instrument instrument
	Interval   interval
}

// The scenario of every chart id and session that asks for no other.
const goodScenario = "good"

// maxDelay bounds the delay that a chart id can ask for.
const maxDelay = time.Minute

func knownScenario(id string) bool {
	for _, sc := range Scenarios() {
		if sc.ID == id {
			return true
		}
	}
	return false
}

// scenarioFor finds the scenario of a request: the one that a test has set for the chart, else its
// session's, else the one that the chart's id names.
func (s *Site) scenarioFor(chartID string, v visitor) Scenario {
	if set, ok := s.chosen.get(chartID); ok {
		return s.scenarioNamed(set)
	}
	if v.session.ID != "" && v.session.ID[0] == scenarioMark {
		for _, sc := range s.scenarios {
			if strings.HasPrefix(v.session.ID, scenarioSessionMark(sc.ID)) {
				return sc
			}
		}
	}
	return s.scenarioNamed(chartID)
}

// scenarioNamed returns the scenario whose ID a chart id begins with, with the milliseconds that may
// follow. It returns the good one if there is none.
func (s *Site) scenarioNamed(chartID string) Scenario {
	chart := strings.ToLower(chartID)
	found, length := s.scenarios[0], 0
	for _, sc := range s.scenarios {
		if strings.HasPrefix(chart, sc.ID) && len(sc.ID) > length {
			found, length = sc, len(sc.ID)
		}
	}
	ms, err := strconv.ParseUint(chart[length:], 10, 31)
	if err != nil {
		return found
	}
	asked := min(time.Duration(ms)*time.Millisecond, maxDelay)
	switch {
	case found.Delay > 0:
		found.Delay = asked
	case found.Repaint > 0:
		found.Repaint = asked
	}
	return found
}

// shows returns what the chart shows to someone who asks for a view.
func (sc Scenario) shows(asked view) view {
	if sc.ShowsInstead == nil {
		return asked
	}
	return sc.ShowsInstead(asked)
}

// saved returns what the page claims to show until its data are there.
func (sc Scenario) saved(asked view) view {
	if sc.First != nil && sc.First.Shows != nil {
		return sc.First.Shows(asked)
	}
	return sc.shows(asked)
}

func asAsked(asked view) view { return asked }

func otherSymbol(asked view) view {
	other := "BINANCE:ETHUSDT"
	if asked.Instrument.Name() == other {
		other = "BINANCE:SOLUSDT"
	}
	asked.Instrument = findInstrument(other)
	return asked
}

func otherExchange(asked view) view {
	other := "KRAKEN"
	if asked.Instrument.Exchange == other {
		other = "BITSTAMP"
	}
	asked.Instrument = findInstrument(other + ":" + asked.Instrument.Symbol)
	return asked
}

func otherInterval(asked view) view {
	code := "1D"
	if asked.Interval.Code == code {
		code = "60"
	}
	asked.Interval, _ = parseInterval(code)
	return asked
}

func noSymbol(asked view) view {
	asked.Instrument.Unknown = true
	return asked
}
