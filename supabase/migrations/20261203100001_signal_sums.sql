-- +goose Up
-- +goose StatementBegin
-- A mark costs as much as its month, not as much as all that was decided before: what the kept statistics depend on
-- is kept month by month, by the clock of UTC.

-- What a user's decided signals of a month come to. Whoever holds the lock on the user's row of trading_signals_stats
-- writes it, with that row; it goes with that row.
create table if not exists public.signal_sums (
  user_id uuid not null references public.trading_signals_stats (user_id) on delete cascade,
  month date not null,
  wins bigint not null,
  losses bigint not null,
  breakevens bigint not null,
  total numeric, -- sums of profit_loss; null if no signal has one
  won numeric,
  won_amounts bigint not null, -- wins with a profit_loss
  lost numeric,
  lost_amounts bigint not null,
  largest_win numeric,
  largest_loss numeric,
  -- Runs of wins and of losses, in the order of the alerts: the one that the month begins with, the one that it ends
  -- with, the longest. 0 is none. Breakevens are passed over.
  first_wins bigint not null,
  last_wins bigint not null,
  longest_wins bigint not null,
  first_losses bigint not null,
  last_losses bigint not null,
  longest_losses bigint not null,
  primary key (user_id, month)
) with (fillfactor = 50); -- room for the next version beside the last one

alter table public.signal_sums enable row level security;
revoke all on public.signal_sums from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.signal_sums to service_role;

-- Counts a user's decided signals of the given months anew, null for all, and the statistics with them. A user without
-- sums, as everybody is at first, has all months counted. The caller holds the lock on the user's statistics; without
-- these it does nothing. p_added is by how many the user's signals have become more; null counts them too. Sums of sums
-- are exact, and averages have the digits that avg gives. Compiling the plan (jit) would take longer than running it.
create or replace function public.recompute_trading_months(p_user_id uuid, p_months date[], p_added bigint) returns void
language plpgsql volatile security definer set search_path = '' set jit = off
as $$
declare
  m record;
  run_wins bigint := 0; -- the run that goes on into the next month
  run_losses bigint := 0;
  most_wins bigint := 0;
  most_losses bigint := 0;
begin
  perform from public.trading_signals_stats t where t.user_id = p_user_id;
  if not found then
    return;
  end if;
  if p_months is null or not exists (select from public.signal_sums k where k.user_id = p_user_id) then
    with recursive firsts as ( -- the first decided signal of each month: a look into the index for each
      select min(s."timestamp") as moment from public.trading_signals s
      where s.user_id = p_user_id and s.result in ('win', 'loss', 'breakeven')
      union all
      select (select min(s."timestamp") from public.trading_signals s
              where s.user_id = p_user_id and s.result in ('win', 'loss', 'breakeven') and s."timestamp" > f.moment
                and s."timestamp" >= (date_trunc('month', f.moment at time zone 'utc') + interval '1 month') at time zone 'utc')
      from firsts f where f.moment is not null
    )
    select coalesce(array_agg(date_trunc('month', f.moment at time zone 'utc')::date), '{}') into p_months
    from firsts f where f.moment is not null;
    delete from public.signal_sums k where k.user_id = p_user_id and k.month <> all (p_months);
  end if;
  insert into public.signal_sums as k
  select p_user_id, d.month, f.wins, f.losses, f.breakevens, f.total, f.won, f.won_amounts, f.lost, f.lost_amounts, f.largest_win, f.largest_loss,
         length(f.results) - length(ltrim(f.results, 'w')), length(f.results) - length(rtrim(f.results, 'w')),
         coalesce((select max(length(r.run)) from string_to_table(f.results, 'l') r (run)), 0),
         length(f.results) - length(ltrim(f.results, 'l')), length(f.results) - length(rtrim(f.results, 'l')),
         coalesce((select max(length(r.run)) from string_to_table(f.results, 'w') r (run)), 0)
  from unnest(p_months) d (month)
  cross join lateral (
    select count(*) filter (where o.result = 'win') as wins,
           count(*) filter (where o.result = 'loss') as losses,
           count(*) filter (where o.result = 'breakeven') as breakevens,
           sum(o.profit_loss) as total,
           sum(o.profit_loss) filter (where o.result = 'win') as won,
           count(o.profit_loss) filter (where o.result = 'win') as won_amounts,
           sum(o.profit_loss) filter (where o.result = 'loss') as lost,
           count(o.profit_loss) filter (where o.result = 'loss') as lost_amounts,
           max(o.profit_loss) filter (where o.result = 'win') as largest_win,
           min(o.profit_loss) filter (where o.result = 'loss') as largest_loss,
           coalesce(string_agg(case o.result when 'win' then 'w' else 'l' end, '') filter (where o.result <> 'breakeven'), '') as results
    from (
      select s.result, s.profit_loss from public.trading_signals s
      where s.user_id = p_user_id and s.result in ('win', 'loss', 'breakeven') and s.origin not in ('test', 'demo')
        and s."timestamp" >= d.month::timestamp at time zone 'utc'
        and s."timestamp" <= (d.month + interval '1 month') at time zone 'utc' - interval '1 microsecond' -- so infinity is a month too
      order by s."timestamp", s.id
    ) o
  ) f
  on conflict (user_id, month) do update set
    wins = excluded.wins, losses = excluded.losses, breakevens = excluded.breakevens, total = excluded.total,
    won = excluded.won, won_amounts = excluded.won_amounts, lost = excluded.lost, lost_amounts = excluded.lost_amounts,
    largest_win = excluded.largest_win, largest_loss = excluded.largest_loss,
    first_wins = excluded.first_wins, last_wins = excluded.last_wins, longest_wins = excluded.longest_wins,
    first_losses = excluded.first_losses, last_losses = excluded.last_losses, longest_losses = excluded.longest_losses;

  for m in select k.* from public.signal_sums k where k.user_id = p_user_id and k.wins + k.losses > 0 order by k.month loop
    most_wins := greatest(most_wins, m.longest_wins, run_wins + m.first_wins);
    most_losses := greatest(most_losses, m.longest_losses, run_losses + m.first_losses);
    run_wins := case when m.losses = 0 then run_wins else 0 end + m.last_wins;
    run_losses := case when m.wins = 0 then run_losses else 0 end + m.last_losses;
  end loop;

  update public.trading_signals_stats t set
    total_signals = coalesce(t.total_signals + p_added,
                             (select count(*) from public.trading_signals s
                              where s.user_id = p_user_id and s.origin not in ('test', 'demo'))),
    last_signal_at = (select s.created_at from public.trading_signals s
                      where s.user_id = p_user_id and s.origin not in ('test', 'demo')
                      order by s.created_at desc, s.id desc limit 1),
    signals_with_result = a.wins + a.losses + a.breakevens, wins = a.wins, losses = a.losses, breakevens = a.breakevens,
    win_rate = case when a.wins + a.losses = 0 then 0 else round(100.0 * a.wins / (a.wins + a.losses), 2) end,
    total_profit_loss = a.total,
    avg_profit_per_win = coalesce(a.won / nullif(a.won_amounts, 0), 0),
    avg_loss_per_loss = coalesce(a.lost / nullif(a.lost_amounts, 0), 0),
    profit_factor = coalesce(a.won, 0) / nullif(abs(coalesce(a.lost, 0)), 0),
    largest_win = coalesce(a.largest_win, 0),
    largest_loss = coalesce(a.largest_loss, 0),
    current_streak = run_wins - run_losses, -- one of them is 0
    max_win_streak = most_wins,
    max_loss_streak = most_losses,
    last_calculated_at = now()
  from (
    select coalesce(sum(k.wins), 0)::bigint as wins, coalesce(sum(k.losses), 0)::bigint as losses,
           coalesce(sum(k.breakevens), 0)::bigint as breakevens, coalesce(sum(k.total), 0) as total,
           sum(k.won) as won, sum(k.won_amounts) as won_amounts, sum(k.lost) as lost, sum(k.lost_amounts) as lost_amounts,
           max(k.largest_win) as largest_win, min(k.largest_loss) as largest_loss
    from public.signal_sums k where k.user_id = p_user_id
  ) a
  where t.user_id = p_user_id;
end
$$;
revoke all on function public.recompute_trading_months(uuid, date[], bigint) from public, anon, authenticated, service_role;

create or replace function public.recompute_trading_results(p_user_id uuid, p_added bigint) returns void
language sql volatile security definer set search_path = ''
as $$ select public.recompute_trading_months(p_user_id, null, p_added) $$;

-- As before, but marks and deletes cost no more than the months of their alerts.
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
    select u.user_id, bool_or(u.moved) as moved, array_agg(distinct date_trunc('month', a.moment at time zone 'utc')::date) as months
    from (
      select n.user_id, n.created_at is distinct from o.created_at or n.user_id is distinct from o.user_id as moved,
             n."timestamp" as fires, o."timestamp" as fired
      from new_counted n full join old_counted o on o.id = n.id
      where (n.result, n.profit_loss, n."timestamp", n.created_at, n.user_id)
            is distinct from (o.result, o.profit_loss, o."timestamp", o.created_at, o.user_id)
      union all
      select o.user_id, true, n."timestamp", o."timestamp"
      from new_counted n full join old_counted o on o.id = n.id where n.user_id is distinct from o.user_id
    ) u cross join lateral (values (u.fires), (u.fired)) a (moment)
    where u.user_id is not null
    group by u.user_id order by u.user_id
  loop
    perform from public.trading_signals_stats t where t.user_id = r.user_id for update;
    if not found or r.moved then
      perform public.recompute_trading_stats(r.user_id);
    else
      perform public.recompute_trading_months(r.user_id, r.months, 0);
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
    select o.user_id, count(*) as signals,
           array_agg(distinct date_trunc('month', o."timestamp" at time zone 'utc')::date)
             filter (where o.result in ('win', 'loss', 'breakeven')) as months
    from old_rows o where o.origin not in ('test', 'demo') group by o.user_id order by o.user_id
  loop
    perform from public.trading_signals_stats t where t.user_id = r.user_id for update;
    if not found then
      perform public.recompute_trading_stats(r.user_id);
    elsif r.months is not null then
      perform public.recompute_trading_months(r.user_id, r.months, -r.signals);
    else
      update public.trading_signals_stats t
      set total_signals = t.total_signals - r.signals,
          last_signal_at = (select s.created_at from public.trading_signals s
                            where s.user_id = r.user_id and s.origin not in ('test', 'demo')
                            order by s.created_at desc, s.id desc limit 1),
          last_calculated_at = now()
      where t.user_id = r.user_id;
    end if;
  end loop;
  return null;
end
$$;

-- Whoever changed signals by the functions of before has ended once the lock is there, and sums that were made
-- meanwhile may lack such a change. One statement, since not every tool that applies migrations runs them in a
-- transaction.
do $$
begin
  lock table public.trading_signals in share row exclusive mode;
  delete from public.signal_sums;
end
$$;
-- +goose StatementEnd
