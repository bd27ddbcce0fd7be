package tradingview

// Evidence is what one look at the page found. It holds no secret and no judgement: Judge decides what
// it means. Texts of the page have at most 200 characters each; see bound.
type Evidence struct {
	Status int `json:"status"` // HTTP status of the document, from the browser

	ReadyState    string   `json:"ready_state"` // document.readyState
	Host          string   `json:"host"`        // of the page, after redirects
	Title         string   `json:"title"`
	Language      string   `json:"language"`      // that the page states; "" if it states none
	Authenticated bool     `json:"authenticated"` // the page says that someone is signed in
	SignedOut     bool     `json:"signed_out"`    // the page says that nobody is
	Width         int      `json:"width"`         // of the viewport, CSS pixels
	Height        int      `json:"height"`
	Charts        int      `json:"charts"`   // chart areas that can be seen
	Loaders       int      `json:"loaders"`  // visible, over a chart area
	Veils         int      `json:"veils"`    // of those, loaders that cover much of a chart
	Dialogs       []string `json:"dialogs"`  // visible, by our names: go-pro, sign-in …; other if we have no name
	Notice        string   `json:"notice"`   // shown in place of a chart: captcha, private, no-symbol, no-data
	Canvases      int      `json:"canvases"` // visible, of the charts
	Painted       bool     `json:"painted"`  // a pane of every chart holds more than a grid; false while it loads
	EmptyPanes    int      `json:"empty_panes"`
	Pointed       bool     `json:"pointed"` // the pointer lies over the page

	API     APIFacts    `json:"api"`
	Legends LegendFacts `json:"legends"`

	// What names the active chart, apart from the API. Each is "" if it is not visible.
	ToolbarSymbol   string `json:"toolbar_symbol"` // a ticker
	ToolbarInterval string `json:"toolbar_interval"`
	Label           string `json:"label"`         // of its canvas, in the page's language
	LabelSymbol     string `json:"label_symbol"`  // in that: EXCHANGE:SYMBOL
	LegendSymbol    string `json:"legend_symbol"` // a description or a ticker, as the user has set it
	LegendInterval  string `json:"legend_interval"`
	LegendExchange  string `json:"legend_exchange"` // a code or a name
}

// APIFacts are what the page's own API says. Any of it may be missing.
type APIFacts struct {
	Present        bool   `json:"present"`
	Charts         int    `json:"charts"`          // charts of the layout that the API returns
	Told           int    `json:"told"`            // of those, charts that say whether their data are there
	Ready          int    `json:"ready"`           // of those, charts whose data are there
	Loading        int    `json:"loading"`         // charts whose series is loading
	StudiesTold    int    `json:"studies_told"`    // charts whose studies all say whether they are loading
	StudiesLoading int    `json:"studies_loading"` // studies that are loading
	StudiesFailed  int    `json:"studies_failed"`  // studies that are in error
	StudiesPending bool   `json:"studies_pending"` // charts may not know of all their studies yet
	Statuses       []int  `json:"statuses"`        // of the charts' series
	ScrolledBack   int    `json:"scrolled_back"`   // charts whose last bar is out of sight
	Symbol         string `json:"symbol"`          // of the active chart, as all that follows
	Interval       string `json:"interval"`
	Exchange       string `json:"exchange"`   // as the legend writes it
	SeenUntil      int64  `json:"seen_until"` // the time of the right edge, in seconds since 1970; 0 unknown
}

// LegendFacts are what the legends say about their data, apart from the API and in any language.
type LegendFacts struct {
	Valued        int `json:"valued"`         // charts whose own row shows numbers: open, high, low, close
	Loading       int `json:"loading"`        // rows marked as loading, in collapsed legends too
	FailedStudies int `json:"failed_studies"` // studies whose row is marked as failed
}

// The statuses of a series that a verdict depends on.
const (
	statusConnecting       = 0
	statusResolving        = 1
	statusLoading          = 2
	statusInvalid          = 4
	statusDelayed          = 8
	statusDelayedStreaming = 9
	statusNoBars           = 10
	statusError            = 12
	statusCalculationError = 13
	statusUnsupported      = 14 // the interval, of this symbol
)

// any reports whether a series has one of these statuses.
func (f APIFacts) any(statuses ...int) bool {
	for _, status := range f.Statuses {
		for _, one := range statuses {
			if status == one {
				return true
			}
		}
	}
	return false
}

// tellsOfData reports whether the API says for every chart whether its data are there.
func (e Evidence) tellsOfData() bool { return e.API.Told > 0 && e.API.Told >= e.Charts }

// tellsOfStudies reports whether the API says for every study whether it is loading.
func (e Evidence) tellsOfStudies() bool {
	return e.API.StudiesTold > 0 && e.API.StudiesTold >= e.Charts
}
