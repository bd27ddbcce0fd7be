package app_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/chartsite"
	"atalaya/internal/doctor"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
	"atalaya/internal/test/node"
	"atalaya/internal/test/testkit"
	"atalaya/supabase"
)

// nodeTables creates the Node service's tables, with the columns that its front ends read and write, and with the
// access that they had.
const nodeTables = `
create table public.trading_signals (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id) on delete cascade,
  indicator_name text, ticker text, exchange text, symbol text, price numeric, signal_type text, direction text, chart_id text, "interval" text,
  screenshot_url text, screenshot_status text default 'pending', screenshot_error text, result text default 'pending',
  entry_price numeric, exit_price numeric, profit_loss numeric, profit_loss_percent numeric, notes text, tags text[],
  raw_message text, parsed_data jsonb, "timestamp" timestamptz default now(), created_at timestamptz default now(), updated_at timestamptz default now());
create table public.trading_signals_config (
  id uuid primary key default gen_random_uuid(), user_id uuid not null unique references auth.users (id) on delete cascade,
  webhook_token text unique, webhook_enabled boolean default true, webhook_requests_count integer default 0,
  signals_quota integer default 1000, signals_used_this_month integer default 0, user_plan text default 'free', default_chart_id text,
  tv_sessionid text, tv_sessionid_sign text, cookies_valid boolean default false, cookies_updated_at timestamptz,
  screenshot_resolution text default '1080p', preferred_timezone text default 'UTC', telegram_enabled boolean default false,
  telegram_bot_token text, telegram_chat_id text, discord_webhook_url text, email_notifications boolean default false,
  created_at timestamptz default now(), updated_at timestamptz default now());
create table public.trading_signals_stats (
  id uuid primary key default gen_random_uuid(), user_id uuid not null unique references auth.users (id) on delete cascade,
  total_signals integer default 0, wins integer default 0, losses integer default 0, win_rate numeric default 0, updated_at timestamptz default now());
alter table public.trading_signals enable row level security;
alter table public.trading_signals_config enable row level security;
create policy "anyone" on public.trading_signals using (true) with check (true);
create policy "own settings" on public.trading_signals_config using (auth.uid() = user_id);
grant all on public.trading_signals, public.trading_signals_config, public.trading_signals_stats to anon, authenticated, service_role;`

// nodeUser is a user of the Node service.
type nodeUser struct {
	id    atalaya.UserID
	token string
}

// nodeDatabase returns a database as the Node service leaves it: ana has sealed cookies, bruno plain ones.
func nodeDatabase(t *testing.T, key string) (pool *pgxpool.Pool, address string, ana, bruno nodeUser) {
	t.Helper()
	address = testkit.Empty(t)
	pool, err := postgres.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	statement(t, pool, supabase.Shim)
	statement(t, pool, nodeTables)
	ana, bruno = nodeUser{testkit.User(t, pool), "ana-" + rand.Text()}, nodeUser{testkit.User(t, pool), strings.ToLower(rand.Text())}
	session := chartsite.NewSession("ana")
	sealed := node.Seal(t, key, session.ID, session.Sign)
	statement(t, pool, `insert into public.trading_signals_config (user_id, webhook_token, user_plan, signals_quota, signals_used_this_month, default_chart_id,
		tv_sessionid, tv_sessionid_sign, cookies_valid, screenshot_resolution, telegram_bot_token) values
		($1, $2, 'pro', 15000, 7, 'Zk4Tq9Lm', $3, $4, true, '720p', '12345:`+strings.Repeat("b", 35)+`')`,
		ana.id, ana.token, sealed[0], sealed[1])
	plain := chartsite.NewSession("bruno")
	statement(t, pool, `insert into public.trading_signals_config (user_id, webhook_token, default_chart_id, tv_sessionid, tv_sessionid_sign, cookies_valid)
		values ($1, $2, 'Zk4Tq9Lm', $3, $4, true)`, bruno.id, bruno.token, plain.ID, plain.Sign)
	statement(t, pool, `insert into public.trading_signals (user_id, ticker, price, direction, result, profit_loss, screenshot_status, screenshot_url, parsed_data) values
		($1, 'BTCUSDT', 67890.5, 'LONG', 'win', 12.50, 'completed', 'https://pictures.example.com/one.png', '{"a": 1}'),
		($1, 'ETHUSDT', 'NaN', 'Compra', 'loss', 'NaN', 'failed', null, null), ($2, 'SOLUSDT', 1, 'SHORT', 'pending', null, 'pending', null, null)`, ana.id, bruno.id)
	return pool, address, ana, bruno
}

func statement(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// frontEnd runs statements as the Data API does for a front end. It returns the error of the first that is refused.
func frontEnd(ctx context.Context, pool *pgxpool.Pool, user atalaya.UserID, statements ...string) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		claims := string(testkit.Caller(user).Claims)
		if _, err := tx.Exec(ctx, "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)", claims); err != nil {
			return err
		}
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
}

// column returns the texts of a query's one column.
func column(t *testing.T, pool *pgxpool.Pool, sql string) []string {
	t.Helper()
	list, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(list, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

const (
	storedSecrets = `select concat_ws(' ', webhook_token, tv_sessionid, tv_sessionid_sign) from public.trading_signals_config order by webhook_token`
	storedSignals = `select concat_ws(' ', id, user_id, ticker, screenshot_url, created_at, "timestamp") from public.trading_signals order by id`
)

func TestAnOwnerOfTheNodeServiceComesOverAndLosesNothing(t *testing.T) {
	t.Parallel()
	key, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	pool, address, ana, bruno := nodeDatabase(t, key)
	// Statements of the front ends' manual, which have to work before and after.
	manual := []string{
		"select * from public.trading_signals order by created_at desc limit 50", "select * from public.trading_signals_config", "select * from public.trading_signals_stats",
		"update public.trading_signals set result = 'breakeven', profit_loss = 0, notes = 'x', updated_at = now() where ticker = 'SOLUSDT'",
		"update public.trading_signals_config set webhook_enabled = true, telegram_enabled = false, updated_at = now() where user_id = auth.uid()",
	}
	if err := frontEnd(t.Context(), pool, bruno.id, manual...); err != nil {
		t.Fatalf("the front end before: %v", err)
	}
	signals, secrets := column(t, pool, storedSignals), column(t, pool, storedSecrets)

	if _, err := migrate.Up(t.Context(), address, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(signals, column(t, pool, storedSignals)); diff != "" {
		t.Errorf("signals (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(secrets, column(t, pool, storedSecrets)); diff != "" {
		t.Error("webhook tokens or cookies have changed, so that nobody can go back")
	}
	nan := column(t, pool, "select concat_ws(' ', price, profit_loss, direction, parsed_data -> 'before_migration' ->> 'price', parsed_data -> 'before_migration' ->> 'profit_loss') from public.trading_signals where ticker = 'ETHUSDT'")
	if diff := cmp.Diff([]string{"LONG NaN NaN"}, nan); diff != "" {
		t.Errorf("money that is no number (-want +got):\n%s", diff)
	}
	if err := frontEnd(t.Context(), pool, bruno.id, manual...); err != nil {
		t.Errorf("the front end after: %v", err)
	}
	for _, forbidden := range []string{
		"update public.trading_signals_config set signals_quota = -1", "update public.trading_signals_config set webhook_token = 'x'",
		"update public.trading_signals set user_id = auth.uid()", "update public.trading_signals_stats set wins = 9",
	} {
		if frontEnd(t.Context(), pool, bruno.id, forbidden) == nil {
			t.Errorf("a front end may still: %s", forbidden)
		}
	}

	cfg := testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t), "ENCRYPTION_KEY": key})
	found := examine(t.Context(), cfg)
	expect(t, found, doctor.Notable, "secrets", "2 cookies are sealed in the Node service's form", "atalaya keys rotate")
	expect(t, found, doctor.Wrong, "secrets", "2 cookies are stored in plain text", "store them again")
	s := run(t, cfg)
	s.as(t, ana)
	r := s.send(t)
	if done := s.settled(t, r.SignalID, "completed"); done.Width == 0 || done.Width > 1280 { // the chart of the 720p that she chose
		t.Errorf("the picture with the Node service's cookies: %+v", done)
	}
	var mine struct {
		Total int
	}
	if s.get(t, http.MethodGet, "/api/signals", nil, &mine); mine.Total != 3 {
		t.Errorf("ana has %d signals, want her two old ones and the new one", mine.Total)
	}
	s.await(t, "the bot token is sealed", func() bool {
		sealed := column(t, pool, "select telegram_bot_token from public.trading_signals_config where telegram_bot_token is not null")
		return len(sealed) == 1 && !strings.Contains(sealed[0], ":")
	})
	s.as(t, bruno)
	if got := s.settled(t, s.send(t).SignalID, "failed"); got.Error != "cookies_unreadable" {
		t.Errorf("plain-text cookies end as %+v", got)
	}
	if diff := cmp.Diff(secrets, column(t, pool, storedSecrets)); diff != "" {
		t.Error("the running service has rewritten tokens or cookies, so that nobody can go back")
	}
}

// as makes later calls those of a user of the Node service.
func (s *service) as(t *testing.T, user nodeUser) {
	t.Helper()
	issuer, err := auth.NewIssuer(s.cfg.JWTIssuer, []byte(s.cfg.JWTSecret.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	if s.token, err = issuer.Token(user.id, "user@example.com", time.Hour); err != nil {
		t.Fatal(err)
	}
	s.hook = s.cfg.PublicURL + "/webhook/" + user.token
}
