package alert

import (
	"strings"
	"testing"
)

func TestATextGivesTheTicker(t *testing.T) {
	t.Parallel()
	examples := map[string]example{
		"EXCHANGE:SYMBOL":              {"Sube BME:SAN hoy", want{"ticker": "BME:SAN", "exchange": "BME"}},
		"at the end of a sentence":     {"Mira BME:SAN.", want{"ticker": "BME:SAN"}},
		"before a comma":               {"BME:SAN, BME:BBVA", want{"ticker": "BME:SAN"}},
		"the first one":                {"NYSE:KO o NYSE:PEP", want{"ticker": "NYSE:KO"}},
		"in brackets":                  {"(BITGET:SUIUSDT.P)", want{"ticker": "BITGET:SUIUSDT.P"}},
		"in Markdown":                  {"*NYSE:KO* y _NYSE:PEP_", want{"ticker": "NYSE:KO"}},
		"in tags":                      {"<b>NYSE:KO</b>", want{"ticker": "NYSE:KO"}},
		"behind a hash":                {"#NYSE:KO", want{"ticker": "NYSE:KO"}},
		"before a label":               {"Ticker: PEP, NYSE:KO", want{"ticker": "NYSE:KO"}},
		"a spread":                     {"NYSE:KO/NYSE:PEP sube", want{"ticker": "NYSE:KO/NYSE:PEP", "exchange": null}},
		"a dash behind a blank":        {"NYSE:KO - 15", want{"ticker": "NYSE:KO"}},
		"small letters are none":       {"nyse:ko", want{"ticker": null}},
		"a URL is none":                {"https://x.com/?s=NYSE:KO", want{"ticker": null}},
		"a URL without its scheme":     {"www.tradingview.com/?s=NYSE:KO", want{"ticker": null}},
		"a clock time is none":         {"a las 10:30 y 2024-01-02T10:30Z, AT10:30", want{"ticker": null}},
		"behind a clock time":          {"10:30 NYSE:KO", want{"ticker": "NYSE:KO"}},
		"a date and time are none":     {"FIRED:2024-01-02T10:30:00Z", want{"ticker": null}},
		"two colons are none":          {"BTC:USDT:USDT", want{"ticker": null}},
		"in a word":                    {"miNYSE:KO", want{"ticker": null}},
		"a bare word":                  {"AAPL sube", want{"ticker": null}},
		"a bare word after a verb":     {"crossing AAPL", want{"ticker": null}},
		"a label in capitals":          {"TICKER:BTCUSDT PRICE:45000", want{"ticker": "BTCUSDT", "price": "45000"}},
		"a label ends at a blank":      {"Pair: BTC USDT", want{"ticker": "BTC"}},
		"a label ends at a comma":      {"Símbolo = ETHUSDT.P, ya", want{"ticker": "ETHUSDT.P"}},
		"a label in Markdown":          {"**Ticker**: `btcusdt` ya", want{"ticker": "BTCUSDT"}},
		"a label before a quote":       {"Ticker: “KO” ya", want{"ticker": "KO"}},
		"a label with a lower value":   {"symbol: binance:adausdt", want{"ticker": "BINANCE:ADAUSDT"}},
		"a label without a value":      {"Ticker: ¿?", want{"ticker": null}},
		"the next label, if none":      {"Ticker: {{ticker}} Par: EURUSD", want{"ticker": "EURUSD"}},
		"a label without a colon":      {"Ticker AAPL", want{"ticker": null}},
		"a label in a word":            {"Subpar: AAPL", want{"ticker": null}},
		"a label before a sentence":    {"EURUSD Crossing 1.1, Symbol: GBPUSD", want{"ticker": "GBPUSD"}},
		"stop loss in capitals":        {"SL:44000 SIDE:LONG NYSE:KO", want{"ticker": "NYSE:KO"}},
		"an exchange's delay":          {"NASDAQ_DLY:AAPL", want{"ticker": "NASDAQ:AAPL"}},
		"a name of another language's": {"Preço: X", want{"ticker": null}},
	}
	for _, label := range []string{"Ticker", "Symbol", "Pair", "Símbolo", "Simbolo", "SÍMBOLO", "Activo", "Par", "pAIR"} {
		examples[label+":"] = example{"Ojo " + label + ": xrpusd.p", want{"ticker": "XRPUSD.P", "parse_status": "text"}}
		examples[label+"="] = example{"Ojo " + label + "=XRPUSD.P", want{"ticker": "XRPUSD.P", "parse_status": "text"}}
	}
	for _, word := range []string{"TF", "SL", "TP", "RR", "RSI", "EMA", "SMA", "QTY", "ID", "TP1", "EMA200"} {
		examples[word+" is no exchange"] = example{word + ":ABC", want{"ticker": null}}
	}
	readExamples(t, examples)
}

func TestTradingViewsOwnSentencesAreRead(t *testing.T) {
	t.Parallel()
	examples := map[string]example{
		"with an interval":            {"EURUSD, 60 Crossing 1.15", want{"ticker": "EURUSD", "interval": "60", "price": "1.15"}},
		"a day":                       {"ES1!, 1D Greater Than 5,001.25", want{"ticker": "ES1!", "interval": "1D", "price": "5001.25"}},
		"without a number":            {"BTCUSD Entering Channel", want{"ticker": "BTCUSD", "price": null}},
		"on a ticker":                 {"RSI (14) Crossing Up 70 on BTCUSDT, 240", want{"ticker": "BTCUSDT", "interval": "240", "price": "70"}},
		"on a ticker, no number":      {"MA Cross Crossing Down on NYSE:KO, W", want{"ticker": "NYSE:KO", "interval": "1W", "price": null}},
		"a channel's number":          {"BTCUSD Inside Channel 5", want{"ticker": "BTCUSD", "price": null}},
		"in small letters":            {"AAPL crossing 1.15", want{"ticker": null, "price": null}},
		"a ticker in small letters":   {"eurusd Crossing 1.15", want{"ticker": null, "price": null}},
		"another verb":                {"AAPL Touching 1.15", want{"ticker": null, "price": null}},
		"a longer verb":               {"AAPL Crossingover 1.15", want{"ticker": null}},
		"an order":                    {"My Strategy (1, 2): order buy @ 3.5 filled on XRPUSD. New strategy position is 7", want{"ticker": "XRPUSD", "price": null, "direction": "LONG", "indicator_name": "My Strategy (1, 2)"}},
		"an order in Russian":         {"Стратегия: buy @ 0.5 исполнилась по ETHUSDT. Новая позиция стратегии 0.5", want{"ticker": "ETHUSDT", "price": null, "direction": "LONG"}},
		"an order in Spanish":         {"Estrategia X (5): orden sell @ 2 ejecutada en BMFBOVESPA:PETR4. La nueva posición es -2", want{"ticker": "BMFBOVESPA:PETR4", "price": null, "direction": "SHORT"}},
		"an order in Spanish, closed": {"Estrategia X (5): orden sell @ 2 ejecutada en PETR4. La nueva posición es 0", want{"ticker": "PETR4", "price": null, "direction": "LONG"}},
		"an order in Chinese":         {"策略: buy @ 2 成交于 BTCUSDT。新仓位是 2", want{"ticker": "BTCUSDT", "price": null, "direction": "LONG"}},
		"an order and more":           {"S: order sell @ 2 filled on BTCUSDT.P. New strategy position is 0. Vol 17 lots", want{"ticker": "BTCUSDT.P", "price": null, "direction": "LONG"}},
		"an order without the rest":   {"S: order sell @ 2 filled on BTCUSDT.P", want{"ticker": "BTCUSDT.P", "price": null, "direction": "SHORT", "indicator_name": "S"}},
		"two orders":                  {"S: order sell @ 2 filled on KO. New strategy position is 0\nS: order sell @ 3 filled on KO. New strategy position is -3", want{"ticker": "KO", "price": null}},
		"a price beside an order":     {"S: order buy @ 1 filled on XRPUSD. New strategy position is 1\nentrada @ 0.52", want{"ticker": "XRPUSD", "price": "0.52"}},
		"a size that is no order's":   {"buy @ 12.5", want{"price": "12.5", "ticker": null, "indicator_name": null}},
		"an interval of its own":      {"EURUSD, 7Q Crossing 1.15", want{"interval": null}},
	}
	for _, verb := range []string{"Crossing", "Crossing Up", "Crossing Down", "Greater Than", "Less Than"} {
		examples[verb] = example{"GBPJPY " + verb + " 191.5", want{"ticker": "GBPJPY", "price": "191.5", "direction": null, "parse_status": "text"}}
	}
	for _, verb := range []string{"Entering Channel", "Exiting Channel", "Inside Channel", "Outside Channel", "Moving Up", "Moving Down"} {
		examples[verb] = example{"GBPJPY " + verb + " 191.5", want{"ticker": "GBPJPY", "price": null, "direction": null}}
	}
	readExamples(t, examples)
}

func TestATextGivesThePrice(t *testing.T) {
	t.Parallel()
	examples := map[string]example{
		"Price and a blank":         {"Price 42", want{"price": "42"}},
		"Precio y un blanco":        {"Precio 1,5", want{"price": "1.5"}},
		"at":                        {"Sale @ $1,250.5", want{"price": "1250.5"}},
		"at, without a blank":       {"Sale @1250.5", want{"price": "1250.5"}},
		"Price before Close":        {"Close: 1 Price: 2", want{"price": "2"}},
		"Close before at":           {"@ 1 Close: 2", want{"price": "2"}},
		"a sentence before at":      {"EURUSD Crossing 1.15 @ 3", want{"price": "1.15"}},
		"the next if a per cent":    {"Price: 5% Price: 7", want{"price": "7"}},
		"Close and a blank is none": {"Close 42", want{"price": null}},
		"Entrada y un blanco":       {"Entrada 42", want{"price": null}},
		"Price in a word":           {"StopPrice: 42 y precios: 43", want{"price": null}},
		"a bare number":             {"rompe 42", want{"price": null}},
		"a closing hour":            {"Close: 16:00", want{"price": null}},
		"an interval":               {"@ 15m", want{"price": null}},
		"an e-mail":                 {"yo@example.com", want{"price": null}},
		"a dash is no sign":         {"Price - 42", want{"price": null}},
		"in Markdown":               {"*Precio:* `42.5`", want{"price": "42.5"}},
		"a currency behind it":      {"Price: 42.5USDT ya", want{"price": "42.5"}},
		"the end of a sentence":     {"Price: 42.5. Ya", want{"price": "42.5"}},
		"in a URL":                  {"https://x.com/?price=42", want{"price": null}},
	}
	for _, label := range []string{"Price", "Precio", "Close", "Entry", "Entrada", "PRICE", "entrada"} {
		examples[label+":"] = example{"Ojo " + label + ": 4.25", want{"price": "4.25"}}
		examples[label+"="] = example{"Ojo " + label + "=4.25", want{"price": "4.25"}}
	}
	readExamples(t, examples)
}

func TestATextGivesTheOtherFields(t *testing.T) {
	t.Parallel()
	examples := map[string]example{
		"a signal up to the line's end": {"Ojo Señal: Ruptura, al alza 🟢 \nya", want{"signal_type": "Ruptura, al alza 🟢"}},
		"a signal without a colon":      {"señal de compra", want{"signal_type": null, "direction": "LONG"}},
		"a placeholder is none":         {"Ojo Señal: {{x}}", want{"signal_type": null}},
		"the next label, if empty":      {"Ojo Signal:\nTipo: b", want{"signal_type": "b"}},
		"before an order":               {"Señal X: order sell @ 1 filled on KO. New strategy position is -1", want{"indicator_name": "Señal X"}},
		"a time in the middle":          {"Ojo Hora: 2024-01-02 03:04 ya", want{"timestamp": "2024-01-02T03:04:00Z"}},
		"an epoch":                      {"Ojo Time=1704164645, ya", want{"timestamp": "2024-01-02T03:04:05Z"}},
		"a time without a label":        {"Ojo 2024-01-02T03:04:05Z", want{"timestamp": null}},
		"a date alone":                  {"Ojo Fecha: 2024-01-02", want{"timestamp": null}},
		"a Timestamp is no label":       {"Ojo Timestamp: 1704164645", want{"timestamp": null}},
		"an interval and more":          {"TF: 15 LONG", want{"interval": "15", "direction": "LONG"}},
		"an interval and a full stop":   {"Ojo TF: 4h. Ya", want{"interval": "240"}},
		"a unit behind a blank":         {"Ojo TF: 4 horas ya", want{"interval": "240"}},
		"a word":                        {"Temporalidad: diario", want{"interval": "1D"}},
		"what is no interval":           {"TF: M15", want{"interval": null}},
		"a broken number":               {"TF: 1.5h", want{"interval": null}},
		"joined by a dash":              {"TF: 4-hour", want{"interval": null}},
		"an interval without a label":   {"en 15m", want{"interval": null}},
		"a chart":                       {"Ver https://www.tradingview.com/chart/aB3dE5f7/?x=1", want{"chart_id": "aB3dE5f7"}},
		"an idea is no chart":           {"Ver https://www.tradingview.com/chart/KO/aB3dE5f7-idea/", want{"chart_id": null}},
		"labels in a URL":               {"https://x.com/?signal=a&interval=5&time=1704164645&strategy=b&ticker=KO", want{"signal_type": null, "interval": null, "timestamp": null, "indicator_name": null, "ticker": null}},
	}
	for field, labels := range map[string][]string{
		"signal_type":    {"Signal", "Señal", "senal", "Signal Type", "Tipo", "Tipo de señal", "TIPO DE SEÑAL"},
		"indicator_name": {"Indicator", "Indicador", "Strategy", "Estrategia", "INDICADOR"},
	} {
		for _, label := range labels {
			examples[label+":"] = example{"Ojo, " + label + ": Cruce TSI", want{field: "Cruce TSI", "parse_status": "text"}}
			examples[label+"="] = example{"Ojo, " + label + " = Cruce TSI", want{field: "Cruce TSI", "parse_status": "text"}}
		}
	}
	for _, label := range []string{"Timeframe", "TF", "Interval", "Temporalidad", "tf"} {
		examples[label+":"] = example{"Ojo " + label + ": 4h", want{"interval": "240"}}
		examples[label+"="] = example{"Ojo " + label + "=4h", want{"interval": "240"}}
	}
	for _, label := range []string{"Time", "Hora", "Fecha", "TIME"} {
		examples[label+":"] = example{"Ojo " + label + ": 2024-01-02T03:04:05Z", want{"timestamp": "2024-01-02T03:04:05Z"}}
		examples[label+"="] = example{"Ojo " + label + "=2024-01-02T03:04:05Z", want{"timestamp": "2024-01-02T03:04:05Z"}}
	}
	readExamples(t, examples)
}

func TestATextIsReadAsFarAsAMessageCanReach(t *testing.T) {
	t.Parallel()
	const last = " Ticker: KO"
	for _, character := range []string{"a", "ñ", "€", "🚨"} {
		// 4,096 characters are the most that a message of TradingView's holds.
		longest := "x " + strings.Repeat(character, 4096-len("x ")-len(last)) + last
		if got := Read([]byte(longest)).Ticker; got != "KO" {
			t.Errorf("behind %s the ticker is %q, want KO", character, got)
		}
	}
	for name, body := range map[string]string{
		"text":             strings.Repeat("a ", maxText/2) + last,
		"in a character":   "a" + strings.Repeat("🚨", maxText/4) + last,
		"behind blanks":    strings.Repeat(" ", maxText) + "KO sube." + strings.Repeat(" ñ", maxText/3) + last,
		"JSON around text": `{"message":"` + strings.Repeat("a ", maxText/2) + last + `"}`,
	} {
		if got := Read([]byte(body)); got.Ticker != "" {
			t.Errorf("%s: the ticker is %q, want none: it is beyond what is read", name, got.Ticker)
		}
	}
	pairs := strings.Repeat("note: a\n", maxText/4) + "ticker: KO"
	if got := Read([]byte(pairs)).Ticker; got != "KO" {
		t.Errorf("the ticker of the last pair is %q, want KO: pairs are read whole", got)
	}
}
