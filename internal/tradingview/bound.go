package tradingview

import "strings"

const (
	// maxText bounds every text from a page, in characters: it goes to logs and into the database.
	maxText = 200
	// maxDialogs bounds Evidence.Dialogs. We have fewer names for dialogs.
	maxDialogs = 20
	// maxStatuses bounds APIFacts.Statuses. A layout has fewer charts.
	maxStatuses = 20
)

// bound clips the page's texts and lists, and removes what the database would refuse. The scripts clip
// too, but a page may have tampered with them.
func (e *Evidence) bound() {
	for _, text := range []*string{
		&e.ReadyState, &e.Host, &e.Title, &e.Language, &e.Notice,
		&e.ToolbarSymbol, &e.ToolbarInterval, &e.Label, &e.LabelSymbol, &e.LegendSymbol, &e.LegendInterval, &e.LegendExchange,
	} {
		*text = bounded(*text)
	}
	e.API.bound()
	e.Dialogs = e.Dialogs[:min(len(e.Dialogs), maxDialogs)]
	for i, name := range e.Dialogs {
		e.Dialogs[i] = bounded(name)
	}
}

func (f *APIFacts) bound() {
	f.Symbol, f.Interval, f.Exchange = bounded(f.Symbol), bounded(f.Interval), bounded(f.Exchange)
	f.Statuses = f.Statuses[:min(len(f.Statuses), maxStatuses)]
}

// bounded returns the beginning of a text, without NUL and invalid UTF-8.
func bounded(text string) string {
	count := 0
	for at := range text {
		if count == maxText {
			text = text[:at]
			break
		}
		count++
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
