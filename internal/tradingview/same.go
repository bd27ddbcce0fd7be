package tradingview

import (
	"regexp"
	"strconv"
	"strings"
)

// SameSymbol reports whether the symbol that a page shows, EXCHANGE:SYMBOL or SYMBOL, is the one
// asked for. If either names no exchange, only the symbols are compared. An exchange of delayed data
// (NASDAQ_DL) equals the exchange itself.
func SameSymbol(exchange, symbol, shown string) bool {
	wantExchange, wantSymbol := splitSymbol(fullSymbol(exchange, symbol))
	shownExchange, shownSymbol := splitSymbol(shown)
	if wantSymbol != shownSymbol || wantSymbol == "" {
		return false
	}
	return wantExchange == "" || shownExchange == "" || wantExchange == shownExchange
}

// splitSymbol returns exchange and symbol in upper case; a spread (A:X/B:Y) stays whole.
func splitSymbol(text string) (exchange, symbol string) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if strings.Count(text, ":") != 1 || strings.ContainsAny(text, "/*+") {
		return "", text
	}
	exchange, symbol, _ = strings.Cut(text, ":")
	return withoutDelay(exchange), symbol
}

var exchangeCode = regexp.MustCompile(`^[A-Z0-9]{2,32}$`)

// otherExchange reports whether the exchange in a legend is certainly not the one asked for. Legends have
// names of their own: Binance for BINANCE, FXCM for FX, CME for CME_MINI, ICE for FX_IDC. So it only
// returns true for two codes of which neither is a prefix of the other. A code with an underscore is a
// part or a supplier, whose legend may name the whole.
func otherExchange(exchange, shown string) bool {
	asked := withoutDelay(strings.ToUpper(exchange))
	shown = withoutDelay(strings.TrimSpace(shown))
	return exchangeCode.MatchString(asked) && exchangeCode.MatchString(shown) &&
		!strings.HasPrefix(asked, shown) && !strings.HasPrefix(shown, asked)
}

// withoutDelay returns an exchange's code without the suffix for delayed data.
func withoutDelay(exchange string) string {
	return strings.TrimSuffix(strings.TrimSuffix(exchange, "_DLY"), "_DL")
}

// SameInterval reports whether the interval that a page shows is the one asked for, however either is
// written: D is 1D, 1h is 60, 15m is 15.
func SameInterval(interval, shown string) bool {
	want := canonicalInterval(interval)
	return want != "" && want == canonicalInterval(shown)
}

var shownInterval = regexp.MustCompile(`^([0-9]{0,4}) ?([a-zA-Z]*)$`)

// canonicalInterval returns an interval in TradingView's own form: minutes as a number, and S, D, W and M
// with a count. It returns "" for anything else.
func canonicalInterval(text string) string {
	parts := shownInterval.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return ""
	}
	n, unit := 1, parts[2]
	if parts[1] != "" {
		n, _ = strconv.Atoi(parts[1]) // at most four digits
	} else if unit == "" {
		return ""
	}
	if n == 0 {
		return ""
	}
	switch unit {
	case "", "m", "min":
		return strconv.Itoa(n)
	case "h", "H":
		return strconv.Itoa(n * 60)
	case "s", "S":
		return strconv.Itoa(n) + "S"
	case "d", "D":
		return strconv.Itoa(n) + "D"
	case "w", "W":
		return strconv.Itoa(n) + "W"
	case "M":
		return strconv.Itoa(n) + "M"
	}
	return ""
}
