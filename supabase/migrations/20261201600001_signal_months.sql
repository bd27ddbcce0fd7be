-- +goose Up
-- +goose StatementBegin
-- Statistics are kept month by month, so that a change costs no more than its own month.

-- How often a user's signals of a month have changed, by the clock of UTC. A signal belongs to the month of its
-- alert and to the month in which it arrived, mostly the same. What was computed over a month after its version
-- was read holds for as long as that version is the newest.
create table if not exists public.signal_months (
  user_id uuid not null references auth.users (id) on delete cascade,
  month date not null,
  version bigint not null default 1,
  primary key (user_id, month)
) with (fillfactor = 50); -- room for the next version beside the last one

alter table public.signal_months enable row level security;
revoke all on public.signal_months from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.signal_months to service_role;

-- The versions are locked in the order of users and months, and before the counters: every writer of a user's
-- signals has to take the same order. So the triggers' names come before those of the counters.
create or replace function public.version_new_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.signal_months as v (user_id, month)
  select n.user_id, date_trunc('month', n.created_at at time zone 'utc')::date as month from new_rows n
  union select n.user_id, date_trunc('month', n."timestamp" at time zone 'utc')::date from new_rows n
  order by user_id, month
  on conflict (user_id, month) do update set version = v.version + 1;
  return null;
end
$$;

create or replace function public.version_changed_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.signal_months as v (user_id, month)
  select r.user_id, date_trunc('month', t.moment at time zone 'utc')::date as month
  from (select o.user_id, o.created_at, o."timestamp" from old_rows o union all select n.user_id, n.created_at, n."timestamp" from new_rows n) r
  cross join lateral (values (r.created_at), (r."timestamp")) t (moment)
  group by 1, 2 order by 1, 2
  on conflict (user_id, month) do update set version = v.version + 1;
  return null;
end
$$;

-- A user who is being deleted is gone already: nothing may be added here.
create or replace function public.version_deleted_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  with held as materialized (
    select v.user_id, v.month from public.signal_months v
    where (v.user_id, v.month) in (
      select o.user_id, date_trunc('month', t.moment at time zone 'utc')::date
      from old_rows o cross join lateral (values (o.created_at), (o."timestamp")) t (moment))
    order by v.user_id, v.month for no key update
  )
  update public.signal_months v set version = v.version + 1 from held h where v.user_id = h.user_id and v.month = h.month;
  return null;
end
$$;

create or replace function public.version_truncated_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.signal_months set version = version + 1;
  return null;
end
$$;

-- Nobody writes signals until their months are there. One statement, since not every tool that applies migrations
-- runs them in a transaction. The service of an earlier release finds no version any more, and then keeps nothing
-- that it computes; the empty table goes with a later release.
do $$
begin
  lock table public.trading_signals in share row exclusive mode;
  insert into public.signal_months (user_id, month)
  select s.user_id, date_trunc('month', s.created_at at time zone 'utc')::date from public.trading_signals s where s.user_id in (select u.id from auth.users u)
  union select s.user_id, date_trunc('month', s."timestamp" at time zone 'utc')::date from public.trading_signals s where s.user_id in (select u.id from auth.users u)
  on conflict do nothing;
  delete from public.signal_versions;
end
$$;

-- How long captures took is read without visiting the signals.
create index if not exists trading_signals_captured_idx on public.trading_signals (user_id, created_at)
  include (screenshot_taken_at, origin) where screenshot_status = 'completed';
-- +goose StatementEnd
