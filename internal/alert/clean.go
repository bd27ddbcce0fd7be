package alert

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// decode returns a body as text. U+FFFD replaces what a text column cannot hold: NUL and invalid UTF-8. clean
// is true if nothing was replaced. A body that begins with a byte order mark of UTF-16 is decoded as UTF-16.
func decode(body []byte) (text string, clean bool) {
	if len(body) >= 2 {
		switch {
		case body[0] == 0xFF && body[1] == 0xFE:
			return decodeUTF16(body[2:], func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
		case body[0] == 0xFE && body[1] == 0xFF:
			return decodeUTF16(body[2:], func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
		}
	}
	s := string(body)
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s, true
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"), false
}

func decodeUTF16(body []byte, unit func([]byte) uint16) (text string, clean bool) {
	units := make([]uint16, 0, len(body)/2)
	for ; len(body) >= 2; body = body[2:] {
		units = append(units, unit(body))
	}
	runes := utf16.Decode(units) // a lone surrogate becomes U+FFFD
	clean = len(body) == 0
	for i, r := range runes {
		if r == 0 || r == utf8.RuneError {
			runes[i], clean = utf8.RuneError, false
		}
	}
	return string(runes), clean
}

// isInvisible reports whether a rune only sets the writing direction or has no width. Reading skips those.
func isInvisible(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069 || r == 0xFEFF
}

// withoutInvisible drops the runes that isInvisible reports.
func withoutInvisible(text string) string {
	if !strings.ContainsFunc(text, isInvisible) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, text)
}

// plainLines removes HTML tags. If the text has no line break, it breaks lines at the two characters \n.
func plainLines(text string) string {
	text = withoutTags(text)
	if !strings.ContainsAny(strings.TrimSpace(text), "\n\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, `\r\n`, "\n"), `\n`, "\n")
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// withoutTitle drops the silent lines at the beginning of a text, and the emoji before the rest. It keeps the
// last line.
func withoutTitle(text string) string {
	for {
		text = strings.TrimLeftFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isEmoji(r) })
		line, rest, more := strings.Cut(text, "\n")
		if !more || strings.TrimSpace(rest) == "" || !isSilent(line) {
			return text
		}
		text = rest
	}
}

// isSilent reports whether a line holds nothing that could be read: no digit, no word of the vocabulary, no
// ticker, and no sign that names and values are made of.
func isSilent(line string) bool {
	if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("{}[]=:@$|&;\"<：", r) }) {
		return false
	}
	silent := len(quotedTickers(line)) == 0
	if silent {
		eachWord(line, func(word) { silent = false })
	}
	return silent
}
