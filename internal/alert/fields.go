package alert

import (
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// fields is what was found, "" and zero where nothing was.
type fields struct {
	ticker        ticker
	exchange      string   // named apart from the ticker
	listed        []ticker // every EXCHANGE:SYMBOL of a text
	price         decimal.NullDecimal
	side          atalaya.Direction
	signalType    string
	indicatorName string
	chartID       string
	interval      string
	timestamp     time.Time

	idempotencyKey string
}

// fill takes from a text what is still missing. An EXCHANGE:SYMBOL there also gives the exchange of
// a ticker found without one.
func (f *fields) fill(text fields) {
	if f.ticker.symbol == "" {
		f.ticker = text.ticker
	}
	for _, t := range text.listed {
		if f.ticker.exchange == "" && f.exchange == "" && !f.ticker.spread && f.ticker.symbol == t.symbol {
			f.ticker.exchange = t.exchange
		}
	}
	if !f.price.Valid {
		f.price = text.price
	}
	if f.side == "" {
		f.side = text.side
	}
	f.signalType = or(f.signalType, text.signalType)
	f.indicatorName = or(f.indicatorName, text.indicatorName)
	f.chartID = or(f.chartID, text.chartID)
	f.interval = or(f.interval, text.interval)
	if f.timestamp.IsZero() {
		f.timestamp = text.timestamp
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// settle puts ticker and exchange together: a colon in the ticker wins over a named exchange, and a
// spread has none.
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

// finish makes the alert.
func finish(f fields, status atalaya.ParseStatus, text string, parsed *node, bodySize int) atalaya.Alert {
	a := atalaya.Alert{
		ParseStatus: status, Price: f.price, Direction: f.side, SignalType: f.signalType, IndicatorName: f.indicatorName,
		ChartID: f.chartID, Interval: f.interval, Timestamp: f.timestamp, Raw: text, IdempotencyKey: f.idempotencyKey,
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
