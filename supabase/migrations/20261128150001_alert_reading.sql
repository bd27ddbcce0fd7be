-- +goose Up
-- +goose StatementBegin
-- What kind of event an alert speaks of and its stop, where a signal came from, and a user's own names
-- for the fields of alerts.
alter table public.trading_signals
  add column if not exists event_kind text,
  add column if not exists stop_price numeric,
  add column if not exists origin text not null default 'alert';
alter table public.trading_signals_config
  add column if not exists alert_names jsonb not null default '{}';

do $$
begin
  -- The columns are new, so no row can break these rules, and validating needs no stronger lock.
  if not exists (select from pg_constraint where conname = 'trading_signals_event_kind_check' and conrelid = 'public.trading_signals'::regclass) then
    alter table public.trading_signals add constraint trading_signals_event_kind_check check (event_kind in ('entry', 'exit')) not valid;
    alter table public.trading_signals validate constraint trading_signals_event_kind_check;
  end if;
  if not exists (select from pg_constraint where conname = 'trading_signals_stop_price_check' and conrelid = 'public.trading_signals'::regclass) then
    alter table public.trading_signals add constraint trading_signals_stop_price_check
      check (abs(stop_price) <= 1e30 and scale(stop_price) <= 30) not valid;
    alter table public.trading_signals validate constraint trading_signals_stop_price_check;
  end if;
  if not exists (select from pg_constraint where conname = 'trading_signals_origin_check' and conrelid = 'public.trading_signals'::regclass) then
    alter table public.trading_signals add constraint trading_signals_origin_check check (origin in ('alert', 'replay', 'test', 'demo')) not valid;
    alter table public.trading_signals validate constraint trading_signals_origin_check;
  end if;
  -- Lists of at most ten names of one to sixty characters, under the names of fields. Strict mode: else
  -- a path looks into arrays by itself.
  if not exists (select from pg_constraint where conname = 'trading_signals_config_alert_names_check' and conrelid = 'public.trading_signals_config'::regclass) then
    alter table public.trading_signals_config add constraint trading_signals_config_alert_names_check check (
      jsonb_typeof(alert_names) = 'object'
      and alert_names - array['ticker', 'exchange', 'price', 'signal_type', 'direction', 'indicator_name', 'chart_id', 'interval', 'timestamp'] = '{}'
      and not jsonb_path_exists(alert_names, 'strict $.* ? (@.type() != "array")')
      and not jsonb_path_exists(alert_names, 'strict $.* ? (@.size() > 10)')
      and not jsonb_path_exists(alert_names, 'strict $.*[*] ? (@.type() != "string" || !(@ like_regex "^.{1,60}$" flag "s"))')) not valid;
    alter table public.trading_signals_config validate constraint trading_signals_config_alert_names_check;
  end if;
end
$$;

grant update (stop_price) on public.trading_signals to authenticated;
grant update (alert_names) on public.trading_signals_config to authenticated;

-- Few signals are tests: lists count them beside the statistics, which leave them out.
create index if not exists trading_signals_trials_idx on public.trading_signals (user_id) where origin in ('test', 'demo');

-- The statistics leave out signals of origin test and demo, and nothing else decides that.
create or replace function public.recompute_trading_results(p_user_id uuid, p_added bigint) returns void
language sql volatile security definer set search_path = ''
as $$
  with decided as (
    select s.result, s.profit_loss, s."timestamp", s.id
    from public.trading_signals s
    where s.user_id = p_user_id and s.result in ('win', 'loss', 'breakeven') and s.origin not in ('test', 'demo')
  ),
  numbered as ( -- a streak is a run of equal results among wins and losses
    select d.result,
           row_number() over (order by d."timestamp", d.id)
           - row_number() over (partition by d.result order by d."timestamp", d.id) as streak,
           row_number() over (order by d."timestamp" desc, d.id desc) as from_last
    from decided d where d.result in ('win', 'loss')
  ),
  streaks as (
    select n.result, count(*) as length, min(n.from_last) as from_last
    from numbered n group by n.result, n.streak
  ),
  sums as (
    select count(*) as decided,
           count(*) filter (where result = 'win') as wins,
           count(*) filter (where result = 'loss') as losses,
           count(*) filter (where result = 'breakeven') as breakevens,
           coalesce(sum(profit_loss), 0) as total,
           sum(profit_loss) filter (where result = 'win') as won,
           sum(profit_loss) filter (where result = 'loss') as lost,
           avg(profit_loss) filter (where result = 'win') as avg_win,
           avg(profit_loss) filter (where result = 'loss') as avg_loss,
           max(profit_loss) filter (where result = 'win') as max_win,
           min(profit_loss) filter (where result = 'loss') as min_loss
    from decided
  )
  update public.trading_signals_stats t set
    total_signals = coalesce(t.total_signals + p_added,
                             (select count(*) from public.trading_signals s
                              where s.user_id = p_user_id and s.origin not in ('test', 'demo'))),
    last_signal_at = (select s.created_at from public.trading_signals s
                      where s.user_id = p_user_id and s.origin not in ('test', 'demo')
                      order by s.created_at desc, s.id desc limit 1),
    signals_with_result = a.decided, wins = a.wins, losses = a.losses, breakevens = a.breakevens,
    win_rate = case when a.wins + a.losses = 0 then 0 else round(100.0 * a.wins / (a.wins + a.losses), 2) end,
    total_profit_loss = a.total,
    avg_profit_per_win = coalesce(a.avg_win, 0),
    avg_loss_per_loss = coalesce(a.avg_loss, 0),
    profit_factor = coalesce(a.won, 0) / nullif(abs(coalesce(a.lost, 0)), 0),
    largest_win = coalesce(a.max_win, 0),
    largest_loss = coalesce(a.min_loss, 0),
    current_streak = coalesce((select case when k.result = 'win' then k.length else -k.length end from streaks k where k.from_last = 1), 0),
    max_win_streak = coalesce((select max(k.length) from streaks k where k.result = 'win'), 0),
    max_loss_streak = coalesce((select max(k.length) from streaks k where k.result = 'loss'), 0),
    last_calculated_at = now()
  from sums a
  where t.user_id = p_user_id
$$;

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

create or replace function public.count_changed_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  r record;
begin
  -- A capture changes a signal three times and none of what is counted. A signal whose id changed
  -- has no partner: it is one that left and one that came. So is one whose origin begins or ceases to
  -- count.
  for r in
    with new_counted as (select * from new_rows where origin not in ('test', 'demo')),
         old_counted as (select * from old_rows where origin not in ('test', 'demo'))
    select u.user_id, bool_or(u.moved) as moved
    from (
      select n.user_id, n.created_at is distinct from o.created_at or n.user_id is distinct from o.user_id as moved
      from new_counted n full join old_counted o on o.id = n.id
      where (n.result, n.profit_loss, n."timestamp", n.created_at, n.user_id)
            is distinct from (o.result, o.profit_loss, o."timestamp", o.created_at, o.user_id)
      union all
      select o.user_id, true from new_counted n full join old_counted o on o.id = n.id where n.user_id is distinct from o.user_id
    ) u
    where u.user_id is not null
    group by u.user_id order by u.user_id
  loop
    perform from public.trading_signals_stats t where t.user_id = r.user_id for update;
    if not found or r.moved then
      perform public.recompute_trading_stats(r.user_id);
    else
      perform public.recompute_trading_results(r.user_id, 0);
    end if;
  end loop;
  return null;
end
$$;

create or replace function public.count_deleted_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  r record;
begin
  insert into public.screenshot_removals (path)
  select distinct o.screenshot_path from old_rows o where o.screenshot_path is not null
  order by o.screenshot_path
  on conflict (path) do nothing;
  for r in
    select o.user_id, count(*) as signals, bool_or(o.result in ('win', 'loss', 'breakeven')) as decided
    from old_rows o where o.origin not in ('test', 'demo') group by o.user_id order by o.user_id
  loop
    perform from public.trading_signals_stats t where t.user_id = r.user_id for update;
    if not found then
      perform public.recompute_trading_stats(r.user_id);
      continue;
    end if;
    if r.decided then
      perform public.recompute_trading_results(r.user_id, -r.signals);
      continue;
    end if;
    update public.trading_signals_stats t
    set total_signals = t.total_signals - r.signals,
        last_signal_at = (select s.created_at from public.trading_signals s
                          where s.user_id = r.user_id and s.origin not in ('test', 'demo')
                          order by s.created_at desc, s.id desc limit 1),
        last_calculated_at = now()
    where t.user_id = r.user_id;
  end loop;
  return null;
end
$$;
-- +goose StatementEnd
