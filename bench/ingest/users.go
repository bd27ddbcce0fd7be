package main

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres/migrate"
)

// users are the tenants of one database.
type users struct {
	pool   *pgxpool.Pool
	tokens []string
}

// signUp makes n users, each with a chart and cookies, so that every alert queues a capture. Their mail addresses
// begin with word.
func signUp(ctx context.Context, databaseURL, word string, n int) (*users, error) {
	pool, err := pgxpool.New(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	u := &users{pool: pool}
	if _, err := pool.Exec(ctx, "insert into auth.users (email) select $1::text || n || '@example.com' from generate_series(1, $2::int) n", word, n); err != nil {
		return u, err
	}
	rows, err := pool.Query(ctx, `update trading_signals_config c set default_chart_id = 'Zk4Tq9Lm', tv_sessionid = 'sealed', tv_sessionid_sign = 'sealed', cookies_valid = true
		from auth.users u where u.id = c.user_id and u.email like $1::text || '%' returning c.webhook_token`, word)
	if err != nil {
		return u, err
	}
	if u.tokens, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return u, err
	}
	_, err = pool.Exec(ctx, "vacuum analyze")
	return u, err
}

// differ makes the users of the contenders differ.
func (w *world) differ(ctx context.Context) error {
	for _, statement := range []string{
		"create table bare (id bigserial primary key, body bytea not null, at timestamptz not null default now())",
		`insert into notification_channels (user_id, kind, events) select id, 'ntfy', '{signal,trouble,quota}' from auth.users where email like 'channel%'`,
		// One in twenty is over the quota, and one is held to one capture a day (see capturesADay).
		"update trading_signals_config c set signals_quota = 0 from auth.users u where u.id = c.user_id and u.email like 'mixed%0@%' and (hashtext(u.email) & 1) = 0",
		"update trading_signals_config c set signals_quota = 1000000000, user_plan = 'pro' from auth.users u where u.id = c.user_id and u.email like 'mixed%1@%' and (hashtext(u.email) & 1) = 0",
		"vacuum analyze",
	} {
		if _, err := w.ours.pool.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// The size of the database of the contender many.
const (
	crowdUsers   = 100_000
	crowdSignals = 3_000_000
)

// startMany starts our program on a database of its own that is full of users and of signals.
func (w *world) startMany(ctx context.Context, binary string, wanted bool) error {
	if !wanted {
		return nil
	}
	const database = "many"
	if _, err := w.ours.pool.Exec(ctx, "create database "+database); err != nil {
		return err
	}
	plans := migrate.Plans{Free: atalaya.Unlimited, Pro: atalaya.Unlimited, Lifetime: atalaya.Unlimited, Default: atalaya.Unlimited}
	if _, err := migrate.Up(ctx, w.database.URL(database), plans); err != nil {
		return err
	}
	var err error
	if w.crowd, err = signUp(ctx, w.database.URL(database), "user", crowdUsers); err != nil {
		return err
	}
	const part = 100_000 // signals a statement
	for n := 0; n < crowdSignals; n += part {
		_, err := w.crowd.pool.Exec(ctx, `insert into trading_signals (user_id, ticker, exchange, symbol, price, direction, chart_id, screenshot_status, raw_message, parse_status, parsed_data, timestamp, created_at, updated_at)
			select u.ids[1 + n % cardinality(u.ids)], 'BINANCE:BTCUSDT', 'BINANCE', 'BTCUSDT', n, 'LONG', 'Zk4Tq9Lm', 'completed', 'BTCUSDT buy at ' || n, 'text', '{}', m, m, m
			from (select array_agg(id) as ids from auth.users) u, generate_series($1::int, $2::int) n, lateral (select now() - ($3::int - n) * interval '1 second' as m) t`,
			n+1, n+part, crowdSignals)
		if err != nil {
			return err
		}
	}
	if _, err := w.crowd.pool.Exec(ctx, "vacuum analyze"); err != nil {
		return err
	}
	w.many, err = w.serve(ctx, binary, database)
	return err
}

// signals counts the signals of all users, by their statistics.
func (u *users) signals(ctx context.Context) (n int, err error) {
	err = u.pool.QueryRow(ctx, "select sum(total_signals)::bigint from trading_signals_stats").Scan(&n)
	return n, err
}
