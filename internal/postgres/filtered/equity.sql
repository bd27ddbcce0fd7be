-- name: Equity :many
-- The running sum of the amounts of decided signals, thinned to the first, lowest, highest and last signal
-- of each of @buckets stretches; and the two ends of the deepest fall, and where it began and ended.
with course as (
  select row_number() over w as n, s."timestamp", s.id, sum(coalesce(s.profit_loss, 0)) over w as equity
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and result in ('win', 'loss', 'breakeven') /* filter */
  window w as (order by s."timestamp", s.id rows unbounded preceding)
), peaks as materialized (
  select *, greatest(0, max(equity) over (order by n rows unbounded preceding)) as peak,
         (n - 1) * @buckets::bigint / nullif(count(*) over (), 0) as bucket, count(*) over () as signals
  from course
), worst as (
  select n, equity - peak as fall, peak, "timestamp" from peaks where equity < peak order by equity - peak, n limit 1
), began as (
  select max(p.n) as n from peaks p, worst w where p.n < w.n and p.equity = w.peak
), ended as (
  select min(p.n) as n from peaks p, worst w where p.n > w.n and p.equity >= w.peak
), kept as (
  select distinct unnest(array[min(n), max(n), (array_agg(n order by equity, n))[1], (array_agg(n order by equity desc, n))[1]]) as n
  from peaks group by bucket
)
select p.n, p."timestamp", p.id, p.equity, p.equity - p.peak, p.signals,
       (p.n = w.n) is true, (p.n = b.n) is true, (p.n = e.n) is true
from peaks p left join worst w on true left join began b on true left join ended e on true
where p.n in (select n from kept) or p.n in (w.n, b.n, e.n)
order by p.n;
