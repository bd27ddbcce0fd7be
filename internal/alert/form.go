package alert

import (
	"net/url"
	"strings"
)

// readForm reads name=value&name=value as an object. It returns nil if a body is not a form of at least two
// pairs, or if none of its names is read. JSON under payload, data or body is returned in place of the form.
func (t *table) readForm(text string) *node {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r") || !strings.Contains(text, "=") {
		return nil
	}
	object := &node{kind: objectKind}
	known := false
	for part := range strings.SplitSeq(text, "&") {
		name, value, ok := strings.Cut(part, "=")
		name = trimEmoji(name)
		if !ok || !isFormName(name) {
			return nil
		}
		name, value = unescape(name), unescape(value)
		if folded := foldName(name); folded == "payload" || folded == "data" || folded == "body" {
			if root := t.jsonIn(value); root != nil {
				return root
			}
		}
		known = known || t.known[foldName(name)]
		object.members = append(object.members, member{name, &node{kind: stringKind, text: trimValue(value)}})
	}
	if len(object.members) < 2 || !known {
		return nil
	}
	return object
}

func isFormName(name string) bool {
	for i := range len(name) {
		if !isAlnum(name[i]) && strings.IndexByte("_-.[]%+", name[i]) < 0 {
			return false
		}
	}
	return name != "" && len(name) <= maxItemName
}

// unescape decodes a value of a form. Text that is not validly percent-encoded stays as it is. What a text
// column cannot hold is replaced.
func unescape(text string) string {
	decoded, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	clean, _ := decode([]byte(decoded))
	return withoutInvisible(clean)
}

// jsonIn returns the JSON object that a text is, or the first object of its array, repaired if need be. It
// returns nil if the text is not JSON or holds no name that is read.
func (t *table) jsonIn(text string) *node {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' {
		return nil
	}
	if root, err := parseTree(text, repairing); err == nil && t.hasKnownName(root) {
		if first := firstObject(root); root.kind == arrayKind {
			return first
		}
		return root
	}
	return nil
}

// readCSV reads a line of names and the line of values after it as an object. It returns nil unless the first
// line is at least two names of the table and nothing else.
func (t *table) readCSV(text string) *node {
	header, rest, ok := strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), "\r", "\n"), "\n")
	if !ok || len(header) > maxItemName {
		return nil
	}
	separator := ","
	for _, s := range []string{";", "\t"} {
		if strings.Contains(header, s) {
			separator = s
			break
		}
	}
	names := strings.Split(header, separator)
	if len(names) < 2 {
		return nil
	}
	for i, name := range names {
		if names[i] = pairName(trimValue(name)); !t.known[foldName(names[i])] {
			return nil
		}
	}
	line, _, _ := strings.Cut(strings.TrimLeft(rest, "\n"), "\n")
	object := &node{kind: objectKind}
	for i, value := range splitQuoted(line, separator[0]) {
		if i < len(names) {
			object.members = append(object.members, member{names[i], &node{kind: stringKind, text: trimValue(value)}})
		}
	}
	return object
}

// splitQuoted splits a line at a separator, but not within double quotes.
func splitQuoted(line string, separator byte) (parts []string) {
	start, quoted := 0, false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == separator && !quoted:
			parts = append(parts, line[start:i])
			start = i + 1
		}
	}
	return append(parts, line[start:])
}
