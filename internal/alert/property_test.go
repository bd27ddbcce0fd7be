package alert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"atalaya"
)

// checkReading returns an error if the reading of a body breaks a rule that holds for every body.
func checkReading(body []byte) error {
	a := Read(body)
	if diff := cmp.Diff(a, Read(body)); diff != "" {
		return fmt.Errorf("two readings of it differ:\n%s", diff)
	}
	if !utf8.ValidString(a.Raw) || strings.Contains(a.Raw, "\x00") {
		return fmt.Errorf("raw %q cannot be stored", a.Raw)
	}
	for _, check := range []error{checkParsed(a, body), checkTicker(a), checkForms(a), checkMissing(a)} {
		if check != nil {
			return check
		}
	}
	return nil
}

// checkParsed returns an error if a jsonb column would refuse the parsed body, or if it exceeds its bounds.
func checkParsed(a atalaya.Alert, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(a.Parsed))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return fmt.Errorf("parsed %q: %w", a.Parsed, err)
	}
	if size, most := len(a.Parsed), max(maxGrowth*len(body), len("{}")); size > most {
		return fmt.Errorf("parsed has %d bytes, the body %d", size, len(body))
	}
	if strings.Contains(strings.ReplaceAll(string(a.Parsed), `\\`, ""), `\ud`) {
		return fmt.Errorf("parsed %q holds an escaped surrogate", a.Parsed)
	}
	return checkValue(value, 0)
}

func checkValue(value any, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("parsed is nested %d levels deep", depth)
	}
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "\x00") || !utf8.ValidString(v) {
			return fmt.Errorf("parsed holds %q", v)
		}
	case json.Number:
		if _, ok := boundedNumber(v.String()); !ok || len(v) > maxDigits+len("-.e+64") {
			return fmt.Errorf("parsed holds %s", v)
		}
	case []any:
		for _, item := range v {
			if err := checkValue(item, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, item := range v {
			if err := checkValue(name, depth); err != nil {
				return err
			}
			if err := checkValue(item, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkTicker(a atalaya.Alert) error {
	full := a.Symbol
	if a.Exchange != "" && a.Symbol != "" {
		full = a.Exchange + ":" + a.Symbol
	}
	if a.Ticker != full {
		return fmt.Errorf("ticker %q of exchange %q and symbol %q", a.Ticker, a.Exchange, a.Symbol)
	}
	if a.Symbol != "" && !isSymbol(a.Symbol) || a.Exchange != "" && !isExchangeForm(a.Exchange) {
		return fmt.Errorf("ticker %q has no ticker's form", a.Ticker)
	}
	return nil
}

var (
	isSymbol       = regexp.MustCompile(`^[A-Z0-9:._!/^&*+$ -]{1,64}$`).MatchString
	isExchangeForm = regexp.MustCompile(`^[A-Z0-9_]{1,32}$`).MatchString
)

var readInterval = regexp.MustCompile(`^(?:[1-9][0-9]{0,3}|[1-9][0-9]*[SDW]|(?:1|3|6|12)M)$`)

func checkForms(a atalaya.Alert) error {
	if d := a.Price.Decimal; a.Price.Valid && (d.NumDigits() > maxDigits || d.Exponent() > maxExponent || d.Exponent() < -maxExponent-maxDigits) {
		return fmt.Errorf("price %s is out of bounds", d)
	}
	if t := a.Timestamp; !t.IsZero() && (t.Location() != time.UTC || t.Year() < 2000 || t.Year() > 2099) {
		return fmt.Errorf("time %s is out of bounds", t)
	}
	if a.Interval != "" && !readInterval.MatchString(a.Interval) {
		return fmt.Errorf("interval %q", a.Interval)
	}
	if a.ChartID != "" && !isChartID(a.ChartID) {
		return fmt.Errorf("chart id %q", a.ChartID)
	}
	switch a.Direction {
	case "", atalaya.Long, atalaya.Short:
	default:
		return fmt.Errorf("direction %q", a.Direction)
	}
	switch a.ParseStatus {
	case atalaya.ParseJSON, atalaya.ParseRepaired, atalaya.ParsePairs, atalaya.ParseText, atalaya.ParseEmpty:
	default:
		return fmt.Errorf("status %q", a.ParseStatus)
	}
	return nil
}

func checkMissing(a atalaya.Alert) error {
	encoded, err := JSON(a)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := json.Unmarshal(encoded, &fields); err != nil {
		return err
	}
	var missing []string
	for _, name := range []string{"ticker", "price", "direction", "signal_type", "indicator_name", "chart_id", "interval", "timestamp"} {
		if fields[name] == nil {
			missing = append(missing, name)
		}
	}
	if diff := cmp.Diff(missing, a.Missing); diff != "" {
		return fmt.Errorf("missing (-want +got):\n%s", diff)
	}
	return nil
}

func FuzzRead(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.bytes(f))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := checkReading(body); err != nil {
			t.Error(err)
		}
	})
}

// bodies generates bodies from pieces of real alerts and of JSON.
func bodies() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"{", "}", "[", "]", `"`, "'", "“", ":", ": ", " = ", ",", ";", "|", "\n", " ", "{{close}}", `\u0000`, `\ud800`, `\n`, "\x00", "\xff", "//", "/*",
			"ticker", "price", "signal", "side", "data", "strategy", "order", "message", "market_position", "prev_market_position", "timeframe", "time",
			"Precio", "Señal", "Símbolo", "BINANCE:BTCUSDT", "CME_DL:ES1!", "A:X/B:Y", "LONG", "sell", "flat", "null", "NaN", "1e64", "1e131071", "-0", "5%",
			"1.234,5", "0,523", "15m", "1D", "2024-01-02T03:04:05Z", "1704164645", "https://www.tradingview.com/chart/aB3dE5f7/", "<b>", "</b>",
			": order buy @ 1 filled on BTCUSDT. New strategy position is 0", "EURUSD, 60 Crossing 1.15", " @ 12",
		}),
		rapid.StringN(0, 4, 8),
	)
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "") })
}

func TestEveryReadingKeepsTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if err := checkReading([]byte(bodies().Draw(t, "body"))); err != nil {
			t.Fatal(err)
		}
	})
}

func TestWhiteSpaceAroundJSONChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		symbol := rapid.StringMatching(`[A-Z]{1,10}`).Draw(t, "symbol")
		space := rapid.StringMatching(`[ \t\r\n]{0,5}`)
		body := `{"symbol":"` + symbol + `"}`
		plain, around := Read([]byte(body)), Read([]byte(space.Draw(t, "before")+body+space.Draw(t, "after")))
		plain.Raw, around.Raw = "", ""
		if diff := cmp.Diff(plain, around); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAPriceKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}`).Draw(t, "price")
		for _, body := range []string{`{"price":` + price + `}`, `{"price":"` + price + `"}`, "Price: " + price} {
			if got := Read([]byte(body)); !got.Price.Valid || strings.TrimPrefix(digits(got.Price.Decimal), "-") != strings.TrimPrefix(price, "-") {
				t.Fatalf("%s: the price is %s, want %s", body, got.Price.Decimal, price)
			}
		}
	})
}

func TestOrdinaryPricesAreReadInEveryNotation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole, fraction := rapid.IntRange(1, 999).Draw(t, "thousands"), rapid.StringMatching(`[0-9]{1,2}`).Draw(t, "fraction")
		want := fmt.Sprintf("%d000.%s", whole, fraction)
		for _, written := range []string{"%d000.%s", "%d000,%s", "%d,000.%s", "%d.000,%s", "$%d,000.%s", "%d.000,%s €", "(USD %d000.%s)"} {
			p, ok := parsePrice(fmt.Sprintf(written, whole, fraction))
			if got := digits(p.Decimal); !ok || got != want {
				t.Fatalf(written+": %s, want %s", whole, fraction, got, want)
			}
		}
	})
}
