package tradingview

import "strings"

const (
	// maxText bounds in characters whatever text a page gives: it goes to logs and into the database.
	maxText = 200
	// maxDialogs is more names than we have for dialogs.
	maxDialogs = 20
	// maxStatuses is more charts than a layout has.
	maxStatuses = 20
)

// bound clips what the page says, and takes out what the database would refuse. The scripts clip too; here
// it does not matter what the page has made of them.
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

// bounded returns the beginning of a text, without NUL and what is no UTF-8.
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
