-- name: GetStats :one
select id, user_id, total_signals, signals_with_result, wins, losses, breakevens, win_rate,
       total_profit_loss, avg_profit_per_win, avg_loss_per_loss, profit_factor, largest_win,
       largest_loss, current_streak, max_win_streak, max_loss_streak, last_signal_at,
       last_calculated_at
from public.trading_signals_stats
where user_id = @user_id;

-- name: SignalsVersion :one
-- A service statement: a number that grows whenever one of the user's signals changes, 0 if there was none.
select (coalesce(sum(c.version), 0) + coalesce((select t.changes from public.trading_signals_stats t where t.user_id = @user_id and t.changed_month is not null), 0))::bigint
from public.signal_changes c where c.user_id = @user_id;

-- name: SignalMonths :many
-- A service statement: the number of SignalsVersion, for each month.
select c.month, (c.version + case when t.changed_month = c.month then t.changes else 0 end)::bigint as version
from public.signal_changes c left join public.trading_signals_stats t on t.user_id = c.user_id
where c.user_id = @user_id order by c.month;
