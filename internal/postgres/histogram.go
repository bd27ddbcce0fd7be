package postgres

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// multipleOfRisk is a signal's profit over its risk, as figures.sql has it.
const multipleOfRisk = `case when s.risk_amount > 0 then s.profit_loss / s.risk_amount
       when s.direction = 'LONG' and s.entry_price > s.stop_price then (s.exit_price - s.entry_price) / (s.entry_price - s.stop_price)
       when s.direction = 'SHORT' and s.stop_price > s.entry_price then (s.entry_price - s.exit_price) / (s.stop_price - s.entry_price) end`

// spreadRow is the row of spread.sql.
type spreadRow struct {
	Count    int64
	Min, Max decimal.NullDecimal
	Q1, Q3   *float64
}

// binRow is a row of bins.sql.
type binRow struct {
	Multiple decimal.Decimal // of the width, where the bin begins
	Count    int64
}

// fewValues is below how many values there are no bins.
const fewValues = 5

// Histogram reports how the amounts of decided signals are spread, or their multiples of the risk.
func (s *Store) Histogram(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, ofRisk bool) (atalaya.Histogram, error) {
	value := grouping{key: "s.profit_loss"}
	if ofRisk {
		value.key = multipleOfRisk
	}
	w := filterOf(caller.UserID, filter)
	return kept(ctx, s, caller, question{"histogram", w.text(), value.key}, func() (out atalaya.Histogram, size int, err error) {
		err = s.asAnalyst(ctx, "compute the histogram", caller, func(tx pgx.Tx) error {
			out, err = histogram(ctx, tx, w, value)
			return err
		})
		return out, 1 + len(out.Bins)/4, err
	})
}

func histogram(ctx context.Context, tx pgx.Tx, w *where, value grouping) (out atalaya.Histogram, err error) {
	spreads, err := collect(ctx, tx, "spread", w, value, pgx.RowToStructByPos[spreadRow])
	if err != nil {
		return out, err
	}
	spread := spreads[0]
	out.Count = spread.Count
	if spread.Count < fewValues {
		out.Values, err = collect(ctx, tx, "values", w, value, pgx.RowTo[decimal.Decimal])
		return out, err
	}
	width := binWidth(spread)
	w.args["width"] = width.String()
	bins, err := collect(ctx, tx, "bins", w, value, pgx.RowToStructByPos[binRow])
	for _, bin := range bins {
		from := bin.Multiple.Mul(width)
		out.Bins = append(out.Bins, atalaya.Bin{From: from, To: from.Add(width), Count: bin.Count})
	}
	return out, err
}

// The number of bins. One more may be needed than the range is wide, because zero is an edge.
const (
	minBins  = 5
	maxBins  = 50
	evenBins = 10 // where half of all values are equal
)

// binWidth returns the width of bins by the rule of Freedman and Diaconis, between minBins and maxBins
// bins, rounded up to three digits.
func binWidth(s spreadRow) decimal.Decimal {
	span := s.Max.Decimal.Sub(s.Min.Decimal).InexactFloat64()
	if span == 0 {
		return decimal.NewFromInt(1)
	}
	width := span / evenBins
	if iqr := *s.Q3 - *s.Q1; iqr > 0 {
		width = 2 * iqr / math.Cbrt(float64(s.Count))
	}
	width = min(max(width, span/(maxBins-1)), span/minBins)
	digits := int32(math.Floor(math.Log10(width))) - 2
	return decimal.NewFromFloat(width).Shift(-digits).Ceil().Shift(digits)
}
