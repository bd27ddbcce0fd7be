package postgres_test

import (
	"fmt"
	"strconv"
	"testing"

	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// A connection keeps the plans that it made while a table was empty. What an alert costs must not grow with the
// signals that came since.
func TestPlansOfEmptyTablesReadNoMoreOfFullOnes(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	exec(t, pool, "alter table trading_signals set (autovacuum_enabled = off)") // it would have plans made anew
	settings := "signals_quota = 2000"
	users := []acquaintance{acquaint(t, pool, store, settings), acquaint(t, pool, store, settings)}
	for i := range users {
		exec(t, pool, "insert into notification_channels (user_id, kind, events) values ($1, 'ntfy', '{signal,quota}')", users[i].user)
		tenant, err := store.TenantByToken(t.Context(), users[i].facts.Tenant.WebhookToken)
		if err != nil {
			t.Fatal(err)
		}
		users[i].facts.Tenant = &tenant
	}
	exec(t, pool, "vacuum analyze trading_signals") // so the plans take it to be empty
	sent := 0
	send := func() {
		var x taking
		for _, who := range users {
			sent++
			x.add(who, fmt.Sprint("alert ", sent))
		}
		if used := x.take(t, store); len(used) != len(users) {
			t.Fatalf("%d users were written, want %d", len(used), len(users))
		}
	}
	// A connection reports what it has read at most once a second, unless it is asked to.
	read := func() int {
		exec(t, pool, "select pg_stat_force_next_flush()")
		n, err := strconv.Atoi(value(t, pool, `select (idx_tup_fetch + seq_tup_read)::text from pg_stat_user_tables where relname = 'trading_signals'`))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 8 { // until each statement has the plan that it keeps
		send()
	}
	exec(t, pool, `insert into trading_signals (user_id, ticker, timestamp) select $1, 'NASDAQ:AAPL', now() - n * interval '1 minute' from generate_series(1, 5000) n`, users[0].user)
	before := read()
	send()
	after := read()
	wait.For(t, "what was read is counted", func() bool { after = read(); return after > before })
	if after-before > 200 {
		t.Errorf("%d signals were read for two alerts, want a few each", after-before)
	}
}
