package postgres

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// multipleOfRisk is a signal's profit over its risk, as figures.sql has it.
const multipleOfRisk = `case when risk_amount > 0 then profit_loss / risk_amount
       when direction = 'LONG' and entry_price > stop_price then (exit_price - entry_price) / (entry_price - stop_price)
       when direction = 'SHORT' and stop_price > entry_price then (entry_price - exit_price) / (stop_price - entry_price) end`

// spreadRow is a row of histogram.sql.
type spreadRow struct {
	Part
	Low, High decimal.Decimal
	Unit      decimal.Decimal
	First     decimal.Decimal // multiple of the unit
	Bins      []int64         // multiples after the first
	Counts    []int64
}

func (r spreadRow) size() int { return 300 + 16*len(r.Bins) }

// from returns the lower edge of a bin of the row.
func (r spreadRow) from(bin int64) decimal.Decimal {
	return r.First.Add(decimal.NewFromInt(bin)).Mul(r.Unit)
}

// fewValues is the least number of values that are put into bins.
const fewValues = 5

// Histogram returns the distribution of the amounts of decided signals or, if ofRisk, of their multiples of the risk.
func (s *Store) Histogram(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, ofRisk bool) (atalaya.Histogram, error) {
	value := grouping{key: "s.profit_loss"}
	if ofRisk {
		value.key = multipleOfRisk
	}
	q := question{"histogram", filterOf(caller.UserID, filter).text(), value.key}
	return kept(ctx, s, caller, q, func(a *analysis) (out atalaya.Histogram, size int, err error) {
		parts, err := byStretch(ctx, a, q, "histogram", filterOf(a.user, filter), value, pgx.RowToStructByPos[spreadRow])
		if err != nil {
			return out, 0, err
		}
		out = histogramOf(slices.Concat(parts...))
		if out.Count < fewValues {
			out.Bins = nil
			out.Values, err = collect(ctx, a.tx, "values", filterOf(a.user, filter), value, pgx.RowTo[decimal.Decimal])
		}
		return out, 250 * (4 + len(out.Bins)), err
	})
}

// histogramOf adds up the bins of stretches in wider bins. The stretches' units are finer and divide the width, so each of
// their bins lies within one wider bin.
func histogramOf(parts []spreadRow) (out atalaya.Histogram) {
	if len(parts) == 0 {
		return out
	}
	type fine struct {
		from  float64 // for the quartiles alone
		count int64
	}
	var all []fine
	low, high := parts[0].Low, parts[0].High
	for _, p := range parts {
		low, high = decimal.Min(low, p.Low), decimal.Max(high, p.High)
		for i, bin := range p.Bins {
			all = append(all, fine{p.from(bin).InexactFloat64(), p.Counts[i]})
			out.Count += p.Counts[i]
		}
	}
	slices.SortFunc(all, func(a, b fine) int { return cmp.Compare(a.from, b.from) })
	quartile := func(part float64) float64 {
		place, seen := int64(part*float64(out.Count-1)), int64(0)
		for _, f := range all {
			if seen += f.count; seen > place {
				return f.from
			}
		}
		return 0
	}
	width := binWidth(high.Sub(low).InexactFloat64(), quartile(0.75)-quartile(0.25), out.Count)
	counts := map[string]int64{}
	for _, p := range parts {
		for i, bin := range p.Bins {
			counts[multiple(p.from(bin), width).String()] += p.Counts[i]
		}
	}
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		from := decimal.RequireFromString(text).Mul(width)
		out.Bins = append(out.Bins, atalaya.Bin{From: from, To: from.Add(width), Count: counts[text]})
	}
	slices.SortFunc(out.Bins, func(a, b atalaya.Bin) int { return a.From.Cmp(b.From) })
	return out
}

// multiple returns how often a width fits under a value, exactly.
func multiple(value, width decimal.Decimal) decimal.Decimal {
	whole, rest := value.QuoRem(width, 0)
	if rest.IsNegative() {
		whole = whole.Sub(decimal.NewFromInt(1))
	}
	return whole
}

// The number of bins. One more may be needed than the range is wide, because zero is an edge.
const (
	minBins  = 5
	maxBins  = 50
	evenBins = 10 // if half of all values are equal
)

// binWidth returns the width of bins by the rule of Freedman and Diaconis, between minBins and maxBins bins, as a round
// number: 1, 2 or 5 times a power of ten.
func binWidth(span, iqr float64, count int64) decimal.Decimal {
	if span == 0 {
		return decimal.NewFromInt(1)
	}
	width := span / evenBins
	if iqr > 0 {
		width = 2 * iqr / math.Cbrt(float64(count))
	}
	width = min(max(width, span/(maxBins-1)), span/minBins)
	power := math.Floor(math.Log10(width))
	round := []float64{1, 2, 5, 10, 20}
	digits := width / math.Pow(10, power) // 1 to 10
	i := 0
	for i < len(round)-2 && round[i+1] <= digits {
		i++
	}
	if span/(round[i]*math.Pow(10, power)) > maxBins-1 {
		i++
	}
	return decimal.NewFromFloat(round[i]).Shift(int32(power))
}
