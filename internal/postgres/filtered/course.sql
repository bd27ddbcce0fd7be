-- name: Course :one
-- Streaks, holding times and captures of the signals behind a filter. A streak is a run of equal results among
-- wins and losses. They are written as one text of w and l, whose runs are what lies between the other letters.
with ordered as materialized (
  select string_agg(case result when 'win' then 'w' else 'l' end, '') as results
  from (
    select s.result from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo')
      and result in ('win', 'loss', 'breakeven') and result <> 'breakeven' /* filter */ -- the first is the index's condition
    order by s."timestamp", s.id
  ) walked
), rates as (
  select length(results)::numeric as n, length(replace(results, 'l', '')) / nullif(length(results)::numeric, 0) as p from ordered
)
select coalesce((select case when right(results, 1) = 'w' then length(results) - length(rtrim(results, 'w'))
                             else length(rtrim(results, 'l')) - length(results) end from ordered), 0)::bigint,
       coalesce((select max(length(run)) from ordered, string_to_table(results, 'l') run), 0)::bigint,
       coalesce((select max(length(run)) from ordered, string_to_table(results, 'w') run), 0)::bigint,
       (select case when n >= 20 and p > 0 and p < 1 then round(ln(n * p) / -ln(1 - p), 2) end from rates),
       held.count, held.quartiles[1], held.quartiles[2], held.quartiles[3], captures.count, captures.median
from (
  select count(*), percentile_cont(array[0.25, 0.5, 0.75]) within group (order by extract(epoch from s.closed_at - s."timestamp")::float8) as quartiles
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and s.closed_at is not null and result in ('win', 'loss', 'breakeven') /* filter */
) held, (
  select count(*), percentile_cont(0.5) within group (order by extract(epoch from s.screenshot_taken_at - s.created_at)::float8) as median
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and s.screenshot_status = 'completed' /* filter */
) captures;
