package alert

// This file is the vocabulary: what things are called in the alerts that people send. It holds no
// logic. To teach the reader a word, add it to its list; the tests are made from these lists.
// Upper and lower case and accents make no difference. In names, blanks, "_", "-" and "." make none
// either.

// --- Names --------------------------------------------------------------------------------------

// nameRows lists the names of each field in JSON, pairs, forms and CSV, in rank: the first one with
// a usable value wins. A dotted name is a path.
var nameRows = map[field]list{
	tickerField: `ticker, symbol, pair, market, instrument, asset, tv_instrument, tickerid, trading_symbol, underlying,
		activo, ativo, simbolo, par, sembol, coin`,
	exchangeField: `exchange, tv_exchange, bolsa`,
	priceField: `price, strategy.order.price, order.price, order_price, signal_price, trigger_price, entry_price, entry, close,
		bar.close, curr_price, current_price, last_price, market_price, mark_price, trade.price, ohlcv.close, precio, preco, fiyat,
		цена, 价格, 當前價格, 当前价格`,
	signalTypeField: `signal_type, signal, senal, event, alert_type, action, accion, acao, sinal, sinyal, trigger, order_action,
		strategy.order.action, type, tipo`,
	indicatorField: `indicator_name, indicator, strategy_name, strategy, strategy.name, study, indicador, estrategia, strategy_id,
		alert_name, name, strategy.order.comment`,
	chartField:     `chart_id, chart, layout_id`,
	chartURLField:  `chart_url, url, link`,
	intervalField:  `interval, timeframe, time_frame, tf, resolution, bar.interval, temporalidad, zaman_dilimi`,
	timestampField: `timestamp, timenow, fired_at, triggered_at, time, bar.time, date, datetime, ts, hora, fecha, zaman`,
	stopField:      `sl, stop, stop_loss, stop_price, sl_price`,
	keyField:       `idempotency_key`,
	// The text of the first of these is read for what is still missing.
	messageField: `message, content, text, msg, alert_message, alerts, description, comment, body`,
	codeField:    `code`, // WunderTrading's command

	// A direction is read from four rows. A side under the first stands whatever else is said; one under
	// the second stands if it is long or short; then comes the action.
	directionField: `direction, direccion, side, lado, position_side, position_direction, yon`,
	positionField:  `market_position, position`,
	actionField: `action, accion, acao, order_action, strategy.order.action, order.side, order, signal, senal, sinal, sinyal,
		trigger, signal_type, type, tipo, event, data, sentiment, bias`,
	previousField: `prev_market_position, prev_position`,
	// These may say that the position is flat.
	flatField: `market_position, position, sentiment`,
	// In these UP and DOWN are sides too.
	movementField: `direction, direccion, side, lado, bias, sentiment`,
	// True or 1 under one of these is a side.
	longFlagField:  `is_buy, is_long, buy, long`,
	shortFlagField: `is_sell, is_short, sell, short, cover`,
}

// The objects whose members count as if they stood at the top, and those of which only some do.
var (
	containers      = list(`data, payload, alert, general, body, message, content, metadata, text`)
	strategyObjects = list(`strategy, strategy_info`)
	barObjects      = list(`bar, candle, ohlcv`)
	orderMembers    = list(`action, side, price, comment`)
	strategyMembers = list(`action, side, price, comment, market_position, prev_market_position`)
	strategyPaths   = list(`name, order_action, order_price, order_comment`) // read as strategy.name, strategy.order.action, …
	barMembers      = list(`close, time, interval`)
	tradeMembers    = list(`side, symbol, price`)
)

// --- Words by language --------------------------------------------------------------------------

// language holds one language's words. A list is separated by commas.
type language struct {
	name string

	// Sides, from the most telling to the least: of a position, of an order, of an opinion, of a movement.
	long, short      list
	buy, sell        list
	bullish, bearish list
	up, down         list
	// capitals says that buy and sell count only in capitals, and only as a field's whole value or beside
	// another word of the language: AL and SAT are ordinary words elsewhere.
	capitals bool

	// Labels of free text: a word before a colon or an equals sign.
	labels map[label]list
	// Between a side, a ticker and a price: buy BTCUSDT at 67890.5.
	at list

	// What kind of event it is.
	entry, exit      list // tell it alone
	closing, closed  list // tell an exit before a side or a position; closed also behind one
	positions        list
	stops, reached   list // a stop or target, and that it was reached
	opening          list // tells an entry before a side
	articles         list // may stand between two of these
	chartWords       list // an interval may stand before one: 15 minutes chart
	seconds, minutes list
	hours, days      list
	weeks, months    list

	// Words in capitals that end as a currency does and are no ticker.
	noTickers list
	// More words that tell the language, where sides count in capitals.
	others list
}

var languages = []language{
	{
		name: "English",
		long: `long`, short: `short, cover`, buy: `buy`, sell: `sell`,
		bullish: `bull, bullish, uptrend`, bearish: `bear, bearish, downtrend`, up: `up`, down: `down`,
		labels: map[label]list{
			tickerLabel: `ticker, symbol, pair`, priceLabel: `price`, entryLabel: `close, entry`,
			typeLabel: `signal, signal type`, indicatorLabel: `indicator, strategy`,
			intervalLabel: `timeframe, tf, interval`, timeLabel: `time`,
		},
		at:    `at`,
		entry: `entry, enter, entered`, exit: `exit, exits, exited, cover, flat, flatten, closeall, stopped`,
		closing: `close, closing`, closed: `closed`, positions: `position, positions, trade, trades`, opening: `open, enter, opening`,
		stops:      `sl, tp, stop, stoploss, target, takeprofit, loss, profit`,
		reached:    `hit, reached, triggered, touched, filled, executed`,
		articles:   `the, my, your, all, a, an, was, is, has, been`,
		chartWords: `chart, candle, candles, timeframe`,
		seconds:    `second, seconds`, minutes: `minute, minutes`, hours: `hour, hours`, days: `day, days`, weeks: `week, weeks`, months: `month, months`,
		noTickers: `entry, reentry, retry, country, industry, symmetry, registry, geometry, chemistry, ministry, entrepreneur, amateur`,
	},
	{
		name: "Spanish",
		long: `largo`, short: `corto`, buy: `compra, comprar`, sell: `venta, vender`, bullish: `alcista`, bearish: `bajista`,
		labels: map[label]list{
			tickerLabel: `símbolo, activo, par`, priceLabel: `precio`, entryLabel: `entrada`,
			typeLabel: `señal, tipo, tipo de señal`, indicatorLabel: `indicador, estrategia`,
			intervalLabel: `temporalidad`, timeLabel: `hora, fecha`,
		},
		at:    `a`,
		entry: `entrada`, exit: `salida, salir`, closing: `cerrar, cierra, cierre`, closed: `cerrado, cerrada`,
		positions: `posición, operación`, opening: `abrir, abre`, stops: `objetivo`, reached: `alcanzado, alcanzada, tocado, ejecutado`,
		articles: `el, la, los, las, un, una, mi, de`, chartWords: `gráfico, velas`,
		seconds: `segundo, segundos`, minutes: `minuto, minutos`, hours: `hora, horas`, days: `día, días`, weeks: `semana, semanas`, months: `mes, meses`,
	},
	{
		name: "Portuguese",
		buy:  `compra, comprar`, sell: `venda, vender`,
		labels: map[label]list{priceLabel: `preço`, typeLabel: `sinal`}, at: `a, em`,
		exit: `saída, sair`, closing: `fechar`, closed: `fechado, fechada`, positions: `posição, operação`, opening: `abrir`,
		stops: `alvo`, reached: `atingido, atingida`, articles: `o, os, as, um, uma`,
	},
	{
		name: "German",
		buy:  `kauf, kaufen`, sell: `verkauf, verkaufen`, labels: map[label]list{priceLabel: `preis`}, at: `zu`,
		exit: `ausstieg`, stops: `ziel`, reached: `erreicht, ausgelöst`,
	},
	{
		name: "French",
		buy:  `achat, acheter`, sell: `vente, vendre`, labels: map[label]list{priceLabel: `prix`},
		exit: `sortie`, stops: `objectif`, reached: `atteint`,
		noTickers: `vendeur, acheteur, valeur, indicateur, supérieur, inférieur, meilleur, secteur, majeur, mineur`,
	},
	{
		name: "Turkish",
		buy:  `al`, sell: `sat`, capitals: true,
		labels: map[label]list{priceLabel: `fiyat`, typeLabel: `sinyal`}, stops: `hedef`, exit: `çıkış`,
		others: `sembol, yön, zaman, zaman dilimi`,
	},
	{
		name: "Russian",
		long: `лонг`, short: `шорт`, buy: `покупка, купить`, sell: `продажа, продать`,
		labels: map[label]list{priceLabel: `цена`, entryLabel: `вход`},
		entry:  `вход`, exit: `выход`, closing: `закрыть`, closed: `закрыт, закрыта`, positions: `позицию, позиция, сделку, сделка`,
		stops: `стоп, тейк, цель`, reached: `достигнут, достигнута, сработал`,
	},
	{
		name: "Chinese",
		long: `做多`, short: `做空`, buy: `买入, 買入`, sell: `卖出, 賣出`, labels: map[label]list{priceLabel: `价格, 價格`},
		exit: `平仓, 平倉, 平多, 平空`, stops: `止损, 止損, 止盈`,
	},
	{
		name: "Japanese",
		buy:  `買い`, sell: `売り`, labels: map[label]list{priceLabel: `価格`}, exit: `決済`,
	},
	{
		name: "Korean",
		buy:  `매수`, sell: `매도`, exit: `청산`,
	},
}

// modifiers make one word with a side word: buylimit, closelong, entryShort. The first list leaves the
// kind of event open, the second tells an entry, the third an exit.
var (
	modifiers        = list(`limit, stop, market`)
	openingModifiers = list(`entry, enter, open`)
	closingModifiers = list(`exit, close`)
)

// --- TradingView's own sentences ----------------------------------------------------------------

// verbs are spelled as TradingView spells them: TICKER[, INTERVAL] Verb [number], or
// Verb [number] on TICKER, INTERVAL. Longer ones stand before those that they begin with.
var verbs = []verb{
	{"Crossing Up", true}, {"Crossing Down", true}, {"Crossing", true}, {"Greater Than", true}, {"Less Than", true},
	{"Entering Channel", false}, {"Exiting Channel", false}, {"Inside Channel", false}, {"Outside Channel", false},
	{"Moving Up", false}, {"Moving Down", false},
}

// orderSentences tell that a strategy's order was filled, in the languages whose wording is known.
// SIDE, SIZE, TICKER and POSITION stand for the words and numbers; blanks are optional.
var orderSentences = []string{
	`order SIDE @ SIZE filled on TICKER. New strategy position is POSITION`,
	`TICKER で SIDE @ SIZE の注文が約定しました。新しいストラテジーポジションは POSITION です`,
	`订单 SIDE @ SIZE 成交 TICKER。新策略仓位 POSITION`,
	`訂單 SIDE @ SIZE 已成交 TICKER。新策略倉位是 POSITION`,
}

// --- Tickers and prices -------------------------------------------------------------------------

var (
	// quoteCurrencies end a ticker: BTCUSDT, EUR/USD.
	quoteCurrencies = list(`USDT, USDC, USD, EUR, GBP, JPY, BTC, ETH, TRY, BRL`)
	// currencies may stand around a price.
	currencies = list(`USDT, USDC, USD, BUSD, DAI, EUR, GBP, JPY, CHF, CAD, AUD, NZD, CNY, HKD, SGD, INR, KRW, BRL, MXN, ARS, COP, CLP,
		PEN, TRY, TL, RUB, ZAR, SEK, NOK, DKK, PLN, BTC, ETH, US, 元, 円, 원`)
	// noExchanges stand before a colon, with or without a number, and are no exchange.
	noExchanges = list(`TF, SL, TP, RR, RSI, EMA, SMA, QTY, ID, MACD, ATR, ADX, VWAP, VOL, VOLUME, LEVERAGE, SIZE, RISK, NOTE, DATE`)
	// noTickerWords are words of alerts that no ticker is, beside side words, modifiers and noExchanges.
	noTickerWords = list(`SIGNAL, NOW, AT, ZONE, ALERT`)
	// marketKinds name a kind of market or of order, and are neither a signal type nor a ticker.
	marketKinds = list(`crypto, stock, stocks, forex, future, futures, spot, index, option, options, cfd, cfds, swap, perpetual, market,
		limit, stop, stop_limit, quote, base`)
	// intervalWords are whole intervals.
	intervalWords = map[string]list{
		"1D": `d, daily, diario`, "1W": `w, weekly, semanal`, "1M": `monthly, mensual`,
	}
	// The short forms of units; the long ones stand with their languages.
	shortUnits = map[unit]list{
		secondUnit: `s, sec, secs`, minuteUnit: `m, min, mins`, hourUnit: `h, hr, hrs`, dayUnit: `d`, weekUnit: `w, wk`, monthUnit: `mo, mon`,
	}
)
