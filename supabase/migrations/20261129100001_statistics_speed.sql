-- +goose Up
-- +goose StatementBegin
-- Statistics over many signals.

-- Two indexes hold beside their keys what statistics read, so that they need not visit wide rows. They take the
-- place of two with the same keys. The list and the recomputations use them as before.
create index if not exists trading_signals_figures_idx on public.trading_signals (user_id, created_at desc, id desc)
  include ("timestamp", origin, result, profit_loss, risk_amount, direction, entry_price, exit_price, stop_price, ticker);
create index if not exists trading_signals_course_idx on public.trading_signals (user_id, "timestamp", id)
  include (result, origin, profit_loss, closed_at)
  where result in ('win', 'loss', 'breakeven');
drop index if exists public.trading_signals_newest_idx;
drop index if exists public.trading_signals_decided_idx;

-- How often a user's signals have changed. An answer that was computed after a version was read holds for as
-- long as that version is the newest. A user whose row is missing has none until the next new signal.
create table if not exists public.signal_versions (
  user_id uuid primary key references auth.users (id) on delete cascade,
  version bigint not null default 1
) with (fillfactor = 50); -- room for the next version beside the last one
insert into public.signal_versions (user_id) select id from auth.users order by id on conflict do nothing;

alter table public.signal_versions enable row level security;
revoke all on public.signal_versions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.signal_versions to service_role;

-- The versions are locked in the order of the users, and before the counters: every writer of a user's signals
-- has to take the same order. So the triggers' names come before those of the counters.
create or replace function public.version_new_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.signal_versions as v (user_id)
  select n.user_id from new_rows n group by n.user_id order by n.user_id
  on conflict (user_id) do update set version = v.version + 1;
  return null;
end
$$;

create or replace function public.version_changed_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with held as materialized (
    select v.user_id from public.signal_versions v
    where v.user_id in (select o.user_id from old_rows o union select n.user_id from new_rows n)
    order by v.user_id for no key update
  )
  update public.signal_versions v set version = v.version + 1 from held h where v.user_id = h.user_id;
  return null;
end
$$;

create or replace function public.version_deleted_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with held as materialized (
    select v.user_id from public.signal_versions v
    where v.user_id in (select o.user_id from old_rows o)
    order by v.user_id for no key update
  )
  update public.signal_versions v set version = v.version + 1 from held h where v.user_id = h.user_id;
  return null;
end
$$;

create or replace function public.version_truncated_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.signal_versions set version = version + 1;
  return null;
end
$$;

revoke all on function public.version_new_signals(), public.version_changed_signals(), public.version_deleted_signals(),
  public.version_truncated_signals() from public, anon, authenticated, service_role;

create or replace trigger trading_signals_a_version_new after insert on public.trading_signals
  referencing new table as new_rows for each statement execute function public.version_new_signals();
create or replace trigger trading_signals_a_version_changed after update on public.trading_signals
  referencing old table as old_rows new table as new_rows for each statement execute function public.version_changed_signals();
create or replace trigger trading_signals_a_version_deleted after delete on public.trading_signals
  referencing old table as old_rows for each statement execute function public.version_deleted_signals();
create or replace trigger trading_signals_a_version_truncated after truncate on public.trading_signals
  for each statement execute function public.version_truncated_signals();
-- +goose StatementEnd
