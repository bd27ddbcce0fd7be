package postgres

import (
	"cmp"
	"context"
	"errors"
	"math/bits"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// coursePoint is the equity after a signal of a stretch, which begins at 0.
type coursePoint struct {
	n            int64 // from 1
	moment       time.Time
	id           [16]byte
	equity, peak decimal.Decimal
}

// coursePart is what is kept of a tape: its thinned points and its deepest fall.
type coursePart struct {
	Part
	points  []coursePoint
	deepest decimal.Decimal // fall from a signal of the stretch, 0 or less
}

func (p coursePart) size() int { return 200 * (1 + len(p.points)) }

// leg is a stretch of the whole course: the value at its start and the change over it.
type leg struct {
	span
	before          int64           // signals before it
	equity, peak    decimal.Decimal // before it; the peak is 0 at least
	lowest, highest decimal.Decimal // within it
	fall            decimal.Decimal // the deepest within it, 0 or less
	points          []coursePoint
}

// Equity returns the equity curve over decided signals in about so many points.
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

// legs returns the stretches with decided signals, in order.
func (a *analysis) legs(ctx context.Context, filter atalaya.SignalFilter, buckets int64) (legs []leg, err error) {
	w := filterOf(a.user, filter)
	// A power of two changes seldom while months are added, so that kept answers stay useful.
	pieces := int64(1) << bits.Len64(uint64(2*buckets/int64(len(a.stretches))))
	w.args["pieces"] = pieces
	parts, err := byStretch(ctx, a, question{"equity of stretches", w.text(), ""}, "tape", w, grouping{}, func(row pgx.CollectableRow) (part coursePart, err error) {
		t, err := pgx.RowToStructByPos[tape](row)
		if err == nil {
			part.Part = t.Part
			part.points, part.deepest, err = t.thin(pieces)
		}
		return part, err
	})
	if err != nil {
		return nil, err
	}
	next := leg{}
	for i, found := range parts {
		if len(found) == 0 {
			continue
		}
		l, points := next, found[0].points
		l.span, l.points = a.stretches[i].span, points
		lowest, highest := points[0].equity, points[0].equity
		for _, p := range points {
			lowest, highest = decimal.Min(lowest, p.equity), decimal.Max(highest, p.equity)
		}
		last := points[len(points)-1]
		l.lowest, l.highest = l.equity.Add(lowest), l.equity.Add(highest)
		l.fall = decimal.Min(found[0].deepest, l.lowest.Sub(l.peak))
		legs = append(legs, l)
		next = leg{before: l.before + last.n, equity: l.equity.Add(last.equity), peak: decimal.Max(l.peak, l.highest)}
	}
	return legs, nil
}

// point places a point of the leg in the whole course.
func (l *leg) point(p coursePoint) atalaya.EquityPoint {
	equity, peak := l.equity.Add(p.equity), decimal.Max(l.peak, l.equity.Add(p.peak))
	return atalaya.EquityPoint{Position: l.before + p.n, Timestamp: p.moment, ID: atalaya.SignalID(uuid.UUID(p.id).String()), Equity: equity, Drawdown: equity.Sub(peak)}
}

// thinned returns the first, lowest, highest and last point of each of so many equal parts of the whole course.
func thinned(legs []leg, buckets int64) (out atalaya.Equity) {
	if len(legs) == 0 {
		return out
	}
	last := &legs[len(legs)-1]
	out.Signals = last.before + last.points[len(last.points)-1].n
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
			point := l.point(p)
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
	t, err := a.tapeOf(ctx, filter, l)
	if err != nil {
		return err
	}
	var lowest, atPeak, began, ended *step
	fallen := decimal.Zero
	err = t.walk(l.equity, &l.peak, func(s step) {
		if s.equity.Equal(s.peak) {
			atPeak = &s
		}
		switch fall := s.equity.Sub(s.peak); {
		case fall.LessThan(fallen):
			fallen, lowest, began, ended = fall, &s, atPeak, nil
		case lowest != nil && ended == nil && s.equity.GreaterThanOrEqual(lowest.peak):
			ended = &s
		}
	})
	if err != nil {
		return err
	}
	out.Drawdown = &atalaya.Drawdown{Amount: fallen, Peak: lowest.peak, Lowest: t.Moments[lowest.at]}
	out.Points = withPoint(out.Points, t.point(l.before, *lowest))
	if began != nil {
		out.Drawdown.From, out.Points = &t.Moments[began.at], withPoint(out.Points, t.point(l.before, *began))
	}
	if ended != nil {
		out.Drawdown.Until, out.Points = &t.Moments[ended.at], withPoint(out.Points, t.point(l.before, *ended))
	}
	return a.ends(ctx, filter, legs, worst, out)
}

// ends finds where the deepest fall began and ended, if that was in another leg than its lowest signal.
func (a *analysis) ends(ctx context.Context, filter atalaya.SignalFilter, legs []leg, worst int, out *atalaya.Equity) error {
	fall := out.Drawdown
	for i := worst - 1; i >= 0 && fall.From == nil; i-- {
		if !legs[i].highest.Equal(fall.Peak) {
			continue
		}
		_, last, err := a.reached(ctx, filter, &legs[i], fall.Peak)
		if err != nil {
			return err
		}
		fall.From, out.Points = &last.Timestamp, withPoint(out.Points, last)
	}
	for i := worst + 1; i < len(legs) && fall.Until == nil; i++ {
		if legs[i].highest.LessThan(fall.Peak) {
			continue
		}
		first, _, err := a.reached(ctx, filter, &legs[i], fall.Peak)
		if err != nil {
			return err
		}
		fall.Until, out.Points = &first.Timestamp, withPoint(out.Points, first)
	}
	return nil
}

// reached returns the first and the last point of a leg where equity is at least level, which is the highest so far.
func (a *analysis) reached(ctx context.Context, filter atalaya.SignalFilter, l *leg, level decimal.Decimal) (first, last atalaya.EquityPoint, err error) {
	t, err := a.tapeOf(ctx, filter, l)
	if err != nil {
		return first, last, err
	}
	found := false
	err = t.walk(l.equity, &l.peak, func(s step) {
		if s.equity.LessThan(level) {
			return
		}
		last = t.point(l.before, s)
		if !found {
			first, found = last, true
		}
	})
	if err == nil && !found {
		err = errors.New("equity reaches its highest value nowhere")
	}
	return first, last, err
}

// withPoint adds a point in its place, once.
func withPoint(points []atalaya.EquityPoint, p atalaya.EquityPoint) []atalaya.EquityPoint {
	i, there := slices.BinarySearchFunc(points, p, func(a, b atalaya.EquityPoint) int { return cmp.Compare(a.Position, b.Position) })
	if there {
		return points
	}
	return slices.Insert(points, i, p)
}
