package alert

import (
	"strings"
	"unicode/utf8"
)

// orderForm is one wording of TradingView's sentence about an order.
type orderForm struct {
	tickerBefore bool
	before       string // between the ticker, or the text before, and the side
	between      string // between the size and the ticker, or the position
	behind       string // between the ticker and the position
}

// orderForms are the sentences of the vocabulary, cut at the words that stand for values.
var orderForms = func() (forms []orderForm) {
	for _, sentence := range orderSentences {
		left, right, _ := strings.Cut(sentence, "SIDE @ SIZE")
		right, _, _ = strings.Cut(right, "POSITION")
		var f orderForm
		if after, found := strings.CutPrefix(left, "TICKER"); found {
			f.tickerBefore, f.before, f.behind = true, after, right
		} else {
			f.before = left
			f.between, f.behind, _ = strings.Cut(right, "TICKER")
		}
		forms = append(forms, f)
	}
	return forms
}()

// read reads the sentence around the side and size of o. rest is the text after the size. It returns false if
// the sentence has another form.
func (f orderForm) read(text string, o order, rest string) (order, bool) {
	start, ok := cutBack(text[:o.start], f.before)
	if !ok {
		return order{}, false
	}
	if f.tickerBefore {
		end := skipBlanksBack(text, start)
		name := tickerRunBefore(text, end)
		if o.ticker, ok = capitalTicker(name); !ok || !standsAlone(text, end-len(name)) {
			return order{}, false
		}
	} else {
		if rest, ok = cutForward(rest, f.between); !ok {
			return order{}, false
		}
		var name string
		name, rest = cutTickerRun(strings.TrimLeft(rest, " \t"))
		if o.ticker, ok = parseTicker(name); !ok || !strings.ContainsFunc(name, isCapitalOrDigit) {
			return order{}, false
		}
	}
	o.start = start
	if after, isTimed := cutWord(rest, "at"); isTimed {
		rest = strings.TrimLeft(after, "0123456789:TZ+- ")
		rest = strings.TrimPrefix(rest, ".000Z")
	}
	if tail, ok := cutForward(rest, f.behind); ok {
		tail = strings.TrimLeft(tail, " \t")
		digits, negative := strings.CutPrefix(strings.Replace(tail, "−", "-", 1), "-")
		mantissa, exponent, _ := cutNumber(digits, false)
		if p, ok := parseDigits(map[bool]string{true: "-"}[negative], mantissa+exponent); ok {
			o.position = p
		}
	}
	return o, true
}

// cutForward cuts words from the beginning of a text, in any case and whatever blanks there are.
func cutForward(text, words string) (rest string, ok bool) {
	for _, want := range words {
		if want == ' ' {
			continue
		}
		text = trimBlanks(text)
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || foldRune(r) != foldRune(want) {
			return text, false
		}
		text = text[size:]
	}
	return text, true
}

// noBreak is the no-break space.
const noBreak = "\u00a0"

// trimBlanks drops the blanks, tabs and no-break spaces that a text begins with.
func trimBlanks(text string) string {
	for text != "" && (isBlank(text[0]) || strings.HasPrefix(text, noBreak)) {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return text
}

// trimBlanksBack drops the blanks, tabs and no-break spaces that a text ends with.
func trimBlanksBack(text string) string {
	for text != "" && (isBlank(text[len(text)-1]) || strings.HasSuffix(text, noBreak)) {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// cutBack cuts words from the end of a text, and returns where they begin.
func cutBack(text, words string) (start int, ok bool) {
	for words != "" {
		want, size := utf8.DecodeLastRuneInString(words)
		words = words[:len(words)-size]
		if want == ' ' {
			continue
		}
		text = trimBlanksBack(text)
		r, size := utf8.DecodeLastRuneInString(text)
		if size == 0 || foldRune(r) != foldRune(want) {
			return 0, false
		}
		text = text[:len(text)-size]
	}
	return len(text), true
}
