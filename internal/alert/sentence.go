package alert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"atalaya"
)

// condition is TradingView's sentence about one: the ticker has met it.
type condition struct {
	ticker   ticker
	interval string
	price    price
}

// findCondition returns the first of TradingView's sentences about a condition.
func (t *textReader) findCondition() (c condition, ok bool) {
	for _, w := range t.words {
		if !w.is(verbRole) {
			continue
		}
		for _, v := range verbs {
			end := w.start + len(v.text)
			if !strings.HasPrefix(t.text[w.start:], v.text) || end < len(t.text) && isAlnum(t.text[end]) {
				continue
			}
			if c, ok := t.conditionAt(w.start, end, v); ok {
				return c, true
			}
			break
		}
	}
	return condition{}, false
}

// conditionAt reads the sentence around a verb.
func (t *textReader) conditionAt(start, end int, v verb) (c condition, ok bool) {
	rest := t.text[end:min(len(t.text), end+maxForm)]
	if v.priced && strings.HasPrefix(rest, " ") {
		c.price, _, _ = leadingNumber(rest[1:], true)
	}
	line, _, _ := strings.Cut(rest, "\n")
	if i := strings.Index(line, " on "); i >= 0 && (i == 0 || !strings.Contains(strings.TrimSpace(line[:i]), " ") || onlyNumber(line[:i])) {
		name, after := cutTickerRun(line[i+len(" on "):])
		if c.ticker, ok = capitalTicker(name); ok && strings.HasPrefix(after, ", ") {
			if c.interval = leadingInterval(after[2:]); c.interval != "" {
				if p, _, number := leadingNumber(strings.TrimSpace(line[:i]), false); v.priced && number {
					c.price = p
				}
				return c, true
			}
		}
	}
	return t.conditionBefore(start, c)
}

func onlyNumber(text string) bool { _, ok := parsePrice(strings.TrimSpace(text)); return ok }

// conditionBefore reads TICKER[, INTERVAL] before a verb.
func (t *textReader) conditionBefore(start int, c condition) (condition, bool) {
	if start == 0 || t.text[start-1] != ' ' {
		return c, false
	}
	name := tickerRunBefore(t.text, start-1)
	before := strings.TrimSuffix(t.text[:start-1-len(name)], " ")
	if interval, ok := ParseInterval(name); ok && strings.HasSuffix(before, ",") && !strings.HasSuffix(t.text[:start-1-len(name)], ",") {
		if full := tickerRunBefore(t.text, len(before)-1); full != "" && standsAlone(t.text, len(before)-1-len(full)) {
			if found, ok := capitalTicker(full); ok {
				c.ticker, c.interval = found, interval
				return c, true
			}
		}
	}
	if name == "" || !standsAlone(t.text, start-1-len(name)) {
		return c, false
	}
	var ok bool
	c.ticker, ok = capitalTicker(name)
	return c, ok
}

// tickerRunBefore returns the ticker characters that end at a place.
func tickerRunBefore(text string, end int) string {
	start := end
	for start > 0 && end-start <= maxSymbol+maxExchange && isTickerByte(text[start-1]) {
		start--
	}
	return text[start:end]
}

// cutTickerRun cuts the ticker characters that a text begins with from it, and what belongs to the
// sentence around them.
func cutTickerRun(text string) (run, rest string) {
	end := 0
	for end < len(text) && end <= maxSymbol+maxExchange+1 && isTickerByte(text[end]) {
		end++
	}
	run = trimTicker(text[:end])
	return run, text[len(run):]
}

// trimTicker drops from the end of a run of ticker characters what belongs to the sentence around it.
func trimTicker(run string) string { return strings.TrimRight(run, ".,:-*_+/&^") }

// standsAlone reports whether no letter or digit stands right before a place.
func standsAlone(text string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return at == 0 || !isWordRune(r) || isIdeograph(r)
}

// capitalTicker reads a ticker that was written in capitals and holds a letter. It refuses words that isNoTicker
// reports.
func capitalTicker(run string) (ticker, bool) {
	if !strings.ContainsFunc(run, isCapitalLetter) || isNoTicker(run) {
		return ticker{}, false
	}
	return parseTicker(run)
}

// isNoTicker reports whether a word of the vocabulary, with or without a number, is no ticker.
func isNoTicker(run string) bool {
	e := lookUp(strings.TrimRight(run, "0123456789!"))
	return e != nil && e.is(noTickerRole)
}

// --- Orders -------------------------------------------------------------------------------------

// order is TradingView's sentence about a strategy's order.
type order struct {
	start    int // where it begins
	ticker   ticker
	price    price // only where the size is said too
	side     atalaya.Direction
	size     price
	position price // the new one, if it is said
}

// closes reports whether no position is left after the order.
func (o *order) closes() bool { return o.position.Valid && o.position.Decimal.IsZero() }

// grows reports whether the position is larger than before the order.
func (o *order) grows() bool {
	if !o.position.Valid || !o.size.Valid {
		return false
	}
	before := o.position.Decimal.Sub(o.size.Decimal)
	if o.side == atalaya.Short {
		before = o.position.Decimal.Add(o.size.Decimal)
	}
	return o.position.Decimal.Abs().GreaterThan(before.Abs())
}

// orders is what a text's sentences about orders say.
type orders struct {
	first  *order
	sizes  []int // where each @ before a size stands
	closed bool  // one of them left no position
	kind   atalaya.EventKind
	known  bool // one of them told the new position
}

// isSize reports whether an @ stands before the size of an order.
func (o *orders) isSize(at int) bool {
	_, found := slices.BinarySearch(o.sizes, at)
	return found
}

// kind returns Exit if the order left no position, Entry if it made the position larger, and "" otherwise.
func (o *order) kind() atalaya.EventKind {
	switch {
	case o.closes():
		return atalaya.Exit
	case o.grows():
		return atalaya.Entry
	}
	return ""
}

// findOrders reads the sentences about orders.
func (t *textReader) findOrders() (found orders) {
	for at := 0; ; at++ {
		i := strings.IndexByte(t.text[at:], '@')
		if i < 0 {
			return found
		}
		at += i
		o, ok := t.orderAt(at)
		if !ok {
			continue
		}
		found.sizes = append(found.sizes, at)
		found.closed = found.closed || o.closes()
		if found.first == nil || !found.first.price.Valid && o.price.Valid {
			first := o // the only one that outlives its turn
			found.first = &first
		}
		if o.position.Valid && !found.known {
			found.known, found.kind = true, o.kind()
		}
	}
}

// orderAt reads the sentence around an @: a side before it, a number behind it.
func (t *textReader) orderAt(at int) (o order, ok bool) {
	end := skipBlanksBack(t.text, at)
	side, start := t.orderSide(end)
	if side == "" {
		return order{}, false
	}
	o = order{start: start, side: side}
	mantissa, exponent, rest := cutNumber(strings.TrimLeft(t.text[at+1:], " \t"), false)
	if o.size, ok = parseDigits("", mantissa+exponent); !ok {
		return order{}, false
	}
	if after, isFor := cutWord(rest, "for"); isFor {
		o.price = o.size
		mantissa, exponent, rest = cutNumber(strings.TrimLeft(after, " \t"), false)
		if o.size, ok = parseDigits("", mantissa+exponent); !ok {
			return order{}, false
		}
	}
	for _, s := range orderForms {
		if found, ok := s.read(t.text, o, rest); ok {
			return found, true
		}
	}
	return translatedOrder(o, rest)
}

// orderSide returns the side word that ends at a place, and where it begins: buy, sell, or what they
// are called in the languages of the sentences.
func (t *textReader) orderSide(end int) (atalaya.Direction, int) {
	for start := end; start > 0 && end-start <= len("buysell"); {
		r, size := utf8.DecodeLastRuneInString(t.text[:start])
		if !isLetter(r) {
			break
		}
		start -= size
		if e := lookUp(t.text[start:end]); e != nil && e.rank == orderRank && !e.is(capitalsRole) {
			if before, _ := utf8.DecodeLastRuneInString(t.text[:start]); start == 0 || !isLetter(before) || isIdeograph(before) {
				return e.side, start
			}
		}
	}
	return "", 0
}

// cutWord cuts a word in any case from the beginning of a text, behind blanks and before one.
func cutWord(text, word string) (rest string, ok bool) {
	text = strings.TrimLeft(text, " \t")
	if len(text) <= len(word) || !strings.EqualFold(text[:len(word)], word) || !isBlank(text[len(word)]) {
		return text, false
	}
	return text[len(word):], true
}

// translatedOrder reads what follows the size in a language whose wording is not known: words without a
// digit, in which exactly one token in capitals stands, a full stop right behind it, and then, without
// another digit, a number that ends the text.
func translatedOrder(o order, rest string) (order, bool) {
	stop, size := -1, 0
	var name string
	for i := 0; i < len(rest) && stop < 0; {
		if i > 0 && isTickerStart(rest, i) {
			run := rest[i:]
			run, _ = cutTickerRun(run)
			if run != "" && strings.ContainsFunc(run, isCapitalLetter) && endsToken(rest, i+len(run)) {
				if name != "" {
					return order{}, false
				}
				name = run
				i += len(run)
				if stop, size = fullStop(rest, i); stop < 0 {
					return order{}, false
				}
				break
			}
		}
		r, n := utf8.DecodeRuneInString(rest[i:])
		if unicode.IsDigit(r) || r == '@' {
			return order{}, false
		}
		i += n
	}
	if name == "" || strings.ContainsAny(name, "@") || isTime(name) {
		return order{}, false
	}
	found, ok := capitalTicker(name)
	if !ok {
		return order{}, false
	}
	o.ticker = found
	o.position, ok = lastNumber(rest[stop+size:])
	return o, ok
}

// isTickerStart reports whether a token begins at a place.
func isTickerStart(text string, at int) bool {
	if !isUpper(text[at]) && !isDigit(text[at]) {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return !isWordRune(r) || isIdeograph(r)
}

// endsToken reports whether a token that ends at a place is not the beginning of a longer word.
func endsToken(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return at == len(text) || !isWordRune(r) || isIdeograph(r)
}

// fullStop returns where a full stop stands at a place, and its size; -1 if none does.
func fullStop(text string, at int) (place, size int) {
	for _, stop := range []string{". ", "。", ".\n"} {
		if strings.HasPrefix(text[at:], stop) {
			return at, len(stop)
		}
	}
	return -1, 0
}

func isTime(token string) bool {
	_, rest, ok := leadingTime(token)
	return ok && rest == ""
}

// lastNumber reads the only number of a text, which ends it but for signs.
func lastNumber(text string) (price, bool) {
	i := strings.IndexFunc(text, unicode.IsDigit)
	if i < 0 || !isDigit(text[i]) {
		return price{}, false
	}
	sign := ""
	if i > 0 && text[i-1] == '-' || strings.HasSuffix(text[:i], "−") {
		sign = "-"
	}
	mantissa, exponent, rest := cutNumber(text[i:], true)
	if saysSomething(rest) {
		return price{}, false
	}
	return parseDigits(sign, mantissa+exponent)
}
