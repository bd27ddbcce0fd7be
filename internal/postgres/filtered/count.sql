-- name: CountSignals :one
-- Counts what ListSignals finds, at most @most of it.
select count(*) from (
  select 1 from public.trading_signals
  where user_id = @user_id /* filter */
  limit @most
) found;
