package alert

import "testing"

func TestTheFirstNameWithAUsableValueWins(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"ticker before symbol":             {`{"symbol":"B1","ticker":"A1"}`, want{"ticker": "A1"}},
		"symbol where ticker is empty":     {`{"symbol":"B1","ticker":" "}`, want{"ticker": "B1"}},
		"pair, where symbol has no form":   {`{"symbol":"two words","pair":"C1"}`, want{"ticker": "C1"}},
		"the last of the row":              {`{"par":"EURUSD"}`, want{"ticker": "EURUSD"}},
		"simbolo before par":               {`{"par":"A1","símbolo":"B1"}`, want{"ticker": "B1"}},
		"null is not usable":               {`{"ticker":null,"asset":"C1"}`, want{"ticker": "C1"}},
		"true is not usable":               {`{"signal":true,"event":"x"}`, want{"signal_type": "x"}},
		"an object is not usable":          {`{"signal":{"a":1},"event":"x"}`, want{"signal_type": "x"}},
		"a number is no signal type":       {`{"signal":7,"event":"8","type":"x"}`, want{"signal_type": "x"}},
		"exchange, tv_exchange, bolsa":     {`{"bolsa":"BME","ticker":"SAN"}`, want{"exchange": "BME", "ticker": "BME:SAN"}},
		"an exchange with a blank":         {`{"exchange":"Binance US","bolsa":"BME"}`, want{"exchange": "BME"}},
		"price before close":               {`{"close":1,"price":2}`, want{"price": "2"}},
		"close where price is a per cent":  {`{"close":1,"price":"2%"}`, want{"price": "1"}},
		"order.price before entry":         {`{"entry":1,"order":{"price":2}}`, want{"price": "2"}},
		"strategy's order before order":    {`{"order":{"price":2},"strategy":{"order":{"price":3}}}`, want{"price": "3"}},
		"close before bar.close":           {`{"bar":{"close":1},"close":2}`, want{"price": "2"}},
		"a candle is a bar":                {`{"candle":{"close":1,"interval":"5","time":1704164645}}`, want{"price": "1", "interval": "5", "timestamp": "2024-01-02T03:04:05Z"}},
		"precio":                           {`{"precio":"1,5"}`, want{"price": "1.5"}},
		"signal_type before signal":        {`{"signal":"b","signal_type":"a"}`, want{"signal_type": "a"}},
		"señal before acción":              {`{"acción":"b","señal":"a"}`, want{"signal_type": "a"}},
		"tipo last":                        {`{"tipo":"b","type":"a"}`, want{"signal_type": "a"}},
		"indicator_name before indicator":  {`{"indicator":"b","indicator_name":"a"}`, want{"indicator_name": "a"}},
		"strategy as a string":             {`{"strategy":"b","study":"c"}`, want{"indicator_name": "b"}},
		"strategy as a number":             {`{"strategy":3,"study":"c"}`, want{"indicator_name": "c"}},
		"strategy.name":                    {`{"strategy":{"name":"b"},"study":"c"}`, want{"indicator_name": "b"}},
		"the order's comment last":         {`{"strategy":{"order":{"comment":"b"}},"name":"c"}`, want{"indicator_name": "c"}},
		"order_comment of a strategy":      {`{"strategy":{"order_comment":"b"}}`, want{"indicator_name": "b"}},
		"chart_id before chart":            {`{"chart":"b","chart_id":"a"}`, want{"chart_id": "a"}},
		"a chart id before a URL":          {`{"url":"https://www.tradingview.com/chart/aB3dE5f7/","layout_id":"c"}`, want{"chart_id": "c"}},
		"a chart URL in link":              {`{"link":"https://es.tradingview.com/chart/aB3dE5f7/?symbol=X"}`, want{"chart_id": "aB3dE5f7"}},
		"interval before timeframe":        {`{"timeframe":"5","interval":"15"}`, want{"interval": "15"}},
		"timeframe for unreadable ones":    {`{"interval":"soon","time_frame":"15"}`, want{"interval": "15"}},
		"temporalidad":                     {`{"temporalidad":"4h"}`, want{"interval": "240"}},
		"timestamp before time":            {`{"time":1704164645,"timestamp":1704164646}`, want{"timestamp": "2024-01-02T03:04:06Z"}},
		"the next time if one's no use":    {`{"timestamp":"now","hora":1704164646}`, want{"timestamp": "2024-01-02T03:04:06Z"}},
		"names that aren't in the table":   {`{"tickers":"A1","coins":"B1","last":1,"kind":"x"}`, want{"ticker": null, "price": null, "signal_type": null}},
		"an exchange of its own is read":   {`{"exchange":"binance"}`, want{"exchange": "BINANCE", "ticker": null}},
		"placeholders are no values":       {`{"ticker":"{{ticker}}","signal":"{{x}}{{y}}","event":"a","price":"{{close}}"}`, want{"ticker": null, "signal_type": "a", "price": null}},
		"a placeholder among words is one": {`{"signal":"{{x}} rebote"}`, want{"signal_type": "{{x}} rebote"}},
		"what stands around is dropped":    {`{"signal":" \"**Ruptura**\"; "}`, want{"signal_type": "Ruptura"}},
		"tags are dropped":                 {`{"signal":"<b>Ruptura</b> <i class='x'>fuerte</i><br/>"}`, want{"signal_type": "Ruptura fuerte"}},
		"other tags are not":               {`{"signal":"<bold>Ruptura"}`, want{"signal_type": "<bold>Ruptura"}},
	})
}

func TestNamesAreComparedByTheirLettersAlone(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"camel case":            {`{"signalType":"a"}`, want{"signal_type": "a"}},
		"blanks":                {`{"Signal Type":"a"}`, want{"signal_type": "a"}},
		"hyphens":               {`{"SIGNAL-TYPE":"a"}`, want{"signal_type": "a"}},
		"accents":               {`{"Señal":"a","Dirección":"largo"}`, want{"signal_type": "a", "direction": "LONG"}},
		"accents of their own":  {"{\"Sen\u0303al\":\"a\"}", want{"signal_type": "a"}},
		"the last of equals":    {`{"signal_type":"a","signalType":"b","SIGNAL TYPE":"c"}`, want{"signal_type": "c"}},
		"the last, even if bad": {`{"price":1,"Price":null}`, want{"price": null}},
		"another letter":        {`{"signals_type":"a"}`, want{"signal_type": null}},
	})
}

func TestMembersOfSomeNestedObjectsAreRead(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"data":                            {`{"data":{"ticker":"A1","side":"buy"}}`, want{"ticker": "A1", "direction": "LONG"}},
		"payload":                         {`{"payload":{"ticker":"A1"}}`, want{"ticker": "A1"}},
		"alert, general, body":            {`{"alert":{"ticker":"A1"},"general":{"price":1},"body":{"signal":"x"}}`, want{"ticker": "A1", "price": "1", "signal_type": "x"}},
		"message, content":                {`{"message":{"ticker":"A1"},"content":{"price":1}}`, want{"ticker": "A1", "price": "1"}},
		"after those at the top":          {`{"data":{"ticker":"A1"},"ticker":"B1"}`, want{"ticker": "B1"}},
		"by rank before place":            {`{"data":{"ticker":"A1"},"symbol":"B1"}`, want{"ticker": "A1"}},
		"where the top's is no use":       {`{"data":{"ticker":"A1"},"ticker":""}`, want{"ticker": "A1"}},
		"a strategy in data":              {`{"data":{"strategy":{"order":{"action":"buy","price":2}}}}`, want{"direction": "LONG", "price": "2"}},
		"a bar in data":                   {`{"data":{"bar":{"close":2}}}`, want{"price": "2"}},
		"nothing deeper":                  {`{"data":{"data":{"ticker":"A1"}}}`, want{"ticker": null}},
		"no other object":                 {`{"stop":{"type":"x","price":1},"extra":{"ticker":"A1"}}`, want{"ticker": null, "signal_type": null, "price": null}},
		"no object in an array":           {`{"data":[{"ticker":"A1"}]}`, want{"ticker": null}},
		"strategy_info":                   {`{"strategy_info":{"market_position":"short","name":"x"}}`, want{"direction": "SHORT", "indicator_name": "x"}},
		"a strategy's action":             {`{"strategy":{"order_action":"sell","order_price":"5"}}`, want{"direction": "SHORT", "signal_type": "sell", "price": "5"}},
		"nothing else of a strategy":      {`{"strategy":{"ticker":"A1","type":"x","interval":"5","position_size":1}}`, want{"ticker": null, "signal_type": null, "interval": null}},
		"an order's side":                 {`{"order":{"side":"sell","type":"limit","id":"x"}}`, want{"direction": "SHORT", "signal_type": null}},
		"nothing else of a bar":           {`{"bar":{"ticker":"A1","open":1}}`, want{"ticker": null, "price": null}},
		"dotted keys":                     {`{"strategy.order.action":"buy","bar.close":"3","data.ticker":"A1"}`, want{"direction": "LONG", "signal_type": "buy", "price": "3", "ticker": "A1"}},
		"a dotted object":                 {`{"strategy.order":{"price":4,"action":"sell"}}`, want{"price": "4", "direction": "SHORT"}},
		"dotted, what does not count":     {`{"stop.price":1,"order.type":"x"}`, want{"price": null, "signal_type": null}},
		"a container's name as a string":  {`{"data":"sell","payload":"A1"}`, want{"direction": "SHORT", "ticker": null}},
		"a message below is read as text": {`{"payload":{"message":"compra NYSE:KO"}}`, want{"ticker": "NYSE:KO", "direction": "LONG"}},
	})
}

func TestAMessageGivesWhatTheOtherMembersLack(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"what is missing":               {`{"symbol":"KO","text":"sell NYSE:KO Price: 61"}`, want{"ticker": "NYSE:KO", "exchange": "NYSE", "direction": "SHORT", "price": "61"}},
		"the exchange of the same":      {`{"symbol":"KO","text":"NASDAQ:PEP and NYSE:KO"}`, want{"ticker": "NYSE:KO"}},
		"not what is there":             {`{"symbol":"KO","price":60,"text":"NASDAQ:PEP Price: 61"}`, want{"ticker": "KO", "exchange": null, "price": "60"}},
		"an exchange that is there":     {`{"symbol":"KO","exchange":"XETR","text":"NYSE:KO"}`, want{"ticker": "XETR:KO"}},
		"the first usable":              {`{"message":"","content":"{{x}}","text":"buy","msg":"sell"}`, want{"direction": "LONG"}},
		"a number is no message":        {`{"message":7,"description":"vender"}`, want{"direction": "SHORT"}},
		"alert_message, comment":        {`{"comment":"sell","alert_message":"buy"}`, want{"direction": "LONG"}},
		"only the first":                {`{"message":"hola","text":"NYSE:KO"}`, want{"ticker": null}},
		"note and reason are not":       {`{"note":"NYSE:KO","reason":"buy"}`, want{"ticker": null, "direction": null}},
		"a message in lines of its own": {`{"message":"Símbolo: KO\nPrecio: 61,5\nTipo: Rebote"}`, want{"parse_status": "json", "ticker": "KO", "price": "61.5", "signal_type": "Rebote"}},
		"backslash n in a message":      {`{"message":"Señal: Rebote\\nPrecio: 61,5"}`, want{"price": "61.5", "signal_type": "Rebote"}},
	})
}
