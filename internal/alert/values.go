package alert

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
)

type (
	price     = decimal.NullDecimal
	timestamp = time.Time
)

// around are the signs that people put around a value, blanks apart: list signs, quotes, Markdown.
const around = ";," + doubleQuotes + singleQuotes + "*_~"

// tags are the HTML tags that messages to Telegram and the like carry.
var tags = regexp.MustCompile(`(?i)</?(?:strong|code|pre|em|br|[bispau])(?:\s[^<>]*)?/?>`)

// trimValue drops what stands around a value, tags included.
func trimValue(text string) string {
	if strings.IndexByte(text, '<') >= 0 {
		text = tags.ReplaceAllString(text, "")
	}
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(around, r) })
}

var placeholder = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// onlyPlaceholders says that a text holds an unresolved {{…}} and no letter or digit beside it.
func onlyPlaceholders(text string) bool {
	if !strings.Contains(text, "{{") {
		return false
	}
	rest := placeholder.ReplaceAllString(text, "")
	return len(rest) < len(text) && !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// --- Tickers ------------------------------------------------------------------------------------

// ticker is EXCHANGE:SYMBOL, a symbol alone, or a spread, which is a symbol whole.
type ticker struct {
	exchange string
	symbol   string
	spread   bool
}

var (
	tickerForm     = regexp.MustCompile(`^[A-Z0-9:._!/^&*+$ -]{1,64}$`)
	operatorBlanks = regexp.MustCompile(` *[/*+-] *`)
	exchangeForm   = regexp.MustCompile(`^[A-Z0-9_]{1,32}$`)
	alphanumeric   = regexp.MustCompile(`[A-Z0-9]`)
)

const operators = "/*+-"

// parseTicker reads a whole value as a ticker. One colon splits exchange and symbol; a spread has
// an operator, and more colons or none that splits, and it alone may hold blanks.
func parseTicker(text string) (ticker, bool) {
	t := strings.ToUpper(strings.TrimSpace(text))
	if !tickerForm.MatchString(t) || !alphanumeric.MatchString(t) {
		return ticker{}, false
	}
	blanks := strings.Contains(t, " ")
	before, symbol, colon := strings.Cut(t, ":")
	if !colon {
		return ticker{symbol: t}, !blanks
	}
	if exchange, ok := parseExchange(before); ok && !strings.Contains(symbol, ":") {
		return ticker{exchange: exchange, symbol: symbol}, !blanks && alphanumeric.MatchString(symbol)
	}
	if !strings.ContainsAny(t, operators) || strings.HasPrefix(t, ":") || strings.HasSuffix(t, ":") {
		return ticker{}, false
	}
	return ticker{symbol: t, spread: true}, !strings.Contains(operatorBlanks.ReplaceAllString(t, ""), " ")
}

// parseExchange reads an exchange; delayed data's ends in _DL or _DLY.
func parseExchange(text string) (string, bool) {
	e := strings.ToUpper(strings.TrimSpace(text))
	if short, ok := strings.CutSuffix(e, "_DLY"); ok {
		e = short
	} else if short, ok := strings.CutSuffix(e, "_DL"); ok {
		e = short
	}
	return e, exchangeForm.MatchString(e)
}

// --- Numbers ------------------------------------------------------------------------------------

const (
	maxDigits   = 64
	maxExponent = 64
)

var (
	jsonNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$`)
	// number is a number as people write it, at the beginning of a text: currency, sign, digits with
	// separators, exponent.
	number = regexp.MustCompile(`^[\[({]*` + blanks + `(?:` + currency + blanks + `)?([+\-−]?)(?:` + currency + blanks + `)?((?:[0-9][0-9.,]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)`)
	// unit is what may stand behind a number that is a whole value.
	unit = regexp.MustCompile(`^[.,]?` + blanks + `(?:` + currency + `)?` + blanks + `[\])}]*$`)
	// attached is what goes on from a number and makes it something else: 4h, 10x, 16:00.
	attached     = regexp.MustCompile(`^(?:[\pL_]|:[0-9])`)
	currencyHere = regexp.MustCompile(`^(?:` + currency + `)`)
)

const blanks = `[\s\p{Z}]*`

const currency = `(?:\p{Sc}|\p{Sc}|(?i:USDT|USDC|USD|BUSD|DAI|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|HKD|SGD|INR|KRW|BRL|MXN|ARS|COP|CLP|PEN|TRY|RUB|ZAR|SEK|NOK|DKK|PLN|BTC|ETH|US)\b)`

// parsePrice reads a whole value as a number.
func parsePrice(text string) (price, bool) {
	if isPlainNumber(text) {
		return parseDigits("", text)
	}
	p, rest, ok := leadingNumber(text)
	return p, ok && unit.MatchString(rest)
}

// isPlainNumber says whether a text is digits and at most one point between them, as most prices are:
// to read those no pattern is needed.
func isPlainNumber(text string) bool {
	whole, fraction, point := strings.Cut(text, ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// leadingNumber reads the number that a text begins with, and gives what follows. Percentages are no
// prices, and neither is a number that a letter other than a currency's goes on from.
func leadingNumber(text string) (p price, rest string, ok bool) {
	match := number.FindStringSubmatch(text)
	if match == nil {
		return price{}, text, false
	}
	digits := match[2]
	end := len(match[0])
	for strings.HasSuffix(digits, ".") || strings.HasSuffix(digits, ",") { // of the sentence
		digits, end = digits[:len(digits)-1], end-1
	}
	rest = text[end:]
	if strings.HasPrefix(strings.TrimLeft(rest, " \t"), "%") || attached.MatchString(rest) && !currencyHere.MatchString(rest) {
		return price{}, rest, false
	}
	p, ok = parseDigits(strings.ReplaceAll(match[1], "−", "-"), digits)
	return p, rest, ok
}

// parseDigits decides what the separators of a number mean.
func parseDigits(sign, digits string) (price, bool) {
	mantissa, exponent := digits, ""
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		mantissa, exponent = digits[:i], digits[i+1:]
		if n, err := strconv.Atoi(exponent); err != nil || n < -maxExponent || n > maxExponent {
			return price{}, false
		}
		exponent = "e" + exponent
	}
	mantissa, ok := withoutGroups(mantissa)
	if !ok || len(strings.ReplaceAll(mantissa, ".", "")) > maxDigits {
		return price{}, false
	}
	d, err := decimal.NewFromString(sign + mantissa + exponent)
	return price{Decimal: d, Valid: err == nil}, err == nil
}

// withoutGroups drops the separators of thousands and makes the decimal one a point.
func withoutGroups(s string) (string, bool) {
	commas, points := strings.Count(s, ","), strings.Count(s, ".")
	switch {
	case commas > 0 && points > 0:
		decimalMark, groupMark := ",", "."
		if strings.LastIndexByte(s, '.') > strings.LastIndexByte(s, ',') {
			decimalMark, groupMark = ".", ","
		}
		last := strings.LastIndex(s, decimalMark)
		whole, fraction := s[:last], s[last+1:]
		if strings.ContainsAny(fraction, ".,") || strings.Contains(whole, decimalMark) {
			return "", false
		}
		return strings.ReplaceAll(whole, groupMark, "") + "." + fraction, true
	case commas > 1:
		return strings.ReplaceAll(s, ",", ""), true
	case points > 1:
		return strings.ReplaceAll(s, ".", ""), true
	case commas == 1:
		whole, fraction, _ := strings.Cut(s, ",")
		if len(fraction) == 3 && len(whole) >= 1 && len(whole) <= 3 && whole != "0" {
			return whole + fraction, true
		}
		return whole + "." + fraction, fraction != ""
	}
	return s, true
}

// --- Intervals ----------------------------------------------------------------------------------

var (
	intervalForm  = regexp.MustCompile(`^0*([1-9][0-9]{0,4})[ \t]*([\p{L}]*)$`)
	intervalWords = map[string]string{
		"d": "1D", "daily": "1D", "diario": "1D", "w": "1W", "weekly": "1W", "semanal": "1W", "monthly": "1M", "mensual": "1M",
	}
	minuteUnits = []string{"", "m", "min", "mins", "minute", "minutes", "minuto", "minutos"}
	hourUnits   = []string{"h", "hr", "hrs", "hour", "hours", "hora", "horas"}
	secondUnits = []string{"s", "sec", "secs", "second", "seconds", "segundo", "segundos"}
	dayUnits    = []string{"d", "day", "days", "dia", "dias"}
	weekUnits   = []string{"w", "wk", "week", "weeks", "semana", "semanas"}
	monthUnits  = []string{"mo", "mon", "month", "months", "mes", "meses"}
)

const minutesADay = 1440

// parseInterval gives an interval in TradingView's own form.
func parseInterval(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "M" {
		return "1M", true
	}
	if word, ok := intervalWords[strings.ToLower(text)]; ok {
		return word, true
	}
	match := intervalForm.FindStringSubmatch(text)
	if match == nil {
		return "", false
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		return "", false
	}
	months := slices.Contains([]int{1, 3, 6, 12}, n)
	if match[2] == "M" && months {
		return match[1] + "M", true
	}
	switch unit := strings.ToLower(foldAccents(match[2])); {
	case slices.Contains(minuteUnits, unit):
		return match[1], n <= minutesADay
	case slices.Contains(hourUnits, unit):
		return strconv.Itoa(60 * n), 60*n <= minutesADay
	case slices.Contains(secondUnits, unit):
		return match[1] + "S", n < 3600
	case slices.Contains(dayUnits, unit):
		return match[1] + "D", n <= 366
	case slices.Contains(weekUnits, unit):
		return match[1] + "W", n <= 53
	case slices.Contains(monthUnits, unit):
		return match[1] + "M", months
	}
	return "", false
}

// --- Times --------------------------------------------------------------------------------------

var (
	isoForm   = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?` + zone)
	isoBasic  = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})[Tt]([0-9]{2})([0-9]{2})(?:([0-9]{2})(?:[.,]([0-9]+))?)?` + zone)
	epochForm = regexp.MustCompile(`^(?:[0-9]{16}|[0-9]{13}|[0-9]{10})`)
)

const zone = `[ ]?(?:([Zz]|UTC|GMT)|([+-][0-9]{2})(?::?([0-9]{2}))?)?`

// parseTime reads a whole value as a time, in UTC.
func parseTime(text string) (timestamp, bool) {
	t, rest, ok := leadingTime(strings.TrimSpace(text))
	return t, ok && strings.TrimSpace(rest) == ""
}

// leadingTime reads the time that a text begins with, and gives what follows.
func leadingTime(text string) (t timestamp, rest string, ok bool) {
	for _, form := range []*regexp.Regexp{isoForm, isoBasic} {
		if match := form.FindStringSubmatch(text); match != nil {
			t, ok = isoTime(match)
			return t, text[len(match[0]):], ok
		}
	}
	epoch := epochForm.FindString(text)
	if epoch == "" || len(text) > len(epoch) && text[len(epoch)] >= '0' && text[len(epoch)] <= '9' {
		return timestamp{}, text, false
	}
	n, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return timestamp{}, text, false
	}
	switch len(epoch) {
	case 10:
		t = time.Unix(n, 0).UTC()
	case 13:
		t = time.UnixMilli(n).UTC()
	default:
		t = time.UnixMicro(n).UTC()
	}
	return t, text[len(epoch):], plausible(t)
}

// isoTime makes a time of year, month, day, hour, minute, second, fraction, UTC and offset.
func isoTime(match []string) (timestamp, bool) {
	offset := "Z"
	if match[9] != "" {
		offset = match[9] + ":" + or(match[10], "00")
	}
	written := match[1] + "-" + match[2] + "-" + match[3] + "T" + match[4] + ":" + match[5] + ":" + or(match[6], "00")
	if match[7] != "" {
		written += "." + match[7]
	}
	t, err := time.Parse(time.RFC3339Nano, written+offset)
	return t.UTC(), err == nil && plausible(t)
}

// plausible says whether a time lies between the years 2000 and 2100.
func plausible(t time.Time) bool { return t.UTC().Year() >= 2000 && t.UTC().Year() < 2100 }

// --- Charts -------------------------------------------------------------------------------------

var (
	chartForm = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
	// A chart's own URL ends after its eight characters; an idea's path goes on.
	chartURL = searchFor(`(?i:tradingview\.com/chart/)([A-Za-z0-9]{8})(?:/(?:[^\pL\pN%_~-]|$)|[?#\s\p{Z}]|$)`, "t/", "T/")
)

// chartInURL gives the chart id of the first chart URL in a text, "" where there is none.
func chartInURL(text string) string {
	if match := chartURL.first(text); match != nil {
		return match[1]
	}
	return ""
}
