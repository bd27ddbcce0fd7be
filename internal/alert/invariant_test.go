package alert

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"atalaya"
)

// everyday returns the bodies of the corpus that are text, not blank and at most 2,000 bytes long.
func everyday(t testing.TB) (bodies []string) {
	t.Helper()
	for _, c := range corpus(t) {
		if body := string(c.bytes(t)); utf8.ValidString(body) && len(body) <= 2000 && strings.TrimSpace(body) != "" {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// decoration generates functions that put text without meaning around a body.
func decoration() *rapid.Generator[func(string) string] {
	emoji := rapid.SampledFrom([]string{"🚨", "🟢 ", "▲", "⚡️", "👨‍💻 ", "→ ", "✅\n", "🔥🔥\n\n"})
	blanks := rapid.StringMatching(`[ \t\r\n\x{00A0}]{0,4}`)
	mark := rapid.SampledFrom([]string{"\u200e", "\u200f", "\u202a", "\u202c", "\u2066", "\u2069", "\ufeff", "\u200b", "\u2060"})
	// No word of the vocabulary consists of these letters.
	title := rapid.StringMatching(`[qxzwjQXZWJ]{3,12}( [qxzwjQXZWJ]{3,12}){0,3}[!.]?\n`)
	return rapid.Custom(func(t *rapid.T) func(string) string {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			before, after := blanks.Draw(t, "before"), blanks.Draw(t, "after")
			return func(body string) string { return before + body + after }
		case 1:
			before := emoji.Draw(t, "emoji")
			return func(body string) string { return before + body }
		case 2:
			before := title.Draw(t, "title")
			return func(body string) string { return before + body }
		case 3:
			m := mark.Draw(t, "mark")
			return func(body string) string { return m + body + m }
		default:
			m, at := mark.Draw(t, "mark"), rapid.IntRange(0, 2000).Draw(t, "at")
			return func(body string) string {
				at := min(at, len(body))
				for at > 0 && at < len(body) && !utf8.RuneStart(body[at]) {
					at--
				}
				return body[:at] + m + body[at:]
			}
		}
	})
}

// sameFields ignores what may differ: how the body was read, and what is kept of it.
var sameFields = cmp.Options{cmpopts.IgnoreFields(atalaya.Alert{}, "ParseStatus", "Raw", "Parsed")}

func TestTextWithoutMeaningChangesNothing(t *testing.T) {
	t.Parallel()
	bodies := everyday(t)
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SampledFrom(bodies).Draw(t, "body")
		decorated := decoration().Draw(t, "decoration")(body)
		if diff := cmp.Diff(Read([]byte(body)), Read([]byte(decorated)), sameFields); diff != "" {
			t.Fatalf("%q:\n%s", decorated, diff)
		}
	})
}

func TestEveryPrefixOfABodyKeepsTheRules(t *testing.T) {
	t.Parallel()
	bodies := everyday(t)
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SampledFrom(bodies).Draw(t, "body")
		if err := checkReading([]byte(body[:rapid.IntRange(0, len(body)).Draw(t, "length")])); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAStopsPriceNeverBecomesThePrice(t *testing.T) {
	t.Parallel()
	forms := []string{
		"%s: %s", "%s = %s", "%s Price: %s", "%s price %s", "%s @ %s", "%s: @ %s", "%s (price: %s)", "%s - @%s", "%s at price %s",
		"%s Entry: %s", "buy %s @ %s", "*%s* @ `%s`", "{\"%s\": %s}", "{\"message\": \"%s @ %s\"}", "%s(price=%s)", "EURUSD, 60 - %s @ %s",
		"%s: %s\nfoo: bar", "1. %s: @ %s", "Long\n%s Price = %s\nx",
	}
	words := []string{"SL", "TP", "TP1", "Stop", "STOP", "Target", "Hedef", "stop_loss", "take_profit", "Stop Loss", "Take Profit", "Target 2", "stopLoss", "Objetivo", "SL1"}
	rapid.Check(t, func(t *rapid.T) {
		form, word := rapid.SampledFrom(forms).Draw(t, "form"), rapid.SampledFrom(words).Draw(t, "word")
		price := rapid.StringMatching(`[1-9][0-9]{0,5}(\.[0-9]{1,5})?`).Draw(t, "price")
		body := fmt.Sprintf(form, word, price)
		if a := Read([]byte(body)); a.Price.Valid {
			t.Fatalf("%q: the price is %s", body, a.Price.Decimal)
		}
	})
}

func TestAGroupedNumberIsTheNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(1, 999).Draw(t, "first")
		groups := rapid.SliceOfN(rapid.IntRange(0, 999), 1, 3).Draw(t, "groups")
		separator := rapid.SampledFrom([]string{" ", "\u00a0", "\u202f", "\u2009", "'", "’"}).Draw(t, "separator")
		decimals := rapid.StringMatching(`([.,][0-9]{1,6})?`).Draw(t, "decimals")
		plain, grouped := fmt.Sprint(first), fmt.Sprint(first)
		for _, group := range groups {
			plain += fmt.Sprintf("%03d", group)
			grouped += separator + fmt.Sprintf("%03d", group)
		}
		want := plain + strings.Replace(decimals, ",", ".", 1)
		for _, body := range []string{`{"price":"` + grouped + decimals + `"}`, "Price: " + grouped + decimals, "MSFT Crossing " + grouped + decimals + " 🚀"} {
			if got := Read([]byte(body)); !got.Price.Valid || digits(got.Price.Decimal) != want {
				t.Fatalf("%q: %s, want %s", body, got.Price.Decimal, want)
			}
		}
	})
}
