package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// statisticsTimeout bounds a statement over all of a user's signals.
const statisticsTimeout = 5 * time.Second

// maxStretches bounds into how many stretches of time a user's signals are divided.
const maxStretches = 600

// stretch is a part of all time, and how often the user's signals whose alerts fired or that arrived in it have changed.
// Each of a user's stretches but the first begins with a month, and they leave no gap.
type stretch struct {
	span
	month   time.Time // its first month with signals
	version int64
}

// span is from its beginning, included, to its end, excluded, in microseconds since 1970.
type span struct{ since, until int64 }

const (
	beginning = math.MinInt64
	end       = math.MaxInt64
)

// stretchesOf divides all time at months in which a user has signals.
func stretchesOf(months []rows.SignalMonthsRow) []stretch {
	step := max(1, (len(months)+maxStretches-1)/maxStretches)
	all := []stretch{{span: span{beginning, end}}}
	if len(months) > 0 {
		all[0].month = months[0].Month
	}
	for i, m := range months {
		last := &all[len(all)-1]
		if i > 0 && i%step == 0 {
			last.until = m.Month.UnixMicro()
			all = append(all, stretch{span: span{last.until, end}, month: m.Month})
			last = &all[len(all)-1]
		}
		last.version += m.Version
	}
	return all
}

// timestamp returns a bound of a span as PostgreSQL has it.
func timestamp(micros int64) pgtype.Timestamptz {
	switch micros {
	case beginning:
		return pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	case end:
		return pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
	}
	return pgtype.Timestamptz{Time: time.UnixMicro(micros), Valid: true}
}

// analysis is a transaction that computes statistics. It reads versions and signals as of one moment.
type analysis struct {
	tx        pgx.Tx
	user      atalaya.UserID
	stretches []stretch
	answers   *answers
}

// version returns how often the user's signals have changed.
func (a *analysis) version() (sum int64) {
	for _, s := range a.stretches {
		sum += s.version
	}
	return sum
}

// asAnalyst runs f as the caller. Its statements all see the same signals, have a time limit, and are planned for
// the filter at hand. Compiling a plan (jit) takes longer than running it, so that is off.
func (s *Store) asAnalyst(ctx context.Context, doing string, caller atalaya.Caller, f func(a *analysis) error) error {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		months, err := rows.New(tx).SignalMonths(ctx, string(caller.UserID))
		if err != nil {
			return err
		}
		if err := takeRole(ctx, tx, caller); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true), set_config('jit', 'off', true), set_config('statement_timeout', $1, true)",
			fmt.Sprint(statisticsTimeout.Milliseconds()))
		if err != nil {
			return err
		}
		return f(&analysis{tx, caller.UserID, stretchesOf(months), s.answers})
	})
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.Code == invalidParameter:
		return atalaya.Wrap(atalaya.CodeInvalid, err, "tz: the database does not know this time zone.")
	case errors.As(err, &refused) && refused.Code == queryCanceled:
		return atalaya.Wrap(atalaya.CodeInvalid, err, "There are too many signals to count within 5 seconds. Narrow the filter.")
	}
	return failed(doing, err)
}

// Part is the number of the stretch that a row of a statement belongs to, from 1. It is exported for pgx, which reads
// no other embedded fields.
type Part struct{ Part int64 }

func (p Part) part() int { return int(p.Part) - 1 }

// stamps returns an array of one bound.
func stamps(micros int64) []pgtype.Timestamptz { return []pgtype.Timestamptz{timestamp(micros)} }

// partial is a row of a statement that is answered stretch by stretch.
type partial interface {
	part() int
	size() int // bytes
}

// byStretch returns the rows of a statement for each of the user's stretches. Only those are read that have
// changed since the question was last asked, or all if the filter looks beyond a stretch.
func byStretch[R partial](ctx context.Context, a *analysis, q question, statement string, w *where, g grouping, read pgx.RowToFunc[R]) ([][]R, error) {
	all := make([][]R, len(a.stretches))
	var missing []int
	var since, until []pgtype.Timestamptz
	var months []time.Time
	for i, s := range a.stretches {
		if kept, ok := a.answers.find(answerKey{a.user, q, s.span}, s.version); ok && !w.whole {
			all[i] = kept.([]R)
			continue
		}
		missing, since, until, months = append(missing, i), append(since, timestamp(s.since)), append(until, timestamp(s.until)), append(months, s.month)
	}
	if len(missing) == 0 {
		return all, nil
	}
	w.args["since"], w.args["until"], w.args["months"] = since, until, months
	found, err := collect(ctx, a.tx, statement, w, g, read)
	if err != nil {
		return nil, err
	}
	sizes := make([]int, len(all))
	for _, row := range found {
		i := missing[row.part()]
		all[i], sizes[i] = append(all[i], row), sizes[i]+row.size()
	}
	for _, i := range missing {
		if s := a.stretches[i]; s.version > 0 && !w.whole {
			a.answers.keep(answer{key: answerKey{a.user, q, s.span}, version: s.version, value: all[i], size: sizes[i]})
		}
	}
	return all, nil
}
