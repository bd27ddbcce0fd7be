-- +goose Up
-- +goose StatementBegin
-- The counters of users with decided signals are locked before they are recomputed, as in
-- 20261128133000_statistics_lock.sql; 20261128150001_alert_reading.sql had replaced that function by one
-- without the lock.
create or replace function public.count_new_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  everybody boolean;
  r record;
begin
  with arrived as materialized (
    select n.user_id, count(*) as signals, max(n.created_at) as latest,
           coalesce(bool_or(n.result in ('win', 'loss', 'breakeven')), false) as decided
    from new_rows n where n.origin not in ('test', 'demo') group by n.user_id
  ), held as materialized (
    select t.user_id from public.trading_signals_stats t
    where t.user_id in (select a.user_id from arrived a)
    order by t.user_id for no key update
  ), counted as (
    update public.trading_signals_stats t
    set total_signals = t.total_signals + a.signals,
        last_signal_at = greatest(t.last_signal_at, a.latest),
        last_calculated_at = now()
    from held h join arrived a on a.user_id = h.user_id
    where t.user_id = h.user_id and not a.decided
    returning 1
  )
  select (select count(*) from counted) = (select count(*) from arrived) into everybody;
  if everybody then
    return null;
  end if;
  perform from public.trading_signals_stats t
  where t.user_id in (select n.user_id from new_rows n where n.origin not in ('test', 'demo'))
  order by t.user_id for no key update;
  for r in
    select n.user_id, count(*) as signals, t.user_id is null as missing
    from new_rows n left join public.trading_signals_stats t on t.user_id = n.user_id
    where n.origin not in ('test', 'demo')
    group by n.user_id, t.user_id
    having t.user_id is null or bool_or(n.result in ('win', 'loss', 'breakeven'))
    order by n.user_id
  loop
    if r.missing then
      perform public.recompute_trading_stats(r.user_id);
    else
      perform public.recompute_trading_results(r.user_id, r.signals);
    end if;
  end loop;
  return null;
end
$$;
-- +goose StatementEnd
