package alert

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainLetters maps Latin and Cyrillic letters with marks to those without. It also maps the Turkish
// letter ı, which has no mark to lose.
var plainLetters = func() map[rune]rune {
	plain := map[rune]rune{'ı': 'i'}
	for r := rune(0xC0); r <= 0x4FF; r++ {
		if base := []rune(norm.NFD.String(string(r))); len(base) > 1 {
			plain[r] = base[0]
		}
	}
	return plain
}()

// foldRune returns a letter in lower case without its accent, and 0 for a combining mark.
func foldRune(r rune) rune {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	r = unicode.ToLower(r)
	if plain, ok := plainLetters[r]; ok {
		return plain
	}
	if unicode.Is(unicode.Mn, r) {
		return 0
	}
	return r
}

// fold returns a text in lower case without accents.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r = foldRune(r); r == 0 {
			return -1
		}
		return r
	}, text)
}

// foldName returns a name without case, accents and separators, so that spellings of one name are equal:
// signalType, signal_type and Signal Type, or Señal and senal. It returns "" if the name is too long to be one
// that is read.
func foldName(name string) string {
	var buffer [longestName]byte
	if folded, ok := appendName(buffer[:0], name); ok {
		return string(folded)
	}
	return ""
}

// longestName is the most bytes of a folded name: MaxOwnNameLength characters.
const longestName = 60 * utf8.UTFMax

// appendName appends a folded name to a buffer, if there is room for it.
func appendName(buffer []byte, name string) ([]byte, bool) {
	for _, r := range name {
		if r = foldRune(r); r == 0 || r == '_' || r == '-' || r == '.' || unicode.IsSpace(r) {
			continue
		}
		if len(buffer)+utf8.UTFMax > cap(buffer) {
			return buffer, false
		}
		buffer = utf8.AppendRune(buffer, r)
	}
	return buffer, true
}

// isWordRune reports whether a rune belongs to a word: a letter, a digit, a combining mark or "_".
func isWordRune(r rune) bool {
	if r < 0x80 {
		return isAlnum(byte(r)) || r == '_'
	}
	return isLetter(r) || unicode.Is(unicode.Nd, r)
}

// isLetter reports whether a rune is a letter or a mark on one.
func isLetter(r rune) bool {
	if r < 0x80 {
		return isASCIILetter(byte(r))
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r)
}

// isIdeograph reports whether a rune is Chinese, Japanese or Korean. Words of the vocabulary are looked for
// within such text, because blanks need not separate them.
func isIdeograph(r rune) bool {
	return r >= 0x3040 && (r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3)
}

func isDigit(c byte) bool       { return c >= '0' && c <= '9' }
func isUpper(c byte) bool       { return c >= 'A' && c <= 'Z' }
func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isAlnum(c byte) bool       { return isDigit(c) || isASCIILetter(c) }
func isBlank(c byte) bool       { return c == ' ' || c == '\t' }
func isSpace(c byte) bool       { return c == ' ' || c >= '\t' && c <= '\r' }

// isEmoji reports whether a rune is an emoji, an arrow, or a mark that belongs to one. Arithmetic signs are
// not emoji.
func isEmoji(r rune) bool {
	return r >= 0x2100 && r != utf8.RuneError && (r < 0x2200 || r > 0x22FF) && unicode.In(r, unicode.So, unicode.Sk, unicode.Sm, unicode.Me, unicode.Variation_Selector)
}

// trimEmoji drops emoji and blanks around a text.
func trimEmoji(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isEmoji(r) })
}

// skipBlanks returns the index behind the blanks and tabs that begin at an index.
func skipBlanks(text string, at int) int {
	for at < len(text) && isBlank(text[at]) {
		at++
	}
	return at
}

// skipBlanksBack returns the index at which the blanks and tabs before an index begin.
func skipBlanksBack(text string, end int) int {
	for end > 0 && isBlank(text[end-1]) {
		end--
	}
	return end
}
