package alert

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"atalaya"
)

// A label is a whole word, in any case and with or without its accents, with a colon or an equals
// sign. Labels are looked for in the folded text (see foldText), so they stand here folded.
const (
	labelStart = `(?:^|[^\pL\pN_])(?:`
	labelEnd   = `)[ \t*_~` + "`" + `]*[:=]` + opening
	opening    = `[ \t*_~` + doubleQuotes + singleQuotes + `]*` // what a value may begin with
)

var (
	tickerLabel    = label("ticker", "symbol", "pair", "simbolo", "activo", "par")
	priceLabel     = searchFor(labelStart+`price|precio)(?:[ \t*_~`+"`"+`]*[:=]|[ \t])`+opening, "price", "precio")
	closeLabel     = label("close", "entry", "entrada")
	atSign         = searchFor(`@[ \t]*`, "@")
	typeLabel      = label("signal type", "signal_type", "signal-type", "signaltype", "tipo de senal", "signal", "senal", "tipo")
	indicatorLabel = label("indicator", "indicador", "strategy", "estrategia")
	intervalLabel  = label("timeframe", "tf", "interval", "temporalidad")
	timeLabel      = label("time", "hora", "fecha")
)

// label searches for any of these words as a label.
func label(words ...string) search {
	return searchFor(labelStart+strings.Join(words, "|")+labelEnd, words...)
}

const verb = `(Crossing Up|Crossing Down|Crossing|Greater Than|Less Than|Entering Channel|Exiting Channel|Inside Channel|Outside Channel|Moving Up|Moving Down)`

// inVerbs are words of which every verb has one.
var inVerbs = []string{"Crossing", "Than", "Channel", "Moving"}

// TradingView's own sentences, spelled as it spells them.
var (
	// … Verb [number] on TICKER, INTERVAL
	sentenceOn = searchFor(`\b`+verb+`(?: ([^\s]+))? on ([A-Z0-9][A-Z0-9:._!/^&*+$-]*), ([0-9]+[A-Za-z]*|[DWM])(?:[^A-Za-z0-9]|$)`, inVerbs...)
	// TICKER[, INTERVAL] Verb [number]
	sentence = searchFor(`(?m)(?:^|[\s(])([A-Z0-9][A-Z0-9:._!/^&*+$-]*)(?:, ([0-9]+[A-Za-z]*|[DWM]))? `+verb+`\b(?: ([^\s]+))?`, inVerbs...)
	// … order buy @ N filled on TICKER. New strategy position is M
	filled = searchFor(`order (?:buy|sell) (@) [0-9][0-9.,]* filled on ([A-Z0-9][A-Z0-9:._!/^&*+$-]*)(?: New strategy position is (-?[0-9][0-9.,]*))?`, " filled on ")
	// and its translations: the order, the ticker at the end of a sentence, a number at the line's end
	translated = searchFor(`(?m)\b(?:buy|sell) (@) [0-9][0-9.,]* [^\n@]*?([A-Z0-9][A-Z0-9:._!/^&*+$-]*?)(?:\. |。)[^\n]*?(-?[0-9][0-9.,]*)[^0-9\n]{0,3}$`, "buy @ ", "sell @ ")
	orderPlace = searchFor(`(?m)^(.*?): order (?:buy|sell) @ `, ": order ")
)

// readText reads free text: labels, TradingView's own sentences, EXCHANGE:SYMBOL, side words.
func readText(text string) fields {
	text = plainLines(text)
	t := textReader{text: text, folded: foldText(text), sentence: findSentence(text), order: findOrder(text)}
	listed := t.exchangeSymbols()
	return fields{
		ticker: t.ticker(listed), listed: listed, price: t.price(), side: t.side(),
		signalType: t.lineAfter(typeLabel), indicatorName: t.indicator(),
		chartID: chartInURL(text), interval: t.interval(), timestamp: t.time(),
	}
}

// textReader holds one text in the forms that are searched.
type textReader struct {
	text     string
	folded   folded
	sentence *condition
	order    *order
}

// condition is TradingView's sentence about one: the ticker has met it.
type condition struct{ ticker, interval, verb, number string }

// order is TradingView's sentence about a strategy's order.
type order struct {
	ticker   string
	position string // the new one, "" where the sentence leaves it out
}

func findSentence(text string) *condition {
	if m := sentenceOn.first(text); m != nil {
		return &condition{ticker: m[3], interval: m[4], verb: m[1], number: m[2]}
	}
	if m := sentence.first(text); m != nil {
		return &condition{ticker: m[1], interval: m[2], verb: m[3], number: m[4]}
	}
	return nil
}

func findOrder(text string) *order {
	for _, sentence := range []search{filled, translated} {
		m := sentence.firstPlaces(text)
		if m == nil {
			continue
		}
		found := &order{ticker: cutTicker(text[m[4]:m[5]])}
		if m[6] >= 0 {
			found.position = text[m[6]:m[7]]
		}
		return found
	}
	return nil
}

// orderSizes gives where a text holds the @ before the size of an order.
func orderSizes(text string) map[int]bool {
	sizes := make(map[int]bool)
	for _, sentence := range []search{filled, translated} {
		for _, match := range sentence.places(text) {
			sizes[match[2]] = true
		}
	}
	return sizes
}

// closes says whether no position is left after the order.
func (o *order) closes() bool { return o.position != "" && strings.Trim(o.position, "-0.,") == "" }

// folded is a text in lower case without accents, with the place of each of its bytes in the
// original.
type folded struct {
	text   string
	places []int
}

// foldText folds letter by letter, so that places can be kept, and blanks URLs out: what looks like
// a label in a query is none.
func foldText(text string) folded {
	var b strings.Builder
	places := make([]int, 0, len(text)+1)
	for i, r := range text {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		size := b.Len()
		b.WriteRune(foldRune(r))
		for range b.Len() - size {
			places = append(places, i)
		}
	}
	return folded{withoutURLs(b.String()), append(places, len(text))}
}

// withoutURLs puts blanks in the place of URLs.
func withoutURLs(text string) string {
	return address.replace(text, func(url string) string { return strings.Repeat(" ", len(url)) })
}

// spanish are the letters with marks that labels and side words have.
var spanish = map[rune]rune{'á': 'a', 'é': 'e', 'í': 'i', 'ó': 'o', 'ú': 'u', 'ü': 'u', 'ñ': 'n'}

func foldRune(r rune) rune {
	r = unicode.ToLower(r)
	switch plain, ok := spanish[r]; {
	case ok:
		return plain
	case r > unicode.MaxASCII && unicode.IsSpace(r):
		return ' '
	}
	return r
}

// maxAfter is how much of what follows a label is looked at, so that a text full of labels takes no
// longer to read than another: more than the longest number with all its separators.
const maxAfter = 256

// eachAfter gives the places in the original text behind each label, until f is satisfied.
func (t textReader) eachAfter(label search, f func(start int) bool) {
	for _, match := range label.places(t.folded.text) {
		if f(t.folded.places[match[1]]) {
			return
		}
	}
}

// after gives what stands at a place, as far as it is looked at.
func (t textReader) after(start int) string { return t.text[start:min(len(t.text), start+maxAfter)] }

// lineAfter gives what stands behind a label up to the end of its line.
func (t textReader) lineAfter(label search) (value string) {
	t.eachAfter(label, func(start int) bool {
		line, _, _ := strings.Cut(t.text[start:], "\n")
		if line = trimValue(line); line != "" && !onlyPlaceholders(line) {
			value = line
		}
		return value != ""
	})
	return value
}

var (
	// noExchanges are words that stand before a colon and are none.
	noExchanges = regexp.MustCompile(`^(?:TF|SL|TP|RR|RSI|EMA|SMA|QTY|ID)[0-9]*$`)
	// pairOfNames is EXCHANGE:SYMBOL in capitals.
	pairOfNames = searchFor(`[A-Z0-9_]+:[A-Z0-9:._!/^&*+$-]+`, ":")
	clockTime   = regexp.MustCompile(`[0-9]:[0-9][0-9]`)
	tickerRun   = regexp.MustCompile(`^[A-Za-z0-9:._!/^&*+$-]*`)
)

func (t textReader) ticker(listed []ticker) (found ticker) {
	if len(listed) > 0 {
		return listed[0]
	}
	t.eachAfter(tickerLabel, func(start int) (ok bool) {
		found, ok = parseTicker(cutTicker(tickerRun.FindString(t.after(start))))
		return ok
	})
	switch {
	case found.symbol != "":
	case t.order != nil:
		found, _ = parseTicker(t.order.ticker)
	case t.sentence != nil:
		found, _ = parseTicker(cutTicker(t.sentence.ticker))
	}
	return found
}

// cutTicker drops from a run of ticker characters what belongs to the sentence around it.
func cutTicker(run string) string { return strings.Trim(strings.TrimRight(run, ".,:-*_"), "*_") }

// exchangeSymbols finds every EXCHANGE:SYMBOL that is not part of a URL, a clock time or a word.
func (t textReader) exchangeSymbols() (listed []ticker) {
	text := withoutURLs(t.text)
	for _, place := range pairOfNames.places(text) {
		before, _ := utf8.DecodeLastRuneInString(text[:place[0]])
		after, _ := utf8.DecodeRuneInString(text[place[1]:])
		if unicode.In(before, unicode.L, unicode.Nd) || strings.ContainsRune("_:.", before) || unicode.IsLetter(after) {
			continue
		}
		whole := cutTicker(text[place[0]:place[1]])
		exchange, _, ok := strings.Cut(whole, ":")
		if !ok || !isExchange(exchange) || clockTime.MatchString(whole) {
			continue
		}
		if found, ok := parseTicker(whole); ok {
			listed = append(listed, found)
		}
	}
	return listed
}

// isExchange says whether what stands before a colon may be an exchange: no number, no label or
// other name, no side.
func isExchange(word string) bool {
	return strings.ContainsFunc(word, unicode.IsLetter) && !noExchanges.MatchString(word) &&
		!knownNames[foldName(word)] && sideWords[word].rank == noRank
}

func (t textReader) price() (p price) {
	read := func(text string) (ok bool) {
		if p, _, ok = leadingNumber(text); !ok {
			p = price{}
		}
		return ok
	}
	for _, label := range []search{priceLabel, closeLabel} {
		if t.eachAfter(label, func(start int) bool { return read(t.after(start)) }); p.Valid {
			return p
		}
	}
	if s := t.sentence; s != nil && (strings.HasPrefix(s.verb, "Crossing") || strings.HasSuffix(s.verb, "Than")) && read(s.number) {
		return p
	}
	sizes := orderSizes(t.text)
	for _, at := range atSign.places(t.text) {
		if !sizes[at[0]] && read(t.after(at[1])) {
			return p
		}
	}
	return p
}

// side reads the side words. Where the sentence about an order says that the position is closed, the
// order was the opposite of what it closed.
func (t textReader) side() atalaya.Direction {
	side, r := findSide(t.text, false)
	closed := newPositionZero.matches(t.text) || t.order != nil && t.order.closes()
	if closed && r == orderRank {
		return opposite(side)
	}
	return side
}

// indicator gives what stands before TradingView's sentence about an order, or behind a label.
func (t textReader) indicator() string {
	if match := orderPlace.first(t.text); match != nil {
		if name := trimValue(match[1]); name != "" && !onlyPlaceholders(name) {
			return name
		}
	}
	return t.lineAfter(indicatorLabel)
}

// leadingInterval is a number, what stands between it and its unit, and a unit or a word.
var leadingInterval = regexp.MustCompile(`^([0-9]*)([ \t]*)(\pL*)`)

func (t textReader) interval() (found string) {
	t.eachAfter(intervalLabel, func(start int) bool {
		found = firstInterval(t.after(start))
		return found != ""
	})
	if found == "" && t.sentence != nil {
		found, _ = parseInterval(t.sentence.interval)
	}
	return found
}

// firstInterval reads the interval that a text begins with: one number and unit, or a word. What
// goes on from it, as in M15, 1.5 and 4-hour, makes it none.
func firstInterval(text string) string {
	match := leadingInterval.FindStringSubmatch(text)
	if goesOn.MatchString(text[len(match[0]):]) {
		return ""
	}
	if whole, ok := parseInterval(match[0]); ok {
		return whole
	}
	if match[2] == "" { // the word belongs to the number
		return ""
	}
	number, _ := parseInterval(match[1])
	return number
}

var goesOn = regexp.MustCompile(`^(?:[\pN_]|[.,][0-9]|-\pL)`)

func (t textReader) time() (found timestamp) {
	t.eachAfter(timeLabel, func(start int) (ok bool) {
		if found, _, ok = leadingTime(t.after(start)); !ok {
			found = timestamp{}
		}
		return ok
	})
	return found
}
