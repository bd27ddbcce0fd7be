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

// groupKeys are the expressions by which signals are grouped.
var groupKeys = map[string]string{
	"":                        "null::text",
	atalaya.GroupByTicker:     "s.ticker",
	atalaya.GroupByExchange:   "s.exchange",
	atalaya.GroupByIndicator:  "s.indicator_name",
	atalaya.GroupBySignalType: "s.signal_type",
	atalaya.GroupByDirection:  "s.direction",
	atalaya.GroupByInterval:   `s."interval"`,
	atalaya.GroupByHour:       `extract(hour from s."timestamp" at time zone @zone)::int::text`,
	atalaya.GroupByWeekday:    `extract(isodow from s."timestamp" at time zone @zone)::int::text`,
	atalaya.GroupByDay:        `to_char(s."timestamp" at time zone @zone, 'YYYY-MM-DD')`,
	atalaya.GroupByWeek:       `to_char(s."timestamp" at time zone @zone, 'IYYY-"W"IW')`,
	atalaya.GroupByMonth:      `to_char(s."timestamp" at time zone @zone, 'YYYY-MM')`,
	atalaya.GroupBySession:    sessionOf,
	atalaya.GroupByTag:        "t.tag",
	atalaya.GroupByResult:     "s.result",
}

// statisticsTimeout bounds a statement over all of a user's signals.
const statisticsTimeout = 5 * time.Second

// asAnalyst runs f as the caller, with a plan made for the very filter and a bound on its statements.
func (s *Store) asAnalyst(ctx context.Context, doing string, caller atalaya.Caller, f func(tx pgx.Tx) error) error {
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true), set_config('statement_timeout', $1, true)",
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
	Rest bool
	Key  *string
	atalaya.Figures
}

// Statistics computes the statistics of the signals that a filter lets through, and of their groups
// unless groupBy is "". Test and demo signals are left out.
func (s *Store) Statistics(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, groupBy string) (atalaya.Statistics, error) {
	var out atalaya.Statistics
	err := s.asAnalyst(ctx, "compute statistics", caller, func(tx pgx.Tx) error {
		total, err := figures(ctx, tx, caller.UserID, filter, "")
		if err != nil {
			return err
		}
		for _, row := range total { // one, or none if there is no signal
			out.Figures = row.Figures
		}
		courses, err := collect(ctx, tx, "course", filterOf(caller.UserID, filter), "", "", pgx.RowToStructByPos[atalaya.Course])
		if err != nil {
			return err
		}
		out.Course = courses[0]
		if groupBy == "" {
			return nil
		}
		groups, err := figures(ctx, tx, caller.UserID, filter, groupBy)
		for _, row := range groups {
			if row.Rest {
				out.Other = &row.Figures
				continue
			}
			out.Groups = append(out.Groups, atalaya.Group{Key: row.Key, Figures: row.Figures})
		}
		return err
	})
	return out, err
}

func figures(ctx context.Context, tx pgx.Tx, user atalaya.UserID, filter atalaya.SignalFilter, groupBy string) ([]figuresRow, error) {
	key, ok := groupKeys[groupBy]
	if !ok {
		return nil, fmt.Errorf("no grouping %q", groupBy)
	}
	join := ""
	if groupBy == atalaya.GroupByTag {
		join = "left join lateral unnest(s.tags) as t (tag) on true"
	}
	w := filterOf(user, filter)
	w.args["most"] = atalaya.MaxGroups
	return collect(ctx, tx, "figures", w, key, join, pgx.RowToStructByPos[figuresRow])
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

// Equity returns the course of equity over decided signals, in about so many points.
func (s *Store) Equity(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, points int) (atalaya.Equity, error) {
	var out atalaya.Equity
	err := s.asAnalyst(ctx, "compute the course of equity", caller, func(tx pgx.Tx) error {
		w := filterOf(caller.UserID, filter)
		w.args["buckets"] = max(1, points/4)
		found, err := collect(ctx, tx, "equity", w, "", "", pgx.RowToStructByPos[equityRow])
		out = equityOf(found)
		return err
	})
	return out, err
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
	var days []atalaya.CalendarDay
	err := s.asAnalyst(ctx, "compute the calendar", caller, func(tx pgx.Tx) (err error) {
		w := filterOf(caller.UserID, filter)
		w.args["year"] = year
		days, err = collect(ctx, tx, "calendar", w, "", "", pgx.RowToStructByPos[atalaya.CalendarDay])
		return err
	})
	return days, err
}
