package alert

import "testing"

const long, short = "LONG", "SHORT"

func TestSideWordsAreWholeWordsOfTheBestRank(t *testing.T) {
	t.Parallel()
	for text, side := range map[string]string{
		"go long": long, "LARGO": long, "en corto": short, "Short!": short, "BUY": long, "sell": short,
		"compra": long, "Comprar ya": long, "venta": short, "VENDER": short, "bull": long, "Bullish": long, "alcista": long,
		"bear": short, "bearish": short, "Cruce bajista": short,
		// ranks
		"sell to close long": long, "buy back the short": short, "bearish, but buy": long, "EXIT LONG": long, "close short": short,
		"Cerrar largo (venta)": long, "bullish engulfing: sell": short,
		// whole words
		"longer": null, "shortage": null, "buyer": null, "closelong": long, "buylimit": long, "sellstop": short, "entryShort": short, "cover": short, "longish": null, "belong": null, "bullet": null, "UPSIDE": null,
		"ENTER_LONG": long, "enterLong": long, "openShortNow": short, "LONGEntry": long, "LONGentry": long, "buy-now": long, "x1buy2": long, "LONGs": long,
		"strongBUY": long, "¡Compra!": long, "🟢buy🟢": long,
		// opposite sides
		"buy or sell": null, "long/short": null, "bull vs bear": null, "long, sell, short": null,
		// flags
		"Buy: 1 Sell: 0": long, "Buy = 0, Sell = 1": short, "Buy=0,Sell=1": short, "Buy:1Sell:0": long, "long:0 short:1": short,
		"Buy: 1 Sell: 1": null, "Buy: 0 Sell: 0": null, "Buy: 10 Sell: 0": null, "Buy: 1.5 Sell: 0": null, "Buy: 1, Sell: 0.": long,
		"strongBuy: 1 strongSell: 0": long, "Compra: 0 Venta: 1": short, "Long: 1 Short: 0 Sell: 1": long,
		// what is no word
		"https://x.com/buy": null, "sell https://x.com/long/": short, "www.buy.com": null, "🚀📈": null, "up": null, "Crossing Down": null, "": null,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, _ := valueSide(text, false, false)
			if (side == null) != (got == "") || side != null && string(got) != side {
				t.Errorf("side %q, want %s", got, side)
			}
		})
	}
}

func TestUpAndDownAreSidesUnderSomeNamesOnly(t *testing.T) {
	t.Parallel()
	examples := map[string]example{
		"other words rank over them": {`{"bias":"up, but bearish"}`, want{"direction": short}},
		"text":                       {"DOWN", want{"direction": null}},
	}
	for _, name := range []string{"direction", "dirección", "side", "lado", "bias", "sentiment"} {
		examples[name+" up"] = example{`{"` + name + `":"up"}`, want{"direction": long}}
		examples[name+" down"] = example{`{"` + name + `":"DOWN"}`, want{"direction": short}}
	}
	for _, name := range []string{"action", "signal", "type", "event", "position", "order", "data", "message"} {
		examples[name] = example{`{"` + name + `":"up"}`, want{"direction": null}}
	}
	readExamples(t, examples)
}

func TestDirectionIsReadByRank(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"direction first":             {`{"action":"sell","direction":"long"}`, want{"direction": long}},
		"direction without a word":    {`{"action":"sell","direction":"close"}`, want{"direction": short}},
		"direction with both":         {`{"action":"sell","direction":"long/short"}`, want{"direction": short}},
		"market_position":             {`{"action":"sell","market_position":"long"}`, want{"direction": long}},
		"position_side before action": {`{"action":"buy","positionSide":"SHORT"}`, want{"direction": short}},
		"action before signal":        {`{"signal":"buy","action":"sell"}`, want{"direction": short}},
		"signal before type":          {`{"type":"buy","signal":"sell"}`, want{"direction": short}},
		"order":                       {`{"order":"compra"}`, want{"direction": long}},
		"order.side":                  {`{"order":{"side":"buy"}}`, want{"direction": long}},
		"event":                       {`{"event":"Cruce bajista"}`, want{"direction": short}},
		"bias last":                   {`{"bias":"bear","sentiment":"bullish"}`, want{"direction": long}},
		"no name that counts":         {`{"orderType":"buy","id":"long","note":"sell"}`, want{"direction": null}},
		"is_buy":                      {`{"is_buy":true,"is_sell":false}`, want{"direction": long}},
		"isShort as a string":         {`{"isShort":"true"}`, want{"direction": short}},
		"is_long false":               {`{"is_long":false}`, want{"direction": null}},
		"is_buy and is_sell":          {`{"is_buy":true,"is_sell":true}`, want{"direction": null}},
		"a 1 is true":                 {`{"is_buy":1}`, want{"direction": long}},
		"a 2 is not":                  {`{"is_buy":2}`, want{"direction": null}},
		"a name before is_buy":        {`{"is_buy":true,"action":"sell"}`, want{"direction": short}},
		"true under another name":     {`{"bought":true}`, want{"direction": null}},
		"buy and sell":                {`{"buy":false,"sell":"true"}`, want{"direction": short}},
		"cover":                       {`{"buy":false,"cover":1}`, want{"direction": short}},
		"sell and short agree":        {`{"sell":1,"short":true,"long":0}`, want{"direction": short}},
		"a price is no flag":          {`{"long":67000,"short":66000}`, want{"direction": null}},
	})
}

func TestAFlatPositionReversesTheAction(t *testing.T) {
	t.Parallel()
	readExamples(t, map[string]example{
		"flat, previous long":            {`{"action":"sell","market_position":"flat","prev_market_position":"long"}`, want{"direction": long}},
		"flat, previous short":           {`{"action":"buy","position":"FLAT","prev_position":"short"}`, want{"direction": short}},
		"flat, previous beats action":    {`{"action":"buy","market_position":"flat","prev_market_position":"long"}`, want{"direction": long}},
		"flat without a previous":        {`{"action":"buy","market_position":"flat"}`, want{"direction": short}},
		"flat, previous flat":            {`{"action":"buy","market_position":"flat","prev_market_position":"flat"}`, want{"direction": short}},
		"a flat sentiment":               {`{"action":"sell","sentiment":"flat"}`, want{"direction": long}},
		"flat without anything":          {`{"market_position":"flat"}`, want{"direction": null}},
		"a side stands":                  {`{"side":"sell","market_position":"flat","prev_market_position":"long"}`, want{"direction": short}},
		"a direction stands":             {`{"direction":"short","action":"buy","position":"flat"}`, want{"direction": short}},
		"a position stands":              {`{"action":"sell","market_position":"short","prev_market_position":"long"}`, want{"direction": short}},
		"a previous one, opposite":       {`{"action":"sell","prev_market_position":"long"}`, want{"direction": long}},
		"a previous one, the same":       {`{"action":"buy","prev_market_position":"long"}`, want{"direction": long}},
		"opposite beside a sentiment":    {`{"action":"sell","prev_market_position":"long","sentiment":"neutral"}`, want{"direction": short}},
		"a placeholder is absent":        {`{"action":"sell","prev_market_position":"long","market_position":"{{strategy.market_position}}"}`, want{"direction": long}},
		"a previous one alone":           {`{"prev_market_position":"long"}`, want{"direction": null}},
		"of a strategy":                  {`{"strategy":{"order":{"action":"sell"},"market_position":"flat","prev_market_position":"long"}}`, want{"direction": long}},
		"a message says so":              {`{"action":"buy","message":"x. New strategy position is 0"}`, want{"direction": short}},
		"a message says another":         {`{"action":"buy","message":"New strategy position is 0.5"}`, want{"direction": long}},
		"a text says so":                 {"S: order buy @ 3 filled on ETHUSD. New strategy position is 0", want{"direction": short}},
		"a text says -0":                 {"S: order sell @ 3 filled on ETHUSD. New strategy position is -0.0", want{"direction": long}},
		"a text says -3":                 {"S: order sell @ 3 filled on ETHUSD. New strategy position is -3", want{"direction": short}},
		"a text names the position":      {"Close Long: order sell @ 3 filled on ETHUSD. New strategy position is 0", want{"direction": long}},
		"pares: la posición es plana":    {"acción: vender\nposición: x\nmarket_position: flat", want{"direction": long}},
		"pairs: a line of the text says": {"action: buy\nprice: 3\nNew strategy position is 0", want{"direction": short}},
	})
}
