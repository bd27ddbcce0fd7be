package alert

import (
	"strings"
	"testing"
)

func TestPairsAreAtLeastTwoAndHalfOfTheItems(t *testing.T) {
	t.Parallel()
	pairs, text := want{"parse_status": "pairs"}, want{"parse_status": "text"}
	readExamples(t, map[string]example{
		"two lines":                    {"Ticker: KO\nPrice: 61", pairs},
		"one line":                     {"Ticker: KO", text},
		"two of four lines":            {"hello\nTicker: KO\nPrice: 61\nbye", pairs},
		"two of five lines":            {"hello\nTicker: KO\nPrice: 61\nbye\nnow", text},
		"empty lines do not count":     {"hello\n\n \nTicker: KO\n\t\nPrice: 61\n\nbye\n\n", pairs},
		"CR ends lines":                {"Ticker: KO\rPrice: 61", pairs},
		"tags are no items":            {"<p>\nhello\n</p>\nTicker: KO\n<br/>\n<b>Price</b>: 61\nbye", pairs},
		"backslash n ends lines":       {`Ticker: KO\nPrecio: 61`, want{"parse_status": "pairs", "ticker": "KO", "price": "61"}},
		"but not beside a real one":    {"Señal: KO\\nx\nPrecio: 61", want{"parse_status": "pairs", "signal_type": `KO\nx`}},
		"a line at semicolons":         {"ticker=KO; price=61, signal=x", want{"parse_status": "pairs", "ticker": "KO", "price": "61"}},
		"a line at bars":               {"Ticker: KO | Señal: a, b | Precio: 61", want{"parse_status": "pairs", "ticker": "KO", "signal_type": "a, b", "price": "61"}},
		"a line at commas":             {"Ticker: KO, Precio: 1,61, Señal: x", want{"parse_status": "pairs", "ticker": "KO", "price": "1.61", "signal_type": "x"}},
		"a comma between digits":       {"price=1,234,symbol=KO", want{"parse_status": "pairs", "price": "1234", "ticker": "KO"}},
		"two lines aren't split again": {"Ticker: KO; x=1\nPrice: 61", want{"ticker": "KO", "price": "61"}},
	})
}

func TestOnlyANameAndASeparatorMakeAPair(t *testing.T) {
	t.Parallel()
	for item, want := range map[string]string{
		"Ticker: KO": "Ticker", "Ticker = KO": "Ticker", "Ticker=KO": "Ticker", "foo : bar": "foo", "foo=bar": "foo", "foo:": "foo", "foo=": "foo", "foo:\tbar": "foo", "foo:\u00a0bar": "foo",
		"🪙 Ticker: KO": "Ticker", "• Precio: 1": "Precio", "- Precio: 1": "Precio", "**Precio**: 1": "Precio", "> Precio: 1": "Precio", "# Precio: 1": "Precio", "⏰️ TF: 1": "TF", "ℹ️ TF: 1": "TF", "1️⃣ TF: 1": "TF",
		"Señal de hoy: 1": "Señal de hoy", "a_b-c.d: 1": "a_b-c.d", "2nd key: 1": "2nd key", "strategy.order.action = buy": "strategy.order.action",
		strings.Repeat("k", 40) + ": 1": strings.Repeat("k", 40),
		// a colon needs a blank unless the key is a name
		"foo:bar": "", "BINANCE:BTCUSDT": "", "10:30": "", "https://x.com": "", "Ticker:KO": "Ticker", "precio:1": "precio", "TF:15": "TF", "🔥 Señal:x": "Señal",
		// no key
		"": "", "Ticker KO": "", ": x": "", "= x": "", "🪙: x": "", "RSI(14): 1": "", "a/b: 1": "", "Buy+: 1": "", "a, b: 1": "", strings.Repeat("k", 41) + ": 1": "", "(a): 1": "", `"Ticker": "KO"`: "", "“Ticker”: KO": "", "NYSE:KO price = 1": "", "a\uFFFDb: 1": "", "Ticker 🪙: KO": "",
	} {
		name, _, ok := vocabularyTable.splitPair(item)
		if !ok && want != "" || ok && name != want {
			t.Errorf("%q: key %q, want %q", item, name, want)
		}
	}
}

func TestPairsAreReadByNamesAndThenAsText(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"names":                        {"Símbolo: SAN\nBolsa: BME\nDirección: corto\nIndicador: RSI\nTemporalidad: 1h\nFecha: 2024-01-02 03:04", want{"ticker": "BME:SAN", "direction": "SHORT", "indicator_name": "RSI", "interval": "60", "timestamp": "2024-01-02T03:04:00Z"}},
		"the last wins":                {"price: 1\nPrice: 2", want{"price": "2"}},
		"dotted keys":                  {"strategy.order.action: sell\nstrategy.order.price: 3", want{"direction": "SHORT", "price": "3"}},
		"the whole body for the rest":  {"Vender ya\nSímbolo: SAN\nPrecio: 4,1\nhttps://www.tradingview.com/chart/aB3dE5f7/", want{"direction": "SHORT", "chart_id": "aB3dE5f7"}},
		"the exchange of the body":     {"KO (NYSE:KO)\nTicker: KO\nPrice: 61", want{"ticker": "NYSE:KO"}},
		"values lose what's around":    {"Ticker: \"KO\",\nPrice: <b>61</b>;\nSeñal: *Rebote*", want{"ticker": "KO", "price": "61", "signal_type": "Rebote"}},
		"a placeholder is no value":    {"Ticker: {{ticker}}\nSeñal: {{x}}\nTipo: y", want{"ticker": null, "signal_type": "y"}},
		"flags in pairs":               {"Strong Buy: 0 | Strong Sell: 1", want{"parse_status": "pairs", "direction": "SHORT"}},
		"is_buy in pairs":              {"is_buy: true\nprice: 1", want{"direction": "LONG"}},
		"a value with its own signs":   {"Ticker: NYSE:KO\nSeñal: a = b: c", want{"ticker": "NYSE:KO", "signal_type": "a = b: c"}},
		"keys that aren't read remain": {"foo: 1\nbar: 2", want{"parse_status": "pairs", "price": null, "ticker": null}},
	})
}
