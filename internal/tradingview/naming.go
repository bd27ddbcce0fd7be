package tradingview

import (
	"regexp"
	"strings"
	"time"

	"atalaya"
)

// symbol returns the symbol that the page says it shows, EXCHANGE:SYMBOL or SYMBOL, or "" if nothing names
// it. The legend's title may be a description, so it only counts if it is exactly the ticker asked for.
func (e Evidence) symbol(req atalaya.CaptureRequest) string {
	_, asked := splitSymbol(req.Symbol)
	switch {
	case e.API.Symbol != "":
		return e.API.Symbol
	case e.LabelSymbol != "":
		return e.LabelSymbol
	case isTicker(e.ToolbarSymbol):
		return e.ToolbarSymbol
	case asked != "" && strings.EqualFold(e.LegendSymbol, asked):
		return asked
	}
	return ""
}

var tickerForm = regexp.MustCompile(`^([A-Z0-9_]{1,32}:)?[A-Z0-9._!&$-]{1,64}$`)

// isTicker reports whether a text can be the ticker of one instrument, not a spread or a description.
func isTicker(text string) bool { return tickerForm.MatchString(text) }

// saidInterval is an interval that a part of the page names.
type saidInterval struct {
	by       string // the part
	text     string // what it says
	interval string // in TradingView's form; "" if text is not understood
}

// intervals returns the intervals that the parts of the page name, the most reliable first.
func (e Evidence) intervals() []saidInterval {
	return []saidInterval{
		{"API", e.API.Interval, canonicalInterval(e.API.Interval)},
		{"toolbar", e.ToolbarInterval, canonicalInterval(e.ToolbarInterval)},
		{"legend", e.LegendInterval, writtenInterval(e.LegendInterval, e.Language)},
		{"label", e.Label, labelInterval(e.Label)},
	}
}

// interval returns the interval that the page says it shows, or "" if it says none that is understood.
func (e Evidence) interval() string {
	for _, said := range e.intervals() {
		if said.interval != "" {
			return said.interval
		}
	}
	return ""
}

// units maps the letters that legends put after a count to our units, by language. A letter means
// different things in different languages: a Turkish 1H is a week, and so is a Spanish 1S.
var units = map[string]map[string]string{
	"es": {"h": "h", "D": "D", "S": "W", "M": "M", "s": "S"},
	"pt": {"h": "h", "D": "D", "S": "W", "M": "M", "s": "S"},
	"fr": {"h": "h", "J": "D", "S": "W", "M": "M", "s": "S"},
	"it": {"h": "h", "G": "D", "S": "W", "M": "M", "s": "S"},
	"tr": {"s": "h", "G": "D", "H": "W", "A": "M", "sn": "S"},
	"ru": {"ч": "h", "Д": "D", "Н": "W", "М": "M", "с": "S"},
	"ja": {"時間": "h", "日": "D", "週": "W", "ヶ月": "M", "秒": "S"},
	"ar": {"س": "h", "ساعة": "h", "ي": "D", "أ": "W", "ش": "M", "ث": "S"},
}

var writtenForm = regexp.MustCompile(`^([0-9]{1,4}) ?(\pL*)$`)

// writtenInterval returns the interval that a legend writes in a language, or "" if it is not understood.
// Minutes have no unit in any language.
func writtenInterval(text, language string) string {
	language, _, _ = strings.Cut(strings.ToLower(language), "-")
	if language == "" || language == "en" {
		return canonicalInterval(text)
	}
	parts := writtenForm.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return ""
	}
	unit, known := units[language][parts[2]]
	if parts[2] != "" && !known {
		return ""
	}
	return canonicalInterval(parts[1] + unit)
}

var labelForm = regexp.MustCompile(`(?i), ([0-9]{1,4}) (second|minute|hour|day|week|month)s?$`)

// labelInterval returns the interval at the end of an English label, or "" for other labels.
func labelInterval(label string) string {
	parts := labelForm.FindStringSubmatch(label)
	if parts == nil {
		return ""
	}
	unit := map[string]string{"second": "S", "minute": "", "hour": "h", "day": "D", "week": "W", "month": "M"}[strings.ToLower(parts[2])]
	return canonicalInterval(parts[1] + unit)
}

// closedPatience is longer than a market stays closed. If the visible range ends earlier than that, the
// last bar is out of sight.
const closedPatience = 5 * 24 * time.Hour

// warnings returns the warnings for a picture of what was seen.
func (e Evidence) warnings(now time.Time) []atalaya.PictureWarning {
	var all []atalaya.PictureWarning
	until := time.Unix(e.API.SeenUntil, 0).Add(closedPatience + 2*barTime(e.interval()))
	if e.API.ScrolledBack > 0 || e.API.SeenUntil > 0 && until.Before(now) {
		all = append(all, atalaya.WarningScrolledBack)
	}
	if e.API.StudiesFailed > 0 || e.Legends.FailedStudies > 0 {
		all = append(all, atalaya.WarningStudyError)
	}
	if e.API.any(statusDelayed, statusDelayedStreaming) || isDelayed(e.API.Symbol) || isDelayed(e.LabelSymbol) {
		all = append(all, atalaya.WarningDelayedData)
	}
	return all
}

// isDelayed reports whether a symbol's exchange is that of delayed data.
func isDelayed(symbol string) bool {
	exchange, _, found := strings.Cut(symbol, ":")
	return found && exchange != withoutDelay(exchange)
}

// barTime returns the longest time that a bar of an interval lasts.
func barTime(interval string) time.Duration {
	parts := shownInterval.FindStringSubmatch(interval)
	if parts == nil {
		return 0
	}
	length := map[string]time.Duration{"": time.Minute, "S": time.Second, "D": 24 * time.Hour, "W": 7 * 24 * time.Hour, "M": 31 * 24 * time.Hour}[parts[2]]
	n := 0
	for _, digit := range parts[1] {
		n = 10*n + int(digit-'0') // at most four
	}
	return time.Duration(n) * length
}
