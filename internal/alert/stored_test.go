package alert

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryNameAndValueIsKept(t *testing.T) {
	t.Parallel()
	many := func(item string, n int) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	for name, c := range map[string]struct{ body, want string }{
		"an object":                    {`{ "ticker":"KO", "foo":{"bar":[1,true,null,"x"]} }`, `{"ticker":"KO","foo":{"bar":[1,true,null,"x"]}}`},
		"all of an array":              {`[{"ticker":"KO"},{"ticker":"PEP"}]`, `[{"ticker":"KO"},{"ticker":"PEP"}]`},
		"pairs, as they were written":  {"🪙 Ticker: KO\nPrecio: 1,5\nhola", `{"Ticker":"KO","Precio":"1,5"}`},
		"the pairs of a string":        {`"Ticker: KO\nfoo: x"`, `{"Ticker":"KO","foo":"x"}`},
		"text has none":                {"compra NYSE:KO", `{}`},
		"nothing has none":             {"", `{}`},
		"digits and zeros":             {`{"price":1.50,"a":-0,"b":1E5}`, `{"price":1.50,"a":-0,"b":1E5}`},
		"an exponent out of bounds":    {`{"foo":1e131071,"a":1e65,"b":1e-65}`, `{"foo":"1e131071","a":"1e65","b":"1e-65"}`},
		"digits out of bounds":         {`{"a":` + strings.Repeat("7", 65) + `}`, `{"a":"` + strings.Repeat("7", 65) + `"}`},
		"digits within bounds":         {`{"a":` + strings.Repeat("7", 64) + `}`, `{"a":` + strings.Repeat("7", 64) + `}`},
		"NUL and surrogates":           {`{"a\u0000":"\ud800","b":"\\u0000"}`, "{\"a\uFFFD\":\"\uFFFD\",\"b\":\"\\\\u0000\"}"},
		"signs of HTML":                {`{"a":"` + strings.Repeat("<", 40) + `"}`, `{"a":"` + strings.Repeat("<", 40) + `"}`},
		"what jsonb makes long":        {`{"ticker":"KO","side":"buy","a":[` + many("1e64", 40) + `]}`, `{"ticker":"KO","symbol":"KO","direction":"LONG","event_kind":"entry"}`},
		"control characters":           {`{ticker:KO,text:"` + strings.Repeat("\x01", 200) + `"}`, `{"ticker":"KO","symbol":"KO"}`},
		"more than four times, and so": {`{"price":1e64}`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, string(Read([]byte(c.body)).Parsed)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMissingListsWhatWasNotFoundInOrder(t *testing.T) {
	t.Parallel()
	all := []string{"ticker", "price", "direction", "signal_type", "indicator_name", "chart_id", "interval", "timestamp"}
	for body, want := range map[string][]string{
		"":                                 all,
		`{"exchange":"NYSE"}`:              all,
		`{"ticker":"KO","tf":"1h"}`:        {"price", "direction", "signal_type", "indicator_name", "chart_id", "timestamp"},
		`{"price":0}`:                      {"ticker", "direction", "signal_type", "indicator_name", "chart_id", "interval", "timestamp"},
		"NYSE:KO Price: 1 buy":             {"signal_type", "indicator_name", "chart_id", "interval", "timestamp"},
		"Señal: x\nIndicador: y\nTF: soon": {"ticker", "price", "direction", "chart_id", "interval", "timestamp"},
		`{"ticker":"KO","price":1,"side":"buy","signal":"x","study":"y","chart":"z","tf":"5","ts":1704164645}`: nil,
	} {
		if diff := cmp.Diff(want, Read([]byte(body)).Missing); diff != "" {
			t.Errorf("%q (-want +got):\n%s", body, diff)
		}
	}
}

func TestOnlyAMemberIdempotencyKeyIsTheKey(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"idempotency_key":"k-1"}`:                     "k-1",
		`{"idempotencyKey":7}`:                          "7",
		`{"data":{"Idempotency-Key":"k-2"}}`:            "k-2",
		"ticker: KO\nidempotency_key: k-3":              "k-3",
		`{"id":"1","alert_id":"2","order_id":"3"}`:      "",
		`{"idempotency_key":"{{timenow}}"}`:             "",
		`{"idempotency_key":null}`:                      "",
		`{"idempotency_key":""}`:                        "",
		`{"message":"idempotency_key: k"}`:              "",
		"Señal con idempotency_key=k y nada de pares":   "",
		`{"idempotency_key":"a","idempotency-key":"b"}`: "b",
	} {
		if got := Read([]byte(body)).IdempotencyKey; got != want {
			t.Errorf("%q: key %q, want %q", body, got, want)
		}
	}
}
