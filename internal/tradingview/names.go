package tradingview

import (
	_ "embed"
	"encoding/json"
)

// namesFile holds every selector and page-side name that this package relies on. TradingView renames some
// now and then, so it holds two generations: data-name of 2025 and data-qa-id of 2026.
//
//go:embed names.json
var namesFile []byte

// Names are the selectors and page-side names by which a chart page is read. Its JSON form is that of
// names.json. Selectors are CSS; texts are regular expressions of JavaScript that ignore case.
type Names struct {
	Page    PageNames    `json:"page"`
	Toolbar ToolbarNames `json:"toolbar"`
	Legend  LegendNames  `json:"legend"`
	// Dialogs are the selectors of what may lie over a chart, by the names that Evidence.Dialogs uses.
	Dialogs map[string]string `json:"dialogs"`
	// KeptDialogs names the dialogs that are never hidden, because they say why there is no chart.
	KeptDialogs []string `json:"kept_dialogs"`
	// AnyDialog selects dialogs without a name in Dialogs, such as promotions and surveys.
	AnyDialog string    `json:"any_dialog"`
	Texts     TextNames `json:"texts"`
	API       APINames  `json:"api"`
}

// PageNames are the page's own elements.
type PageNames struct {
	Authenticated  string `json:"authenticated"`   // class of <html> while someone is signed in
	SignedOut      string `json:"signed_out"`      // class of <html> while nobody is
	Chart          string `json:"chart"`           // selects a chart of the layout
	ActiveChart    string `json:"active_chart"`    // matches the one of them that the toolbar is about
	Canvases       string `json:"canvases"`        // selects what charts are drawn on
	LabelledCanvas string `json:"labelled_canvas"` // within a chart: its aria-label names EXCHANGE:SYMBOL
	Loaders        string `json:"loaders"`
	Overlaps       string `json:"overlaps"` // the parent of menus and dialogs, which come and go
	Tooltips       string `json:"tooltips"` // the parent of tooltips
	Captcha        string `json:"captcha"`  // of a page without a chart
}

// ToolbarNames are parts of the toolbar. It speaks of the active chart.
type ToolbarNames struct {
	Symbol   string `json:"symbol"`   // its text is the ticker
	Interval string `json:"interval"` // its attribute data-value is the interval
}

// LegendNames are parts of a chart's legend. All but Series and Study stand within one of those.
type LegendNames struct {
	Series   string `json:"series"` // the row of the chart's own symbol
	Study    string `json:"study"`  // the row of a study or a compared symbol
	Title    string `json:"title"`  // description or ticker, as the user has set it
	Interval string `json:"interval"`
	Exchange string `json:"exchange"`
	Value    string `json:"value"`   // one of open, high, low, close …
	Loading  string `json:"loading"` // matches a row whose data load
	Problem  string `json:"problem"` // says that a row is in error
}

// TextNames match the texts that a page shows in place of a chart, or over it.
type TextNames struct {
	Refusal  string `json:"refusal"`   // the layout is not shared
	NoSymbol string `json:"no_symbol"` // there is no such symbol
	NoData   string `json:"no_data"`   // there are no bars
}

// APINames name the page's own API: a global object, its methods, and those of charts, series and studies.
// The API is undocumented, and any of it may be missing.
type APINames struct {
	Root string `json:"root"` // the global object

	ActiveChart      string `json:"active_chart"`
	ActiveChartValue string `json:"active_chart_value"` // a property whose value() is the active chart too
	Chart            string `json:"chart"`              // by its index
	ChartsCount      string `json:"charts_count"`
	SeriesStatuses   string `json:"series_statuses"` // such as "realtime (3)", for every chart
	StudiesPending   string `json:"studies_pending"` // the code of studies is still on its way
	StudiesReady     string `json:"studies_ready"`
	Screenshot       string `json:"screenshot"` // returns a promise of a canvas

	Symbol       string `json:"symbol"`      // these are a chart's
	SymbolInfo   string `json:"symbol_info"` // its exchange is written as in the legend
	Resolution   string `json:"resolution"`
	DataReady    string `json:"data_ready"`
	Series       string `json:"series"`
	Studies      string `json:"studies"` // a list of {id}
	Study        string `json:"study"`   // by its id
	VisibleRange string `json:"visible_range"`
	TimeScale    string `json:"time_scale"`

	Loading     string `json:"loading"`      // of a series or a study
	StudyStatus string `json:"study_status"` // of a study: its type is a number
	RightOffset string `json:"right_offset"` // of a time scale: bars between the last one and the edge
}

// DefaultNames returns the names of names.json.
func DefaultNames() Names {
	var names Names
	if err := json.Unmarshal(namesFile, &names); err != nil {
		panic("names.json: " + err.Error()) // a test reads it
	}
	return names
}
