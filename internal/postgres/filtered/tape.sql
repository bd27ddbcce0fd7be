-- name: Tape :many
-- The decided signals of each stretch of time in the order of their alerts: moments, ids, and amounts with blanks
-- between them. What depends on their order is computed from this, because window functions over so many rows take longer.
select m.part, tape.moments, tape.ids, tape.amounts
from unnest(@since::timestamptz[], @until::timestamptz[]) with ordinality as m (since, until, part)
cross join lateral (
  select array_agg("timestamp") as moments, array_agg(id) as ids, string_agg(coalesce(profit_loss, 0)::text, ' ') as amounts
  from (
    select s."timestamp", s.id, s.profit_loss
    from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= m.since and s."timestamp" < m.until
      and result in ('win', 'loss', 'breakeven') /* filter */
    order by s."timestamp", s.id
  ) ordered
) tape
where tape.moments is not null;
