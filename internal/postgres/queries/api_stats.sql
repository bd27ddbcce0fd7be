-- name: GetStats :one
select id, user_id, total_signals, signals_with_result, wins, losses, breakevens, win_rate,
       total_profit_loss, avg_profit_per_win, avg_loss_per_loss, profit_factor, largest_win,
       largest_loss, current_streak, max_win_streak, max_loss_streak, last_signal_at,
       last_calculated_at
from public.trading_signals_stats
where user_id = @user_id;

-- name: SignalsVersion :one
-- A service statement: how often the user's signals have changed.
select coalesce(sum(version), 0)::bigint from public.signal_months where user_id = @user_id;

-- name: SignalMonths :many
-- A service statement: how often those of each month have.
select month, version from public.signal_months where user_id = @user_id order by month;
