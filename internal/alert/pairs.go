package alert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitPairs gives the pairs of a text as an object, nil where it is not made of pairs: at least
// two, and at least half of the items that are not empty.
func splitPairs(text string) *node {
	items := splitItems(plainLines(text))
	object := &node{kind: objectKind}
	for _, item := range items {
		if name, value, ok := splitPair(item); ok {
			object.members = append(object.members, member{name, &node{kind: stringKind, text: trimValue(value)}})
		}
	}
	if len(object.members) < 2 || 2*len(object.members) < len(items) {
		return nil
	}
	return object
}

// plainLines drops the tags, and ends lines at the two characters \n where nothing else does.
func plainLines(text string) string {
	if strings.IndexByte(text, '<') >= 0 {
		text = tags.ReplaceAllString(text, "")
	}
	text = strings.TrimPrefix(text, bom)
	if !strings.ContainsAny(strings.TrimSpace(text), "\n\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, `\r\n`, "\n"), `\n`, "\n")
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// splitItems gives the items that are not empty: lines, or the parts of a single line.
func splitItems(text string) []string {
	lines := notEmpty(strings.Split(text, "\n"))
	if len(lines) != 1 {
		return lines
	}
	line := lines[0]
	for _, separator := range []string{";", "|"} {
		if strings.Contains(line, separator) {
			return notEmpty(strings.Split(line, separator))
		}
	}
	return notEmpty(splitCommas(line))
}

// splitCommas splits at the commas that do not stand between digits.
func splitCommas(line string) []string {
	var parts []string
	start := 0
	for i := range len(line) {
		if line[i] != ',' || i > 0 && i+1 < len(line) && isDigit(line[i-1]) && isDigit(line[i+1]) {
			continue
		}
		parts = append(parts, line[start:i])
		start = i + 1
	}
	return append(parts, line[start:])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func notEmpty(items []string) []string {
	return slices.DeleteFunc(items, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// splitPair reads one item as name: value or name = value. A colon needs a blank or the end behind
// it, so that BINANCE:BTCUSDT is no pair, unless what stands before it is one of the names that are
// read.
func splitPair(item string) (name, value string, ok bool) {
	i := strings.IndexAny(item, ":=")
	if i < 0 {
		return "", "", false
	}
	name, value = pairName(item[:i]), item[i+1:]
	if name == "" {
		return "", "", false
	}
	next, _ := utf8.DecodeRuneInString(value)
	if item[i] == ':' && value != "" && !unicode.IsSpace(next) && !knownNames[foldName(name)] {
		return "", "", false
	}
	return name, value, true
}

// noBullets are signs that no list, emoji or Markdown puts before a key. A quote is one: a line of
// broken JSON is no pair.
const noBullets = "_.+([{</\\@$%&!?,\uFFFD" + doubleQuotes + "'‘’‚‛"

// keycap is an emoji made of a digit.
var keycap = searchFor(`[0-9#*]\x{FE0F}?\x{20E3}`, "\u20E3")

// pairName gives the name before a colon or equals sign without the emoji, bullets and Markdown
// signs around it, "" where it is no name.
func pairName(text string) string {
	text = keycap.replace(text, func(string) string { return "" })
	name := strings.TrimLeftFunc(text, func(r rune) bool {
		return r == 'ℹ' || !unicode.In(r, unicode.L, unicode.Nd) && !strings.ContainsRune(noBullets, r)
	})
	name = strings.Trim(name, " \t*_`~")
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return ""
	}
	for _, r := range name {
		if !unicode.In(r, unicode.L, unicode.Nd, unicode.Mn) && !unicode.IsSpace(r) && !strings.ContainsRune("_-.", r) {
			return ""
		}
	}
	return name
}
