-- name: Calendar :many
-- What the signals of each day of a year came to. Days are those of @zone.
with found as (
  select ("timestamp" at time zone @zone)::date as day, s.result, s.profit_loss as p
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo')
    and "timestamp" >= make_date(@year, 1, 1) - interval '2 days' and "timestamp" < make_date(@year + 1, 1, 1) + interval '2 days' /* filter */
)
select day, count(*), count(*) filter (where result = 'win'), count(*) filter (where result = 'loss'),
       count(*) filter (where result = 'breakeven'),
       coalesce(sum(p) filter (where result in ('win', 'loss', 'breakeven')), 0)
from found where extract(year from day) = @year
group by day order by day;
