-- name: Spread :one
-- How the values of decided signals are spread.
with found as (
  select /* key */ as v
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and result in ('win', 'loss', 'breakeven') /* filter */
)
select count(v), min(v), max(v), percentile_cont(0.25) within group (order by v::float8), percentile_cont(0.75) within group (order by v::float8)
from found;
