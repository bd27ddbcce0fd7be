-- +goose Up
-- +goose StatementBegin
-- A word sealed with ENCRYPTION_KEY. Whoever starts with a key that does not open it stops, before
-- anything is sealed with the wrong key. One row at most.
create table if not exists public.key_canary (
  id boolean primary key default true check (id),
  sealed text not null check (length(sealed) <= 2000),
  updated_at timestamptz not null default now()
);
alter table public.key_canary enable row level security;
revoke all on public.key_canary from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.key_canary to service_role;
-- +goose StatementEnd
