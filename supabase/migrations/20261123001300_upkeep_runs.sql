-- +goose Up
-- +goose StatementBegin
-- When each rare duty of the upkeep last began, so that replicas and restarts share it. Private.
create table if not exists public.upkeep_runs (
  name text primary key,
  began_at timestamptz not null default now()
);

alter table public.upkeep_runs enable row level security;
revoke all on public.upkeep_runs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.upkeep_runs to service_role;
-- +goose StatementEnd
