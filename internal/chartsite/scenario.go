package chartsite

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Scenario is one way the page behaves. A chart id that begins with a scenario's ID, in any case,
// meets it, so ids can go on to tell charts apart ("wrongsymbolA7"); the longest ID wins. So does a
// session made from the seed "<ID>-anything", on every chart. Every other chart id is a good chart.
type Scenario struct {
	ID    string
	About string // one line, for the home page

	Public  bool          // the layout is shared: people who are not signed in see it too
	Dead    bool          // whatever the cookies, the session has ended
	Delay   time.Duration // before the data come; digits after the ID are milliseconds instead
	Instead func(view) view
	Faults  []string                                        // what the page's script does wrong; chart.js reads them
	Answer  func(*Site, http.ResponseWriter, *http.Request) // answers instead of the chart page
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

// Scenarios lists every scenario, the good one first. To add one, add it here; if its page does
// something new, name that in Faults and teach it to assets/chart.js.
func Scenarios() []Scenario {
	return []Scenario{
		{ID: goodScenario, About: "The chart asked for. Who is not signed in is told that the layout is private."},
		{ID: "public", About: "A layout that is shared with everyone, signed in or not.", Public: true},
		{ID: "slow", About: "Data come after 2 s, or after as many milliseconds as the id goes on with: slow500.", Delay: 2 * time.Second},
		{ID: "expired", About: "The session has ended, whatever the cookies: the page is signed out.", Dead: true},
		{ID: "notfound", About: "No such layout: 404.", Answer: (*Site).layoutNotFound},
		{ID: "wrongsymbol", About: "The chart shows another symbol than the one asked for.", Instead: otherSymbol},
		{ID: "wronginterval", About: "The chart shows another interval than the one asked for.", Instead: otherInterval},
		{ID: "nosymbol", About: "The symbol does not exist, whichever it is. So do all that begin with NOSUCH, on every chart.", Instead: noSymbol},
		{ID: "blank", About: "The page says that all is well, but the canvas stays empty.", Faults: []string{"blank"}},
		{ID: "loading", About: "The loader turns for ever: no data come.", Faults: []string{"loading"}},
		{ID: "error500", About: "The site answers 500.", Answer: (*Site).serverError},
		{ID: "hang", About: "The navigation hangs: no answer comes.", Answer: (*Site).hang},
		{ID: "dialog", About: "A sign-in dialog lies over the chart.", Faults: []string{"sign-in-dialog"}},
		{ID: "crash", About: "The page takes its browser tab down.", Faults: []string{"crash"}},
		{ID: "noapi", About: "There is no window.TradingViewApi.", Faults: []string{"no-api"}},
		{ID: "noshot", About: "window.TradingViewApi has no takeClientScreenshot.", Faults: []string{"no-screenshot"}},
		{ID: "throwshot", About: "takeClientScreenshot fails.", Faults: []string{"screenshot-throws"}},
	}
}

func knownScenario(id string) bool {
	for _, sc := range Scenarios() {
		if sc.ID == id {
			return true
		}
	}
	return false
}

// scenarioFor finds the scenario of a request: its session's, else its chart's.
func (s *Site) scenarioFor(chartID string, v visitor) Scenario {
	if v.session.ID != "" && v.session.ID[0] == scenarioMark {
		for _, sc := range s.scenarios {
			if strings.HasPrefix(v.session.ID, scenarioSessionMark(sc.ID)) {
				return sc
			}
		}
	}
	chart := strings.ToLower(chartID)
	found, length := s.scenarios[0], 0
	for _, sc := range s.scenarios {
		if strings.HasPrefix(chart, sc.ID) && len(sc.ID) > length {
			found, length = sc, len(sc.ID)
		}
	}
	if found.Delay > 0 {
		if ms, err := strconv.ParseUint(chart[length:], 10, 31); err == nil {
			found.Delay = min(time.Duration(ms)*time.Millisecond, maxDelay)
		}
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

func otherSymbol(asked view) view {
	other := "BINANCE:ETHUSDT"
	if asked.Instrument.Name() == other {
		other = "BINANCE:SOLUSDT"
	}
	asked.Instrument = findInstrument(other)
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
