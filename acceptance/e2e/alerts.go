package e2e

// alertCase is one body and what its screenshot must show. An interval of "" is the chart's own.
type alertCase struct {
	body     string
	symbol   string // EXCHANGE:SYMBOL as the chart site names it; "" for the chart's own
	interval string
}

// alerts are ten kinds of message that people send: strict JSON, broken JSON, pairs, free text in
// English and Spanish, and TradingView's own sentences. Each of the three users sends all of them.
func alerts() []alertCase {
	return []alertCase{
		{`{"indicator":"Mi Indicador Pro","ticker":"BTCUSDT","exchange":"BINANCE","price":67890.50,"signal_type":"BUY_SIGNAL","direction":"LONG","interval":"60"}`,
			"BINANCE:BTCUSDT", "60"},
		{`{"ticker":"NASDAQ:AAPL","close":189.98,"action":"sell","timeframe":"1D","time":"2026-01-02T15:30:00Z"}`,
			"NASDAQ:AAPL", "1D"},
		{`{"ticker":"OKX:SUIUSDT.P","price":2.4561,"strategy":{"market_position":"long"},"interval":"15"}`,
			"OKX:SUIUSDT.P", "15"},
		{"{\n  'ticker': 'BYBIT:ETHUSDT',\n  'price': {{close}},\n  direction: SHORT,\n  interval: '240',\n}",
			"BYBIT:ETHUSDT", "240"},
		{`{"indicator": "EMA "cross" 9/21", "ticker": "FX:EURUSD", "price": NaN, "side": "buy", "tf": "5m"`,
			"FX:EURUSD", "5"},
		{"Ticker: COINBASE:SOLUSD\nPrice: 142.07\nDirection: SHORT\nTimeframe: 4H\nSignal: Breakdown",
			"COINBASE:SOLUSD", "240"},
		{"Activo: BINANCE:ADAUSDT\nPrecio: 0,523\nDirección: LARGO\nTemporalidad: 30m\nTipo de señal: Ruptura",
			"BINANCE:ADAUSDT", "30"},
		{"🚀 Señal de compra en KRAKEN:XRPUSD\nPrecio 0,6123\nTemporalidad: 1h",
			"KRAKEN:XRPUSD", "60"},
		{"NYSE:TSLA, 15 Crossing Up 245.5", "NYSE:TSLA", "15"},
		{"Price alert fired, look at your chart", "", ""},
	}
}
