package alert

import (
	"strings"
	"unicode"
)

const (
	doubleQuotes = "\"“”„«»‟"
	singleQuotes = "'‘’‚‛`"
	// around are the signs that people put around a value, blanks apart: list signs, quotes, Markdown.
	around = ";," + doubleQuotes + singleQuotes + "*_~"
)

// trimValue drops what stands around a value, tags included.
func trimValue(text string) string {
	return strings.TrimFunc(withoutTags(text), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(around, r) })
}

// tagNames are the HTML tags that messages to Telegram and the like carry.
var tagNames = map[string]bool{"b": true, "i": true, "u": true, "s": true, "em": true, "strong": true, "code": true, "pre": true, "a": true, "br": true, "p": true}

const longestTag = len("strong")

// withoutTags drops the tags of those names.
func withoutTags(text string) string {
	if strings.IndexByte(text, '<') < 0 {
		return text
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		size := tagSize(text[i:])
		if size == 0 {
			b.WriteByte('<')
			size = 1
		}
		text = text[i+size:]
	}
	return b.String() + text
}

// maxTag bounds how far the end of a tag is looked for.
const maxTag = 2048

// tagSize returns the size of the tag that a text begins with, 0 if it begins with none.
func tagSize(text string) int {
	i := 1
	if strings.HasPrefix(text[i:], "/") {
		i++
	}
	start := i
	for i < len(text) && i-start <= longestTag && isASCIILetter(text[i]) {
		i++
	}
	if !tagNames[strings.ToLower(text[start:i])] || i == len(text) {
		return 0
	}
	if c := text[i]; c != '>' && c != '/' && !isSpace(c) {
		return 0
	}
	end := strings.IndexAny(text[i:min(len(text), i+maxTag)], "<>")
	if end < 0 || text[i+end] == '<' || text[i] == '/' && end != 1 {
		return 0
	}
	return i + end + 1
}

// onlyPlaceholders reports whether a text holds an unresolved {{…}} and no letter or digit beside it.
func onlyPlaceholders(text string) bool {
	found := false
	for {
		open := strings.Index(text, "{{")
		if open < 0 {
			return found && !saysSomething(text)
		}
		end := strings.IndexAny(text[open+2:], "{}")
		if end < 0 || !strings.HasPrefix(text[open+2+end:], "}}") || saysSomething(text[:open]) {
			return false
		}
		found, text = true, text[open+2+end+2:]
	}
}

// saysSomething reports whether a text holds a letter or a digit.
func saysSomething(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
