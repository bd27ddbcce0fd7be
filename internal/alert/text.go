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
	labelEnd   = `)[ \t*_~` + "`" + `]*[:=][ \t*_~` + "`" + `"']*`
)

var (
	tickerLabel    = regexp.MustCompile(labelStart + `ticker|symbol|pair|simbolo|activo|par` + labelEnd)
	priceLabel     = regexp.MustCompile(labelStart + `price|precio)(?:[ \t*_~` + "`" + `]*[:=]|[ \t])[ \t*_~` + "`" + `"']*`)
	closeLabel     = regexp.MustCompile(labelStart + `close|entry|entrada` + labelEnd)
	atLabel        = regexp.MustCompile(`@[ \t]*`)
	typeLabel      = regexp.MustCompile(labelStart + `signal[ _-]?type|tipo de senal|signal|senal|tipo` + labelEnd)
	indicatorLabel = regexp.MustCompile(labelStart + `indicator|indicador|strategy|estrategia` + labelEnd)
	intervalLabel  = regexp.MustCompile(labelStart + `timeframe|tf|interval|temporalidad` + labelEnd)
	timeLabel      = regexp.MustCompile(labelStart + `time|hora|fecha` + labelEnd)
)

// TradingView's own sentences, spelled as it spells them.
var (
	verb = `(Crossing Up|Crossing Down|Crossing|Greater Than|Less Than|Entering Channel|Exiting Channel|Inside Channel|Outside Channel|Moving Up|Moving Down)`
	// … Verb [number] on TICKER, INTERVAL
	sentenceOn = regexp.MustCompile(`\b` + verb + `(?: ([^\s]+))? on ([A-Z0-9][A-Z0-9:._!/^&*+$-]*), ([0-9]+[A-Za-z]*|[DWM])(?:[^A-Za-z0-9]|$)`)
	// TICKER[, INTERVAL] Verb [number]
	sentence = regexp.MustCompile(`(?m)(?:^|[\s(])([A-Z0-9][A-Z0-9:._!/^&*+$-]*)(?:, ([0-9]+[A-Za-z]*|[DWM]))? ` + verb + `(?: ([^\s]+))?`)
	// … order buy @ N filled on TICKER. New strategy position is M, and its translations
	filled     = regexp.MustCompile(`(?m)(buy|sell) @ [0-9][0-9.,]* [^\n@]*?([A-Z0-9][A-Z0-9:._!/^&*+$-]*?)\. [^\n]*?(-?[0-9][0-9.,]*)[^0-9\n]{0,3}$`)
	orderPlace = regexp.MustCompile(`(?m)^(.*?): order (?:buy|sell) @ `)
)

// readText reads free text: labels, TradingView's own sentences, EXCHANGE:SYMBOL, side words.
func readText(text string) fields {
	text = plainLines(text)
	t := textReader{text: text, folded: foldText(text), filled: filled.FindStringSubmatch(text)}
	t.sentence = t.findSentence()
	return fields{
		ticker: t.ticker(), price: t.price(), side: t.side(),
		signalType: t.lineAfter(typeLabel), indicatorName: t.indicator(),
		chartID: chartInURL(text), interval: t.interval(), timestamp: t.time(),
	}
}

// textReader holds one text in the forms that are searched.
type textReader struct {
	text     string
	folded   folded
	filled   []string // the match of filled
	sentence []string // ticker, interval, verb, number
}

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
		s := foldRune(r)
		b.WriteString(s)
		for range len(s) {
			places = append(places, i)
		}
	}
	return folded{withoutURLs(b.String()), append(places, len(text))}
}

// withoutURLs puts blanks in the place of URLs.
func withoutURLs(text string) string {
	return address.ReplaceAllStringFunc(text, func(url string) string { return strings.Repeat(" ", len(url)) })
}

// spanish are the letters with marks that labels and side words have.
var spanish = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n")

func foldRune(r rune) string {
	if r < utf8.RuneSelf {
		return string(unicode.ToLower(r))
	}
	return spanish.Replace(string(unicode.ToLower(r)))
}

// eachAfter gives the original text behind each place where a label stands, until f is satisfied.
func (t textReader) eachAfter(label *regexp.Regexp, f func(rest string) bool) {
	for _, match := range label.FindAllStringIndex(t.folded.text, -1) {
		if f(t.text[t.folded.places[match[1]]:]) {
			return
		}
	}
}

// lineAfter gives what stands behind a label up to the end of its line.
func (t textReader) lineAfter(label *regexp.Regexp) (value string) {
	t.eachAfter(label, func(rest string) bool {
		line, _, _ := strings.Cut(rest, "\n")
		if line = trimValue(line); line != "" && !onlyPlaceholders(line) {
			value = line
		}
		return value != ""
	})
	return value
}

// findSentence gives ticker, interval, verb and number of TradingView's sentence about a condition.
func (t textReader) findSentence() []string {
	if m := sentenceOn.FindStringSubmatch(t.text); m != nil {
		return []string{m[3], m[4], m[1], m[2]}
	}
	if m := sentence.FindStringSubmatch(t.text); m != nil {
		return []string{m[1], m[2], m[3], m[4]}
	}
	return nil
}

// noExchanges are words that stand before a colon and are none.
var noExchanges = regexp.MustCompile(`^(?:TF|SL|TP|RR|RSI|EMA|SMA|QTY|ID)[0-9]*$`)

// pairOfNames is EXCHANGE:SYMBOL in capitals.
var pairOfNames = regexp.MustCompile(`[A-Z0-9_]+:[A-Z0-9:._!/^&*+$-]+`)

func (t textReader) ticker() ticker {
	if found, ok := t.exchangeSymbol(); ok {
		return found
	}
	var found ticker
	t.eachAfter(tickerLabel, func(rest string) (ok bool) {
		end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune(":._!/^&*+$-", r) && !isAlphanumeric(r) })
		if end < 0 {
			end = len(rest)
		}
		found, ok = parseTicker(strings.TrimRight(rest[:end], ".,:-"))
		return ok
	})
	if found.symbol != "" {
		return found
	}
	if t.filled != nil {
		found, _ = parseTicker(t.filled[2])
	} else if t.sentence != nil {
		found, _ = parseTicker(strings.TrimRight(t.sentence[0], ".,:-"))
	}
	return found
}

func isAlphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// exchangeSymbol finds the first EXCHANGE:SYMBOL that is not part of a URL, a clock time or a word.
func (t textReader) exchangeSymbol() (ticker, bool) {
	text := withoutURLs(t.text)
	for _, place := range pairOfNames.FindAllStringIndex(text, -1) {
		if before, _ := utf8.DecodeLastRuneInString(text[:place[0]]); place[0] > 0 && (unicode.IsLetter(before) || unicode.IsDigit(before) || strings.ContainsRune("_:.", before)) {
			continue
		}
		if after, _ := utf8.DecodeRuneInString(text[place[1]:]); place[1] < len(text) && (unicode.IsLetter(after) || after == '_') {
			continue
		}
		whole := strings.TrimRight(text[place[0]:place[1]], ".,:-")
		exchange, _, ok := strings.Cut(whole, ":")
		if !ok || noExchanges.MatchString(exchange) || sideWords[exchange].rank != noRank || !strings.ContainsFunc(exchange, unicode.IsLetter) {
			continue
		}
		if found, ok := parseTicker(whole); ok && (found.exchange != "" || found.spread) {
			return found, true
		}
	}
	return ticker{}, false
}

func (t textReader) price() (p price) {
	read := func(rest string) (ok bool) {
		if p, _, ok = leadingNumber(rest); !ok {
			p = price{}
		}
		return ok
	}
	for _, label := range []*regexp.Regexp{priceLabel, closeLabel} {
		if t.eachAfter(label, read); p.Valid {
			return p
		}
	}
	if t.sentence != nil && (strings.HasPrefix(t.sentence[2], "Crossing") || strings.HasSuffix(t.sentence[2], "Than")) {
		if read(t.sentence[3]); p.Valid {
			return p
		}
	}
	if t.filled == nil { // there the number after @ is the order's size
		t.eachAfter(atLabel, read)
	}
	return p
}

func (t textReader) side() atalaya.Direction {
	side, r := findSide(t.text, false)
	closed := newPositionZero.MatchString(t.text) || t.filled != nil && strings.Trim(t.filled[3], "-0.,") == ""
	if closed && r == orderRank {
		return opposite(side)
	}
	return side
}

// indicator gives what stands before TradingView's sentence about an order, or behind a label.
func (t textReader) indicator() string {
	if match := orderPlace.FindStringSubmatch(t.text); match != nil {
		if name := trimValue(match[1]); name != "" && !onlyPlaceholders(name) {
			return name
		}
	}
	return t.lineAfter(indicatorLabel)
}

// leadingInterval is a number with its unit, or a word.
var leadingInterval = regexp.MustCompile(`^(?:([0-9]{1,5})([ \t]*)(\pL*)|(\pL+))`)

func (t textReader) interval() (found string) {
	t.eachAfter(intervalLabel, func(rest string) bool {
		match := leadingInterval.FindStringSubmatch(rest)
		if match == nil {
			return false
		}
		found, _ = parseInterval(match[0])
		if found == "" && match[1] != "" && match[2] != "" { // the word behind the blank is no unit
			found, _ = parseInterval(match[1])
		}
		return found != ""
	})
	if found == "" && t.sentence != nil {
		found, _ = parseInterval(t.sentence[1])
	}
	return found
}

func (t textReader) time() (found timestamp) {
	t.eachAfter(timeLabel, func(rest string) (ok bool) {
		if found, _, ok = leadingTime(rest); !ok {
			found = timestamp{}
		}
		return ok
	})
	return found
}
