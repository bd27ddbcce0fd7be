package alert

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

func TestABodyIsReadInTheFirstFormThatFits(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"nothing":                         {"", want{"parse_status": "empty", "ticker": null}},
		"white space":                     {" \r\n\t\u00a0", want{"parse_status": "empty"}},
		"a BOM":                           {"\uFEFF", want{"parse_status": "empty"}},
		"a BOM among white space":         {" \uFEFF\n", want{"parse_status": "empty"}},
		"strict JSON":                     {"\uFEFF \n{\"symbol\":\"GBPUSD\"}\n\n", want{"parse_status": "json", "symbol": "GBPUSD"}},
		"JSON without a name that's read": {`{"foo":{"ticker":"X"}}`, want{"parse_status": "json", "ticker": null}},
		"JSON to repair":                  {`{"symbol":"GBPUSD",}`, want{"parse_status": "repaired", "symbol": "GBPUSD"}},
		"repaired by a message name":      {`{"msg":"buy",}`, want{"parse_status": "repaired", "direction": "LONG"}},
		"repairable but without names":    {`{"foo":"bar",}`, want{"parse_status": "text"}},
		"strings to repair have no names": {`["buy","BINANCE:ADAUSDT",]`, want{"parse_status": "text", "ticker": "BINANCE:ADAUSDT"}},
		"JSON behind words":               {`Alert {"symbol":"GBPUSD"}`, want{"parse_status": "repaired", "ticker": "GBPUSD"}},
		"pairs":                           {"Symbol: GBPUSD\nPrice: 1.25", want{"parse_status": "pairs", "ticker": "GBPUSD", "price": "1.25"}},
		"one pair is text":                {"Symbol: GBPUSD", want{"parse_status": "text", "ticker": "GBPUSD"}},
		"pares en español":                {"Símbolo: GBPUSD\nPrecio: 1,25", want{"parse_status": "pairs", "ticker": "GBPUSD", "price": "1.25"}},
		"texto":                           {"El oro sube", want{"parse_status": "text", "direction": null}},
	})
}

func TestTheRootDecidesWhatIsRead(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"an array by its first object": {`[1,"x",[{"symbol":"NO"}],{"symbol":"YES"},{"symbol":"NO"}]`, want{"parse_status": "json", "symbol": "YES"}},
		"strings as lines of pairs":    {`["Symbol: SOLUSDT","Price: 150"]`, want{"parse_status": "pairs", "symbol": "SOLUSDT", "price": "150"}},
		"strings as lines of text":     {`["buy","now"]`, want{"parse_status": "text", "direction": "LONG"}},
		"strings and others":           {`["buy",1]`, want{"parse_status": "json", "direction": null}},
		"an empty array":               {`[]`, want{"parse_status": "json"}},
		"a string of JSON":             {`"{\"symbol\":\"SOLUSDT\"}"`, want{"parse_status": "json", "symbol": "SOLUSDT"}},
		"a string to repair":           {`"{symbol:SOLUSDT}"`, want{"parse_status": "repaired", "symbol": "SOLUSDT"}},
		"a string of pairs":            {`"Symbol: SOLUSDT\nSide: sell"`, want{"parse_status": "pairs", "direction": "SHORT"}},
		"a sentence":                   {`"compra ahora"`, want{"parse_status": "text", "direction": "LONG"}},
		"a string is unwrapped once":   {`"\"{\\\"symbol\\\":\\\"KO\\\"}\""`, want{"parse_status": "text", "symbol": null}},
		"an empty string":              {`""`, want{"parse_status": "empty"}},
		"a number":                     {`42`, want{"parse_status": "json", "price": null}},
		"true":                         {`true`, want{"parse_status": "json"}},
		"null":                         {` null `, want{"parse_status": "json"}},
	})
}

func nested(levels int) string {
	return strings.Repeat(`{"a":`, levels-1) + `{}` + strings.Repeat("}", levels-1)
}

func TestJSONIsReadDownTo64Levels(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"64 levels":            {`{"symbol":"X1","a":` + nested(63) + `}`, want{"parse_status": "json", "symbol": "X1"}},
		"65 levels":            {`{"symbol":"X1","a":` + nested(64) + `}`, want{"parse_status": "text", "symbol": null}},
		"64 levels, repaired":  {`{"symbol":"X1","a":` + nested(63) + `,}`, want{"parse_status": "repaired", "symbol": "X1"}},
		"65 levels, repaired":  {`{"symbol":"X1","a":` + nested(64) + `,}`, want{"parse_status": "text", "symbol": null}},
		"65 arrays":            {strings.Repeat("[", 65) + strings.Repeat("]", 65), want{"parse_status": "text"}},
		"20000 arrays":         {strings.Repeat("[", 20000), want{"parse_status": "text"}},
		"65 levels of strings": {`"` + strings.ReplaceAll(nested(65), `"`, `\"`) + `"`, want{"parse_status": "text"}},
	})
}

func TestABodyAbove64KiBIsNotRead(t *testing.T) {
	t.Parallel()
	body := `{"symbol":"SOLUSDT","x":"` + strings.Repeat("x", atalaya.MaxBody)
	whole := Read([]byte(body[:atalaya.MaxBody-2] + `"}`))
	if whole.Symbol != "SOLUSDT" {
		t.Errorf("a body of 64 KiB: symbol %q", whole.Symbol)
	}
	above := Read([]byte(body[:atalaya.MaxBody-1] + `"}`))
	if above.Symbol != "" || above.Raw != "" || len(above.Missing) != 8 || string(above.Parsed) != "{}" {
		t.Errorf("a larger body was read: %+v", above)
	}
}

func TestWhatCannotBeStoredIsReplaced(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"invalid UTF-8 in JSON":      {"{\"symbol\":\"SOLUSDT\",\"type\":\"a\xffb\"}", want{"parse_status": "repaired", "signal_type": "a\uFFFDb"}},
		"a NUL in JSON":              {"{\"symbol\":\"SOLUSDT\",\"type\":\"a\x00b\"}", want{"parse_status": "repaired", "signal_type": "a\uFFFDb"}},
		"an escaped NUL":             {`{"type":"a\u0000b"}`, want{"parse_status": "repaired", "signal_type": "a\uFFFDb"}},
		"a lone high surrogate":      {`{"type":"a\uD800b"}`, want{"parse_status": "repaired", "signal_type": "a\uFFFDb"}},
		"a lone low surrogate":       {`{"type":"a\udc00b"}`, want{"parse_status": "repaired", "signal_type": "a\uFFFDb"}},
		"a high one before a pair":   {`{"type":"\ud83d\ud83d\ude80"}`, want{"parse_status": "repaired", "signal_type": "\uFFFD🚀"}},
		"a pair is a letter":         {`{"type":"\ud83d\ude80"}`, want{"parse_status": "json", "signal_type": "🚀"}},
		"a raw surrogate":            {"{\"type\":\"a\xed\xa0\x80b\"}", want{"parse_status": "repaired"}},
		"in a name":                  {`{"type":"a","x\u0000":1}`, want{"parse_status": "repaired", "signal_type": "a"}},
		"in a string that is a body": {`"{\"foo\":\"a\"} \ud800"`, want{"parse_status": "text"}},
		"in JSON within a string":    {`"{\"type\":\"a\ud800\"}"`, want{"parse_status": "repaired", "signal_type": "a\uFFFD"}},
		"in text":                    {"Se\xf1al: x BINANCE:ADAUSDT\x00", want{"parse_status": "text", "ticker": "BINANCE:ADAUSDT", "signal_type": null}},
	})
	a := Read([]byte("a\x00b\xffc"))
	if diff := cmp.Diff("a\uFFFDb\uFFFDc", a.Raw); diff != "" || !utf8.ValidString(a.Raw) {
		t.Error(diff)
	}
}
