package api

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"
)

// maxDecimals and bound are what the columns of numbers hold: ±1e30 with at most 30 decimals.
const maxDecimals = 30

func bound() decimal.Decimal { return decimal.New(1, 30) }

// number is a decimal that goes out as a JSON number with every digit, or as null.
type number struct{ decimal.NullDecimal }

func numberOf(d decimal.Decimal) number { return number{decimal.NewNullDecimal(d)} }

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return []byte(plain(n.Decimal)), nil
}

// plain writes a decimal with the digits it has: 45000.50 stays 45000.50.
func plain(d decimal.Decimal) string {
	if d.Exponent() < 0 {
		return d.StringFixed(-d.Exponent())
	}
	return d.String()
}

// Schema implements huma.SchemaProvider.
func (number) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Format: "decimal", Nullable: true}
}

// numberIn is a decimal of a request: absent, null, a number, or a string that holds one, as forms
// send it.
type numberIn struct {
	Set   bool                `json:"-"`
	Value decimal.NullDecimal `json:"-"`
	wrong bool
}

// MarshalJSON implements json.Marshaler. An absent number is left out by omitzero.
func (n numberIn) MarshalJSON() ([]byte, error) { return number{n.Value}.MarshalJSON() }

// UnmarshalJSON keeps every digit. Resolve, which knows the member's name, refuses what cannot be stored.
func (n *numberIn) UnmarshalJSON(b []byte) error {
	n.Set = true
	if string(b) == "null" {
		return nil
	}
	literal := string(b)
	if bytes.HasPrefix(b, []byte(`"`)) {
		if err := json.Unmarshal(b, &literal); err != nil {
			return err
		}
	}
	value, ok := storable(literal)
	n.Value, n.wrong = decimal.NewNullDecimal(value), !ok
	return nil
}

// storable reads a literal that the columns can hold. The exponent is looked at first: comparing
// 1e999999999 would write it out.
func storable(literal string) (decimal.Decimal, bool) {
	const longest = 100
	if len(literal) > longest {
		return decimal.Zero, false
	}
	d, err := decimal.NewFromString(literal)
	if err != nil || d.Exponent() < -maxDecimals || d.Exponent() > longest {
		return decimal.Zero, false
	}
	return d, d.Abs().LessThanOrEqual(bound())
}

// Resolve implements huma.ResolverWithPath.
func (n *numberIn) Resolve(_ huma.Context, path *huma.PathBuffer) []error {
	if !n.wrong {
		return nil
	}
	return []error{&huma.ErrorDetail{
		Location: path.String(),
		Message:  "send a number within ±1e30 and with at most 30 decimals, such as 45000.5, or null",
	}}
}

// Schema implements huma.SchemaProvider.
func (*numberIn) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "A number, or a string that holds one, within ±1e30 and with at most 30 decimals; null clears it.",
		OneOf:       []*huma.Schema{{Type: huma.TypeNumber, Nullable: true}, {Type: huma.TypeString}},
	}
}
