package postgres_test

import (
	"testing"

	"atalaya/internal/postgres/migrate"
	"atalaya/internal/test/testkit"
	"atalaya/supabase"
)

// leftovers creates tables as the Node service may have left them: narrower types, missing columns, rules that know
// fewer states, and rows that the new rules forbid. They have statistics and sign-up triggers of their own, and everybody
// has access.
const leftovers = `
create type public.outcome as enum ('pending', 'win', 'loss', 'NEUTRAL');
create table public.trading_signals (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), indicator_name varchar(255) not null, ticker varchar(50) not null,
  price numeric, signal_type varchar(50), direction varchar(10), screenshot_url text, result public.outcome default 'pending',
  screenshot_status varchar(20) default 'pending' constraint trading_signals_screenshot_status_check check (screenshot_status in ('pending', 'done', 'weird')),
  profit_loss decimal(20,8), notes text, tags varchar(80)[], raw_message text, parsed_data json, "timestamp" timestamp default now(), created_at timestamptz default now());
create table public.trading_signals_config (
  id uuid primary key default gen_random_uuid(), user_id uuid not null unique, webhook_token varchar(64) unique, webhook_enabled boolean default true,
  signals_quota integer default 1000, signals_used_this_month integer default 0, user_plan varchar(20) check (user_plan in ('free', 'premium')),
  tv_sessionid text, tv_sessionid_sign text, cookies_valid boolean default false,
  screenshot_resolution varchar(10) default '1080p', telegram_chat_id varchar(100), preferred_timezone varchar(50) default 'UTC');
create table public.trading_signals_stats (id uuid primary key default gen_random_uuid(), user_id uuid not null unique, total_signals integer default 0, win_rate decimal(5,2) default 0);

alter table public.trading_signals enable row level security;
create policy "everything" on public.trading_signals using (true) with check (true);
grant all on public.trading_signals, public.trading_signals_config, public.trading_signals_stats to public, anon, authenticated, service_role;
grant update (signals_quota) on public.trading_signals_config to authenticated;
alter publication supabase_realtime add table public.trading_signals_config;

create function public.increment_webhook_usage(token text) returns boolean language sql as 'select true';
create function public.increment_webhook_usage(p_webhook_token text, by integer) returns boolean language sql as 'select true';
create function public.reset_monthly_signal_quotas() returns void language sql as 'select';
create function public.handle_new_user_trading_config() returns trigger language plpgsql as 'begin raise exception ''broken''; end';
create trigger on_auth_user_created_trading after insert on auth.users for each row execute function public.handle_new_user_trading_config();
create function public.update_stats() returns trigger language plpgsql as 'begin update public.trading_signals_stats set total_signals = 77; return new; end';
create trigger their_statistics after insert on public.trading_signals for each row execute function public.update_stats();
create function public.set_updated_at() returns trigger language plpgsql as 'begin return new; end';
create trigger a_sites_own before insert on public.trading_signals for each row execute function public.set_updated_at();

insert into public.trading_signals_config (user_id, webhook_token, webhook_enabled, signals_quota, user_plan, screenshot_resolution, telegram_chat_id, preferred_timezone) values
  ('11111111-1111-4111-8111-111111111111', 'old-token', null, null, 'premium', '8k', 'not a chat', 'Mars/Olympus'),
  ('33333333-3333-4333-8333-333333333333', null, false, -1, 'premium', '720p', '-100123', 'Europe/Madrid');
insert into public.trading_signals_stats (user_id, total_signals, win_rate) values ('11111111-1111-4111-8111-111111111111', null, null);
insert into public.trading_signals (user_id, indicator_name, ticker, price, direction, screenshot_url, screenshot_status, result, profit_loss, "timestamp") values
  ('11111111-1111-4111-8111-111111111111', 'ADX', 'BTCUSDT', 67890.5, 'long', 'https://x/1.png', 'done', 'win', 10, '2026-01-02 03:04:05'),
  ('11111111-1111-4111-8111-111111111111', repeat('x', 250), 'ETHUSDT', null, 'BUY', null, 'weird', 'NEUTRAL', null, null),
  ('11111111-1111-4111-8111-111111111111', 'ADX', 'NANUSDT', 'NaN', 'hold', null, null, 'loss', 'NaN', null),
  ('11111111-1111-4111-8111-111111111111', 'ADX', 'SOLUSDT', 1, null, null, null, null, null, null);
insert into public.trading_signals (user_id, indicator_name, ticker, price, notes, tags, parsed_data) values
  ('33333333-3333-4333-8333-333333333333', 'ADX', 'XRPUSDT', 1e40, repeat('n', 10001), array[repeat('t', 60), null, 'b'], '["kept"]');`

func TestALeftoverDatabaseKeepsItsRowsAndLosesItsOpenDoors(t *testing.T) {
	t.Parallel()
	url, pool := emptyPool(t)
	exec(t, pool, supabase.Shim)
	exec(t, pool, `insert into auth.users (id, email) values ('11111111-1111-4111-8111-111111111111', 'old@example.com'),
		('22222222-2222-4222-8222-222222222222', 'bare@example.com'), ('33333333-3333-4333-8333-333333333333', 'third@example.com')`)
	exec(t, pool, leftovers)
	if _, err := migrate.Up(t.Context(), url, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct{ query, want string }{
		"signals": {`select string_agg(concat_ws(',', ticker, trim_scale(price), direction, screenshot_status, result, length(indicator_name)), ' ' order by ticker) from public.trading_signals`,
			"BTCUSDT,67890.5,LONG,completed,win,3 ETHUSDT,LONG,failed,pending,200 NANUSDT,pending,loss,3 SOLUSDT,1,pending,pending,3 XRPUSDT,pending,pending,3"},
		"a time without a zone": {`select "timestamp"::text from public.trading_signals where ticker = 'BTCUSDT'`, "2026-01-02 03:04:05+00"},
		"what a signal lost": {`select string_agg(key || ' ' || length(value), ', ' order by key) from public.trading_signals,
			jsonb_each_text(parsed_data -> 'before_migration') where ticker = 'XRPUSDT'`, "notes 10001, price 41, tags 69"},
		"what was parsed before": {`select parsed_data -> 'parsed_data' ->> 0 from public.trading_signals where ticker = 'XRPUSDT'`, "kept"},
		"tags":                   {`select concat_ws(' ', cardinality(tags), length(tags[1]), tags[2]) from public.trading_signals where ticker = 'XRPUSDT'`, "2 50 b"},
		"settings": {`select concat_ws(',', webhook_token, webhook_enabled, signals_quota, user_plan, screenshot_resolution, coalesce(telegram_chat_id, 'none'), preferred_timezone)
			from public.trading_signals_config where user_id::text like '1%'`, "old-token,t,1000,pro,1080p,none,UTC"},
		"settings of the third": {`select concat_ws(',', length(webhook_token), webhook_enabled, signals_quota, user_plan, telegram_chat_id, preferred_timezone)
			from public.trading_signals_config where user_id::text like '3%'`, "64,f,-1,lifetime,-100123,Europe/Madrid"},
		"missing settings":          {`select (length(webhook_token) = 64)::text from public.trading_signals_config where user_id::text like '2%'`, "true"},
		"policies for all":          {`select count(*)::text from pg_policies where schemaname = 'public' and (qual = 'true' or with_check = 'true')`, "0"},
		"grants to anon":            {`select count(*)::text from information_schema.role_table_grants where table_schema = 'public' and grantee in ('anon', 'PUBLIC')`, "0"},
		"the service's grants":      {`select string_agg(privilege_type, ' ' order by privilege_type) from information_schema.role_table_grants where table_name = 'trading_signals' and grantee = 'service_role'`, "DELETE INSERT SELECT UPDATE"},
		"a column granted":          {`select has_column_privilege('authenticated', 'public.trading_signals_config', 'signals_quota', 'UPDATE')::text`, "false"},
		"constraints not validated": {`select count(*)::text from pg_constraint where not convalidated`, "0"},
		"the rules":                 {`select count(*)::text from (select conname::text from pg_constraint union all select substr(tgname::text, 4) from pg_trigger union all select (regexp_matches(prosrc, $$then '(\w+_check)'$$, 'g'))[1] from pg_proc where proname = 'hold_signal_rules') r (name) where name in ('trading_signals_screenshot_status_check', 'trading_signals_config_plan_check')`, "2"},
		"old rules":                 {`select count(*)::text from pg_constraint where conname = 'trading_signals_config_user_plan_check'`, "0"},
		"triggers":                  {`select count(*)::text from pg_trigger where tgname in ('on_auth_user_created_trading', 'their_statistics')`, "0"},
		"a site's own trigger":      {`select count(*)::text from pg_trigger where tgname = 'a_sites_own'`, "1"},
		"functions by name":         {`select count(*)::text from pg_proc where proname in ('increment_webhook_usage', 'reset_monthly_signal_quotas', 'handle_new_user_trading_config')`, "3"},
		"what is published":         {`select string_agg(tablename, ' ') from pg_publication_tables where pubname = 'supabase_realtime'`, "trading_signals"},
		"rows that outlive the user for a while": {`select coalesce(string_agg(c.table_name, ' '), 'none') from information_schema.columns c
			where c.table_schema = 'public' and c.column_name = 'user_id' and not exists (
				select from pg_constraint f where f.contype = 'f' and f.confrelid in ('auth.users'::regclass, 'public.trading_signals_stats'::regclass, 'public.notification_channels'::regclass) and f.confdeltype = 'c'
				and f.conrelid = format('public.%I', c.table_name)::regclass)`, "signal_deletions"},
	} {
		if got := value(t, pool, tc.query); got != tc.want {
			t.Errorf("%s: %q, want %q", what, got, tc.want)
		}
	}
	// Old rows can be changed, and new states can be written.
	exec(t, pool, "update public.trading_signals set result = 'skip', screenshot_status = 'expired', profit_loss = -1.123456789")
	compareStats(t, pool, "11111111-1111-4111-8111-111111111111")
	compareStats(t, pool, "33333333-3333-4333-8333-333333333333")
	testkit.User(t, pool) // signing up works again
	exec(t, pool, "delete from auth.users where email = 'old@example.com'")
	if got := value(t, pool, "select count(*)::text from public.trading_signals"); got != "1" {
		t.Errorf("%s signals are left, want the third user's", got)
	}
}

func TestRowsOfAUserThatIsGoneSurviveTheMigration(t *testing.T) {
	t.Parallel()
	url, pool := emptyPool(t)
	exec(t, pool, supabase.Shim)
	exec(t, pool, `create table public.trading_signals (id uuid primary key, user_id uuid, ticker text);
		insert into public.trading_signals values (gen_random_uuid(), gen_random_uuid(), 'BTCUSDT'), (gen_random_uuid(), null, 'ETHUSDT')`)
	if _, err := migrate.Up(t.Context(), url, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	if got := value(t, pool, "select count(*)::text from public.trading_signals"); got != "2" {
		t.Errorf("%s signals, want 2", got)
	}
	if _, err := pool.Exec(t.Context(), "insert into public.trading_signals (user_id) values (gen_random_uuid())"); err == nil {
		t.Error("a new signal may be of a user that does not exist")
	}
}
