package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"

	"atalaya"
)

// groupings are what statistics are grouped by. Keys are what is compared fastest, and written once a group.
var groupings = map[string]grouping{
	"":                        {key: "null::text"},
	atalaya.GroupByTicker:     {key: "s.ticker"},
	atalaya.GroupByExchange:   {key: "s.exchange"},
	atalaya.GroupByIndicator:  {key: "s.indicator_name"},
	atalaya.GroupBySignalType: {key: "s.signal_type"},
	atalaya.GroupByDirection:  {key: "s.direction"},
	atalaya.GroupByInterval:   {key: `s."interval"`},
	atalaya.GroupByHour:       {key: `date_part('hour', s."timestamp" at time zone @zone)`, text: "key::text"},
	atalaya.GroupByWeekday:    {key: `date_part('isodow', s."timestamp" at time zone @zone)`, text: "key::text"},
	atalaya.GroupByDay:        {key: `date_trunc('day', s."timestamp" at time zone @zone)`, text: "to_char(key, 'YYYY-MM-DD')"},
	atalaya.GroupByWeek:       {key: `date_trunc('week', s."timestamp" at time zone @zone)`, text: `to_char(key, 'IYYY-"W"IW')`},
	atalaya.GroupByMonth:      {key: `date_trunc('month', s."timestamp" at time zone @zone)`, text: "to_char(key, 'YYYY-MM')"},
	atalaya.GroupBySession:    {key: sessionOf},
	atalaya.GroupByUSSession:  {key: usSessionOf},
	atalaya.GroupByTag:        {key: "t.tag", join: "left join lateral unnest(s.tags) as t (tag) on true"},
	atalaya.GroupByResult:     {key: "s.result"},
}

// statisticsTimeout bounds a statement over all of a user's signals.
const statisticsTimeout = 5 * time.Second

// asAnalyst runs f as the caller, with a plan made for the very filter and a bound on its statements, which all
// see the same signals. Compiling a plan (jit) takes longer than running it.
func (s *Store) asAnalyst(ctx context.Context, doing string, caller atalaya.Caller, f func(tx pgx.Tx) error) error {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := s.asCallerIn(ctx, snapshot, caller, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true), set_config('jit', 'off', true), set_config('statement_timeout', $1, true)",
			fmt.Sprint(statisticsTimeout.Milliseconds()))
		if err != nil {
			return err
		}
		return f(tx)
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

// figuresRow is a row of figures.sql.
type figuresRow struct {
	Everything, Rest bool
	Key              *string
	atalaya.Figures
}

// Statistics computes the statistics of the signals that a filter lets through, and of their groups
// unless groupBy is "". Test and demo signals are left out.
func (s *Store) Statistics(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, groupBy string) (atalaya.Statistics, error) {
	by, ok := groupings[groupBy]
	if !ok {
		return atalaya.Statistics{}, fmt.Errorf("no grouping %q", groupBy)
	}
	return kept(ctx, s, caller, question{"statistics", filterOf(caller.UserID, filter).text(), groupBy}, func() (out atalaya.Statistics, size int, err error) {
		err = s.asAnalyst(ctx, "compute statistics", caller, func(tx pgx.Tx) error {
			found, err := figures(ctx, tx, filterOf(caller.UserID, filter), by, groupBy != "")
			if by.join != "" && err == nil { // a signal is in several groups: they do not add up to the total
				var total []figuresRow
				total, err = figures(ctx, tx, filterOf(caller.UserID, filter), groupings[""], false)
				found = append(found[1:], total...)
			}
			if err != nil {
				return err
			}
			courses, err := collect(ctx, tx, "course", filterOf(caller.UserID, filter), grouping{}, pgx.RowToStructByPos[atalaya.Course])
			if err != nil {
				return err
			}
			out.Course = courses[0]
			for _, row := range found {
				switch {
				case row.Everything:
					out.Figures = row.Figures
				case row.Rest:
					out.Other = &row.Figures
				default:
					out.Groups = append(out.Groups, atalaya.Group{Key: row.Key, Figures: row.Figures})
				}
			}
			return nil
		})
		return out, 1 + len(out.Groups), err
	})
}

// figures returns the figures of everything, then those of the groups.
func figures(ctx context.Context, tx pgx.Tx, w *where, by grouping, grouped bool) ([]figuresRow, error) {
	w.args["most"], w.args["grouped"] = atalaya.MaxGroups, grouped
	return collect(ctx, tx, "figures", w, by, pgx.RowToStructByPos[figuresRow])
}

// equityRow is a row of equity.sql.
type equityRow struct {
	N         int64
	Timestamp time.Time
	ID        string
	Equity    decimal.Decimal
	Drawdown  decimal.Decimal
	Signals   int64
	Lowest    bool
	Peak      bool
	Recovered bool
}

// Trades counts the signals that are trades, with a symbol, a direction, an entry and an exit, and the others.
func (s *Store) Trades(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter) (trades, others int64, err error) {
	type row struct{ Trades, Others int64 }
	err = s.asAnalyst(ctx, "count trades", caller, func(tx pgx.Tx) error {
		found, err := collect(ctx, tx, "trades", filterOf(caller.UserID, filter), grouping{}, pgx.RowToStructByPos[row])
		if err == nil {
			trades, others = found[0].Trades, found[0].Others
		}
		return err
	})
	return trades, others, err
}

// Equity returns the course of equity over decided signals, in about so many points.
func (s *Store) Equity(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, points int) (atalaya.Equity, error) {
	w := filterOf(caller.UserID, filter)
	w.args["buckets"] = max(1, points/4)
	return kept(ctx, s, caller, question{"equity", w.text(), ""}, func() (out atalaya.Equity, size int, err error) {
		err = s.asAnalyst(ctx, "compute the course of equity", caller, func(tx pgx.Tx) error {
			found, err := collect(ctx, tx, "equity", w, grouping{}, pgx.RowToStructByPos[equityRow])
			out = equityOf(found)
			return err
		})
		return out, 1 + len(out.Points)/4, err
	})
}

func equityOf(found []equityRow) (e atalaya.Equity) {
	var from, until *time.Time
	for _, row := range found {
		e.Signals = row.Signals
		e.Points = append(e.Points, atalaya.EquityPoint{
			Position: row.N, Timestamp: row.Timestamp, ID: atalaya.SignalID(row.ID), Equity: row.Equity, Drawdown: row.Drawdown,
		})
		switch {
		case row.Lowest:
			e.Drawdown = &atalaya.Drawdown{Amount: row.Drawdown, Peak: row.Equity.Sub(row.Drawdown), Lowest: row.Timestamp}
		case row.Peak:
			from = &row.Timestamp
		case row.Recovered:
			until = &row.Timestamp
		}
	}
	if e.Drawdown != nil {
		e.Drawdown.From, e.Drawdown.Until = from, until
	}
	return e
}

// Calendar returns the days of a year on which signals fired, by the clock of the filter's zone.
func (s *Store) Calendar(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, year int) ([]atalaya.CalendarDay, error) {
	w := filterOf(caller.UserID, filter)
	w.args["year"] = year
	return kept(ctx, s, caller, question{"calendar", w.text(), ""}, func() (days []atalaya.CalendarDay, size int, err error) {
		err = s.asAnalyst(ctx, "compute the calendar", caller, func(tx pgx.Tx) (err error) {
			days, err = collect(ctx, tx, "calendar", w, grouping{}, pgx.RowToStructByPos[atalaya.CalendarDay])
			return err
		})
		return days, 1 + len(days)/4, err
	})
}
