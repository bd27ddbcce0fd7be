package chartsite

import "time"

// Candle is what the site's charts show of one bar.
type Candle struct {
	Begins                 time.Time
	Open, High, Low, Close float64
}

// History returns n candles of a symbol on an interval, the last one before until, as every chart of the
// site shows them. decimals is the number of decimals of the symbol's prices. ok is false if the interval is
// not valid.
func History(symbol, intervalCode string, n int, until time.Time) (candles []Candle, decimals int, ok bool) {
	iv, ok := parseInterval(intervalCode)
	if !ok {
		return nil, 0, false
	}
	w := newWalk(view{Instrument: findInstrument(symbol), Interval: iv})
	last := iv.index(until) - 1
	for i := last - int64(n) + 1; i <= last; i++ {
		b := w.bar(i)
		candles = append(candles, Candle{Begins: time.Unix(b.Time, 0).UTC(), Open: b.Open, High: b.High, Low: b.Low, Close: b.Close})
	}
	return candles, w.view.Instrument.Decimals, true
}
