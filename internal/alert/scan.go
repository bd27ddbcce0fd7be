package alert

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word of the vocabulary that stands in a text.
type word struct {
	*entry
	start, end int
	whole      bool // it is not a part of a longer word: buy, but not openBuy
}

// eachWord calls f for the words of the vocabulary in a text, in their order. Words are split at
// everything that is not a letter and at changes of case: openLong, ENTER_LONG, LONGs and "Long!" all
// hold LONG. Every letter is looked at a bounded number of times.
func eachWord(text string, f func(w word)) {
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if !isWordRune(r) {
			i += size
			continue
		}
		end, mixed := wordEnd(text, i)
		token{text, f}.read(i, end, mixed)
		i = end
	}
}

// wordEnd returns where a run of letters, digits and "_" ends. mixed is false if the run is letters of one case,
// of which the first may be a capital.
func wordEnd(text string, start int) (end int, mixed bool) {
	for i := start; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
			mixed = mixed || isIdeograph(r)
		}
		switch {
		case !isWordRune(r):
			return i, mixed
		case r < utf8.RuneSelf && (isDigit(text[i]) || r == '_'):
			mixed = true
		case i > start && unicode.IsUpper(r) != isUpperAt(text, i-1, start):
			mixed = mixed || i > start+1 || unicode.IsUpper(r)
		}
		i += size
	}
	return len(text), mixed
}

// isUpperAt reports whether the letter that ends at a place is a capital.
func isUpperAt(text string, last, start int) bool {
	if text[last] < utf8.RuneSelf {
		return isUpper(text[last])
	}
	r, _ := utf8.DecodeLastRuneInString(text[start : last+1])
	return unicode.IsUpper(r)
}

// token reads one run of letters, digits and "_".
type token struct {
	text string
	f    func(word)
}

// found reports a word if the vocabulary has it.
func (t token) found(start, end int, whole bool) bool {
	e := lookUp(t.text[start:end])
	if e == nil {
		return false
	}
	t.f(word{e, start, end, whole})
	return true
}

func (t token) read(start, end int, mixed bool) {
	for start < end && t.text[start] == '_' {
		start++
	}
	for end > start && t.text[end-1] == '_' {
		end--
	}
	if t.found(start, end, true) || !mixed {
		return
	}
	t.split(start, end)
}

// split reports the words that a run is made of. Where capitals are followed by small letters, the
// last capital may belong to either word, so both readings are reported.
func (t token) split(start, end int) {
	from, previous := -1, rune(0)
	emit := func(to int) {
		if from >= 0 && to > from {
			t.part(from, to)
		}
	}
	for i, r := range t.text[start:end] {
		i += start
		capital := i - utf8.RuneLen(previous) // where the letter before begins
		switch {
		case !isLetter(r):
			emit(i)
			from = -1
		case from < 0:
			from = i
		case isIdeograph(r) != isIdeograph(previous), unicode.IsUpper(r) && unicode.IsLower(previous):
			emit(i)
			from = i
		case unicode.IsLower(r) && unicode.IsUpper(previous) && capital > from:
			emit(i)
			emit(capital)
			from = capital
		}
		previous = r
	}
	emit(end)
}

// part reports one part of a run. Ideographs are written without blanks, so words are looked for
// within them.
func (t token) part(start, end int) {
	if r, _ := utf8.DecodeRuneInString(t.text[start:end]); !isIdeograph(r) {
		t.found(start, end, false)
		return
	}
	for at := start; at < end; {
		next := at + len("字")
		for to := min(end, at+len("四个字的")); to > at; to -= len("字") {
			if t.found(at, to, to == end) {
				next = to
				break
			}
		}
		at = next
	}
}

// lookUp returns what the vocabulary says of a word, nil if it has none. It allocates nothing.
func lookUp(text string) *entry {
	if len(text) > longestWord {
		return nil
	}
	var folded [longestWord + utf8.UTFMax]byte
	n := 0
	for _, r := range text {
		if r = foldRune(r); r == 0 {
			continue
		}
		if n += utf8.EncodeRune(folded[n:], r); n > longestWord {
			return nil
		}
	}
	if n == 0 || !beginnings[folded[0]][n] {
		return nil
	}
	return lexicon[string(folded[:n])]
}

// beginnings tells for a first byte and a length whether the vocabulary has such words. It spares most words
// of a text the search.
var beginnings = func() (has [256][longestWord + 1]bool) {
	for text := range lexicon {
		if len(text) <= longestWord {
			has[text[0]][len(text)] = true
		}
	}
	return has
}()

// wordsOf returns the words of the vocabulary in a text.
func wordsOf(text string) (words []word) {
	words = make([]word, 0, len(text)/16)
	eachWord(text, func(w word) { words = append(words, w) })
	return words
}

// withoutURLs replaces URLs, with or without their scheme, by blanks, because the parts of a query are not words.
func withoutURLs(text string) string {
	if !strings.Contains(text, "://") && !containsFold(text, "www.") && !containsFold(text, "tradingview.com/") {
		return text
	}
	out := []byte(text)
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && !isSpace(text[end]) {
			end++
		}
		if chunk := text[start:end]; strings.Contains(chunk, "://") || containsFold(chunk, "www.") || containsFold(chunk, "tradingview.com/") {
			for i := start; i < end; i++ {
				out[i] = ' '
			}
		}
		start = end + 1
	}
	return string(out)
}

// containsFold reports whether a text holds another one, given in small ASCII letters, in any case.
func containsFold(text, small string) bool { return indexFold(text, small) >= 0 }

// indexFold returns where a text given in small ASCII letters stands in another in any case, -1 if it
// does not.
func indexFold(text, small string) int {
	first := small[0]
	for i := 0; i+len(small) <= len(text); i++ {
		if text[i]|0x20 == first|0x20 && strings.EqualFold(text[i:i+len(small)], small) {
			return i
		}
	}
	return -1
}
