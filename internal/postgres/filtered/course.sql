-- name: Course :one
-- Streaks, holding times and captures of the signals behind a filter. A streak is a run of equal results
-- among wins and losses: it begins where the result differs from the one before.
with found as materialized (
  select s.id, s.result, s."timestamp", s.closed_at, s.created_at, s.screenshot_status, s.screenshot_taken_at
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') /* filter */
), numbered as (
  select result, sum(turn) over (order by "timestamp", id rows unbounded preceding) as streak
  from (select "timestamp", id, result, (result is distinct from lag(result) over (order by "timestamp", id))::int as turn
        from found where result in ('win', 'loss')) turned
), streaks as (
  select streak, min(result) as result, count(*) as length from numbered group by streak
), rates as (
  select count(*) as n, count(*) filter (where result = 'win')::numeric / nullif(count(*), 0) as p from found where result in ('win', 'loss')
)
select coalesce((select case result when 'win' then length else -length end from streaks order by streak desc limit 1), 0),
       coalesce((select max(length) from streaks where result = 'win'), 0),
       coalesce((select max(length) from streaks where result = 'loss'), 0),
       (select case when n >= 20 and p > 0 and p < 1 then round(ln(n * p) / -ln(1 - p), 2) end from rates),
       held.count, held.quartiles[1], held.quartiles[2], held.quartiles[3], captures.count, captures.median
from (select count(*), percentile_cont(array[0.25, 0.5, 0.75]) within group (order by extract(epoch from closed_at - "timestamp")::float8) as quartiles
      from found where closed_at is not null and result in ('win', 'loss', 'breakeven')) held,
     (select count(*), percentile_cont(0.5) within group (order by extract(epoch from screenshot_taken_at - created_at)::float8) as median
      from found where screenshot_status = 'completed') captures;
