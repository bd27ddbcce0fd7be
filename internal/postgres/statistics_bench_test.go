package postgres_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

func BenchmarkStatisticsOf100000Signals(b *testing.B) { benchmarkStatistics(b, 100_000) }

func BenchmarkStatisticsOf1000000Signals(b *testing.B) { benchmarkStatistics(b, 1_000_000) }

// benchmarkStatistics measures each answer over a user's decided signals, one every seven minutes: "first" by a store
// that has kept nothing, "marked" after one of the signals was marked.
func benchmarkStatistics(b *testing.B, signals int) {
	pool := testkit.Database(b)
	user := testkit.User(b, pool)
	if _, err := pool.Exec(b.Context(), `insert into public.trading_signals (user_id, ticker, direction, result, profit_loss, "timestamp", created_at, screenshot_status, indicator_name, raw_message, parsed_data)
		select $1, 'T' || n % 40, 'LONG', (array['win', 'loss', 'breakeven'])[1 + (n * 7 + n / 5) % 3], round((random() * 200 - 95)::numeric, 2),
		       now() - n * interval '7 minutes', now() - n * interval '7 minutes', 'skipped', 'Trend ' || n / 40 % 7, repeat('x', 200), '{"a":1}'
		from generate_series(1, $2) n`, string(user), signals); err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(b.Context(), "vacuum analyze public.trading_signals"); err != nil {
		b.Fatal(err)
	}
	mark := func() {
		if _, err := pool.Exec(b.Context(), `update public.trading_signals set result = case result when 'win' then 'loss' else 'win' end
			where id = (select id from public.trading_signals where user_id = $1 order by created_at desc offset $2 limit 1)`, string(user), rand.IntN(1000)); err != nil {
			b.Fatal(err)
		}
	}
	ctx, caller, filter := b.Context(), testkit.Caller(user), atalaya.SignalFilter{Zone: "America/New_York"}
	now := time.Now() // of every round: what a filter found is kept for the same filter
	for _, q := range []struct {
		name string
		ask  func(s *postgres.Store) error
	}{
		{"figures", func(s *postgres.Store) error { _, err := s.Statistics(ctx, caller, filter, ""); return err }},
		{"ticker", func(s *postgres.Store) error {
			_, err := s.Statistics(ctx, caller, filter, atalaya.GroupByTicker)
			return err
		}},
		{"hour", func(s *postgres.Store) error {
			_, err := s.Statistics(ctx, caller, filter, atalaya.GroupByHour)
			return err
		}},
		{"session", func(s *postgres.Store) error {
			_, err := s.Statistics(ctx, caller, filter, atalaya.GroupBySession)
			return err
		}},
		{"of a ticker", func(s *postgres.Store) error {
			_, err := s.Statistics(ctx, caller, atalaya.SignalFilter{Zone: "UTC", Ticker: "T7"}, "")
			return err
		}},
		{"of an indicator's wins", func(s *postgres.Store) error {
			_, err := s.Statistics(ctx, caller, atalaya.SignalFilter{Zone: "UTC", Indicator: "Trend 3", Result: "win"}, "")
			return err
		}},
		{"of four filters", func(s *postgres.Store) error {
			narrow := atalaya.SignalFilter{Zone: "UTC", Ticker: "T7", Indicator: "Trend 3", Result: "win", From: now.AddDate(0, -6, 0), To: now}
			_, err := s.Statistics(ctx, caller, narrow, atalaya.GroupByTicker)
			return err
		}},
		{"of a search", func(s *postgres.Store) error {
			_, err := s.Statistics(ctx, caller, atalaya.SignalFilter{Zone: "UTC", Query: "Trend 3"}, "")
			return err
		}},
		{"equity", func(s *postgres.Store) error { _, err := s.Equity(ctx, caller, filter, 400); return err }},
		{"calendar", func(s *postgres.Store) error { _, err := s.Calendar(ctx, caller, filter, 2026); return err }},
		{"histogram", func(s *postgres.Store) error { _, err := s.Histogram(ctx, caller, filter, false); return err }},
	} {
		b.Run(q.name+"/first", func(b *testing.B) {
			for b.Loop() {
				if err := q.ask(testkit.Store(b, pool)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(q.name+"/marked", func(b *testing.B) {
			store := testkit.Store(b, pool)
			if err := q.ask(store); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				mark()
				b.StartTimer()
				if err := q.ask(store); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("a mark itself", func(b *testing.B) {
		for b.Loop() {
			mark()
		}
	})
}
