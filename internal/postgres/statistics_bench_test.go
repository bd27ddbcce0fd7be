package postgres_test

import (
	"testing"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// BenchmarkStatisticsOf100000Signals measures each answer over a user's 100,000 decided signals.
func BenchmarkStatisticsOf100000Signals(b *testing.B) {
	pool := testkit.Database(b)
	store, user := testkit.Store(b, pool), testkit.User(b, pool)
	if _, err := pool.Exec(b.Context(), `insert into public.trading_signals (user_id, ticker, direction, result, profit_loss, "timestamp", created_at, screenshot_status, raw_message, parsed_data)
		select $1, 'T' || n % 40, 'LONG', (array['win', 'loss', 'breakeven'])[1 + (n * 7 + n / 5) % 3], round((random() * 200 - 95)::numeric, 2),
		       now() - n * interval '7 minutes', now() - n * interval '7 minutes', 'skipped', repeat('x', 200), '{"a":1}'
		from generate_series(1, 100000) n`, string(user)); err != nil {
		b.Fatal(err)
	}
	if _, err := pool.Exec(b.Context(), "vacuum analyze public.trading_signals"); err != nil {
		b.Fatal(err)
	}
	ctx, caller, filter := b.Context(), testkit.Caller(user), atalaya.SignalFilter{Zone: "America/New_York"}
	for name, ask := range map[string]func() error{
		"figures":   func() error { _, err := store.Statistics(ctx, caller, filter, ""); return err },
		"ticker":    func() error { _, err := store.Statistics(ctx, caller, filter, atalaya.GroupByTicker); return err },
		"session":   func() error { _, err := store.Statistics(ctx, caller, filter, atalaya.GroupBySession); return err },
		"equity":    func() error { _, err := store.Equity(ctx, caller, filter, 400); return err },
		"calendar":  func() error { _, err := store.Calendar(ctx, caller, filter, 2026); return err },
		"histogram": func() error { _, err := store.Histogram(ctx, caller, filter, false); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
				store = testkit.Store(b, pool) // which has kept nothing
			}
		})
	}
}
