-- +goose Up
-- +goose StatementBegin
-- Whether a user's TradingView session is alive, as the site itself last said. Private: users ask through
-- the API.
create table if not exists public.cookie_checks (
  user_id uuid primary key references auth.users (id) on delete cascade,
  state text not null default 'pending' check (state in ('pending', 'alive', 'expired', 'unknown')),
  requested_at timestamptz not null default now(),
  checked_at timestamptz
);

alter table public.cookie_checks enable row level security;
revoke all on public.cookie_checks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.cookie_checks to service_role;
-- +goose StatementEnd
