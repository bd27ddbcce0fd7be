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
)

// chartAnswer is what the chart page's script is given to draw.
type chartAnswer struct {
	frame
	First   *frame    `json:"first,omitempty"` // drawn before that
	FirstMS int64     `json:"first_ms"`        // for so long
	Cover   *ribbonJS `json:"cover,omitempty"` // what lies over the chart carries this
}

// frame is one painting of a chart.
type frame struct {
	Draw        Draw     `json:"draw"`
	Symbol      string   `json:"symbol"` // EXCHANGE:SYMBOL
	Ticker      string   `json:"ticker"`
	Exchange    string   `json:"exchange"`
	Description string   `json:"description"`
	Title       string   `json:"title"` // beside the symbol in the legend; most charts have none
	Interval    string   `json:"interval"`
	Short       string   `json:"short_interval"`
	Decimals    int      `json:"decimals"`
	Bars        []bar    `json:"bars"`
	Ribbon      ribbonJS `json:"ribbon"`
}

// ribbonJS is a ribbon ready to be painted: the colour of each block, from left to right.
type ribbonJS struct {
	Block  int      `json:"block"` // pixels, both ways
	Colors []string `json:"colors"`
}

// chartData answers with the candles of a chart, and puts the drawing on record: this answer, and
// nothing else, is what the page then draws.
func (s *Site) chartData(w http.ResponseWriter, r *http.Request) {
	chartID := r.URL.Query().Get("chart_id")
	who := s.visitor(r)
	sc := s.scenarioFor(chartID, who)
	signedIn := who.signedIn && !sc.Dead
	if chartID != "" && (!validChartID(chartID) || sc.Private || !signedIn && !sc.Public) {
		http.Error(w, "this layout is not yours to see", http.StatusForbidden)
		return
	}
	if sc.Delay > 0 && !s.wait(r, sc.Delay) {
		return
	}
	asked := askedView(r)
	shown := sc.shows(asked)
	if shown.Instrument.Unknown {
		http.Error(w, "there is no such symbol", http.StatusNotFound)
		return
	}
	record := func(v view, flaw Flaw) Draw {
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
	}
	var answer chartAnswer
	if sc.First != nil {
		former := shown
		if sc.First.Shows != nil {
			former = sc.First.Shows(asked)
		}
		first := newFrame(former, sc.Title, record(former, sc.First.Flaw))
		answer.First, answer.FirstMS = &first, sc.Repaint.Milliseconds()
	}
	answer.frame = newFrame(shown, sc.Title, record(shown, sc.Flaw))
	if len(sc.Covers) > 0 {
		ribbon := paintedRibbon(record(shown, FlawCovered).ID)
		answer.Cover = &ribbon
	}
	writeJSON(w, answer)
}

func newFrame(v view, title string, draw Draw) frame {
	return frame{
		Draw:        draw,
		Symbol:      v.Instrument.Name(),
		Ticker:      v.Instrument.Symbol,
		Exchange:    v.Instrument.Exchange,
		Description: v.Instrument.Description,
		Title:       title,
		Interval:    v.Interval.Code,
		Short:       v.Interval.Short(),
		Decimals:    v.Instrument.Decimals,
		Bars:        newWalk(v).bars(barCount, time.Now()),
		Ribbon:      paintedRibbon(draw.ID),
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
	_ = rc.SetWriteDeadline(time.Time{}) // where the server has one it is meant for answers that end
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
