package api

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestEveryStorableNumberComesBackDigitByDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		literal := rapid.StringMatching(`-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?`).Draw(t, "literal")
		for _, sent := range []string{literal, `"` + literal + `"`} {
			var in numberIn
			if err := json.Unmarshal([]byte(sent), &in); err != nil || in.wrong || !in.Set {
				t.Fatalf("%s was refused: %v", sent, err)
			}
			out, err := json.Marshal(number{in.Value})
			if err != nil || !decimal.RequireFromString(string(out)).Equal(decimal.RequireFromString(literal)) {
				t.Fatalf("%s came back as %s: %v", sent, out, err)
			}
			if len(out) != len(decimal.RequireFromString(literal).StringFixed(max(0, -decimal.RequireFromString(literal).Exponent()))) {
				t.Fatalf("%s lost or gained digits: %s", sent, out)
			}
		}
	})
}

func TestNoLiteralOfAStrangerIsExpensiveOrFatal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sent, err := json.Marshal(rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9.+-]{0,20}[eE]?[0-9+-]{0,12}`)).Draw(t, "literal"))
		if err != nil {
			t.Fatal(err)
		}
		var in numberIn
		if err := json.Unmarshal(sent, &in); err != nil {
			t.Fatal(err)
		}
		if !in.wrong {
			if out, err := json.Marshal(number{in.Value}); err != nil || len(out) > 64 {
				t.Fatalf("%s is written as %s: %v", sent, out, err)
			}
		}
	})
}
