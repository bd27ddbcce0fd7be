-- +goose Up
-- +goose StatementBegin
-- What captures must know of a TradingView account and of a signal, beyond the signal's own row. Private:
-- no front end reads it.

-- How an account fares, over all replicas: the account is an HMAC of its session, never the session.
-- rests_until holds its captures back after the site asked for patience, for longer with each strike
-- in a row; captures counts the attempts of a UTC day.
create table if not exists public.capture_accounts (
  account bytea primary key,
  rests_until timestamptz,
  strikes integer not null default 0,
  day date not null default (now() at time zone 'UTC')::date,
  captures bigint not null default 0
);

-- What a capture carries from one attempt to the next. alone: the browser died while this page was one of
-- several, so the next attempt has the browser to itself. requested_at: when its owner asked for
-- another capture, which age counts from. replaces: the picture that goes when the new one is there. No
-- foreign key, so that deleting signals costs nothing more; upkeep sweeps what lost its signal.
create table if not exists public.capture_states (
  signal_id uuid primary key,
  alone boolean not null default false,
  requested_at timestamptz,
  replaces text
);

alter table public.capture_accounts enable row level security;
alter table public.capture_states enable row level security;
revoke all on public.capture_accounts, public.capture_states from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.capture_accounts, public.capture_states to service_role;
-- +goose StatementEnd
