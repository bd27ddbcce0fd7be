package alert

import (
	"slices"
	"strings"
	"unicode/utf8"

	"atalaya"
)

// textReader holds one text with what was found in it before its fields are read.
type textReader struct {
	text   string // without tags, URLs and titles
	words  []word
	orders orders

	condition    condition
	hasCondition bool
	hasCalls     bool // there are brackets in it
}

// maxText is how much free text is read, in bytes. A message of TradingView's has at most 4,096 characters,
// of which none is longer than four bytes.
const maxText = 4096 * utf8.UTFMax

// readText reads free text: labels, TradingView's own sentences, EXCHANGE:SYMBOL, side words.
func (r *reader) readText(text string) fields {
	text = firstBytes(text, maxText)
	t := newTextReader(text)
	t.hasCalls = strings.Contains(t.text, "(")
	t.condition, t.hasCondition = t.findCondition()

	var f fields
	from := &f.from
	f.listed = t.exchangeSymbols()
	f.ticker, from[tickerField] = t.ticker(f.listed)
	f.price, from[priceField] = t.price()
	f.side, from[directionField] = t.side(r.turkish)
	f.signalType, from[signalTypeField] = t.lineAfter(typeLabel, isSignalType)
	f.indicatorName, from[indicatorField] = t.indicator()
	f.chartID, from[chartField] = chartInURL(text), source{how: byForm}
	f.interval, from[intervalField] = t.interval(f.ticker)
	f.timestamp, from[timestampField] = t.time()
	f.kind = t.kind()
	return f
}

// newTextReader finds the words of a text and its sentences about orders.
func newTextReader(text string) *textReader {
	t := &textReader{text: withoutURLs(withoutTitle(plainLines(text)))}
	t.words = wordsOf(t.text)
	t.orders = t.findOrders()
	return t
}

// kindOfText reads what kind of event a text speaks of, and nothing else.
func kindOfText(text string) atalaya.EventKind {
	return newTextReader(firstBytes(text, maxText)).kind()
}

// firstBytes returns the beginning of a text, in at most so many bytes. It splits no character.
func firstBytes(text string, limit int) string {
	if text = strings.TrimSpace(text); len(text) <= limit {
		return text
	}
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// maxAfter bounds the bytes after a label that are looked at, so that a text full of labels takes no longer
// to read. It is more than the longest number with all its separators.
const maxAfter = 256

// after returns what stands at a place, as far as it is looked at.
func (t *textReader) after(start int) string { return t.text[start:min(len(t.text), start+maxAfter)] }

// opening is what a value may begin with.
const opening = " \t*_~" + doubleQuotes + singleQuotes

// eachAfter calls f with the places behind each label and the label's index, until f is satisfied.
// blank says that a blank ends the label too.
func (t *textReader) eachAfter(l label, blank bool, f func(i, start int) bool) {
	for i, w := range t.words {
		if !w.whole || !w.hasLabel(l) || w.behind != "" && !t.standsBehind(w) {
			continue
		}
		if start, ok := labelEnd(t.text, w.end, blank); ok && f(i, start) {
			return
		}
	}
}

// labelEnd returns where the value of a label begins that ends at a place.
func labelEnd(text string, end int, blank bool) (start int, ok bool) {
	window := text[end:min(len(text), end+maxAfter)]
	rest := strings.TrimLeft(window, " \t*_~`")
	for _, sign := range []string{":", "=", "："} {
		if value, found := strings.CutPrefix(rest, sign); found {
			return end + len(window) - len(strings.TrimLeft(value, opening)), true
		}
	}
	if blank && window != "" && isBlank(window[0]) {
		return end + len(window) - len(strings.TrimLeft(window, opening)), true
	}
	return 0, false
}

// standsBehind reports whether a word stands behind the one that makes it a label: signal type.
func (t *textReader) standsBehind(w word) bool {
	before := strings.TrimRight(t.text[max(0, w.start-longestWord):w.start], " \t-_")
	if len(before) < len(w.behind) || len(before) == len(t.text[max(0, w.start-longestWord):w.start]) {
		return w.start == w.end
	}
	start := len(before) - len(w.behind)
	return fold(before[start:]) == w.behind && standsAlone(before, start)
}

// lineAfter returns what stands behind a label up to the end of its line.
func (t *textReader) lineAfter(l label, usable func(string) bool) (value string, from source) {
	t.eachAfter(l, false, func(i, start int) bool {
		line, _, _ := strings.Cut(t.text[start:min(len(t.text), start+maxCommand)], "\n")
		if line = trimValue(line); line == "" || onlyPlaceholders(line) || !usable(line) {
			return false
		}
		value, from = strings.ToValidUTF8(line, ""), t.source(i)
		return true
	})
	return value, from
}

// source returns a label as a source.
func (t *textReader) source(i int) source {
	return source{byLabel, t.text[t.words[i].start:t.words[i].end]}
}

// side reads the side words. If the sentence about an order says that the position is closed, the order
// was the opposite of what it closed.
func (t *textReader) side(turkish bool) (atalaya.Direction, source) {
	tally := tally{capitalized: turkish || len(t.text) <= len("SAT")}
	for _, w := range t.words {
		tally.add(w, t.text)
	}
	if side := tally.side(); side != "" {
		if tally.best == orderRank && t.closed() {
			return opposite(side), source{how: bySentence}
		}
		return side, source{how: byWords}
	}
	return "", source{}
}

// closed reports whether a text says that no position is left.
func (t *textReader) closed() bool {
	return t.orders.closed || positionIsZero(t.text)
}

const newPosition = "new strategy position is "

// positionIsZero reports whether a text holds TradingView's own words about a position that was closed.
func positionIsZero(text string) bool {
	for {
		i := indexFold(text, newPosition)
		if i < 0 {
			return false
		}
		text = strings.TrimPrefix(text[i+len(newPosition):], "-")
		if mantissa, exponent, _ := cutNumber(text[:min(len(text), maxForm)], false); mantissa != "" {
			if p, ok := parseDigits("", mantissa+exponent); ok && p.Decimal.IsZero() {
				return true
			}
		}
	}
}

// indicator returns what stands before TradingView's sentence about an order, or behind a label.
func (t *textReader) indicator() (string, source) {
	if o := t.orders.first; o != nil && containsFold(t.text[o.start:min(len(t.text), o.start+len("order"))], "order") {
		before, colon := strings.CutSuffix(strings.TrimRight(t.text[:o.start], " \t"), ":")
		line := before[strings.LastIndexByte(before, '\n')+1:]
		if name := trimValue(line); colon && name != "" && len(name) <= maxCommand && !onlyPlaceholders(name) {
			return name, source{how: bySentence}
		}
	}
	return t.lineAfter(indicatorLabel, func(string) bool { return true })
}

func (t *textReader) time() (found timestamp, from source) {
	t.eachAfter(timeLabel, false, func(i, start int) (ok bool) {
		if start == len(t.text) || !isDigit(t.text[start]) {
			return false
		}
		if found, _, ok = leadingTime(t.after(start)); !ok {
			found = timestamp{}
			return false
		}
		from = t.source(i)
		return true
	})
	return found, from
}

// --- Intervals ----------------------------------------------------------------------------------

func (t *textReader) interval(found ticker) (interval string, from source) {
	t.eachAfter(intervalLabel, true, func(i, start int) bool {
		interval, from = leadingInterval(t.after(start)), t.source(i)
		return interval != ""
	})
	if interval != "" {
		return interval, from
	}
	if t.hasCondition && t.condition.interval != "" {
		return t.condition.interval, source{how: bySentence}
	}
	if _, interval, ok := t.beginning(); ok {
		return interval, source{how: byForm}
	}
	if !slices.ContainsFunc(t.words, func(w word) bool { return w.isUnit }) {
		return "", source{}
	}
	for line := range strings.Lines(t.text) {
		if interval = intervalAfterSubject(line, found); interval != "" {
			return interval, source{how: byWords}
		}
	}
	for _, w := range t.words {
		if w.is(chartRole) {
			if interval = t.intervalBefore(w.start); interval != "" {
				return interval, source{how: byWords}
			}
		}
	}
	return "", source{}
}

// intervalAfterSubject reads the interval right behind the side words, SIGNAL and the ticker that a line
// begins with: BUY SIGNAL 15 Minute.
func intervalAfterSubject(line string, found ticker) string {
	line = trimEmoji(line)
	at := 0
	for subjects := 0; ; subjects++ {
		if interval, _ := wordedInterval(line, at); interval != "" && subjects > 0 {
			return interval
		}
		end := at
		for end < len(line) && end-at <= maxForm && !isSpace(line[end]) {
			end++
		}
		token := strings.Trim(line[at:end], around+":.!")
		e := lookUp(token)
		isSubject := e != nil && (e.rank >= opinionRank || e.is(signalRole))
		if !isSubject {
			if t, ok := parseTicker(token); !ok || t.symbol != found.symbol {
				return ""
			}
		}
		at = skipBlanks(line, end)
	}
}

// intervalBefore reads the interval right before a place: 15 minutes chart.
func (t *textReader) intervalBefore(place int) string {
	end := skipBlanksBack(t.text, place)
	start := end
	for start > 0 && end-start <= longestWord {
		r, size := utf8.DecodeLastRuneInString(t.text[:start])
		if !isLetter(r) {
			break
		}
		start -= size
	}
	digits := skipBlanksBack(t.text, start)
	number := digits
	for number > 0 && isDigit(t.text[number-1]) && digits-number < len("86400") {
		number--
	}
	if start == end || number == digits || !standsAlone(t.text, number) || number > 0 && strings.IndexByte(".,-:", t.text[number-1]) >= 0 {
		return ""
	}
	interval, to := wordedInterval(t.text, number)
	if to != end {
		return ""
	}
	return interval
}
