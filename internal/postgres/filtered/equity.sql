-- name: Equity :many
-- The running sum of the amounts of decided signals within each stretch of time, from 0, thinned to the first, lowest,
-- highest and last signal of each of @pieces pieces; and the deepest fall from a signal of the stretch.
select m.part, thinned.*
from unnest(@since::timestamptz[], @until::timestamptz[]) with ordinality as m (since, until, part)
cross join lateral (
  with course as materialized (
    select *, max(equity) over (order by "timestamp", id rows unbounded preceding) as peak
    from (
      select row_number() over w as n, s."timestamp", s.id, sum(coalesce(s.profit_loss, 0)) over w as equity
      from public.trading_signals s
      where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= m.since and s."timestamp" < m.until
        and result in ('win', 'loss', 'breakeven') /* filter */
      window w as (order by s."timestamp", s.id rows unbounded preceding)
    ) summed
  ), total as (
    select max(n) as signals, min(equity - peak) as deepest from course
  ), numbered as (
    select n, equity, (n - 1) * @pieces::bigint / signals as piece from course, total
  ), pieces as (
    select piece, min(n) as first, max(n) as last, min(equity) as lowest, max(equity) as highest from numbered group by piece
  ), kept as (
    select first as n from pieces union select last from pieces
    union select min(c.n) from numbered c join pieces p on p.piece = c.piece and c.equity = p.lowest group by p.piece
    union select min(c.n) from numbered c join pieces p on p.piece = c.piece and c.equity = p.highest group by p.piece
  )
  select c.n, c."timestamp", c.id, c.equity::text, c.peak::text, t.deepest from course c, total t where c.n in (select n from kept) order by c.n
) thinned
order by m.part, thinned.n;
