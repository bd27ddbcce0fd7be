package tradingview

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// inspectScript runs with page.js and picture.js; see inspection.
//
//go:embed inspect.js
var inspectScript string

// Inspection reports which of the names that chart pages are read by a page has. It holds no secret, and
// of the page's texts only what its charts and elements are called.
type Inspection struct {
	Host           string           `json:"host"`
	ReadyState     string           `json:"ready_state"`
	Language       string           `json:"language"`
	Direction      string           `json:"direction"` // "rtl", "ltr" or ""
	UserAgent      string           `json:"user_agent"`
	Width          int              `json:"width"` // of the viewport, CSS pixels
	Height         int              `json:"height"`
	PixelRatio     float64          `json:"pixel_ratio"` // device pixels a CSS pixel
	Names          map[string]Found `json:"names"`       // by their paths, such as "legend.series"
	API            APIFacts         `json:"api"`
	Legends        LegendFacts      `json:"legends"`
	Charts         []Box            `json:"charts"`
	CoveringCharts []string         `json:"over"` // elements of no chart, by their tags and attributes
	Picture        PictureFound     `json:"picture"`
}

// Box is a place on the page, in CSS pixels.
type Box struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Found says how many elements of the page, or methods of its API, a name matches.
type Found struct {
	Count   int  `json:"count"`
	Visible int  `json:"visible"`           // 0 for the API
	Refused bool `json:"refused,omitempty"` // the browser does not accept it as a selector
}

// PictureFound compares the page's own picture with its canvases.
type PictureFound struct {
	Refused  string        `json:"refused"` // why there is none; "" if there is one
	Width    int           `json:"width"`   // pixels
	Height   int           `json:"height"`
	TookMS   int           `json:"took_ms"`
	Canvases []CanvasFound `json:"canvases"` // one of each pile of canvases that holds a drawing
}

// CanvasFound says where a canvas is in the page's own picture. DX and DY are its distance in pixels from
// its place in the layout. Agreement is the share of its drawn pixels that are equal in the picture.
type CanvasFound struct {
	Width     int     `json:"width"` // pixels
	Height    int     `json:"height"`
	DX        int     `json:"dx"`
	DY        int     `json:"dy"`
	Agreement float64 `json:"agreement"` // 0 to 1
}

// optionalNames may be absent from a good page: dialogs, loaders, and what only some users, charts or
// versions of the page have.
var optionalNames = []string{
	"page.signed_out", "page.authenticated", "page.active_chart", "page.loaders", "page.overlaps", "page.tooltips", "page.captcha",
	"toolbar.interval", // users without favourite intervals have none
	"legend.study", "legend.loading", "legend.problem", "any_dialog", "dialogs.",
	"api.active_chart_value", "api.studies_ready", "api.symbol_info", // other ways to what is known without them
	"api.study_status", // needs a study
}

// Missing returns the names that a chart page should have and this one lacks, sorted. On a page without
// the API that includes every name that begins with "api.".
func (i Inspection) Missing() []string {
	missing := []string{}
	for _, name := range slices.Sorted(maps.Keys(i.Names)) {
		optional := slices.ContainsFunc(optionalNames, func(o string) bool {
			return name == o || strings.HasSuffix(o, ".") && strings.HasPrefix(name, o)
		})
		if !optional && i.Names[name].Count == 0 {
			missing = append(missing, name)
		}
	}
	return missing
}

// Inspect looks at the page as it is now. It may be called after a capture, or without one.
func (v *Visit) Inspect(ctx context.Context) (Inspection, error) {
	selectors, err := json.Marshal(v.site.names.selectors())
	if err != nil {
		return Inspection{}, fmt.Errorf("write the selectors: %w", err)
	}
	var found Inspection
	if err := v.page.Eval(ctx, v.script.inspection(string(selectors)), &found); err != nil {
		return Inspection{}, fmt.Errorf("look at the page: %w", err)
	}
	found.bound()
	return found, nil
}

// inspection returns the JavaScript expression whose value is an Inspection. selectors is JSON.
func (s script) inspection(selectors string) string {
	return "(async (names, channel, selectors) => {\n" + pageScript + pictureScript + inspectScript +
		"\nreturn inspect();\n})(" + s.names + `, "` + s.channel + `", ` + selectors + ")"
}

// maxListed bounds every list of an inspection.
const maxListed = 50

// bound clips what the page says; see Evidence.bound.
func (i *Inspection) bound() {
	for _, text := range []*string{
		&i.Host, &i.ReadyState, &i.Language, &i.Direction, &i.UserAgent, &i.Picture.Refused, &i.API.Symbol, &i.API.Interval, &i.API.Exchange,
	} {
		*text = bounded(*text)
	}
	i.Charts = i.Charts[:min(len(i.Charts), maxListed)]
	i.Picture.Canvases = i.Picture.Canvases[:min(len(i.Picture.Canvases), maxListed)]
	i.API.Statuses = i.API.Statuses[:min(len(i.API.Statuses), maxListed)]
	i.CoveringCharts = i.CoveringCharts[:min(len(i.CoveringCharts), maxListed)]
	for k, name := range i.CoveringCharts {
		i.CoveringCharts[k] = bounded(name)
	}
}
