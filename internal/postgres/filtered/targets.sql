-- name: EditTargets :many
-- Locks the signals that an edit is for, in the order of their ids, and reads what it may change. Notes are
-- read only if they are written: they are long.
select id, result, entry_price, exit_price, profit_loss, profit_loss_percent, stop_price, risk_amount, closed_at, /* key */, tags
from public.trading_signals
where user_id = @user_id /* filter */
order by id
limit @most
for no key update;
