package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"atalaya"
)

// tape is a row of tape.sql: the decided signals of a stretch in their order.
type tape struct {
	Part
	Moments []time.Time
	IDs     [][16]byte
	Amounts string // with blanks between them
}

// tapeOf reads the tape of a leg again. Every leg has one.
func (a *analysis) tapeOf(ctx context.Context, filter atalaya.SignalFilter, l *leg) (*tape, error) {
	w := filterOf(a.user, filter)
	w.args["since"], w.args["until"] = stamps(l.since), stamps(l.until)
	found, err := collect(ctx, a.tx, "tape", w, grouping{}, pgx.RowToAddrOfStructByPos[tape])
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("a leg has %d tapes", len(found))
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// step is equity after a signal of a tape.
type step struct {
	at     int // place in the tape, from 0
	equity decimal.Decimal
	peak   decimal.Decimal // the highest equity so far
}

// walk calls f after each signal. equity is the value before the first, and peak the highest value until then. If peak is
// nil, the equity after the first signal is the first peak.
func (t *tape) walk(equity decimal.Decimal, peak *decimal.Decimal, f func(s step)) error {
	zero := decimal.New(0, -t.decimals())
	s := step{equity: equity}
	if peak != nil {
		s.peak = *peak
	}
	for amount := range strings.SplitSeq(t.Amounts, " ") {
		d, err := decimal.NewFromString(amount)
		if err != nil {
			return err
		}
		d, _ = decimal.RescalePair(d, zero) // numbers of equal exponents are added and compared many times faster
		s.equity = s.equity.Add(d)
		if s.at == 0 && peak == nil || s.equity.GreaterThan(s.peak) {
			s.peak = s.equity
		}
		f(s)
		s.at++
	}
	return nil
}

// decimals returns how many decimals an amount has at most.
func (t *tape) decimals() (most int32) {
	for amount := range strings.SplitSeq(t.Amounts, " ") {
		if point := strings.IndexByte(amount, '.'); point >= 0 {
			most = max(most, int32(len(amount)-point-1))
		}
	}
	return most
}

// point returns a step of the tape as a point of the whole course, in which before signals come before the tape.
func (t *tape) point(before int64, s step) atalaya.EquityPoint {
	return atalaya.EquityPoint{
		Position: before + int64(s.at) + 1, Timestamp: t.Moments[s.at], ID: atalaya.SignalID(uuid.UUID(t.IDs[s.at]).String()),
		Equity: s.equity, Drawdown: s.equity.Sub(s.peak),
	}
}

// thin returns equity within the tape, from 0, thinned to the first, lowest, highest and last signal of each of so
// many pieces, and the deepest fall from a signal of the tape, 0 or less.
func (t *tape) thin(pieces int64) (points []coursePoint, deepest decimal.Decimal, err error) {
	signals, piece := int64(len(t.Moments)), int64(-1)
	var first, lowest, highest, last step
	flush := func() {
		if highest.at < lowest.at {
			lowest, highest = highest, lowest
		}
		written := -1
		for _, s := range []step{first, lowest, highest, last} {
			if s.at > written {
				points = append(points, coursePoint{int64(s.at) + 1, t.Moments[s.at], t.IDs[s.at], s.equity, s.peak})
				written = s.at
			}
		}
	}
	err = t.walk(decimal.Zero, nil, func(s step) {
		if next := int64(s.at) * pieces / signals; next != piece {
			if piece >= 0 {
				flush()
			}
			piece, first, lowest, highest = next, s, s, s
		}
		if s.equity.LessThan(lowest.equity) {
			lowest = s
		}
		if s.equity.GreaterThan(highest.equity) {
			highest = s
		}
		if fall := s.equity.Sub(s.peak); fall.LessThan(deepest) {
			deepest = fall
		}
		last = s
	})
	flush()
	return points, deepest, err
}
