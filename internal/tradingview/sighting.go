package tradingview

import (
	"hash/maphash"
	"strings"

	"atalaya"
)

// Sighting is what one capture shows of how well we can still read the site's pages. It names no user, no
// chart and no symbol.
type Sighting struct {
	Account uint64   // identifies the session, within this process only
	Source  string   // of the picture, as in atalaya.Picture; "" if the page could not be read
	Refused string   // why the picture is not the page's own, as one of a few words; "" if it is
	Missing []string // names that matched nothing on the page, such as "legend.title"
}

// accountSeed makes the values of Sighting.Account useless outside this process.
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

// refusalWord returns the word for why a page's own picture was refused. The reason may hold a page's
// text, and metrics may not. It depends only on its argument.
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

// sighting returns what a finished capture shows of the site. ok is false if it shows nothing, because the
// site refused the request or something other than the page was at fault.
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

// unread reports whether a failure may mean that we can no longer read the page. Other failures are the
// site's own answer, such as symbol_not_found, or trouble of this machine.
func unread(code atalaya.CaptureCode) bool {
	switch code {
	case atalaya.CaptureNotPainted, atalaya.CaptureWrongSymbol, atalaya.CaptureWrongInterval, atalaya.CaptureDialogOpen:
		return true
	}
	return false
}

// missingIn returns the names that matched nothing at the last look. It depends only on its argument. It
// also lists what a user has switched off, such as a toolbar; only many users together prove a change.
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
