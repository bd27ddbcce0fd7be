package tradingview

import "strings"

const (
	// textLimit bounds in characters whatever text a page gives: it goes to logs and into the database.
	textLimit = 200
	// dialogLimit is more names than we have for dialogs.
	dialogLimit = 20
)

// bound clips what the page says, and takes out what the database would refuse. The page's own script
// clips too, but runs among the page's, which may have replaced what it calls.
func (e *Evidence) bound() {
	for _, text := range []*string{
		&e.ReadyState, &e.Host, &e.Title, &e.Language, &e.Notice, &e.Toolbar, &e.Symbol, &e.Interval,
		&e.LegendSymbol, &e.LegendInterval, &e.LegendExchange,
	} {
		*text = bounded(*text)
	}
	e.Dialogs = e.Dialogs[:min(len(e.Dialogs), dialogLimit)]
	for i, name := range e.Dialogs {
		e.Dialogs[i] = bounded(name)
	}
}

// bounded is the beginning of a text, without NUL and what is no UTF-8.
func bounded(text string) string {
	count := 0
	for at := range text {
		if count == textLimit {
			text = text[:at]
			break
		}
		count++
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
