package postgres

import (
	"cmp"
	"context"
	"errors"
	"math/bits"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// coursePoint is a row of equity.sql: a signal in the course of equity within a stretch, which begins at 0.
type coursePoint struct {
	Part
	N            int64 // from 1
	Timestamp    time.Time
	ID           string
	Equity, Peak decimal.Decimal
	Deepest      decimal.Decimal // fall from a signal of the stretch
}

func (coursePoint) size() int { return 350 }

// fallPoint is a row of fall.sql.
type fallPoint struct {
	N                    int64
	Timestamp            time.Time
	ID                   string
	Equity, Peak         decimal.Decimal
	Lowest, Began, Ended bool
}

// reachedPoint is a row of reached.sql.
type reachedPoint struct {
	N         int64
	Timestamp time.Time
	ID        string
	Equity    decimal.Decimal
}

// leg is a stretch of the whole course: the value at its start and the change over it.
type leg struct {
	span
	before          int64           // signals before it
	equity, peak    decimal.Decimal // before it; the peak is 0 at least
	lowest, highest decimal.Decimal // within it
	fall            decimal.Decimal // the deepest within it, 0 or less
	points          []coursePoint
}

// Equity returns the course of equity over decided signals, in about so many points.
func (s *Store) Equity(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, points int) (atalaya.Equity, error) {
	w := filterOf(caller.UserID, filter)
	buckets := int64(max(1, points/4))
	w.args["buckets"] = buckets
	return kept(ctx, s, caller, question{"equity", w.text(), ""}, func(a *analysis) (atalaya.Equity, int, error) {
		legs, err := a.legs(ctx, filter, buckets)
		if err != nil {
			return atalaya.Equity{}, 0, err
		}
		out := thinned(legs, buckets)
		err = a.deepest(ctx, filter, legs, &out)
		return out, 250 * (1 + len(out.Points)), err
	})
}

// legs returns the stretches with decided signals, one after the other.
func (a *analysis) legs(ctx context.Context, filter atalaya.SignalFilter, buckets int64) (legs []leg, err error) {
	w := filterOf(a.user, filter)
	// A power of two stays the same for long while months are added.
	pieces := int64(1) << bits.Len64(uint64(2*buckets/int64(len(a.stretches))))
	w.args["pieces"] = pieces
	parts, err := byStretch[coursePoint](ctx, a, question{"equity of stretches", w.text(), ""}, "equity", w, grouping{})
	if err != nil {
		return nil, err
	}
	next := leg{}
	for i, points := range parts {
		if len(points) == 0 {
			continue
		}
		l := next
		l.span, l.points = a.stretches[i].span, points
		lowest, highest := points[0].Equity, points[0].Equity
		for _, p := range points {
			lowest, highest = decimal.Min(lowest, p.Equity), decimal.Max(highest, p.Equity)
		}
		last := points[len(points)-1]
		l.lowest, l.highest = l.equity.Add(lowest), l.equity.Add(highest)
		l.fall = decimal.Min(last.Deepest, l.lowest.Sub(l.peak))
		legs = append(legs, l)
		next = leg{before: l.before + last.N, equity: l.equity.Add(last.Equity), peak: decimal.Max(l.peak, l.highest)}
	}
	return legs, nil
}

// point places a point of the leg in the whole course.
func (l *leg) point(n int64, at time.Time, id string, equity, peak decimal.Decimal) atalaya.EquityPoint {
	return atalaya.EquityPoint{Position: l.before + n, Timestamp: at, ID: atalaya.SignalID(id), Equity: equity, Drawdown: equity.Sub(peak)}
}

// thinned keeps the first, lowest, highest and last point of each of so many stretches of the whole course.
func thinned(legs []leg, buckets int64) (out atalaya.Equity) {
	if len(legs) == 0 {
		return out
	}
	last := &legs[len(legs)-1]
	out.Signals = last.before + last.points[len(last.points)-1].N
	var bucket []atalaya.EquityPoint
	flush := func() {
		lowest, highest := 0, 0
		for i, p := range bucket {
			if p.Equity.LessThan(bucket[lowest].Equity) {
				lowest = i
			}
			if p.Equity.GreaterThan(bucket[highest].Equity) {
				highest = i
			}
		}
		for i, p := range bucket {
			if i == 0 || i == lowest || i == highest || i == len(bucket)-1 {
				out.Points = append(out.Points, p)
			}
		}
		bucket = bucket[:0]
	}
	place := int64(0)
	for i := range legs {
		l := &legs[i]
		for _, p := range l.points {
			point := l.point(p.N, p.Timestamp, p.ID, l.equity.Add(p.Equity), decimal.Max(l.peak, l.equity.Add(p.Peak)))
			if next := (point.Position - 1) * buckets / out.Signals; next != place {
				flush()
				place = next
			}
			bucket = append(bucket, point)
		}
	}
	flush()
	return out
}

// deepest finds the deepest fall, and adds its two ends to the points.
func (a *analysis) deepest(ctx context.Context, filter atalaya.SignalFilter, legs []leg, out *atalaya.Equity) error {
	worst := -1
	for i, l := range legs {
		if l.fall.IsNegative() && (worst < 0 || l.fall.LessThan(legs[worst].fall)) {
			worst = i
		}
	}
	if worst < 0 {
		return nil
	}
	l := &legs[worst]
	found, err := collect(ctx, a.tx, "fall", a.within(filter, l, "peak", l.peak), grouping{}, pgx.RowToStructByPos[fallPoint])
	if err != nil {
		return err
	}
	fall := &atalaya.Drawdown{}
	for _, p := range found {
		point := l.point(p.N, p.Timestamp, p.ID, p.Equity, p.Peak)
		switch {
		case p.Lowest:
			fall.Amount, fall.Peak, fall.Lowest = point.Drawdown, p.Peak, p.Timestamp
		case p.Began:
			fall.From = &p.Timestamp
		case p.Ended:
			fall.Until = &p.Timestamp
		}
		out.Points = withPoint(out.Points, point)
	}
	out.Drawdown = fall
	return a.ends(ctx, filter, legs, worst, out)
}

// ends finds where the deepest fall began and ended, if that was in another leg than its lowest signal.
func (a *analysis) ends(ctx context.Context, filter atalaya.SignalFilter, legs []leg, worst int, out *atalaya.Equity) error {
	fall := out.Drawdown
	for i := worst - 1; i >= 0 && fall.From == nil; i-- {
		if !legs[i].highest.Equal(fall.Peak) {
			continue
		}
		reached, err := a.reached(ctx, filter, &legs[i], fall.Peak)
		if err != nil {
			return err
		}
		last := reached[len(reached)-1]
		fall.From, out.Points = &last.Timestamp, withPoint(out.Points, last)
	}
	for i := worst + 1; i < len(legs) && fall.Until == nil; i++ {
		if legs[i].highest.LessThan(fall.Peak) {
			continue
		}
		reached, err := a.reached(ctx, filter, &legs[i], fall.Peak)
		if err != nil {
			return err
		}
		fall.Until, out.Points = &reached[0].Timestamp, withPoint(out.Points, reached[0])
	}
	return nil
}

// reached returns the first and the last point of a leg where equity is at least level, which is the highest so far.
func (a *analysis) reached(ctx context.Context, filter atalaya.SignalFilter, l *leg, level decimal.Decimal) ([]atalaya.EquityPoint, error) {
	found, err := collect(ctx, a.tx, "reached", a.within(filter, l, "level", level), grouping{}, pgx.RowToStructByPos[reachedPoint])
	if err == nil && len(found) == 0 {
		err = errors.New("equity reaches its highest value nowhere")
	}
	var points []atalaya.EquityPoint
	for _, p := range found {
		points = append(points, l.point(p.N, p.Timestamp, p.ID, p.Equity, p.Equity))
	}
	return points, err
}

// within narrows a filter to a leg that begins with its equity, and names one more number.
func (a *analysis) within(filter atalaya.SignalFilter, l *leg, name string, value decimal.Decimal) *where {
	w := filterOf(a.user, filter)
	w.args["since"], w.args["until"] = timestamp(l.since), timestamp(l.until)
	w.args["equity"], w.args[name] = digits(decimal.NewNullDecimal(l.equity)), digits(decimal.NewNullDecimal(value))
	return w
}

// withPoint adds a point in its place, once.
func withPoint(points []atalaya.EquityPoint, p atalaya.EquityPoint) []atalaya.EquityPoint {
	i, there := slices.BinarySearchFunc(points, p, func(a, b atalaya.EquityPoint) int { return cmp.Compare(a.Position, b.Position) })
	if there {
		return points
	}
	return slices.Insert(points, i, p)
}
