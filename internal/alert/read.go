package alert

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"atalaya"
)

// Read gives what a body says. It never fails: a body that yields nothing is still an alert.
// A body larger than atalaya.MaxBody is not read at all.
func Read(body []byte) atalaya.Alert {
	if len(body) > atalaya.MaxBody {
		return finish(fields{}, atalaya.ParseText, "", nil, len(body))
	}
	text, clean := cleanText(string(body))
	f, status, parsed := readBody(text, clean, true)
	return finish(f, status, text, parsed, len(body))
}

// cleanText replaces what no text column can hold, and says whether there was nothing to replace.
func cleanText(s string) (text string, clean bool) {
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
		return s, true
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"), false
}

const bom = "\uFEFF"

// readBody tries the forms in order. unwrap says that a JSON string may be read again as a body.
func readBody(text string, clean, unwrap bool) (fields, atalaya.ParseStatus, *node) {
	trimmed := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), bom))
	if trimmed == "" {
		return fields{}, atalaya.ParseEmpty, nil
	}
	if json.Valid([]byte(trimmed)) {
		root, err := parseTree(trimmed, strict)
		if err != nil { // nested too deep
			return readText(text), atalaya.ParseText, nil
		}
		status := atalaya.ParseJSON
		if !clean || root.mended {
			status = atalaya.ParseRepaired
		}
		return readRoot(root, status, unwrap)
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		root, err := parseTree(trimmed, repairing)
		switch {
		case errors.Is(err, errTooDeep):
			return readText(text), atalaya.ParseText, nil
		case err == nil && hasKnownName(root):
			return readRoot(root, atalaya.ParseRepaired, unwrap)
		}
	}
	return readPlain(text)
}

// readRoot reads a JSON value: an object, the first object of an array, an array of strings as
// lines, a string as a body of its own. Any other value yields nothing.
func readRoot(root *node, status atalaya.ParseStatus, unwrap bool) (fields, atalaya.ParseStatus, *node) {
	switch root.kind {
	case objectKind:
		return readObject(root), status, root
	case arrayKind:
		if first := firstObject(root); first != nil {
			return readObject(first), status, root
		}
		if lines, ok := stringItems(root); ok {
			f, plain, _ := readPlain(strings.Join(lines, "\n"))
			return f, plain, root
		}
	case stringKind:
		if !unwrap {
			return readPlain(root.text)
		}
		return readBody(root.text, status == atalaya.ParseJSON, false)
	}
	return fields{}, status, root
}

func firstObject(array *node) *node {
	for _, item := range array.items {
		if item.kind == objectKind {
			return item
		}
	}
	return nil
}

// stringItems gives the items of an array of nothing but strings.
func stringItems(array *node) ([]string, bool) {
	var lines []string
	for _, item := range array.items {
		if item.kind != stringKind {
			return nil, false
		}
		lines = append(lines, item.text)
	}
	return lines, len(lines) > 0
}

// readPlain reads what is no JSON: pairs, or else text.
func readPlain(text string) (fields, atalaya.ParseStatus, *node) {
	if pairs := splitPairs(text); pairs != nil {
		f := namesOf(pairs).fields(text)
		f.fill(readText(text))
		return f, atalaya.ParsePairs, pairs
	}
	return readText(text), atalaya.ParseText, nil
}

// readObject reads an object's names, and its message for what they leave open.
func readObject(object *node) fields {
	names := namesOf(object)
	message := names.message()
	f := names.fields(message)
	if message != "" {
		f.fill(readText(message))
	}
	return f
}
