package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
)

// check waits until every capture has ended and counts what is there against what was answered.
func (w *world) check(ctx context.Context, l *load) (result, error) {
	r := result{Alerts: len(l.alerts), Refused: l.refused, Captures: map[string]int{}, Answers: l.answered()}
	for reason, n := range l.reasons {
		say("%d answers were 503 while the spools had room: %s", n, reason)
	}
	if err := w.spools(ctx, "the spools are drained", func(alerts []int) bool { return alerts[0]+alerts[1] == 0 }); err != nil {
		return r, err
	}
	if err := w.settle(ctx); err != nil {
		return r, err
	}
	stored, err := w.stored(ctx)
	if err != nil {
		return r, err
	}
	for n, s := range l.alerts {
		found := stored[n]
		switch {
		case s.last == http.StatusOK:
			r.Acknowledged++
			if len(found) == 0 || found[0].id != s.signal {
				r.Lost++
				say("alert %d was answered 200 as signal %s; found %v", n, s.signal, found)
			}
		case s.last == http.StatusServiceUnavailable && len(found) > 0:
			r.Silent++
			say("alert %d was answered 503 %d times, and is there", n, s.attempts)
		}
		if len(found) > 1 {
			r.Doubled++
			say("alert %d is there %d times", n, len(found))
		}
		for _, f := range found {
			if s.chart {
				r.Captures[f.status]++
			}
			if f.jobs != jobsOf(s) || s.chart != (f.status == "completed" || f.status == "failed") {
				r.CounterErrors++
				say("alert %d, with a chart: %v, has %d finished jobs and a screenshot that is %s", n, s.chart, f.jobs, f.status)
			}
		}
	}
	if err := w.checkTold(ctx, stored, &r); err != nil {
		return r, err
	}
	for _, count := range []func(context.Context) (int, error){w.wrongCounters, w.wrongStatistics} {
		wrong, err := count(ctx)
		if err != nil {
			return r, err
		}
		r.CounterErrors += wrong
	}
	return r, nil
}

func jobsOf(s sent) int {
	if s.chart {
		return 1
	}
	return 0
}

// storedSignal is what the database has of an alert.
type storedSignal struct {
	id     string
	status string // of its screenshot
	jobs   int    // finished capture jobs
}

func (w *world) stored(ctx context.Context) (map[int][]storedSignal, error) {
	rows, err := w.pool.Query(ctx, `
		select (s.parsed_data ->> 'n')::int, s.id::text, s.screenshot_status, count(j.id)::int
		from trading_signals s left join river.river_job j on j.args ->> 'signal_id' = s.id::text and j.finalized_at is not null
		group by s.id`)
	if err != nil {
		return nil, err
	}
	stored := map[int][]storedSignal{}
	var n int
	var s storedSignal
	_, err = pgx.ForEachRow(rows, []any{&n, &s.id, &s.status, &s.jobs}, func() error {
		stored[n] = append(stored[n], s)
		return nil
	})
	return stored, err
}

// settle waits until no capture is waiting or under way. Meanwhile it prints how many are.
func (w *world) settle(ctx context.Context) error {
	const waiting = "select count(*) from river.river_job where finalized_at is null and kind = 'capture'"
	last := -1
	for unchanged := 0; ; unchanged++ {
		var n int
		if err := w.pool.QueryRow(ctx, waiting).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if n != last {
			if last < 0 || n/10 != last/10 {
				say("%d captures to go", n)
			}
			last, unchanged = n, 0
		}
		if unchanged > 1800 {
			return fmt.Errorf("%d captures do not end", n)
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// wrongCounters counts the users whose counters, statistics or deliveries do not equal their rows.
func (w *world) wrongCounters(ctx context.Context) (int, error) {
	rows, err := w.pool.Query(ctx, `
		select concat_ws(' ', u.email, 'signals', s.n, 'used', c.signals_used_this_month, 'statistics', t.total_signals,
		                 'accepted', d.accepted, 'deliveries', d.n, 'requests', c.webhook_requests_count)
		from auth.users u
		join trading_signals_config c on c.user_id = u.id
		join trading_signals_stats t on t.user_id = u.id
		cross join lateral (select count(*) as n, max(created_at) as latest from trading_signals s where s.user_id = u.id) s
		cross join lateral (select count(*) as n, count(*) filter (where outcome = 'accepted') as accepted from webhook_deliveries d where d.user_id = u.id) d
		where s.n <> c.signals_used_this_month or s.n <> t.total_signals or s.n <> d.accepted or d.n <> c.webhook_requests_count
		   or s.latest is distinct from t.last_signal_at`)
	if err != nil {
		return 0, err
	}
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, line := range wrong {
		say("counters differ: %s", line)
	}
	return len(wrong), err
}

// wrongStatistics counts the users whose statistics are not what a full recomputation gives.
func (w *world) wrongStatistics(ctx context.Context) (wrong int, err error) {
	tx, err := w.pool.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback(ctx) }() // nothing is meant to stay
	if _, err := tx.Exec(ctx, `
		create temporary table told on commit drop as select t.user_id, to_jsonb(t) - 'last_calculated_at' as row from trading_signals_stats t;
		do $$ begin perform public.recompute_trading_stats(id) from auth.users; end $$`); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		select count(*) from trading_signals_stats t full join told using (user_id)
		where told.row is distinct from to_jsonb(t) - 'last_calculated_at'`).Scan(&wrong)
	if wrong > 0 {
		say("the statistics of %d users are not what a recomputation gives", wrong)
	}
	return wrong, err
}
