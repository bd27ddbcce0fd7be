package alert

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitPairs returns the pairs of a text as an object, and the other items as rest. It returns nil if fewer
// than two items, or fewer than half of them, are pairs.
func (t *table) splitPairs(text string) (object *node, rest string) {
	items := splitItems(plainLines(text))
	object = &node{kind: objectKind}
	var others []string
	for _, item := range items {
		if name, value, ok := t.splitPair(item); ok {
			object.members = append(object.members, member{name, &node{kind: stringKind, text: trimValue(value)}})
		} else {
			others = append(others, item)
		}
	}
	if len(object.members) < 2 || 2*len(object.members) < len(items) {
		return nil, ""
	}
	return object, strings.Join(others, "\n")
}

// splitItems returns the lines of a text, or the parts of a single line, without the empty ones. A title
// without a colon may precede that single line.
func splitItems(text string) []string {
	lines := notEmpty(strings.Split(text, "\n"))
	switch {
	case len(lines) == 1:
		return splitLine(lines[0])
	case len(lines) == 2 && !strings.ContainsAny(lines[0], ":=："):
		if items := splitLine(lines[1]); len(items) > 1 {
			return items
		}
	}
	return lines
}

// splitLine splits a line at the first of ";", "|" and "," that it holds.
func splitLine(line string) []string {
	line = strings.TrimFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(";|,", r) })
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

func notEmpty(items []string) []string {
	return slices.DeleteFunc(items, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// splitPair reads one item as name: value or name = value. A colon needs a blank or the end behind
// it, so that BINANCE:BTCUSDT is no pair, unless what stands before it is one of the names that are
// read.
func (t *table) splitPair(item string) (name, value string, ok bool) {
	i := strings.IndexAny(item, ":=：")
	if i < 0 {
		return "", "", false
	}
	sign, size := utf8.DecodeRuneInString(item[i:])
	name, value = pairName(item[:i]), item[i+size:]
	if name == "" {
		return "", "", false
	}
	next, _ := utf8.DecodeRuneInString(value)
	if sign == ':' && value != "" && !unicode.IsSpace(next) && !t.known[foldName(name)] {
		return "", "", false
	}
	return name, value, true
}

// noBullets are signs that are not taken for a bullet, an emoji or Markdown before a name. They include quotes,
// so that a line of broken JSON is not a pair.
const noBullets = "_.+([{</\\@$%&!?,\uFFFD" + doubleQuotes + "'‘’‚‛"

// keycap ends an emoji made of a digit.
const keycap = '\u20E3'

// withoutKeycaps drops the emoji that are made of a digit.
func withoutKeycaps(text string) string {
	for {
		i := strings.IndexRune(text, keycap)
		if i < 0 {
			return text
		}
		before := strings.TrimSuffix(text[:i], "\uFE0F")
		if before != "" && strings.IndexByte("0123456789#*", before[len(before)-1]) >= 0 {
			before = before[:len(before)-1]
		}
		text = before + text[i+utf8.RuneLen(keycap):]
	}
}

// maxItemName is the most bytes before a colon: maxName characters, with bullets and signs around them.
const maxItemName = 512

// pairName returns the name before a colon or equals sign without the emoji, bullets and Markdown around it.
// It returns "" if that is not a name.
func pairName(text string) string {
	if len(text) > maxItemName {
		return ""
	}
	name := strings.TrimLeftFunc(withoutKeycaps(text), func(r rune) bool {
		return r == 'ℹ' || !unicode.In(r, unicode.L, unicode.Nd) && !strings.ContainsRune(noBullets, r)
	})
	name = strings.Trim(name, " \t*_`~")
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return ""
	}
	for _, r := range name {
		if !isWordRune(r) && !unicode.IsSpace(r) && r != '-' && r != '.' {
			return ""
		}
	}
	return name
}
