-- +goose Up
-- +goose StatementBegin
-- Most new signals are pending and of the month that it is. Counting one writes the user's statistics anyway, so
-- the version of that month is kept there, and one trigger does both.

-- As signal_months, which it takes the place of. The version of a month is this one, and what the user's
-- statistics have added to it, if they name the month.
create table if not exists public.signal_changes (
  user_id uuid not null references auth.users (id) on delete cascade,
  month date not null,
  version bigint not null default 1,
  primary key (user_id, month)
) with (fillfactor = 50); -- room for the next version beside the last one

alter table public.signal_changes enable row level security;
revoke all on public.signal_changes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.signal_changes to service_role;

-- The month whose new signals raise changes alone. It is the one in which they arrive. changes begins with the
-- clock, in microseconds, and so never comes back to a number that it had, even if the row was deleted meanwhile.
alter table public.trading_signals_stats
  add column if not exists changed_month date,
  add column if not exists changes bigint not null default 0;

-- Counts new signals. Most are pending: their users' rows are locked, in the order of the users' ids, and added
-- to, each as it is once its lock is held. Users with decided signals or without a row are recomputed one by one.
-- Months that a row does not name get new versions; so does the month that it named before it names another, since
-- what was added to that falls away.
--
-- Every writer of a user's signals locks statistics first, then versions, in the order of users and months. So
-- the triggers of versions have names that come after those of the counters.
create or replace function public.count_new_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  everybody boolean;
  counted uuid[];
  elsewhere uuid[]; -- users with a signal of a month that their row does not name
  this_month date := date_trunc('month', now() at time zone 'utc');
  r record;
begin
  with arrived as materialized (
    select n.user_id, count(*) filter (where n.origin not in ('test', 'demo')) as signals,
           max(n.created_at) filter (where n.origin not in ('test', 'demo')) as latest,
           date_trunc('month', least(min(n.created_at), min(n."timestamp")) at time zone 'utc')::date as first_month,
           date_trunc('month', greatest(max(n.created_at), max(n."timestamp")) at time zone 'utc')::date as last_month,
           coalesce(bool_or(n.result in ('win', 'loss', 'breakeven')), false) as decided
    from new_rows n group by n.user_id
  ), held as materialized ( -- with what is added, so that nothing is joined to it again
    select t.user_id, a.signals, a.latest, a.first_month, a.last_month, a.decided
    from arrived a join public.trading_signals_stats t on t.user_id = a.user_id
    order by t.user_id for no key update of t
  ), added as (
    update public.trading_signals_stats t
    set total_signals = t.total_signals + h.signals,
        last_signal_at = greatest(t.last_signal_at, h.latest),
        last_calculated_at = now(),
        changes = t.changes + 1
    from held h
    where t.user_id = h.user_id and not h.decided
    returning t.user_id, coalesce(t.changed_month <> h.first_month or t.changed_month <> h.last_month, true) as elsewhere
  )
  select count(*) = (select count(*) from arrived), coalesce(array_agg(d.user_id), '{}'),
         coalesce(array_agg(d.user_id) filter (where d.elsewhere), '{}')
  into everybody, counted, elsewhere from added d;
  if not everybody then
    perform from public.trading_signals_stats t
    where t.user_id in (select n.user_id from new_rows n where n.user_id <> all (counted))
    order by t.user_id for no key update;
    for r in
      select n.user_id, count(*) filter (where n.origin not in ('test', 'demo')) as signals, t.user_id is null as missing
      from new_rows n left join public.trading_signals_stats t on t.user_id = n.user_id
      where n.user_id <> all (counted)
      group by n.user_id, t.user_id
      order by n.user_id
    loop
      elsewhere := elsewhere || r.user_id;
      if r.signals = 0 then
        continue;
      elsif r.missing then
        perform public.recompute_trading_stats(r.user_id);
      else
        perform public.recompute_trading_results(r.user_id, r.signals);
      end if;
    end loop;
  end if;
  if elsewhere = '{}' then
    return null;
  end if;

  insert into public.signal_changes as v (user_id, month)
  select m.user_id, m.month
  from (
    select n.user_id, date_trunc('month', x.moment at time zone 'utc')::date as month
    from new_rows n cross join lateral (values (n.created_at), (n."timestamp")) x (moment)
    where n.user_id = any (elsewhere)
  ) m left join public.trading_signals_stats t on t.user_id = m.user_id
  where m.month is distinct from t.changed_month
  union
  select t.user_id, x.month
  from public.trading_signals_stats t cross join lateral (values (t.changed_month), (this_month)) x (month)
  where t.user_id = any (elsewhere) and t.changed_month is distinct from this_month and x.month is not null
  order by user_id, month
  on conflict (user_id, month) do update set version = v.version + 1;
  update public.trading_signals_stats t
  set changes = greatest(t.changes + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint), changed_month = this_month
  where t.user_id = any (elsewhere) and (t.changed_month is distinct from this_month or t.user_id <> all (counted));
  return null;
end
$$;

create or replace function public.version_changed_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.signal_changes as v (user_id, month)
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
    select v.user_id, v.month from public.signal_changes v
    where (v.user_id, v.month) in (
      select o.user_id, date_trunc('month', t.moment at time zone 'utc')::date
      from old_rows o cross join lateral (values (o.created_at), (o."timestamp")) t (moment))
    order by v.user_id, v.month for no key update
  )
  update public.signal_changes v set version = v.version + 1 from held h where v.user_id = h.user_id and v.month = h.month;
  return null;
end
$$;

create or replace function public.version_truncated_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.signal_changes set version = version + 1;
  return null;
end
$$;

-- Nobody writes signals until their months are there, each with a version that nobody has read. One statement,
-- since not every tool that applies migrations runs them in a transaction. The service of an earlier release finds
-- no version any more, and then keeps nothing that it computes; the empty table goes with a later release.
do $$
begin
  lock table public.trading_signals in share row exclusive mode;
  drop trigger if exists trading_signals_a_version_new on public.trading_signals;
  drop trigger if exists trading_signals_a_version_changed on public.trading_signals;
  drop trigger if exists trading_signals_a_version_deleted on public.trading_signals;
  drop trigger if exists trading_signals_a_version_truncated on public.trading_signals;
  create or replace trigger trading_signals_version_changed after update on public.trading_signals
    referencing old table as old_rows new table as new_rows for each statement execute function public.version_changed_signals();
  create or replace trigger trading_signals_version_deleted after delete on public.trading_signals
    referencing old table as old_rows for each statement execute function public.version_deleted_signals();
  create or replace trigger trading_signals_version_truncated after truncate on public.trading_signals
    for each statement execute function public.version_truncated_signals();
  insert into public.signal_changes as v (user_id, month, version)
  select m.user_id, m.month, m.version from public.signal_months m
  on conflict (user_id, month) do update set version = v.version + excluded.version + 1;
  delete from public.signal_months;
end
$$;
drop function if exists public.version_new_signals();
-- +goose StatementEnd
