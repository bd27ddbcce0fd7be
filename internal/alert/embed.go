package alert

import "strings"

// findJSON returns the first balanced {…} in a text that holds a name of the table, as an object, with
// the text around it. It returns nil if there is none. A {{…}} is a placeholder. Every character is looked at
// a bounded number of times: a balanced {…} that is not such JSON is not searched again.
func (t *table) findJSON(text string) (object *node, outside string) {
	for at := 0; ; {
		open := nextBrace(text, at)
		if open < 0 {
			return nil, ""
		}
		end := balancedEnd(text, open)
		if end < 0 {
			return nil, ""
		}
		if root, err := parseTree(text[open:end], repairing); err == nil && root.kind == objectKind && t.hasKnownName(root) {
			return root, text[:open] + "\n" + text[end:]
		}
		at = end
	}
}

// maxPlaceholder is how many bytes are searched for the end of a {{…}}.
const maxPlaceholder = 4 * maxName

// nextBrace returns the index of the next { that does not begin a placeholder, or -1.
func nextBrace(text string, at int) int {
	for {
		i := strings.IndexByte(text[at:], '{')
		if i < 0 {
			return -1
		}
		at += i
		if !strings.HasPrefix(text[at:], "{{") {
			return at
		}
		for at < len(text) && text[at] == '{' {
			at++
		}
		if end := strings.Index(text[at:min(len(text), at+maxPlaceholder)], "}}"); end >= 0 {
			at += end + 2
		}
	}
}

// balancedEnd returns the index behind the brace that closes the one at open, or -1 if nothing closes it.
// Braces in double quotes do not count.
func balancedEnd(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			end := quoteEnd(text, i+1)
			if end < 0 {
				return -1
			}
			i = end
		}
	}
	return -1
}

// quoteEnd returns the index of the double quote that ends a string, or -1.
func quoteEnd(text string, at int) int {
	for ; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at
		}
	}
	return -1
}
