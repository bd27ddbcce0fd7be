package alert

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func isQuote(r rune) bool {
	return strings.ContainsRune(doubleQuotes, r) || strings.ContainsRune(singleQuotes, r)
}

// quote returns the size of the quote that stands here, 0 if none does.
func (p *parser) quote() int {
	if p.peek() == '"' {
		return 1
	}
	if p.mode == strict || p.at >= len(p.text) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	if isQuote(r) {
		return size
	}
	return 0
}

// quoted reads a string.
func (p *parser) quoted() (string, error) {
	open, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	family := doubleQuotes
	if strings.ContainsRune(singleQuotes, open) {
		family = singleQuotes
	}
	var b strings.Builder
	for p.at < len(p.text) {
		if plain := plainEnd(p.text, p.at); plain > p.at {
			b.WriteString(p.text[p.at:plain])
			p.at = plain
			continue
		}
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case r == '\\':
			p.escape(&b)
			continue
		case p.mode == strict && r == '"':
			p.at++
			return b.String(), nil
		case p.mode == repairing && strings.ContainsRune(family, r) && p.closes(p.at+size):
			p.at += size
			return b.String(), nil
		}
		b.WriteRune(r)
		p.at += size
	}
	return "", errNoJSON
}

// plainEnd returns where the ASCII characters end that a string holds as they are.
func plainEnd(text string, at int) int {
	for at < len(text) && text[at] < utf8.RuneSelf && text[at] != '\\' && text[at] != '"' && text[at] != '\'' && text[at] != '`' {
		at++
	}
	return at
}

// closes reports whether a quote that ends at i ends its string: what follows is the end, a comma, a
// colon or a closing bracket, or a comment, or on another line the next name.
func (p *parser) closes(i int) bool {
	rest := strings.TrimLeftFunc(p.text[i:], unicode.IsSpace)
	if rest == "" {
		return true
	}
	switch rest[0] {
	case ',', ':', '}', ']':
		return true
	case '/':
		return strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*")
	}
	next := len(p.text) - len(rest)
	if !strings.ContainsAny(p.text[i:next], "\n\r") {
		return false
	}
	ahead := parser{text: p.text, at: next, mode: repairing}
	return ahead.nameAhead()
}

// escape reads one escape. U+0000 and lone surrogates become U+FFFD.
func (p *parser) escape(b *strings.Builder) {
	p.at++
	if p.at >= len(p.text) {
		b.WriteByte('\\')
		return
	}
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	switch r {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'u':
		if r := p.codePoint(); !isInvisible(r) {
			b.WriteRune(r)
		}
	default:
		b.WriteRune(r)
	}
}

// codePoint reads the four digits of a \u escape, and those of a second one that completes a
// surrogate pair.
func (p *parser) codePoint() rune {
	first, ok := p.hex4(p.at)
	if !ok {
		return 'u'
	}
	p.at += 4
	if !utf16.IsSurrogate(first) {
		if first == 0 {
			p.mended = true
			return utf8.RuneError
		}
		return first
	}
	if strings.HasPrefix(p.text[p.at:], `\u`) {
		if second, ok := p.hex4(p.at + 2); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				p.at += 6
				return r
			}
		}
	}
	p.mended = true
	return utf8.RuneError
}

func (p *parser) hex4(at int) (rune, bool) {
	if at+4 > len(p.text) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(p.text[at : at+4]) {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// bare reads a value without quotes.
func (p *parser) bare() (*node, error) {
	end := p.at + bareEnd(p.text[p.at:])
	text := strings.TrimSpace(p.text[p.at:end])
	if text == "" {
		return nil, errNoJSON
	}
	p.at = end
	switch text {
	case "null":
		return &node{}, nil
	case "true", "false":
		return &node{kind: boolKind, text: text}, nil
	}
	if isJSONNumber(text) {
		return &node{kind: numberKind, text: text}, nil
	}
	if p.mode == strict {
		return nil, errNoJSON
	}
	switch text {
	case "NaN", "Infinity", "-Infinity", "undefined", "None", "na":
		return &node{}, nil
	case "True", "False":
		return &node{kind: boolKind, text: strings.ToLower(text)}, nil
	}
	if onlyPlaceholders(text) {
		return &node{}, nil
	}
	return &node{kind: stringKind, text: text}, nil
}

// bareEnd returns the length of a value without quotes: up to a comma, the line's end, a closing
// bracket, or a comment after a blank. The braces of a placeholder are part of it.
func bareEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',', '\n', '\r', ']', '}':
			return i
		case '{':
			if !strings.HasPrefix(text[i:], "{{") {
				return i
			}
			end := strings.Index(text[i:min(len(text), i+4*maxName)], "}}")
			if end < 0 {
				return i
			}
			i += end + 1
		case '/':
			if i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') && i+1 < len(text) && (text[i+1] == '/' || text[i+1] == '*') {
				return i
			}
		}
	}
	return len(text)
}

// isJSONNumber reports whether a text is a number as JSON has them.
func isJSONNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	whole := countDigits(text)
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	text = text[whole:]
	if rest, point := strings.CutPrefix(text, "."); point {
		digits := countDigits(rest)
		if digits == 0 {
			return false
		}
		text = rest[digits:]
	}
	return len(text) == len(leadingExponent(text))
}
