package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// sums is a row of figures.sql: counts and sums over the signals of a key and a result. Adding sums up is exact.
type sums struct {
	Part
	Key                            *string
	Result                         string
	Signals, Amounts, Below, Above int64
	Total, Squares                 decimal.NullDecimal
	Largest, Smallest              decimal.NullDecimal
	SumR                           decimal.NullDecimal
	CountR                         int64
	LastAt                         time.Time
}

func (sums) size() int { return 600 }

// sums returns the sums of the signals behind a filter, by a key and by result.
func (a *analysis) sums(ctx context.Context, filter atalaya.SignalFilter, groupBy string) ([]sums, error) {
	w := filterOf(a.user, filter)
	parts, err := byStretch(ctx, a, question{"figures", w.text(), groupBy}, "figures", w, groupings[groupBy], pgx.RowToStructByPos[sums])
	if err != nil {
		return nil, err
	}
	type group struct {
		none        bool
		key, result string
	}
	place := map[group]int{}
	var all []sums
	for _, part := range parts {
		for _, s := range part {
			g := group{s.Key == nil, textOrEmpty(s.Key), s.Result}
			i, ok := place[g]
			if !ok {
				place[g] = len(all)
				all = append(all, s)
				continue
			}
			all[i].add(s)
		}
	}
	return all, nil
}

// add adds the sums of other signals of the same key and result.
func (s *sums) add(o sums) {
	s.Signals, s.Amounts, s.Below, s.Above, s.CountR = s.Signals+o.Signals, s.Amounts+o.Amounts, s.Below+o.Below, s.Above+o.Above, s.CountR+o.CountR
	s.Total, s.Squares, s.SumR = both(s.Total, o.Total, decimal.Decimal.Add), both(s.Squares, o.Squares, decimal.Decimal.Add), both(s.SumR, o.SumR, decimal.Decimal.Add)
	s.Largest, s.Smallest = both(s.Largest, o.Largest, larger), both(s.Smallest, o.Smallest, smaller)
	if o.LastAt.After(s.LastAt) {
		s.LastAt = o.LastAt
	}
}

// both joins two numbers. If one is null it returns the other.
func both(a, b decimal.NullDecimal, join func(a, b decimal.Decimal) decimal.Decimal) decimal.NullDecimal {
	switch {
	case !a.Valid:
		return b
	case b.Valid:
		a.Decimal = join(a.Decimal, b.Decimal)
	}
	return a
}

func larger(a, b decimal.Decimal) decimal.Decimal  { return decimal.Max(a, b) }
func smaller(a, b decimal.Decimal) decimal.Decimal { return decimal.Min(a, b) }

// row returns the sums as a record for rates.sql, with every digit.
func (s *sums) row(everything bool) map[string]any {
	return map[string]any{
		"everything": everything, "key": s.Key, "result": s.Result, "signals": s.Signals, "amounts": s.Amounts, "below": s.Below, "above": s.Above,
		"total": orNull(digits(s.Total)), "squares": orNull(digits(s.Squares)), "largest": orNull(digits(s.Largest)), "smallest": orNull(digits(s.Smallest)),
		"sum_r": orNull(digits(s.SumR)), "count_r": s.CountR, "last_at": s.LastAt,
	}
}
