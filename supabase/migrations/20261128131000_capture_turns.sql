-- +goose Up
-- +goose StatementBegin
-- Whose turn it is in the queue of captures. Private: no front end reads it. taken_at is the user's last
-- turn. hung: the user's last attempt ran into its time limit, so that its captures share one slot while
-- other users wait.
create table if not exists public.capture_turns (
  user_id uuid primary key references auth.users (id) on delete cascade,
  taken_at timestamptz not null default now(),
  hung boolean not null default false
);

alter table public.capture_turns enable row level security;
revoke all on public.capture_turns from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.capture_turns to service_role;
-- +goose StatementEnd
