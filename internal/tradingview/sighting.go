package tradingview

import (
	"hash/maphash"
	"strings"

	"atalaya"
)

// Sighting is what one capture tells of how well the site's page is still read. It names no user, no
// chart and no symbol.
type Sighting struct {
	Account uint64   // tells sessions apart, within this process alone
	Source  string   // of the picture, as atalaya.Picture has it; "" if the page could not be read
	Refused string   // why the picture is not the page's own: one of a few words of ours; "" if it is
	Missing []string // names that the page did not answer to, such as "legend.title"
}

// accountSeed keeps what Sighting.Account says from being compared with anything outside this process.
var accountSeed = maphash.MakeSeed()

// The words of Sighting.Refused.
const (
	refusedNoAPI   = "no_api"  // the page offers no picture
	refusedOther   = "other"   // it shows something else than the page
	refusedForm    = "form"    // it is no canvas, or of no size that a chart has
	refusedLate    = "late"    // it did not come in time
	refusedLearned = "learned" // refused by earlier captures of the page, and not asked for again
	refusedUnknown = "unknown" // for a reason of the page's
)

// refusalWord returns the word for why a page's own picture was refused. It depends on its argument alone,
// which may hold what a page says: metrics get words of ours only.
func refusalWord(reason string) string {
	switch {
	case reason == errNoOffer.Error():
		return refusedNoAPI
	case reason == "it does not come":
		return refusedLate
	case reason == "it shows something else than the page":
		return refusedOther
	case strings.HasPrefix(reason, "it is "), strings.HasPrefix(reason, "it has "), strings.HasPrefix(reason, "read the page's picture"):
		return refusedForm
	}
	return refusedUnknown
}

// sighting returns what a finished capture tells of the site. ok is false if it tells nothing: the site
// refused the request, or something other than the page was at fault.
func (c *capture) sighting(picture atalaya.Picture, err error) (s Sighting, ok bool) {
	if err != nil && !unread(atalaya.CaptureCodeOf(err)) || c.seen == nil {
		return s, false
	}
	s = Sighting{Source: picture.Source, Missing: missingIn(*c.seen)}
	if !c.req.Session.IsZero() {
		s.Account = maphash.String(accountSeed, c.req.Session.ID)
	}
	switch {
	case picture.Source == atalaya.SourceClient:
	case c.refused != "":
		s.Refused = refusalWord(c.refused)
	case picture.Source == atalaya.SourceViewport:
		s.Refused = refusedLearned
	}
	return s, true
}

// unread reports whether a failure may mean that the page is no longer read as it should be. Others are
// the site's own word, such as symbol_not_found, or this machine's trouble.
func unread(code atalaya.CaptureCode) bool {
	switch code {
	case atalaya.CaptureNotPainted, atalaya.CaptureWrongSymbol, atalaya.CaptureWrongInterval, atalaya.CaptureDialogOpen:
		return true
	}
	return false
}

// missingIn returns the names that the page did not answer to at the last look. It depends on its argument
// alone. What users may switch off, such as a toolbar, is missing for them; many users tell.
func missingIn(e Evidence) []string {
	var missing []string
	for _, name := range []struct {
		path  string
		found bool
	}{
		{"page.chart", e.Charts > 0},
		{"page.canvases", e.Charts == 0 || e.Canvases > 0},
		{"page.labelled_canvas", e.LabelSymbol != ""},
		{"toolbar.symbol", e.ToolbarSymbol != ""},
		{"legend.title", e.LegendSymbol != ""},
		{"legend.interval", e.LegendInterval != ""},
		{"legend.value", e.Legends.Valued > 0},
		{"api.root", e.API.Present},
		{"api.symbol", !e.API.Present || e.API.Symbol != ""},
		{"api.resolution", !e.API.Present || e.API.Interval != ""},
		{"api.data_ready", !e.API.Present || e.API.Told > 0},
		{"api.study", !e.API.Present || e.API.StudiesTold > 0},
		{"api.series_statuses", !e.API.Present || len(e.API.Statuses) > 0},
	} {
		if !name.found {
			missing = append(missing, name.path)
		}
	}
	return missing
}
