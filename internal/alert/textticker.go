package alert

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// ticker returns the first ticker that a text names.
func (t *textReader) ticker(listed []ticker) (found ticker, from source) {
	if len(listed) > 0 {
		return listed[0], source{how: byForm}
	}
	t.eachAfter(tickerLabel, false, func(i, start int) (ok bool) {
		run := t.after(start)
		end := 0
		for end < len(run) && (isAlnum(run[end]) || isTickerByte(run[end])) {
			end++
		}
		found, ok = parseTicker(trimTicker(run[:end]))
		from = t.source(i)
		return ok
	})
	if found.symbol != "" {
		return found, from
	}
	if t.orders.first != nil {
		return t.orders.first.ticker, source{how: bySentence}
	}
	if t.hasCondition {
		return t.condition.ticker, source{how: bySentence}
	}
	if found, _, ok := t.beginning(); ok {
		return found, source{how: byForm}
	}
	if found, _, ok := t.priced(); ok {
		return found, source{how: bySentence}
	}
	for _, read := range []func() (ticker, bool){t.filledOn, t.cashtag, t.quoted} {
		if found, ok := read(); ok {
			return found, source{how: byForm}
		}
	}
	return ticker{}, source{}
}

// exchangeSymbols finds every EXCHANGE:SYMBOL in capitals that is not part of a clock time or a word.
func (t *textReader) exchangeSymbols() (listed []ticker) {
	text := t.text
	for at := 0; ; {
		i := strings.IndexByte(text[at:], ':')
		if i < 0 {
			return listed
		}
		colon := at + i
		start := colon
		for start > at && colon-start <= maxExchange+len("_DLY") && (isUpper(text[start-1]) || isDigit(text[start-1]) || text[start-1] == '_') {
			start--
		}
		if start == colon {
			at = colon + 1
			continue
		}
		end := colon + 1
		for end < len(text) && isTickerByte(text[end]) {
			end++
		}
		if found, ok := exchangeSymbol(text, start, colon, end); ok {
			listed = append(listed, found)
		}
		at = end
	}
}

// exchangeSymbol reads what stands around a colon.
func exchangeSymbol(text string, start, colon, end int) (ticker, bool) {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	whole := strings.TrimRight(text[start:end], ".,:-*_")
	switch {
	case len(whole) <= colon-start || !isExchange(text[start:colon]):
		return ticker{}, false
	case start > 0 && (isWordRune(before) && !isIdeograph(before) || strings.ContainsRune(":.", before)):
		return ticker{}, false
	case end < len(text) && isLetter(after) && !isIdeograph(after), holdsClock(whole):
		return ticker{}, false
	}
	return parseTicker(strings.TrimLeft(whole, "*_"))
}

// holdsClock reports whether a run holds a clock time: 10:30.
func holdsClock(run string) bool {
	for i := 1; i+2 < len(run); i++ {
		if run[i] == ':' && isDigit(run[i-1]) && isDigit(run[i+1]) && isDigit(run[i+2]) {
			return true
		}
	}
	return false
}

// isExchange reports whether a word before a colon may be an exchange. It must hold a letter, and must not be a
// name, a currency, a label or a side.
func isExchange(word string) bool {
	if !strings.ContainsFunc(word, isCapitalLetter) || vocabularyTable.known[foldName(word)] || isCurrency[foldName(word)] {
		return false
	}
	e := lookUp(strings.TrimRight(word, "0123456789"))
	return e == nil || !e.is(noExchangeRole|noTickerRole)
}

// beginning reads TICKER, INTERVAL at the beginning of a text, before a dash, "|" or ":".
func (t *textReader) beginning() (found ticker, interval string, ok bool) {
	text := t.after(0)
	name, rest := cutTickerRun(text)
	if found, ok = capitalTicker(name); !ok {
		return ticker{}, "", false
	}
	rest, ok = strings.CutPrefix(rest, ",")
	rest = strings.TrimLeft(rest, " \t")
	end := 0
	for end < len(rest) && isAlnum(rest[end]) {
		end++
	}
	interval, isInterval := ParseInterval(rest[:end])
	behind := rest[end:]
	blank := behind != "" && isBlank(behind[0])
	behind = strings.TrimLeft(behind, " \t")
	switch {
	case !ok || !isInterval || behind == "":
		return ticker{}, "", false
	case behind[0] == '|' || behind[0] == ':', blank && (behind[0] == '-' || strings.HasPrefix(behind, "–") || strings.HasPrefix(behind, "—")):
		return found, interval, true
	}
	return ticker{}, "", false
}

// filledOn reads the ticker behind "filled on".
func (t *textReader) filledOn() (ticker, bool) {
	for _, w := range t.words {
		if !w.is(filledRole) {
			continue
		}
		if rest, ok := cutWord(t.after(w.end), "on"); ok {
			name, _ := cutTickerRun(strings.TrimLeft(rest, opening))
			if found, ok := capitalTicker(name); ok {
				return found, true
			}
		}
	}
	return ticker{}, false
}

// cashtag reads $AAPL, if it is the only one.
func (t *textReader) cashtag() (ticker, bool) {
	var only string
	for at := 0; ; {
		i := strings.IndexByte(t.text[at:], '$')
		if i < 0 {
			break
		}
		at += i + 1
		end := at
		for end < len(t.text) && end-at <= maxSymbol && (isUpper(t.text[end]) || end > at && (isDigit(t.text[end]) || t.text[end] == '.')) {
			end++
		}
		tag := strings.TrimRight(t.text[at:end], ".")
		if tag == "" || isCurrency[fold(tag)] || !endsToken(t.text, at+len(tag)) || !standsAlone(t.text, at-1) {
			continue
		}
		if only != "" && only != tag {
			return ticker{}, false
		}
		only = tag
	}
	return parseTicker(only)
}

// quoted reads a word in capitals that ends in a currency, if all such words are the same.
func (t *textReader) quoted() (ticker, bool) {
	words := quotedTickers(t.text)
	if len(words) == 0 {
		return ticker{}, false
	}
	for _, word := range words[1:] {
		if word != words[0] {
			return ticker{}, false
		}
	}
	return parseTicker(words[0])
}

// quotes are the currencies that end a ticker.
var quotes = func() (words []string) {
	quoteCurrencies.each(func(word string) { words = append(words, word) })
	return words
}()

// notQuoted are the endings of words that are no ticker although they end as a currency does.
var notQuoted = func() (words []string) {
	for _, l := range languages {
		l.noTickers.each(func(word string) { words = append(words, strings.ToUpper(fold(word))) })
	}
	return words
}()

// quotedTickers returns the words in capitals that end in a currency: BTCUSDT, EUR/USD, ETHUSDT.P.
func quotedTickers(text string) (found []string) {
	for at := 0; at < len(text); {
		if !isUpper(text[at]) && !isDigit(text[at]) {
			at++
			continue
		}
		end := at
		for end < len(text) && (isUpper(text[end]) || isDigit(text[end]) || text[end] == '_' || text[end] == '/') {
			end++
		}
		for text[end-1] == '/' {
			end--
		}
		if standsAlone(text, at) && endsToken(text, end) {
			suffix := ""
			if strings.HasPrefix(text[end:], ".P") && endsToken(text, end+len(".P")) {
				suffix = ".P"
			}
			found = appendQuoted(found, text[at:end], suffix)
		}
		at = end
	}
	return found
}

// appendQuoted appends the tickers of a run of capitals, digits, "_" and "/".
func appendQuoted(found []string, run, suffix string) []string {
	for run != "" {
		first, rest, slash := strings.Cut(run, "/")
		second, _, _ := strings.Cut(rest, "/")
		tail := suffix
		if slash && second != rest {
			tail = ""
		}
		if slash && slices.Contains(quotes, strings.TrimSuffix(second, "PERP")) && isQuotedFront(first) {
			found = append(found, first+"/"+second+tail)
			_, run, _ = strings.Cut(rest, "/")
			continue
		}
		if front, ok := cutQuote(strings.TrimSuffix(first, "PERP")); ok && isQuotedFront(front) && !isNotQuoted(first) {
			if slash {
				tail = ""
			} else {
				tail = suffix
			}
			found = append(found, first+tail)
		}
		run = rest
	}
	return found
}

// cutQuote cuts the currency from the end of a word.
func cutQuote(word string) (front string, ok bool) {
	for _, currency := range quotes {
		if front, ok = strings.CutSuffix(word, currency); ok {
			return front, true
		}
	}
	return "", false
}

// isQuotedFront reports whether a text makes a ticker with a currency behind it: at least two characters, one of
// them a letter, so that an amount is not a ticker.
func isQuotedFront(front string) bool {
	return len(front) >= 2 && strings.IndexByte(front, '_') < 0 && strings.ContainsFunc(front, isCapitalLetter)
}

func isNotQuoted(word string) bool {
	for _, ending := range notQuoted {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}
