-- +goose Up
-- +goose StatementBegin
-- What an alert writes is looked at by fewer foreign keys, and counted by fewer steps.

-- A message belongs to its channel's user. One foreign key says so, where two said only that both exist; each
-- row is looked at by each. A user who is deleted takes the channels along, and they their messages.
alter table public.notifications drop constraint if exists notifications_channel_fkey;
alter table public.notification_channels drop constraint if exists notification_channels_owner_key;
alter table public.notification_channels add constraint notification_channels_owner_key unique (id, user_id);
alter table public.notifications add constraint notifications_channel_fkey
  foreign key (channel_id, user_id) references public.notification_channels (id, user_id) on delete cascade not valid;
alter table public.notifications validate constraint notifications_channel_fkey;
alter table public.notifications
  drop constraint if exists notifications_user_id_fkey,
  drop constraint if exists notifications_channel_id_fkey;

-- Counts new signals. Most are pending and of the month that it is: their users' rows are added to, in the order of
-- the users' ids. Users with decided signals or without a row are recomputed one by one. Other months get new
-- versions; so does the month that a row named before it names another, since what was added to that falls away.
--
-- Every writer of a user's signals locks statistics first, then versions, in the order of users and months. So
-- the triggers of versions have names that come after those of the counters.
create or replace function public.count_new_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  this_month constant date := date_trunc('month', now() at time zone 'utc');
  month_begins constant timestamptz := this_month::timestamp at time zone 'utc';
  month_ends constant timestamptz := (this_month + interval '1 month') at time zone 'utc';
  users bigint; -- of the new signals
  counted uuid[];
  elsewhere uuid[]; -- users with a signal of another month, or whose row names another
  r record;
begin
  with arrived as materialized (
    select n.user_id, count(*) filter (where n.origin not in ('test', 'demo')) as signals,
           max(n.created_at) filter (where n.origin not in ('test', 'demo')) as latest,
           bool_or(least(n.created_at, n."timestamp") < month_begins or greatest(n.created_at, n."timestamp") >= month_ends) as elsewhere,
           coalesce(bool_or(n.result in ('win', 'loss', 'breakeven')), false) as decided
    from new_rows n group by n.user_id
  ), held as materialized ( -- with what is added, so that nothing is joined to it again
    select t.user_id, a.signals, a.latest, a.elsewhere, a.decided
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
    returning t.user_id, (h.elsewhere or t.changed_month is distinct from this_month) as elsewhere
  )
  select (select count(*) from arrived), coalesce(array_agg(d.user_id), '{}'),
         coalesce(array_agg(d.user_id) filter (where d.elsewhere), '{}')
  into users, counted, elsewhere from added d;
  if users > cardinality(counted) then
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
-- +goose StatementEnd
