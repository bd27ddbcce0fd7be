package alert

import (
	"encoding/json"
	"strconv"
	"strings"

	"atalaya"
)

// maxGrowth bounds what is stored of a body as JSON, in bodies.
const maxGrowth = 4

// storedForm gives the names and values of a body as JSON that a jsonb column takes. What would be
// longer than four times the body is cut down to the fields that were found.
func storedForm(parsed *node, a atalaya.Alert, bodySize int) json.RawMessage {
	if parsed == nil {
		return json.RawMessage("{}")
	}
	var b strings.Builder
	writeNode(&b, parsed)
	if b.Len() <= maxGrowth*bodySize {
		return json.RawMessage(b.String())
	}
	found, err := JSON(a)
	if err != nil {
		return json.RawMessage("{}")
	}
	return found
}

// writeNode writes JSON. A number that the rules bound out is written as the string of its literal:
// a database would expand 1e131071 to as many digits.
func writeNode(b *strings.Builder, n *node) {
	switch n.kind {
	case objectKind:
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			writeString(b, m.name)
			b.WriteByte(':')
			writeNode(b, m.value)
		}
		b.WriteByte('}')
	case arrayKind:
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeNode(b, item)
		}
		b.WriteByte(']')
	case stringKind:
		writeString(b, n.text)
	case numberKind:
		if boundedNumber(n.text) {
			b.WriteString(n.text)
		} else {
			writeString(b, n.text)
		}
	case boolKind:
		b.WriteString(n.text)
	case nullKind:
		b.WriteString("null")
	}
}

// boundedNumber says whether a literal has at most 64 digits and an exponent of at most 64.
func boundedNumber(literal string) bool {
	mantissa, exponent := literal, ""
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		mantissa, exponent = literal[:i], literal[i+1:]
	}
	if exponent != "" {
		if n, err := strconv.Atoi(exponent); err != nil || n < -maxExponent || n > maxExponent {
			return false
		}
	}
	return len(strings.Trim(strings.ReplaceAll(mantissa, ".", ""), "-")) <= maxDigits
}

// writeString writes a JSON string; the text holds no NUL and no invalid UTF-8.
func writeString(b *strings.Builder, s string) {
	encoded, err := json.Marshal(s)
	if err != nil { // strings always have a JSON form
		encoded = []byte(`""`)
	}
	b.Write(encoded)
}
