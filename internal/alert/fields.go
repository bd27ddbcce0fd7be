package alert

import (
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// fields holds the values that were found. A field that was not found is "" or zero.
type fields struct {
	ticker        ticker
	exchange      string   // named apart from the ticker
	listed        []ticker // every EXCHANGE:SYMBOL of a text
	price         decimal.NullDecimal
	stop          decimal.NullDecimal
	side          atalaya.Direction
	signalType    string
	indicatorName string
	chartID       string
	interval      string
	timestamp     time.Time
	kind          atalaya.EventKind

	idempotencyKey string
	from           [timestampField + 1]source // where each was found
}

// source says where a field was found.
type source struct {
	how  how
	word string // the name or label before it, "" if there is none
}

// how is the kind of rule that found a field.
type how string

const (
	byName     how = "name"     // a name in JSON, pairs, a form or CSV
	byLabel    how = "label"    // a word before a colon, an equals sign or a blank in text
	byWords    how = "words"    // the words of a text
	byForm     how = "form"     // what a value looks like: EXCHANGE:SYMBOL, BTCUSDT, a chart's URL
	bySentence how = "sentence" // one of TradingView's own sentences
	byCommand  how = "command"  // a command of a broker bridge
)

// fill fills missing fields with those found in a text. An EXCHANGE:SYMBOL in the text also supplies the
// exchange of a ticker that was found without one.
func (f *fields) fill(text fields) {
	if f.ticker.symbol == "" {
		f.ticker, f.from[tickerField] = text.ticker, text.from[tickerField]
	}
	for _, t := range text.listed {
		if f.ticker.exchange == "" && f.exchange == "" && !f.ticker.spread && f.ticker.symbol == t.symbol {
			f.ticker.exchange = t.exchange
		}
	}
	if !f.price.Valid {
		f.price, f.from[priceField] = text.price, text.from[priceField]
	}
	if f.side == "" {
		f.side, f.from[directionField] = text.side, text.from[directionField]
	}
	f.or(&f.signalType, text.signalType, signalTypeField, text)
	f.or(&f.indicatorName, text.indicatorName, indicatorField, text)
	f.or(&f.chartID, text.chartID, chartField, text)
	f.or(&f.interval, text.interval, intervalField, text)
	if f.timestamp.IsZero() {
		f.timestamp, f.from[timestampField] = text.timestamp, text.from[timestampField]
	}
	if f.kind == "" {
		f.kind = text.kind
	}
}

// or sets a missing string to the one found in a text.
func (f *fields) or(missing *string, found string, of field, text fields) {
	if *missing == "" {
		*missing, f.from[of] = found, text.from[of]
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// settle joins ticker and exchange. An exchange in the ticker wins over one that was named apart. A spread
// has no exchange.
func (f *fields) settle() (full, exchange, symbol string) {
	t := f.ticker
	switch {
	case t.symbol == "":
		return "", f.exchange, ""
	case t.spread:
		return t.symbol, "", t.symbol
	}
	exchange = or(t.exchange, f.exchange)
	if exchange == "" {
		return t.symbol, "", t.symbol
	}
	return exchange + ":" + t.symbol, exchange, t.symbol
}

// stopPrice returns the stop, or null if the number cannot be one: it is not above zero, is on the wrong
// side of the price, or is more than half the price away. Such numbers are distances, or other levels.
func (f *fields) stopPrice() (none decimal.NullDecimal) {
	stop := f.stop.Decimal
	if !f.stop.Valid || f.price.Valid && !f.stopFitsPrice() || !f.price.Valid && !stop.IsPositive() {
		return none
	}
	return f.stop
}

func (f *fields) stopFitsPrice() bool {
	distance := f.price.Decimal.Sub(f.stop.Decimal)
	switch {
	case f.side == atalaya.Long && distance.IsNegative(), f.side == atalaya.Short && distance.IsPositive():
		return false
	}
	return !distance.Abs().Mul(decimal.NewFromInt(2)).GreaterThan(f.price.Decimal.Abs())
}

// finish makes the Alert from the fields that were found.
func finish(f fields, status atalaya.ParseStatus, text string, parsed *node, bodySize int) atalaya.Alert {
	a := atalaya.Alert{
		ParseStatus: status, Price: f.price, Direction: f.side, SignalType: f.signalType, IndicatorName: f.indicatorName,
		ChartID: f.chartID, Interval: f.interval, Timestamp: f.timestamp, EventKind: f.kind, StopPrice: f.stopPrice(),
		Raw: text, IdempotencyKey: f.idempotencyKey,
	}
	a.Ticker, a.Exchange, a.Symbol = f.settle()
	for _, field := range []struct {
		name  string
		found bool
	}{
		{"ticker", a.Ticker != ""}, {"price", a.Price.Valid}, {"direction", a.Direction != ""}, {"signal_type", a.SignalType != ""},
		{"indicator_name", a.IndicatorName != ""}, {"chart_id", a.ChartID != ""}, {"interval", a.Interval != ""}, {"timestamp", !a.Timestamp.IsZero()},
	} {
		if !field.found {
			a.Missing = append(a.Missing, field.name)
		}
	}
	a.Parsed = storedForm(parsed, a, bodySize)
	return a
}
