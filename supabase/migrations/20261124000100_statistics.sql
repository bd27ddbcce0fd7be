-- +goose Up
-- +goose StatementBegin
-- Counts new signals as before, in one statement instead of three. Most are pending: the counters of
-- their users are locked, in the order of the users' ids, and added to, each as it is once its lock is
-- held. Only where that did not count every user, those with decided signals or without a row are
-- recomputed one by one.
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
    from new_rows n group by n.user_id
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
  for r in
    select n.user_id, count(*) as signals, t.user_id is null as missing
    from new_rows n left join public.trading_signals_stats t on t.user_id = n.user_id
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
