-- +goose Up
-- +goose StatementBegin
-- The tables. Their names and columns are what front ends read and write directly, so none is ever
-- renamed. Every statement may run on an empty database, on one that an earlier service has filled,
-- and a second time: tables are made empty of columns and then given what they lack.

-- What an earlier service left on these tables goes first: a policy or a trigger that nobody knows
-- of would undo what the following migrations promise. Its functions go with every trigger that
-- calls them: auth.users belongs to another role in a Supabase project, so that a trigger there
-- cannot be dropped by itself. Triggers of a site's own stay, but for those that keep statistics or
-- counters too: everything would be counted twice.
do $$
declare
  r record;
begin
  for r in
    select p.schemaname, p.tablename, p.policyname from pg_policies p
    where p.schemaname = 'public'
      and p.tablename in ('trading_signals', 'trading_signals_config', 'trading_signals_stats', 'webhook_deliveries', 'alert_keys')
  loop
    execute format('drop policy %I on %I.%I', r.policyname, r.schemaname, r.tablename);
  end loop;
  for r in
    select f.oid::regprocedure as signature
    from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where n.nspname = 'public'
      and f.proname in ('handle_new_user_trading_config', 'increment_webhook_usage', 'reset_monthly_signal_quotas',
        'set_trading_updated_at', 'guard_trading_config', 'recompute_trading_results', 'recompute_trading_stats',
        'count_new_signals', 'count_changed_signals', 'count_deleted_signals', 'count_truncated_signals')
  loop
    execute format('drop function %s cascade', r.signature);
  end loop;
  for r in
    select n.nspname, c.relname, t.tgname, f.oid::regprocedure as signature
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_proc f on f.oid = t.tgfoid
    where not t.tgisinternal and n.nspname = 'public'
      and c.relname in ('trading_signals', 'trading_signals_config', 'trading_signals_stats')
      and f.prosrc ~* 'trading_signals_(stats|config)'
  loop
    raise warning 'the trigger % on public.% is dropped: % counts what these migrations count', r.tgname, r.relname, r.signature;
    execute format('drop trigger %I on %I.%I', r.tgname, r.nspname, r.relname);
  end loop;
end
$$;

create table if not exists public.trading_signals (id uuid primary key default gen_random_uuid());
alter table public.trading_signals
  add column if not exists user_id uuid not null references auth.users (id) on delete cascade,
  add column if not exists indicator_name text,
  add column if not exists ticker text,
  add column if not exists exchange text,
  add column if not exists symbol text,
  add column if not exists price numeric,
  add column if not exists signal_type text,
  add column if not exists direction text,
  add column if not exists chart_id text,
  add column if not exists "interval" text,
  add column if not exists screenshot_url text,
  add column if not exists screenshot_status text not null default 'pending',
  add column if not exists screenshot_error text,
  add column if not exists screenshot_path text,
  add column if not exists screenshot_kind text,
  add column if not exists screenshot_source text,
  add column if not exists screenshot_width integer,
  add column if not exists screenshot_height integer,
  add column if not exists screenshot_taken_at timestamptz,
  add column if not exists result text not null default 'pending',
  add column if not exists entry_price numeric,
  add column if not exists exit_price numeric,
  add column if not exists profit_loss numeric,
  add column if not exists profit_loss_percent numeric,
  add column if not exists notes text,
  add column if not exists tags text[] not null default '{}',
  add column if not exists raw_message text,
  add column if not exists parsed_data jsonb,
  add column if not exists parse_status text,
  add column if not exists missing text[] not null default '{}',
  add column if not exists "timestamp" timestamptz not null default now(),
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists updated_at timestamptz not null default now();

-- A webhook token is 64 hex characters that hold 244 random bits: gen_random_uuid() is the one
-- cryptographic source that plain PostgreSQL has, and hashing spreads its fixed bits away.
create table if not exists public.trading_signals_config (id uuid primary key default gen_random_uuid());
alter table public.trading_signals_config
  add column if not exists user_id uuid not null references auth.users (id) on delete cascade,
  add column if not exists webhook_token text not null
    default encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'),
  add column if not exists webhook_enabled boolean not null default true,
  add column if not exists webhook_requests_count bigint not null default 0,
  add column if not exists signals_quota integer not null default 1000,
  add column if not exists signals_used_this_month integer not null default 0,
  add column if not exists quota_month date not null default (date_trunc('month', now() at time zone 'utc'))::date,
  add column if not exists user_plan text not null default 'free',
  add column if not exists default_chart_id text,
  add column if not exists tv_sessionid text,
  add column if not exists tv_sessionid_sign text,
  add column if not exists cookies_valid boolean not null default false,
  add column if not exists cookies_updated_at timestamptz,
  add column if not exists capture_enabled boolean not null default true,
  add column if not exists capture_without_cookies boolean not null default false,
  add column if not exists consent_at timestamptz,
  add column if not exists consent_version text,
  add column if not exists screenshot_resolution text not null default '1080p',
  add column if not exists preferred_timezone text not null default 'UTC',
  add column if not exists dedupe_window_seconds integer not null default 30,
  add column if not exists telegram_enabled boolean not null default false,
  add column if not exists telegram_bot_token text,
  add column if not exists telegram_chat_id text,
  add column if not exists discord_webhook_url text,
  add column if not exists email_notifications boolean not null default false,
  add column if not exists created_at timestamptz not null default now(),
  add column if not exists updated_at timestamptz not null default now();

create table if not exists public.trading_signals_stats (id uuid primary key default gen_random_uuid());
alter table public.trading_signals_stats
  add column if not exists user_id uuid not null references auth.users (id) on delete cascade,
  add column if not exists total_signals bigint not null default 0,
  add column if not exists signals_with_result bigint not null default 0,
  add column if not exists wins bigint not null default 0,
  add column if not exists losses bigint not null default 0,
  add column if not exists breakevens bigint not null default 0,
  add column if not exists win_rate numeric not null default 0,
  add column if not exists total_profit_loss numeric not null default 0,
  add column if not exists avg_profit_per_win numeric not null default 0,
  add column if not exists avg_loss_per_loss numeric not null default 0,
  add column if not exists profit_factor numeric,
  add column if not exists largest_win numeric not null default 0,
  add column if not exists largest_loss numeric not null default 0,
  add column if not exists current_streak bigint not null default 0,
  add column if not exists max_win_streak bigint not null default 0,
  add column if not exists max_loss_streak bigint not null default 0,
  add column if not exists last_signal_at timestamptz,
  add column if not exists last_calculated_at timestamptz;

-- What arrived at the webhook and what became of it: kept for its owner, shown by the API alone.
create table if not exists public.webhook_deliveries (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  received_at timestamptz not null default now(),
  body bytea,
  body_size bigint not null default 0,
  sender inet,
  outcome text not null,
  reason text,
  signal_id uuid references public.trading_signals (id) on delete set null
);

-- The keys that tell a repeated alert. A signal may be deleted before its key: whoever reads one looks
-- whether the signal is still there, which costs less than a foreign key costs every alert.
create table if not exists public.alert_keys (
  user_id uuid not null references auth.users (id) on delete cascade,
  key bytea not null,
  signal_id uuid,
  expires_at timestamptz not null,
  primary key (user_id, key)
);

-- Pictures whose signals are gone. No foreign key: the work outlives the user.
create table if not exists public.screenshot_removals (
  path text primary key,
  queued_at timestamptz not null default now(),
  attempts integer not null default 0
);

-- Which TradingView account is being captured, by which signal's job: TradingView closes the oldest
-- tab of an account, so it is one at a time over all replicas. A row and no advisory lock, which a
-- transaction pooler would lose; it expires with the attempt that a killed worker left.
create table if not exists public.capture_leases (
  account bytea primary key,
  signal_id uuid not null,
  expires_at timestamptz not null
);

-- The quotas of the plans, written from the settings by serve and migrate. signals_quota -1 has no
-- end; the plan default is that of a new user.
create table if not exists public.plans (
  name text primary key check (name in ('default', 'free', 'pro', 'lifetime')),
  signals_quota integer not null check (signals_quota >= -1)
);
insert into public.plans (name, signals_quota)
values ('default', 1000), ('free', 1000), ('pro', 15000), ('lifetime', -1)
on conflict (name) do nothing;

-- +goose StatementEnd
