package chartsite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	barCount = 500                    // bars a chart is given
	tick     = 500 * time.Millisecond // between two live prices, unless the scenario says otherwise
	// studyDelay is how long after the candles the studies come: their values are computed elsewhere.
	studyDelay = 100 * time.Millisecond
)

// chartAnswer is the data that the chart page's script draws.
type chartAnswer struct {
	Frames []frame  `json:"frames"` // of the chart asked for, one after the other; the last one stays
	Others []frame  `json:"others"` // of the layout's other charts, whose drawings are not recorded
	Cover  ribbonJS `json:"cover"`  // the ribbon on whatever lies over the chart
}

// frame is one painting of a chart.
type frame struct {
	names
	Draw     Draw     `json:"draw"`
	StandsMS int64    `json:"stands_ms"` // until the next one
	Title    string   `json:"title"`     // beside the symbol in the legend; most charts have none
	Decimals int      `json:"decimals"`
	Bars     []bar    `json:"bars"` // null if they are those of the frame before
	Ribbon   ribbonJS `json:"ribbon"`
}

// names holds the names that the page may use for what a chart shows.
type names struct {
	Symbol          string `json:"symbol"` // EXCHANGE:SYMBOL
	Ticker          string `json:"ticker"`
	Exchange        string `json:"exchange"`
	LongExchange    string `json:"long_exchange"`
	Description     string `json:"description"`
	LongDescription string `json:"long_description"`
	Interval        string `json:"interval"`
	Resolution      string `json:"resolution"` // as the API says it
	Short           string `json:"short_interval"`
}

func namesOf(v view) names {
	return names{
		Symbol:          v.Instrument.Name(),
		Ticker:          v.Instrument.Symbol,
		Exchange:        v.Instrument.Exchange,
		LongExchange:    v.Instrument.LongExchange(),
		Description:     v.Instrument.Description,
		LongDescription: v.Instrument.LongDescription(),
		Interval:        v.Interval.Code,
		Resolution:      v.Interval.Resolution(),
		Short:           v.Interval.Short(),
	}
}

// ribbonJS is a ribbon ready to be painted: the colour of each block, from left to right.
type ribbonJS struct {
	Block  int      `json:"block"` // pixels, both ways
	Colors []string `json:"colors"`
}

// chartData answers with the candles of a chart and records the drawings: the page draws exactly what this
// answer holds.
func (s *Site) chartData(w http.ResponseWriter, r *http.Request) {
	chartID := r.URL.Query().Get("chart_id")
	who := s.visitor(r)
	sc := s.scenarioFor(chartID, who)
	signedIn := who.signedIn && !sc.SessionEnded
	if chartID != "" && (!validChartID(chartID) || sc.Private || !signedIn && !sc.Public) {
		http.Error(w, "this layout is not yours to see", http.StatusForbidden)
		return
	}
	if sc.Delay > 0 && !s.wait(r, sc.Delay) {
		return
	}
	asked := askedView(r)
	if sc.shows(asked).Instrument.Unknown {
		http.Error(w, "there is no such symbol", http.StatusNotFound)
		return
	}
	writeJSON(w, sc.paintings(asked, func(v view, flaw Flaw) Draw {
		draw := s.draws.add(Draw{
			At:       time.Now().UTC(),
			ChartID:  chartID,
			Symbol:   v.Instrument.Name(),
			Interval: v.Interval.Code,
			Account:  who.account,
			SignedIn: signedIn,
			Scenario: sc.ID,
			Flaw:     flaw,
		})
		s.log.DebugContext(r.Context(), "chart drawn", "draw", draw.ID, "chart_id", draw.ChartID, "symbol", draw.Symbol,
			"interval", draw.Interval, "account", draw.Account, "scenario", draw.Scenario, "flaw", draw.Flaw)
		return draw
	}))
}

// paintings returns everything that the page draws for a requested view, and records each drawing.
func (sc Scenario) paintings(asked view, record func(view, Flaw) Draw) chartAnswer {
	shown := sc.shows(asked)
	answer := chartAnswer{Cover: paintedRibbon(record(shown, FlawCovered).ID), Others: sc.others(shown)}
	paint := func(v view, flaw Flaw, stands time.Duration) {
		f := newFrame(v, sc.Title, record(v, flaw))
		f.StandsMS = stands.Milliseconds()
		answer.Frames = append(answer.Frames, f)
	}
	if sc.First != nil {
		former := shown
		if sc.First.Shows != nil {
			former = sc.First.Shows(asked)
		}
		paint(former, sc.First.Flaw, sc.Repaint)
	}
	// The studies come after the candles, unless a first frame had both. A blank chart gets neither.
	if first := sc.First; sc.Flaw != FlawBlank && (first == nil || first.Shows != nil || first.Flaw == FlawBlank) {
		paint(shown, FlawLate, studyDelay)
	}
	paint(shown, sc.Flaw, 0)
	for i := len(answer.Frames) - 1; i > 0; i-- {
		if now, before := &answer.Frames[i], answer.Frames[i-1]; now.names == before.names {
			now.Bars = nil
		}
	}
	return answer
}

// others returns what the other charts of the layout show.
func (sc Scenario) others(shown view) []frame {
	var others []frame
	for i := range layoutCharts(sc.Look.Layout) - 1 {
		v := shown
		v.Instrument = instruments()[1+i]
		other := newFrame(v, "", Draw{})
		other.Ribbon.Colors = []string{} // the first chart's tells of all
		others = append(others, other)
	}
	return others
}

// layoutCharts is how many charts a layout has.
func layoutCharts(layout string) int {
	switch layout {
	case "pair", "stack":
		return 2
	case "three":
		return 3
	case "four":
		return 4
	}
	return 1
}

func newFrame(v view, title string, draw Draw) frame {
	return frame{
		names:    namesOf(v),
		Draw:     draw,
		Title:    title,
		Decimals: v.Instrument.Decimals,
		Bars:     newWalk(v).bars(barCount, time.Now()),
		Ribbon:   paintedRibbon(draw.ID),
	}
}

func paintedRibbon(drawID uint32) ribbonJS {
	palette := ribbonPalette()
	painted := ribbonJS{Block: ribbonBlock}
	for _, block := range ribbonOf(drawID) {
		c := palette[block]
		painted.Colors = append(painted.Colors, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	return painted
}

// liveData sends the open bar as it moves, for as long as the page is there. As on the real site,
// the connection stays open, so the network is never idle.
func (s *Site) liveData(w http.ResponseWriter, r *http.Request) {
	prices := newWalk(askedView(r))
	every := cmp.Or(s.scenarioFor(r.URL.Query().Get("chart_id"), s.visitor(r)).Tick, tick)
	w.Header().Set("Content-Type", "text/event-stream")
	rc := http.NewResponseController(w)
	_ = rc.SetWriteDeadline(time.Time{}) // the server's deadline is meant for answers that end
	for {
		data, err := json.Marshal(prices.live(time.Now(), every))
		if err != nil {
			s.log.ErrorContext(r.Context(), "live price has no JSON form", "err", err)
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return
		}
		if err := rc.Flush(); err != nil {
			return
		}
		if !s.wait(r, every) {
			return
		}
	}
}
