package alert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxForm is the most bytes of a ticker, a number or an interval, with what people put around it. Longer
// values are not read.
const maxForm = 256

// ticker is EXCHANGE:SYMBOL, a symbol alone, or a spread. The whole of a spread is its symbol.
type ticker struct {
	exchange string
	symbol   string
	spread   bool
}

const (
	maxSymbol   = 64
	maxExchange = 32
	tickerSigns = ":._!/^&*+$-"
	operators   = "/*+-"
)

func isTickerByte(c byte) bool {
	return isUpper(c) || isDigit(c) || strings.IndexByte(tickerSigns, c) >= 0
}

// parseTicker reads a whole value as a ticker. A single colon behind an exchange splits the two. Any other
// text with a colon must hold an operator, and is a spread. Only a spread may hold blanks.
func parseTicker(text string) (ticker, bool) {
	if len(text) > maxForm {
		return ticker{}, false
	}
	t := strings.ToUpper(trimEmoji(text))
	if len(t) > maxSymbol || !strings.ContainsFunc(t, isCapitalOrDigit) {
		return ticker{}, false
	}
	for i := range len(t) {
		if !isTickerByte(t[i]) && t[i] != ' ' {
			return ticker{}, false
		}
	}
	blanks := strings.Contains(t, " ")
	before, symbol, colon := strings.Cut(t, ":")
	if !colon {
		return ticker{symbol: t}, !blanks && !isMarketKind(t)
	}
	if exchange, ok := parseExchange(before); ok && !strings.Contains(symbol, ":") {
		return ticker{exchange: exchange, symbol: symbol}, !blanks && strings.ContainsFunc(symbol, isCapitalOrDigit)
	}
	if !strings.ContainsAny(t, operators) || strings.HasPrefix(t, ":") || strings.HasSuffix(t, ":") {
		return ticker{}, false
	}
	return ticker{symbol: t, spread: true}, !blanks || !strings.Contains(withoutOperatorBlanks(t), " ")
}

func isCapitalOrDigit(r rune) bool { return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' }

// withoutOperatorBlanks drops the blanks around a spread's operators.
func withoutOperatorBlanks(t string) string {
	var b strings.Builder
	for i := range len(t) {
		if t[i] == ' ' {
			before, after := strings.TrimRight(t[:i], " "), strings.TrimLeft(t[i:], " ")
			if before != "" && strings.IndexByte(operators, before[len(before)-1]) >= 0 || after != "" && strings.IndexByte(operators, after[0]) >= 0 {
				continue
			}
		}
		b.WriteByte(t[i])
	}
	return b.String()
}

// parseExchange reads an exchange. It drops _DL and _DLY, which mark delayed data.
func parseExchange(text string) (string, bool) {
	if len(text) > maxForm {
		return "", false
	}
	e := strings.ToUpper(trimEmoji(text))
	if short, ok := strings.CutSuffix(e, "_DLY"); ok {
		e = short
	} else if short, ok := strings.CutSuffix(e, "_DL"); ok {
		e = short
	}
	if e == "" || len(e) > maxExchange {
		return e, false
	}
	for i := range len(e) {
		if !isUpper(e[i]) && !isDigit(e[i]) && e[i] != '_' {
			return e, false
		}
	}
	return e, true
}

// --- Charts -------------------------------------------------------------------------------------

// isChartID reports whether a value is one to 32 ASCII letters and digits.
func isChartID(text string) bool {
	if text == "" || len(text) > 32 {
		return false
	}
	for i := range len(text) {
		if !isAlnum(text[i]) {
			return false
		}
	}
	return true
}

const (
	chartPath     = "tradingview.com/chart/"
	chartIDInURLs = 8
)

// chartInURL returns the chart id of the first chart URL in a text, or "". A chart's URL ends after the eight
// characters of the id; the URL of a published idea goes on.
func chartInURL(text string) string {
	for {
		i := indexFold(text, chartPath)
		if i < 0 {
			return ""
		}
		text = text[i+len(chartPath):]
		if len(text) >= chartIDInURLs && isChartID(text[:chartIDInURLs]) && endsChart(text[chartIDInURLs:]) {
			return text[:chartIDInURLs]
		}
	}
}

// endsChart reports whether a chart URL ends before a text.
func endsChart(rest string) bool {
	rest, slash := strings.CutPrefix(rest, "/")
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "" || unicode.IsSpace(r):
		return true
	case slash:
		return !isWordRune(r) && r != '%' && r != '~' && r != '-'
	}
	return r == '?' || r == '#'
}
