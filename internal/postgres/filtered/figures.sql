-- name: Figures :many
-- The sums of the signals behind a filter that arrived in each stretch of time, by a key and by result. rates.sql
-- makes figures of them.
select m.part, found.*
from unnest(@since::timestamptz[], @until::timestamptz[], @months::timestamp[]) with ordinality as m (since, until, month, part) /* stretch */
cross join lateral (
  select /* text */, result, count(*), count(p), count(*) filter (where p < 0), count(*) filter (where p > 0),
         sum(p)::text, sum(p * p)::text, max(p)::text, min(p)::text, sum(r)::text, count(r), max(created_at) -- text keeps the zeros of 0.00
  from (
    select /* key */ as key, s.result, s.profit_loss as p, s.created_at,
           case when s.risk_amount > 0 then s.profit_loss / s.risk_amount
                when s.direction = 'LONG' and s.entry_price > s.stop_price then (s.exit_price - s.entry_price) / (s.entry_price - s.stop_price)
                when s.direction = 'SHORT' and s.stop_price > s.entry_price then (s.entry_price - s.exit_price) / (s.stop_price - s.entry_price)
           end as r
    from public.trading_signals s /* join */
    where user_id = @user_id and origin not in ('test', 'demo') and s.created_at >= m.since and s.created_at < m.until /* filter */
  ) signals
  group by key, result
) found;
