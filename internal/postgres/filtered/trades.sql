-- name: Trades :one
-- How many signals are trades, with a symbol, a direction, an entry and an exit, and how many are not.
select count(*) filter (where t.complete), count(*) filter (where not t.complete)
from (
  select origin not in ('test', 'demo') and coalesce(symbol, ticker) is not null and direction is not null
         and entry_price is not null and exit_price is not null as complete
  from public.trading_signals
  where user_id = @user_id /* filter */
) t;
