-- +goose Up
-- +goose StatementBegin
-- Recomputes what depends on results as before, in one pass over the decided signals in their order instead of a
-- sort for each kind of streak: marking one of 100,000 signals waits for it. Streaks are the runs in one text of w and
-- l. One update a statement, and the caller holds the lock on the row, as before.
create or replace function public.recompute_trading_results(p_user_id uuid, p_added bigint) returns void
language sql volatile security definer set search_path = ''
as $$
  with sums as materialized (
    select count(*) as decided,
           count(*) filter (where d.result = 'win') as wins,
           count(*) filter (where d.result = 'loss') as losses,
           count(*) filter (where d.result = 'breakeven') as breakevens,
           coalesce(sum(d.profit_loss), 0) as total,
           sum(d.profit_loss) filter (where d.result = 'win') as won,
           sum(d.profit_loss) filter (where d.result = 'loss') as lost,
           avg(d.profit_loss) filter (where d.result = 'win') as avg_win,
           avg(d.profit_loss) filter (where d.result = 'loss') as avg_loss,
           max(d.profit_loss) filter (where d.result = 'win') as max_win,
           min(d.profit_loss) filter (where d.result = 'loss') as min_loss,
           string_agg(case d.result when 'win' then 'w' else 'l' end, '') filter (where d.result <> 'breakeven') as results
    from (
      select s.result, s.profit_loss from public.trading_signals s
      where s.user_id = p_user_id and s.result in ('win', 'loss', 'breakeven') and s.origin not in ('test', 'demo')
      order by s."timestamp", s.id
    ) d
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
    current_streak = case right(a.results, 1)
      when 'w' then length(a.results) - length(rtrim(a.results, 'w'))
      when 'l' then length(rtrim(a.results, 'l')) - length(a.results) else 0 end,
    max_win_streak = coalesce((select max(length(r.run)) from string_to_table(a.results, 'l') r (run)), 0),
    max_loss_streak = coalesce((select max(length(r.run)) from string_to_table(a.results, 'w') r (run)), 0),
    last_calculated_at = now()
  from sums a
  where t.user_id = p_user_id
$$;
-- +goose StatementEnd
