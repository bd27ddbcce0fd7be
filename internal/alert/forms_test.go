package alert

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestCommandsOfBrokerBridgesAreRead(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"PineConnector":               {"60123456789,buy,EURUSD,risk=1", want{"parse_status": "pairs", "ticker": "EURUSD", "direction": long, "signal_type": "buy", "price": null, "event_kind": "entry"}},
		"its stops are no price":      {"60123456789,sell,XAUUSD,sl=2350.5,tp=2300", want{"ticker": "XAUUSD", "price": null, "stop_price": null, "direction": short}},
		"its price":                   {"60123456789,sellstop,XAUUSD,price=2345.5,sl=10", want{"price": "2345.5", "direction": short, "signal_type": "sellstop"}},
		"closing":                     {"60123456789,closeshort,GBPUSD", want{"direction": short, "signal_type": "closeshort", "event_kind": "exit"}},
		"closing all":                 {"60123456789,closeall,GBPUSD", want{"ticker": "GBPUSD", "direction": null, "signal_type": "closeall", "event_kind": "exit"}},
		"behind a title":              {"Mi estrategia\n60123456789,buy,US30,risk=1", want{"ticker": "US30", "direction": long}},
		"a quoted comma":              {`KEY,buy,EURUSD,comment="a, b",risk=1`, want{"ticker": "EURUSD", "signal_type": "buy"}},
		"a number is no symbol":       {"KEY,buy,100", want{"signal_type": null}},
		"small letters are no symbol": {"KEY,buy,eurusd", want{"signal_type": null, "ticker": null}},
		"an exchange is no id":        {"BINANCE:BTCUSDT,buy,GOOD", want{"ticker": "BINANCE:BTCUSDT", "signal_type": null}},
		"a pair is no id":             {"BTCUSDT,buy,GOOD", want{"ticker": "BTCUSDT", "signal_type": null}},
		"words are no command":        {"Alert, buy, TSLA", want{"ticker": null, "signal_type": null}},
		"no command":                  {"KEY,hold,EURUSD,risk=1", want{"signal_type": null}},

		"Autoview":                   {"e=binance s=BTCUSDT b=long q=1 t=market", want{"parse_status": "pairs", "ticker": "BTCUSDT", "exchange": null, "direction": long, "price": null, "event_kind": "entry"}},
		"its fixed price":            {"b=sell e=bybit s=ethusd fp=3120.5 p=1", want{"price": "3120.5", "direction": short}},
		"its absolute price":         {"b=sell e=bybit s=ethusd p=3120.5", want{"price": "3120.5"}},
		"its relative price":         {"b=sell e=bybit s=ethusd p=-0.5%", want{"price": null}},
		"the one that opens":         {"e=okx s=A1 c=order | e=okx s=A1 b=short c=position | e=okx s=B1 b=long", want{"ticker": "B1", "direction": long, "event_kind": "entry"}},
		"else the first":             {"e=okx s=A1 b=short c=position\ne=okx s=A1 c=order", want{"ticker": "A1", "direction": short, "event_kind": "exit"}},
		"neither e nor b":            {"a=x s=BTCUSDT q=1", want{"parse_status": "text"}},
		"words between":              {"long BTCUSDT e=binance", want{"parse_status": "text"}},
		"s is no ticker elsewhere":   {"s: KO\nfp: 5", want{"ticker": null, "price": null}},
		"WunderTrading":              {"ENTER-SHORT_BINANCE_BTCUSDT_bot_15M_abc", want{"parse_status": "pairs", "ticker": "BINANCE:BTCUSDT", "direction": short, "event_kind": "entry", "interval": null}},
		"its exit":                   {"EXIT-LONG_Bybit_ETH-USDT_bot_1H_abc", want{"ticker": "BYBIT:ETH-USDT", "direction": long, "event_kind": "exit"}},
		"its exit of all":            {"EXIT-ALL_Bybit_NONE_bot_1H_abc", want{"ticker": null, "exchange": null, "direction": null, "event_kind": "exit"}},
		"under code":                 {`{"code":"ENTER-LONG_OKX_SOLUSDT_bot","orderType":"market"}`, want{"parse_status": "json", "ticker": "OKX:SOLUSDT", "direction": long, "signal_type": null}},
		"a ticker beside it wins":    {`{"code":"ENTER-LONG_OKX_SOLUSDT_bot","symbol":"ADAUSDT"}`, want{"symbol": "ADAUSDT", "direction": long}},
		"another code":               {`{"code":"A-7"}`, want{"direction": null}},
		"Alertatron":                 {"keys(BTCUSD) { limit(side=sell, amount=1, price=67890.5); }", want{"parse_status": "pairs", "ticker": "BTCUSD", "direction": short, "price": "67890.5"}},
		"its first true order":       {"keys(BTCUSD) { stopOrder(side=sell, price=1); takeProfit(side=sell, price=2); market(side=buy); limit(side=sell, price=3); }", want{"direction": long, "price": null}},
		"only stops":                 {"keys(BTCUSD) { stop_loss(side=sell, price=1); }", want{"ticker": "BTCUSD", "direction": null, "price": null}},
		"a function is none":         {"f(x) { return 1 }", want{"parse_status": "text", "ticker": null}},
		"a placeholder is no order":  {"keys({{ticker}}) { market(side=buy); }", want{"ticker": null}},
		"a command before JSON":      {`keys(BTCUSD) { market(side=buy) } {"ticker":"KO"}`, want{"ticker": "BTCUSD", "parse_status": "pairs"}},
		"a command holds no stop":    {"KEY,buy,EURUSD,price=1.1,sl=1.09", want{"price": "1.1", "stop_price": null}},
		"a command in small letters": {"enter-long_binance_btcusdt_bot", want{"ticker": "BINANCE:BTCUSDT", "direction": long}},
	})
}

func TestJSONInsideTextIsRead(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"behind a title":           {"Long Entry\n{\"ticker\":\"KO\",\"price\":61}", want{"parse_status": "repaired", "ticker": "KO", "price": "61", "direction": long}},
		"in a fence":               {"```json\n{\"ticker\":\"KO\",\"price\":61}\n```", want{"parse_status": "repaired", "ticker": "KO", "price": "61"}},
		"behind a URL":             {"https://www.tradingview.com/chart/aB3dE5f7/ {\"ticker\":\"KO\"}", want{"ticker": "KO", "chart_id": "aB3dE5f7"}},
		"words behind it":          {`{"ticker":"KO"} sell`, want{"parse_status": "repaired", "ticker": "KO", "direction": short}},
		"what JSON says wins":      {`buy {"ticker":"KO","side":"sell"} NYSE:PEP Price: 5`, want{"ticker": "KO", "direction": short, "price": "5"}},
		"the first with a name":    {`{x} {"foo":1} {"ticker":"KO"} {"ticker":"PEP"}`, want{"ticker": "KO"}},
		"a brace in a string":      {`x {"comment":"} a {","ticker":"KO"}`, want{"ticker": "KO"}},
		"to be repaired":           {`Alerta: {ticker: KO, price: {{close}}, }`, want{"ticker": "KO", "price": null}},
		"a placeholder is none":    {`{{ticker}} {"ticker":"KO"}`, want{"ticker": "KO"}},
		"in an array":              {`Ojo [{"ticker":"KO"}]`, want{"ticker": "KO"}},
		"too deep":                 {`Ojo {"ticker":"KO","a":` + nested(64) + `}`, want{"parse_status": "text", "ticker": null}},
		"not balanced":             {`Ojo {"ticker":"KO"`, want{"parse_status": "text", "ticker": null}},
		"no name":                  {`Ojo {"foo":"NYSE:KO"}`, want{"parse_status": "text", "ticker": "NYSE:KO"}},
		"a silent title, unclosed": {"Qwx zzz\n{\"ticker\":\"KO\"", want{"parse_status": "repaired", "ticker": "KO"}},
		"no GraphQL":               {`mutation { f(symbol: "KO", side: BUY) { id } }`, want{"parse_status": "text", "direction": long}},
	})
}

func TestFormsAndCSVAreRead(t *testing.T) {
	t.Parallel()
	pairs := func(w want) want { w["parse_status"] = "pairs"; return w }
	readExamples(t, map[string]example{
		"a form":                   {"ticker=KO&price=61.5&side=sell", pairs(want{"ticker": "KO", "price": "61.5", "direction": short})},
		"percent-encoded":          {"ticker=NYSE%3AKO&signal=al+alza%21", pairs(want{"ticker": "NYSE:KO", "signal_type": "al alza!"})},
		"JSON under payload":       {"token=x&payload=%7B%22ticker%22%3A%22KO%22%7D", pairs(want{"ticker": "KO"})},
		"JSON under data alone":    {"data=%7B%22ticker%22%3A%22KO%22%7D", pairs(want{"ticker": "KO"})},
		"data is a name too":       {"data=sell&ticker=KO", pairs(want{"direction": short})},
		"no name":                  {"foo=1&bar=2", want{"parse_status": "text"}},
		"a URL is none":            {"https://x.com/?ticker=KO&price=5", want{"parse_status": "text", "ticker": null}},
		"a sign that says nothing": {"ticker=KO&price=%zz", pairs(want{"ticker": "KO", "price": null})},
		"behind a title":           {"Qwx!\nticker=KO&price=5", pairs(want{"ticker": "KO", "price": "5"})},
		"CSV":                      {"ticker,side,price\nNYSE:KO,buy,61.5", pairs(want{"ticker": "NYSE:KO", "direction": long, "price": "61.5"})},
		"CSV, semicolons":          {"Símbolo;Precio\nKO;61,5\nPEP;1", pairs(want{"ticker": "KO", "price": "61.5"})},
		"CSV, quotes":              {"ticker,price\n\"KO\",\"61,500.5\"", pairs(want{"ticker": "KO", "price": "61500.5"})},
		"CSV, too few values":      {"ticker,price,side\nKO", pairs(want{"ticker": "KO", "price": null})},
		"another first line":       {"ticker,foo\nKO,1", want{"parse_status": "text"}},
		"one name is no header":    {"ticker\nKO", want{"parse_status": "text"}},
		"a header alone":           {"ticker,price", want{"parse_status": "text"}},
		"CSV behind a title":       {"Qwx!\nticker,price\nKO,5", pairs(want{"ticker": "KO", "price": "5"})},
	})
}

func TestUTF16WithAByteOrderMarkIsDecoded(t *testing.T) {
	t.Parallel()
	encode := func(text string, bigEndian bool) string {
		var b strings.Builder
		for _, u := range append([]uint16{0xFEFF}, utf16.Encode([]rune(text))...) {
			low, high := byte(u), byte(u>>8)
			if bigEndian {
				low, high = high, low
			}
			b.WriteByte(low)
			b.WriteByte(high)
		}
		return b.String()
	}
	const body = `{"ticker":"KO","signal":"señal 🚀"}`
	readExamples(t, map[string]example{
		"little-endian": {encode(body, false), want{"parse_status": "json", "ticker": "KO", "signal_type": "señal 🚀"}},
		"big-endian":    {encode(body, true), want{"parse_status": "json", "ticker": "KO", "signal_type": "señal 🚀"}},
		"half a unit":   {encode(body, true) + "\x00", want{"parse_status": "repaired", "ticker": "KO"}},
		"nothing":       {encode("", false), want{"parse_status": "empty"}},
		"text":          {encode("compra NYSE:KO", false), want{"parse_status": "text", "ticker": "NYSE:KO"}},
	})
}

func TestTheKindOfEventIsRead(t *testing.T) {
	t.Parallel()
	entry, exit, none := want{"event_kind": "entry"}, want{"event_kind": "exit"}, want{"event_kind": null}
	readExamples(t, map[string]example{
		"buy": {"buy KO", entry}, "long": {"LONG", entry}, "short": {"go short", entry}, "entry": {"New entry!", entry}, "enter long": {`{"action":"ENTER_LONG"}`, entry},
		"open short": {"open short", entry}, "compra": {"compra ya", entry}, "buylimit": {`{"action":"buylimit"}`, entry}, "do it": {"做多", entry},
		"exit": {"Exit KO", exit}, "exit long": {`{"action":"exit_long"}`, exit}, "cover": {`{"action":"cover"}`, exit}, "flat": {"flat now", exit},
		"close long": {"close long", exit}, "close my position": {"Close my position", exit}, "closed trade": {"Trade closed", exit}, "closelong": {"closelong", exit}, "closeShort": {"closeShort", exit},
		"cerrar": {"cerrar la posición", exit}, "salida": {"Salida", exit}, "sl hit": {"SL hit", exit}, "stop loss hit": {"Stop loss was hit", exit}, "tp1": {"TP1 reached", exit},
		"target": {"hit the target", exit}, "stop": {"stop triggered", exit}, "buy to cover": {"buy to cover", exit},
		"flat position": {`{"action":"sell","market_position":"flat"}`, exit}, "turned": {`{"action":"sell","market_position":"short","prev_market_position":"long"}`, entry},
		"from flat": {`{"action":"sell","market_position":"short","prev_market_position":"flat"}`, entry}, "added": {`{"action":"buy","market_position":"long","prev_market_position":"long"}`, entry},
		"reduced": {`{"action":"sell","market_position":"long","prev_market_position":"long"}`, none}, "previous alone": {`{"action":"sell","prev_market_position":"long"}`, exit},
		"position 0": {"S: order buy @ 1 filled on KO. New strategy position is 0", exit}, "in a message": {`{"ticker":"KO","message":"exit long"}`, exit},
		"a label": {"close: 1.2", none}, "another label": {"Entry: 5 Exit: 6 Close = 7", none}, "a name": {`{"strategy":"Long Exit Hunter"}`, none}, "a price": {`{"close":5,"entry":6}`, none},
		"sell alone": {"sell KO", none}, "a bullish opinion": {"bullish", none}, "a candle's close": {"close above 5", none}, "nothing": {"hola", none}, "turning": {"Close short, open long", none},
		"long, flagged off": {"Long: 0 Short: 0", none}, "a title in pairs": {"Salida KO\nfoo: 1\nbar: 2", exit}, "a name in pairs": {"prev_market_position: flat\nfoo: 1", none},
		"hit in a word": {"SL white", none}, "exit's side": {"EXIT SHORT", want{"event_kind": "exit", "direction": short}},
	})
}

func TestAStopHasToFitThePrice(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"below a long":        {`{"price":100,"side":"buy","sl":90.50}`, want{"stop_price": "90.50", "price": "100"}},
		"above a long":        {`{"price":100,"side":"buy","stop_loss":101}`, want{"stop_price": null}},
		"above a short":       {`{"price":100,"side":"sell","stop":"101"}`, want{"stop_price": "101"}},
		"below a short":       {`{"price":100,"side":"sell","stopPrice":99}`, want{"stop_price": null}},
		"without a side":      {`{"price":100,"sl_price":"110"}`, want{"stop_price": "110"}},
		"half of it away":     {`{"price":100,"sl":50}`, want{"stop_price": "50"}},
		"over half of it":     {`{"price":100,"sl":49.99}`, want{"stop_price": null}},
		"a distance":          {`{"price":1.1,"side":"buy","sl":25}`, want{"stop_price": null}},
		"a per cent":          {`{"price":100,"side":"buy","sl":"2%"}`, want{"stop_price": null}},
		"pips":                {`{"price":100,"side":"buy","sl":"95 pips"}`, want{"stop_price": null}},
		"another name":        {`{"price":100,"side":"buy","sl_pips":95,"stop_distance":95}`, want{"stop_price": null}},
		"an object":           {`{"price":100,"side":"buy","stopLoss":{"type":"stop","price":95}}`, want{"stop_price": null}},
		"the next, if no use": {`{"price":100,"side":"buy","sl":"x","stop_loss":95}`, want{"stop_price": "95"}},
		"in pairs":            {"Long KO\nEntry: 100\nSL: 95", want{"stop_price": "95", "price": "100"}},
		"in text":             {"Long KO, entry 100, SL 95", want{"stop_price": null}},
		"without a price":     {`{"sl":95}`, want{"stop_price": "95", "price": null}},
		"0 without a price":   {`{"sl":0}`, want{"stop_price": null}},
		"in a container":      {`{"data":{"price":100,"sl":95}}`, want{"stop_price": "95"}},
	})
}

func TestANumberInAPricesPlaceIsThePrice(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"buy X at":             {"buy AAPL at 189.5", want{"ticker": "AAPL", "price": "189.5"}},
		"sell X @":             {"🔻 SELL BRK.B @ 410", want{"ticker": "BRK.B", "price": "410"}},
		"compra X a":           {"compra AAPL a 1.234,5", want{"ticker": "AAPL", "price": "1234.5"}},
		"venda X em":           {"venda PETR4 em 38,5", want{"ticker": "PETR4", "price": "38.5", "direction": short}},
		"kaufen X zu":          {"kaufen DAX zu 18000", want{"ticker": "DAX", "price": "18000", "direction": long}},
		"X,side,NUMBER":        {"TSLA,sell,250.75", want{"ticker": "TSLA", "price": "250.75", "direction": short}},
		"side at NUMBER":       {"Buy at 5", want{"price": "5", "ticker": null}},
		"an order's own price": {"order buy @ 67.5 for 2 filled on KO. New strategy position is 2", want{"price": "67.5", "ticker": "KO"}},
		"small letters":        {"buy aapl at 189.5", want{"ticker": null}},
		"a word between":       {"buy AAPL now at 189.5", want{"ticker": null}},
		"a plain blank":        {"Price: 67 890 is far", want{"price": "67"}},
		"a blank at the end":   {"Price: 67 890\nx", want{"price": "67890"}},
		"blank and decimals":   {"Price: 67 890,5 is far", want{"price": "67890.5"}},
		"four digits before":   {"Price: 1234 567,5", want{"price": "1234"}},
		"LONG entry":           {"LONG entry: buy @ 67000 SL 66000. TP 68000", want{"ticker": null, "price": "67000"}},
		"RR is no ticker":      {"TSLA buy @ 250.75 RR 3. Open PnL 0", want{"ticker": null, "price": "250.75", "direction": long}},
		"an order, translated": {"Ordem buy @ 2 executada em PETR4. A nova posição da estratégia é 2", want{"ticker": "PETR4", "price": null, "direction": long, "event_kind": "entry"}},
		"two tokens":           {"x buy @ 2 executada em NYSE PETR4. A nova posição é 2", want{"ticker": null, "price": "2"}},
		"a digit between":      {"x buy @ 2 o 3 em PETR4. A nova posição é 2", want{"ticker": null}},
		"no full stop":         {"x buy @ 2 em PETR4, nova posição 2", want{"ticker": null, "price": "2"}},
		"a digit behind":       {"x buy @ 2 em PETR4. A nova 1 posição é 2", want{"ticker": null}},
		"no number at the end": {"x buy @ 2 em PETR4. A nova posição é 2 lotes", want{"ticker": null}},
		"a time":               {"x buy @ 2 em 2024-01-02T03:04:05Z. A nova posição é 2", want{"ticker": null}},
	})
}

func TestIntervalsAreReadFromTexts(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"behind a side":     {"BUY SIGNAL 15 Minute", want{"interval": "15"}},
		"behind the ticker": {"BTCUSDT 4 hours: ojo", want{"interval": "240"}},
		"before chart":      {"Ojo, 15 minutes chart", want{"interval": "15"}},
		"before velas":      {"Ojo: 3 días velas", want{"interval": "3D"}},
		"TF and a blank":    {"Ojo TF 60.", want{"interval": "60"}},
		"a beginning":       {"BTCUSDT, 1W - up", want{"interval": "1W", "ticker": "BTCUSDT"}},
		"a beginning, bar":  {"AAPL, 15 | up", want{"interval": "15", "ticker": "AAPL"}},
		"a beginning, dots": {"AAPL, 1D: up", want{"interval": "1D", "ticker": "AAPL"}},
		"no beginning":      {"Ojo AAPL, 1D - up", want{"interval": null, "ticker": null}},
		"no sign behind it": {"AAPL, 15 up", want{"interval": null, "ticker": null}},
		"a short form":      {"Buy 1 min KO", want{"interval": null}},
		"no subject":        {"Hace 15 minutos", want{"interval": null}},
		"joined by a dash":  {"the 4-hour chart", want{"interval": null}},
		"a bare number":     {"on 15 chart", want{"interval": null}},
	})
}

func TestTickersAreReadFromTexts(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"a cashtag":              {"$AAPL sube", want{"ticker": "AAPL"}},
		"the same twice":         {"$AAPL sube, $AAPL", want{"ticker": "AAPL"}},
		"two cashtags":           {"$AAPL y $MSFT", want{"ticker": null}},
		"an amount":              {"gana $500 y $USD", want{"ticker": null}},
		"filled on":              {"limit order FILLED on AAPL.", want{"ticker": "AAPL"}},
		"two pairs":              {"BTCUSDT y ETHUSDT", want{"ticker": null}},
		"a longer word":          {"BTCUSDTs xBTCUSDT BTCUSDT_1", want{"ticker": null}},
		"beside ideographs":      {"关注BTCUSDT交易", want{"ticker": "BTCUSDT"}},
		"a path":                 {"ver BTC/USD/x", want{"ticker": "BTC/USD"}},
		"a currency's market":    {"BTC/USDT:USDT sube", want{"ticker": "BTC/USDT", "exchange": null}},
		"a stop is no exchange":  {"STOP:44000 TARGET:ABC", want{"ticker": null}},
		"a mark inside":          {"BINANCE:\u200eBTCUSDT", want{"ticker": "BINANCE:BTCUSDT"}},
		"exchange in a message":  {`{"text":"x","message":"BINANCE:ADAUSDT up","ticker":"ADAUSDT"}`, want{"ticker": "BINANCE:ADAUSDT"}},
		"no other bare word":     {"AAPL MSFT BUY GOOD", want{"ticker": null}},
		"RSI is no ticker":       {"RSI Crossing 70", want{"ticker": null}},
		"a pair behind an order": {"BUY: XAUUSD", want{"ticker": "XAUUSD"}},
	})
}
