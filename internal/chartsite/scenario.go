package chartsite

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scenario is one way the page behaves. A chart id that begins with a scenario's ID, in any case,
// meets it, so ids can go on to tell charts apart ("wrongsymbolA7"); the longest ID wins. So does a
// session made from the seed "<ID>-anything", on every chart, and any chart id that a test has given
// to SetScenario. Every other chart id is a good chart.
type Scenario struct {
	ID    string
	About string // one line, for the home page

	// Whom the page lets in.
	Public  bool // the layout is shared: people who are not signed in see it too
	Private bool // the layout is another one's: nobody who asks sees it
	Dead    bool // whatever the cookies, the session has ended
	Dies    bool // the session's second visit finds that it has ended, for good

	// What is drawn, and when. Digits after the ID are milliseconds instead of Delay or Repaint.
	Delay   time.Duration   // before the data come
	Instead func(view) view // what the chart shows in place of what was asked
	First   *firstFrame     // what is painted before that
	Repaint time.Duration   // how long the first frame stands
	Flaw    Flaw            // what is wrong with the picture in the end
	Tick    time.Duration   // between two live prices; 0 is the usual
	Title   string          // stands in the legend, beside the symbol

	// What else happens.
	Covers    []string                                        // what lies over the chart; covers.js makes them
	Faults    []string                                        // what the page's script does wrong; chart.js reads them
	Unguarded bool                                            // the page has no content security policy
	Padding   int                                             // bytes that come after the page
	Answer    func(*Site, http.ResponseWriter, *http.Request) // answers instead of the chart page
}

// firstFrame is a painting that is painted over, most often because it is wrong.
type firstFrame struct {
	Shows func(asked view) view // nil: what is drawn in the end
	Flaw  Flaw
}

// view is what a chart shows.
type view struct {
	Instrument instrument
	Interval   interval
}

// The scenario of every chart id and session that asks for no other.
const goodScenario = "good"

// maxDelay bounds what a chart id can ask for.
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

// scenarioNamed finds the scenario that a chart id begins with, with the milliseconds it goes on
// with; the good one where it begins with none.
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

// shows gives what the chart shows to someone who asks for a view.
func (sc Scenario) shows(asked view) view {
	if sc.Instead == nil {
		return asked
	}
	return sc.Instead(asked)
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
