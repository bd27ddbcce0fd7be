package alert

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

type price = decimal.NullDecimal

const (
	maxDigits   = 64
	maxExponent = 64
)

// isCurrency holds the codes that may stand around a price, in small letters.
var isCurrency = currencies.folded()

// parsePrice reads a whole value as a number.
func parsePrice(text string) (price, bool) {
	if len(text) > maxForm {
		return price{}, false
	}
	if isPlainNumber(text) {
		return parseDigits("", text)
	}
	p, rest, ok := leadingNumber(trimEmoji(text), false)
	return p, ok && isUnit(rest)
}

// isUnit reports whether the text behind a number is at most a currency and closing brackets.
func isUnit(rest string) bool {
	if rest != "" && (rest[0] == '.' || rest[0] == ',') {
		rest = rest[1:]
	}
	rest = trimSpace(withoutCurrency(trimSpace(rest)))
	return strings.Trim(rest, "])}") == ""
}

// isPlainNumber reports whether a text is digits with at most one point between them, as most prices are.
func isPlainNumber(text string) bool {
	whole, fraction, point := strings.Cut(text, ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func trimSpace(text string) string { return strings.TrimLeftFunc(text, unicode.IsSpace) }

// leadingNumber reads the number that a text begins with, after brackets, a currency and a sign. It returns
// what follows. A percentage is not a price, and neither is a number with letters that are not a currency's
// or with a clock time behind it, as in 4h, 10x and 16:00. inText is true if words may follow the number.
func leadingNumber(text string, inText bool) (p price, rest string, ok bool) {
	at := trimSpace(withoutCurrency(trimSpace(strings.TrimLeft(text, "[({"))))
	sign := ""
	for _, s := range []string{"-", "+", "−"} {
		if after, found := strings.CutPrefix(at, s); found {
			at, sign = withoutCurrency(after), strings.Replace(s, "−", "-", 1)
			if at != after {
				at = trimSpace(at)
			}
			break
		}
	}
	mantissa, exponent, rest := cutNumber(at, inText)
	if mantissa == "" {
		return price{}, text, false
	}
	if strings.HasPrefix(strings.TrimLeft(rest, " \t"), "%") || isAttached(rest) {
		return price{}, rest, false
	}
	p, ok = parseDigits(sign, mantissa+exponent)
	return p, rest, ok
}

// isAttached reports whether what follows a number makes it something else.
func isAttached(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	if rest == "" || !isLetter(r) && r != '_' {
		return len(rest) > 1 && rest[0] == ':' && isDigit(rest[1])
	}
	return withoutCurrency(rest) == rest
}

// longestCurrency is the most bytes of a currency's code.
const longestCurrency = 6

// withoutCurrency drops the currency that a text begins with: a sign, a code, or both as in US$.
func withoutCurrency(text string) string {
	end := 0
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if unicode.Is(unicode.Sc, r) && (end == 0 || end <= len("HK") && isUpper(text[0])) {
			return text[end+size:]
		}
		if !isLetter(r) || end > longestCurrency {
			break
		}
		end += size
	}
	if end == 0 || end > longestCurrency || !isCurrencyCode(text[:end]) || end < len(text) && (isDigit(text[end]) || text[end] == '_') {
		return text
	}
	return text[end:]
}

// isCurrencyCode reports whether a word is a currency's code, in any case.
func isCurrencyCode(word string) bool {
	var buffer [longestCurrency + utf8.UTFMax]byte
	folded, ok := appendName(buffer[:0], word)
	return ok && isCurrency[string(folded)]
}

// cutNumber cuts the digits with their separators, normalized to digits and a point, and the exponent
// from a text.
func cutNumber(text string, inText bool) (mantissa, exponent, rest string) {
	if grouped, rest, ok := cutGrouped(text, inText); ok {
		return grouped, "", rest
	}
	end := 0
	for end < len(text) && (isDigit(text[end]) || (text[end] == '.' || text[end] == ',') && (end > 0 || text[end] == '.')) {
		end++
	}
	digits := strings.TrimRight(text[:end], ".,") // these end the sentence, not the number
	if digits == "" || digits[0] == '.' && !isDigits(digits[1:]) {
		return "", "", text
	}
	rest = text[len(digits):]
	if len(digits) == end {
		exponent = leadingExponent(rest)
	}
	return digits, exponent, rest[len(exponent):]
}

// leadingExponent returns the exponent that a text begins with, such as e-8, or "".
func leadingExponent(text string) string {
	if text == "" || text[0] != 'e' && text[0] != 'E' {
		return ""
	}
	i := 1
	if i < len(text) && (text[i] == '+' || text[i] == '-') {
		i++
	}
	end := i
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	if end == i {
		return ""
	}
	return text[:end]
}

// cutGrouped cuts a number whose thousands are grouped by blanks or apostrophes: one to three digits,
// then groups of exactly three. In text a plain blank groups only if decimals follow or the line ends.
func cutGrouped(text string, inText bool) (digits, rest string, ok bool) {
	at := countDigits(text)
	if at == 0 || at > 3 {
		return "", text, false
	}
	first := at
	var b strings.Builder
	plain, groups := false, 0
	for {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !strings.ContainsRune(" '’\u00a0\u202f\u2009", r) || size == 0 || countDigits(text[at+size:]) != 3 {
			break
		}
		if groups == 0 {
			b.WriteString(text[:first])
		}
		b.WriteString(text[at+size : at+size+3])
		at, plain, groups = at+size+3, plain || r == ' ', groups+1
	}
	if groups == 0 {
		return "", text, false
	}
	decimals := false
	if at+1 < len(text) && (text[at] == '.' || text[at] == ',') {
		if n := countDigits(text[at+1:]); n > 0 {
			b.WriteByte('.')
			b.WriteString(text[at+1 : at+1+n])
			at, decimals = at+1+n, true
		}
	}
	if plain && inText && !decimals && !lineEnds(text[at:]) {
		return "", text, false
	}
	return b.String(), text[at:], true
}

func countDigits(text string) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

// lineEnds reports whether only a currency and signs follow on the line.
func lineEnds(rest string) bool {
	line, _, _ := strings.Cut(rest, "\n")
	return !saysSomething(withoutCurrency(strings.TrimLeft(line, " \t")))
}

// parseDigits returns the decimal that digits with separators and an exponent mean. It refuses more than
// maxDigits digits and exponents beyond maxExponent.
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
	if !ok || len(mantissa)-strings.Count(mantissa, ".") > maxDigits {
		return price{}, false
	}
	d, err := decimal.NewFromString(sign + mantissa + exponent)
	return price{Decimal: d, Valid: err == nil}, err == nil
}

// withoutGroups drops the separators of thousands and makes the decimal separator a point. It returns false if
// the separators contradict each other. A single comma groups thousands if three digits follow it.
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
