-- +goose Up
-- The codes of sign-in links of the local issuer, by their SHA-256: a copy of the table signs nobody in.
-- A code works once and for ten minutes. No API reaches the table.
create table if not exists public.login_codes (
  code_hash bytea primary key check (octet_length(code_hash) = 32),
  user_id uuid not null references auth.users (id) on delete cascade,
  expires_at timestamptz not null
);
create index if not exists login_codes_user_id on public.login_codes (user_id);
alter table public.login_codes enable row level security;
revoke all on public.login_codes from public, anon, authenticated;
grant select, insert, update, delete on public.login_codes to service_role;
