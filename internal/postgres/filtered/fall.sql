-- name: Fall :many
-- Of one stretch of time, which begins with an equity of @equity and a peak of @peak: the deepest fall's signal, the
-- last before it at the peak that it fell from, and the first after it that reached this peak again.
with course as materialized (
  select n, "timestamp", id, equity, greatest(@peak::text::numeric, max(equity) over (order by "timestamp", id rows unbounded preceding)) as peak
  from (
    select row_number() over w as n, s."timestamp", s.id, @equity::text::numeric + sum(coalesce(s.profit_loss, 0)) over w as equity
    from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= @since and s."timestamp" < @until
      and result in ('win', 'loss', 'breakeven') /* filter */
    window w as (order by s."timestamp", s.id rows unbounded preceding)
  ) summed
), worst as (
  select n, peak from course where equity < peak order by equity - peak, n limit 1
), ends as materialized (
  select n as worst, (select max(c.n) from course c where c.n < w.n and c.equity = w.peak) as began,
         (select min(c.n) from course c where c.n > w.n and c.equity >= w.peak) as ended
  from worst w
)
select n, "timestamp", id, equity, peak, n = worst, (n = began) is true, (n = ended) is true
from course, ends where n in (worst, began, ended) order by n;
