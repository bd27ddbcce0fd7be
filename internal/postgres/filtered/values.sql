-- name: Values :many
-- The values of decided signals, if they are too few for bins.
select /* key */
from public.trading_signals s
where user_id = @user_id and origin not in ('test', 'demo') and result in ('win', 'loss', 'breakeven') /* filter */ and (/* key */) is not null
order by 1 limit 5;
