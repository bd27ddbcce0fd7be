package atalaya

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// SilenceRule is a user's own rule for silence: at least one signal every EveryHours hours of some days of the
// week. It replaces what is learned from the habits of the sources that it covers.
type SilenceRule struct {
	IndicatorName string   `json:"indicator_name,omitempty"` // "" for any
	Ticker        string   `json:"ticker,omitempty"`         // BINANCE:BTCUSDT, or BTCUSDT for any exchange; "" for any
	Interval      string   `json:"interval,omitempty"`       // 60, 1D; "" for any
	EveryHours    int      `json:"every_hours"`
	Days          []string `json:"days,omitempty"` // mon to sun, in the user's zone; none for every day
}

const (
	// MaxSilenceRules is how many rules a user may have.
	MaxSilenceRules = 20
	// MaxSilenceHours is the longest a rule waits, in hours that count.
	MaxSilenceHours = 168
)

// weekDays are the names of days in rules; the index is a time.Weekday.
var weekDays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} //nolint:gochecknoglobals // read only

// CheckSilenceRules fails with CodeInvalid if rules cannot be kept. The text is for their owner.
func CheckSilenceRules(rules []SilenceRule) error {
	if len(rules) > MaxSilenceRules {
		return Errorf(CodeInvalid, "silence_rules: %d rules are too many; at most %d are kept.", len(rules), MaxSilenceRules)
	}
	for i, r := range rules {
		if err := r.check(); err != nil {
			return Wrap(CodeInvalid, err, fmt.Sprintf("silence_rules[%d]: %s.", i, err))
		}
	}
	return nil
}

func (r SilenceRule) check() error {
	if r.EveryHours < 1 || r.EveryHours > MaxSilenceHours {
		return fmt.Errorf("every_hours has to be between 1 and %d", MaxSilenceHours)
	}
	for _, day := range r.Days {
		if !slices.Contains(weekDays, day) {
			return fmt.Errorf("days may hold mon, tue, wed, thu, fri, sat and sun, not %.20q", day)
		}
	}
	for name, value := range map[string]string{"indicator_name": r.IndicatorName, "ticker": r.Ticker, "interval": r.Interval} {
		if utf8.RuneCountInString(value) > 200 || strings.ContainsRune(value, 0) {
			return fmt.Errorf("%s cannot be the name of a source", name)
		}
	}
	return nil
}

// Covers reports whether a rule is about a source. Case does not matter, and neither does the exchange if the
// rule names none.
func (r SilenceRule) Covers(s SourceHistory) bool {
	_, symbol, _ := strings.Cut(s.Ticker, ":")
	fits := func(want, is string) bool { return want == "" || strings.EqualFold(want, is) }
	return fits(r.IndicatorName, s.Indicator) && (fits(r.Ticker, s.Ticker) || fits(r.Ticker, symbol)) && fits(r.Interval, s.Interval)
}

// OnDay reports whether hours of a day of the week, of which 0 is Sunday, count. A rule without days counts
// every day.
func (r SilenceRule) OnDay(weekday int) bool {
	return len(r.Days) == 0 || slices.Contains(r.Days, weekDays[weekday])
}
