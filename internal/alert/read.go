package alert

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"

	"atalaya"
)

// Read returns what a body says. It never fails: a body that yields nothing is still an alert.
// A body larger than atalaya.MaxBody is not read at all.
func Read(body []byte) atalaya.Alert { return (*Names)(nil).Read(body) }

// reader reads one body.
type reader struct {
	*table
	turkish bool // AL and SAT are sides in it
}

// read reads a body, and returns what was found with the alert.
func (t *table) read(body []byte) (atalaya.Alert, fields) {
	if len(body) > atalaya.MaxBody {
		return finish(fields{}, atalaya.ParseText, "", nil, len(body)), fields{}
	}
	raw, clean := decode(body)
	text := withoutInvisible(raw)
	r := &reader{table: t, turkish: isTurkish(text)}
	f, status, parsed := r.readBody(text, clean, true)
	return finish(f, status, raw, parsed, len(body)), f
}

// readBody tries the forms in order. unwrap says that a JSON string may be read again as a body.
func (r *reader) readBody(text string, clean, unwrap bool) (fields, atalaya.ParseStatus, *node) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return fields{}, atalaya.ParseEmpty, nil
	}
	root, status, err := r.wholeJSON(trimmed, clean)
	if root == nil && err == nil {
		// Emoji and lines that say nothing may stand around it.
		if bare := trimEmoji(withoutTitle(trimmed)); bare != trimmed && bare != "" && (bare[0] == '{' || bare[0] == '[') {
			root, status, err = r.wholeJSON(bare, false)
		}
	}
	switch {
	case errors.Is(err, errTooDeep):
		return r.readText(text), atalaya.ParseText, nil
	case root != nil:
		return r.readRoot(root, status, unwrap)
	}
	return r.readPlain(text)
}

// wholeJSON reads a text that is JSON, strict or repaired. It returns nil if it is not. The only error is errTooDeep.
func (r *reader) wholeJSON(text string, clean bool) (*node, atalaya.ParseStatus, error) {
	if json.Valid([]byte(text)) {
		root, err := parseTree(text, strict)
		if err != nil {
			return nil, "", err
		}
		if !clean || root.mended {
			return root, atalaya.ParseRepaired, nil
		}
		return root, atalaya.ParseJSON, nil
	}
	if text[0] != '{' && text[0] != '[' {
		return nil, "", nil
	}
	root, err := parseTree(text, repairing)
	switch {
	case errors.Is(err, errTooDeep):
		return nil, "", err
	case err == nil && r.hasKnownName(root):
		return root, atalaya.ParseRepaired, nil
	}
	return nil, "", nil
}

// readRoot reads a JSON value: an object, the first object of an array, an array of strings as
// lines, a string as a body of its own. Any other value yields nothing.
func (r *reader) readRoot(root *node, status atalaya.ParseStatus, unwrap bool) (fields, atalaya.ParseStatus, *node) {
	switch root.kind {
	case objectKind:
		return r.readObject(root), status, root
	case arrayKind:
		if first := firstObject(root); first != nil {
			return r.readObject(first), status, root
		}
		if lines, ok := stringItems(root); ok {
			f, plain, _ := r.readPlain(strings.Join(lines, "\n"))
			return f, plain, root
		}
	case stringKind:
		if !unwrap {
			return r.readLines(root.text)
		}
		return r.readBody(root.text, status == atalaya.ParseJSON, false)
	}
	return fields{}, status, root
}

func firstObject(array *node) *node {
	for _, item := range array.members {
		if item.value.kind == objectKind {
			return item.value
		}
	}
	return nil
}

// stringItems returns the items of an array of nothing but strings.
func stringItems(array *node) ([]string, bool) {
	var lines []string
	for _, item := range array.members {
		if item.value.kind != stringKind {
			return nil, false
		}
		lines = append(lines, item.value.text)
	}
	return lines, len(lines) > 0
}

// readPlain reads a text that is not JSON: CSV, a command, JSON inside text, a form, pairs, or free text.
func (r *reader) readPlain(text string) (fields, atalaya.ParseStatus, *node) {
	bare := withoutTitle(text)
	if object := cmp.Or(r.readCSV(text), r.readCSV(bare)); object != nil {
		return r.readObject(object), atalaya.ParsePairs, object
	}
	if command, ok := findCommand(firstBytes(text, maxText)); ok {
		return command.fields(), atalaya.ParsePairs, nil
	}
	if object, outside := r.findJSON(text); object != nil {
		f := r.readObject(object)
		f.fill(r.readText(outside))
		return f, atalaya.ParseRepaired, object
	}
	if object := r.readForm(bare); object != nil {
		return r.readObject(object), atalaya.ParsePairs, object
	}
	return r.readLines(text)
}

// readLines reads pairs, or else text.
func (r *reader) readLines(text string) (fields, atalaya.ParseStatus, *node) {
	if pairs, rest := r.splitPairs(text); pairs != nil {
		f := r.readPairs(pairs, text, rest)
		return f, atalaya.ParsePairs, pairs
	}
	return r.readText(text), atalaya.ParseText, nil
}

// readPairs reads the names of pairs, and the whole text for fields that they do not give. rest is the text that is
// not pairs. If the names give no kind of event, only rest and the message do.
func (r *reader) readPairs(pairs *node, text, rest string) fields {
	n := r.namesOf(pairs)
	f := r.fields(n, positionIsZero(text))
	f.kind = r.kind(n)
	whole := r.readText(text)
	if rest = rest + "\n" + r.message(n); f.kind == "" {
		whole.kind = kindOfText(rest)
	}
	f.fill(whole)
	return f
}

// readObject reads an object's names, its command, and its message for what they leave open.
func (r *reader) readObject(object *node) fields {
	n := r.namesOf(object)
	message := r.message(n)
	var text fields
	closed := false
	if message != "" {
		text = r.readText(message)
		closed = positionIsZero(message)
	}
	f := r.fields(n, closed)
	f.kind = r.kind(n)
	if f.kind == "" || text.kind == atalaya.Exit && closed {
		f.kind = text.kind
	}
	if c, ok := first(r, n, codeField, func(v *value) (command, bool) { return readWunder(v.text) }); ok != (source{}) {
		f.fill(c.fields())
	}
	f.fill(text)
	return f
}
