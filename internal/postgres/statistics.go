package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
)

// groupings are what statistics are grouped by. A key is the value that compares fastest; it is written as text once for
// each group.
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
	atalaya.GroupBySession:    sessions,
	atalaya.GroupByUSSession:  usSessions,
	atalaya.GroupByTag:        {key: "t.tag", join: "left join lateral unnest(s.tags) as t (tag) on true", several: true},
	atalaya.GroupByResult:     {key: "s.result"},
}

// Statistics computes the statistics of the signals that a filter lets through, and of their groups
// unless groupBy is "". Test and demo signals are left out unless the filter names an origin. It fails with CodeInvalid
// if the database does not know the filter's zone, or takes too long.
func (s *Store) Statistics(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, groupBy string) (atalaya.Statistics, error) {
	by, ok := groupings[groupBy]
	if !ok {
		return atalaya.Statistics{}, fmt.Errorf("no grouping %q", groupBy)
	}
	return kept(ctx, s, caller, question{"statistics", filterOf(caller.UserID, filter).text(), groupBy}, func(a *analysis) (out atalaya.Statistics, size int, err error) {
		groups, err := a.sums(ctx, filter, groupBy)
		if err != nil {
			return out, 0, err
		}
		total := groups
		if by.several { // the groups do not add up to the total
			if total, err = a.sums(ctx, filter, ""); err != nil {
				return out, 0, err
			}
		}
		if groupBy == "" {
			groups = nil
		}
		if err := a.rate(ctx, total, groups, &out); err != nil {
			return out, 0, err
		}
		out.Course, err = a.course(ctx, filter, out.Wins, out.Losses)
		return out, 1000 * (1 + len(out.Groups)), err
	})
}

// figuresRow is a row of rates.sql.
type figuresRow struct {
	Everything, Rest bool
	Key              *string
	atalaya.Figures
}

// rate computes figures from sums, and sets those of out.
func (a *analysis) rate(ctx context.Context, total, groups []sums, out *atalaya.Statistics) error {
	given := []map[string]any{{"everything": true, "result": atalaya.ResultPending, "signals": 0}} // so that there is a row
	for _, s := range total {
		s.Key = nil
		given = append(given, s.row(true))
	}
	for _, s := range groups {
		given = append(given, s.row(false))
	}
	text, err := json.Marshal(given)
	if err != nil {
		return err
	}
	w := &where{args: pgx.NamedArgs{"sums": string(text), "most": atalaya.MaxGroups}}
	found, err := collect(ctx, a.tx, "rates", w, grouping{}, pgx.RowToStructByPos[figuresRow])
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
	return err
}

// Trades counts the signals that are trades, with a symbol, a direction, an entry and an exit, and the others.
func (s *Store) Trades(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter) (trades, others int64, err error) {
	type row struct{ Trades, Others int64 }
	err = s.asAnalyst(ctx, "count trades", caller, func(a *analysis) error {
		found, err := collect(ctx, a.tx, "trades", filterOf(caller.UserID, filter), grouping{}, pgx.RowToStructByPos[row])
		if err == nil {
			trades, others = found[0].Trades, found[0].Others
		}
		return err
	})
	return trades, others, err
}

// Calendar returns the days of a year on which signals fired, by the clock of the filter's zone.
func (s *Store) Calendar(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, year int) ([]atalaya.CalendarDay, error) {
	return kept(ctx, s, caller, question{"calendar", filterOf(caller.UserID, filter).text(), strconv.Itoa(year)}, func(a *analysis) ([]atalaya.CalendarDay, int, error) {
		found, err := a.sums(ctx, filter, atalaya.GroupByDay)
		if err != nil {
			return nil, 0, err
		}
		days := daysOf(found, year)
		return days, 250 * (1 + len(days)), nil
	})
}

// daysOf returns the days of a year, computed from sums by day and result.
func daysOf(found []sums, year int) (days []atalaya.CalendarDay) {
	byDay := map[time.Time]*atalaya.CalendarDay{}
	for _, s := range found {
		date, err := time.Parse(time.DateOnly, *s.Key)
		if err != nil || date.Year() != year { // a year beyond 9999 has five digits
			continue
		}
		day, ok := byDay[date]
		if !ok {
			day = &atalaya.CalendarDay{Day: date}
			byDay[date] = day
		}
		day.Signals += s.Signals
		switch s.Result {
		case string(atalaya.ResultWin):
			day.Wins += s.Signals
		case string(atalaya.ResultLoss):
			day.Losses += s.Signals
		case string(atalaya.ResultBreakeven):
			day.Breakevens += s.Signals
		default:
			continue
		}
		day.TotalProfitLoss = day.TotalProfitLoss.Add(s.Total.Decimal)
	}
	for _, date := range slices.SortedFunc(maps.Keys(byDay), time.Time.Compare) {
		days = append(days, *byDay[date])
	}
	return days
}
