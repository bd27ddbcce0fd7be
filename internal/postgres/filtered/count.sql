-- name: CountSignals :one
-- Counts the signals that ListSignals finds, up to @most.
select count(*) from (
  select 1 from public.trading_signals
  where user_id = @user_id /* filter */
  limit @most
) found;
