package alert

import (
	"strings"
)

// price returns the first price that a text names. It leaves out those of stops and targets.
func (t *textReader) price() (p price, from source) {
	for _, l := range []label{priceLabel, entryLabel} {
		t.eachAfter(l, l == priceLabel, func(i, start int) (ok bool) {
			if t.ofStop(i, t.words[i].start) {
				return false
			}
			if p, _, ok = leadingNumber(t.after(start), true); !ok {
				p = price{}
				return false
			}
			from = t.source(i)
			return true
		})
		if p.Valid {
			return p, from
		}
	}
	if t.hasCondition && t.condition.price.Valid {
		return t.condition.price, source{how: bySentence}
	}
	if o := t.orders.first; o != nil && o.price.Valid {
		return o.price, source{how: bySentence}
	}
	if _, p, ok := t.priced(); ok {
		return p, source{how: bySentence}
	}
	if p, ok := t.atSign(); ok {
		return p, source{byLabel, "@"}
	}
	if p, ok := t.atSide(); ok {
		return p, source{byLabel, "at"}
	}
	return price{}, source{}
}

// ofStop reports whether a label or sign, which stands before or is the i-th word, belongs to a stop or
// target: SL Price, TP1 @, Target 1: @, stop_loss(price=…).
func (t *textReader) ofStop(i, start int) bool {
	for i--; i >= 0; i-- {
		w := t.words[i]
		switch {
		case w.end > start:
			continue
		case !w.is(stopRole) && !w.is(articleRole|atRole):
			return false
		}
		between := t.text[w.end:start]
		digits := countDigits(between)
		rest := between[digits:]
		if number := strings.TrimLeft(rest, " \t#"); digits == 0 && countDigits(number) <= 2 {
			rest = number[countDigits(number):]
		}
		if saysSomething(rest) || strings.ContainsAny(rest, "\n,;|.)") {
			return false
		}
		if w.is(stopRole) {
			return true
		}
		start = w.start
	}
	return false
}

// inStopCall reports whether a place lies between the brackets of stop_loss(…) or take_profit(…).
func (t *textReader) inStopCall(place int) bool {
	if !t.hasCalls {
		return false
	}
	open := strings.LastIndexByte(t.text[max(0, place-maxAfter):place], '(')
	if open < 0 {
		return false
	}
	open += max(0, place-maxAfter)
	if strings.IndexByte(t.text[open:place], ')') >= 0 {
		return false
	}
	start := open
	for start > 0 && open-start <= longestWord && (isAlnum(t.text[start-1]) || t.text[start-1] == '_') {
		start--
	}
	found := false
	eachWord(t.text[start:open], func(w word) { found = found || w.is(stopRole) })
	return found
}

// atSign reads the number behind an @ that is neither an order's size nor a stop's price.
func (t *textReader) atSign() (price, bool) {
	word := 0
	for at := 0; ; at++ {
		i := strings.IndexByte(t.text[at:], '@')
		if i < 0 {
			return price{}, false
		}
		at += i
		for word < len(t.words) && t.words[word].start < at {
			word++
		}
		if t.orders.isSize(at) || t.ofStop(word, at) || t.inStopCall(at) {
			continue
		}
		if p, _, ok := leadingNumber(strings.TrimLeft(t.after(at+1), " \t"), true); ok {
			return p, true
		}
	}
}

// atSide reads the number behind "at" right behind a side word: buy at 67890.5.
func (t *textReader) atSide() (price, bool) {
	for i, w := range t.words {
		if w.rank < opinionRank || t.ofStop(i, w.start) {
			continue
		}
		if rest, ok := cutWord(t.after(w.end), "at"); ok {
			if p, _, ok := leadingNumber(strings.TrimLeft(rest, opening), true); ok {
				return p, true
			}
		}
	}
	return price{}, false
}

// priced reads a ticker with its price: buy BTCUSDT at 67890.5, or TSLA,buy,250.75 on a line.
func (t *textReader) priced() (ticker, price, bool) {
	for i, w := range t.words {
		if w.rank < opinionRank || t.ofStop(i, w.start) {
			continue
		}
		rest := t.after(w.end)
		if rest == "" || !isBlank(rest[0]) {
			continue
		}
		name, rest := cutTickerRun(strings.TrimLeft(rest, opening+"#"))
		found, ok := capitalTicker(name)
		if !ok {
			continue
		}
		if rest, ok = cutAt(strings.TrimLeft(rest, "*_`")); !ok {
			continue
		}
		if p, _, ok := leadingNumber(strings.TrimLeft(rest, opening), true); ok {
			return found, p, true
		}
	}
	if strings.Count(t.text, ",") < 2 {
		return ticker{}, price{}, false
	}
	for line := range strings.Lines(t.text) {
		if found, p, ok := pricedLine(strings.TrimSpace(line)); ok {
			return found, p, true
		}
	}
	return ticker{}, price{}, false
}

// cutAt cuts an @, or a word that stands between a ticker and its price, from the beginning of a text.
func cutAt(text string) (rest string, ok bool) {
	text = strings.TrimLeft(text, " \t")
	if rest, ok = strings.CutPrefix(text, "@"); ok {
		return rest, true
	}
	word, _, blank := strings.Cut(text, " ")
	e := lookUp(word)
	return text[min(len(word), len(text)):], blank && e != nil && e.is(atRole)
}

// pricedLine reads X,side,NUMBER, with or without further items that hold no digit.
func pricedLine(line string) (ticker, price, bool) {
	if len(line) > maxCommand || strings.Count(line, ",") < 2 {
		return ticker{}, price{}, false
	}
	name, rest, _ := strings.Cut(line, ",")
	side, rest, _ := strings.Cut(rest, ",")
	name, side = trimEmoji(trimValue(name)), trimValue(side)
	e := lookUp(side)
	if e == nil || e.rank < opinionRank || name != strings.ToUpper(name) {
		return ticker{}, price{}, false
	}
	found, ok := capitalTicker(name)
	if !ok {
		return ticker{}, price{}, false
	}
	p, rest, ok := leadingNumber(strings.TrimSpace(rest), true)
	if !ok || strings.ContainsAny(rest, "0123456789") || !isUnit(rest) && !strings.HasPrefix(strings.TrimSpace(rest), ",") {
		return ticker{}, price{}, false
	}
	return found, p, true
}
