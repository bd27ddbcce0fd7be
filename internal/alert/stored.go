package alert

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"atalaya"
)

// maxGrowth bounds the stored JSON, as a multiple of the body's size.
const maxGrowth = 4

// storedForm returns the names and values of a body as JSON that a jsonb column accepts. If that is longer
// than maxGrowth times the body, it only holds the fields that were found.
func storedForm(parsed *node, a atalaya.Alert, bodySize int) json.RawMessage {
	for _, n := range []*node{parsed, foundFields(a)} {
		if n == nil {
			break
		}
		w := newJSONBWriter()
		w.node(n)
		if w.out.Len()+w.extra <= maxGrowth*bodySize {
			return w.out.Bytes()
		}
	}
	return json.RawMessage("{}")
}

// foundFields returns the fields of an alert that were found as an object.
func foundFields(a atalaya.Alert) *node {
	r, object := readingOf(a), &node{kind: objectKind}
	for _, field := range []struct {
		name  string
		value *string
	}{
		{"ticker", r.Ticker}, {"exchange", r.Exchange}, {"symbol", r.Symbol}, {"price", r.Price}, {"direction", r.Direction},
		{"signal_type", r.SignalType}, {"indicator_name", r.IndicatorName}, {"chart_id", r.ChartID}, {"interval", r.Interval},
		{"timestamp", r.Timestamp}, {"event_kind", r.EventKind}, {"stop_price", r.StopPrice},
	} {
		if field.value != nil {
			object.members = append(object.members, member{field.name, &node{kind: stringKind, text: *field.value}})
		}
	}
	return object
}

// jsonbWriter writes JSON and counts by how much jsonb's own text of it is longer.
type jsonbWriter struct {
	out     *bytes.Buffer
	strings *json.Encoder
	extra   int
}

func newJSONBWriter() *jsonbWriter {
	var out bytes.Buffer
	w := &jsonbWriter{out: &out, strings: json.NewEncoder(&out)}
	w.strings.SetEscapeHTML(false) // six bytes for each < would be growth for nothing
	return w
}

func (w *jsonbWriter) node(n *node) {
	switch n.kind {
	case objectKind:
		w.out.WriteByte('{')
		for i, m := range n.members {
			w.separate(i)
			w.text(m.name)
			w.out.WriteByte(':')
			w.extra++ // jsonb writes a blank there
			w.node(m.value)
		}
		w.out.WriteByte('}')
	case arrayKind:
		w.out.WriteByte('[')
		for i, item := range n.members {
			w.separate(i)
			w.node(item.value)
		}
		w.out.WriteByte(']')
	case stringKind:
		w.text(n.text)
	case numberKind:
		w.number(n.text)
	case boolKind:
		w.out.WriteString(n.text)
	case nullKind:
		w.out.WriteString("null")
	}
}

func (w *jsonbWriter) separate(i int) {
	if i > 0 {
		w.out.WriteByte(',')
		w.extra++ // and there
	}
}

// number writes a literal. One beyond the bounds becomes a string, because jsonb would write 1e131071 with all its
// digits.
func (w *jsonbWriter) number(literal string) {
	exponent, ok := boundedNumber(literal)
	if !ok {
		w.text(literal)
		return
	}
	w.out.WriteString(literal)
	if exponent != 0 {
		w.extra += max(exponent, -exponent) + len("0.")
	}
}

// boundedNumber reports whether a literal has at most 64 digits and an exponent of at most 64, and
// gives the exponent.
func boundedNumber(literal string) (exponent int, ok bool) {
	mantissa := literal
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		n, err := strconv.Atoi(literal[i+1:])
		if err != nil || n < -maxExponent || n > maxExponent {
			return 0, false
		}
		mantissa, exponent = literal[:i], n
	}
	return exponent, len(strings.Trim(strings.ReplaceAll(mantissa, ".", ""), "-")) <= maxDigits
}

// text writes a JSON string; it holds no NUL and no invalid UTF-8.
func (w *jsonbWriter) text(s string) {
	if isPlainText(s) {
		w.out.WriteByte('"')
		w.out.WriteString(s)
		w.out.WriteByte('"')
		return
	}
	if err := w.strings.Encode(s); err == nil { // a string always has a JSON form
		w.out.Truncate(w.out.Len() - 1) // the line break that an encoder ends with
	}
}

// isPlainText reports whether a JSON string of a text is the text between quotes.
func isPlainText(s string) bool {
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return true
}
