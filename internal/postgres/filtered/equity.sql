-- name: Equity :many
-- The running sum of the amounts of decided signals, thinned to the first, lowest, highest and last signal
-- of each of @buckets stretches; and the two ends of the deepest fall, and where it began and ended.
with peaks as materialized (
  select *, greatest(0, max(equity) over (order by "timestamp", id rows unbounded preceding)) as peak
  from (
    select row_number() over w as n, s."timestamp", s.id, sum(coalesce(s.profit_loss, 0)) over w as equity
    from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and result in ('win', 'loss', 'breakeven') /* filter */
    window w as (order by s."timestamp", s.id rows unbounded preceding)
  ) course
), total as (
  select max(n) as signals from peaks
), worst as (
  select n, peak from peaks where equity < peak order by equity - peak, n limit 1
), began as (
  select max(p.n) as n from peaks p, worst w where p.n < w.n and p.equity = w.peak
), ended as (
  select min(p.n) as n from peaks p, worst w where p.n > w.n and p.equity >= w.peak
), stretches as (
  select (n - 1) * @buckets::bigint / signals as stretch, min(n) as first, max(n) as last, min(equity) as lowest, max(equity) as highest
  from peaks, total group by 1
), kept as (
  select first as n from stretches union select last from stretches
  union select min(p.n) from stretches b join peaks p on p.n between b.first and b.last and p.equity = b.lowest group by b.stretch
  union select min(p.n) from stretches b join peaks p on p.n between b.first and b.last and p.equity = b.highest group by b.stretch
  union select n from worst union select n from began union select n from ended
)
select p.n, p."timestamp", p.id, p.equity, p.equity - p.peak, t.signals,
       (p.n = (select n from worst)) is true, (p.n = (select n from began)) is true, (p.n = (select n from ended)) is true
from peaks p, total t
where p.n in (select n from kept)
order by p.n;
