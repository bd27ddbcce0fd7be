-- name: Course :many
-- What streaks, holding times and captures are made of: for each stretch of time the wins and losses in their order,
-- as one text of w and l; how long decided signals were held; and how long captures of what arrived in it took, in
-- seconds.
select m.part, walked.results, held.seconds, captures.seconds
from unnest(@since::timestamptz[], @until::timestamptz[]) with ordinality as m (since, until, part)
cross join lateral (
  select string_agg(case result when 'win' then 'w' else 'l' end, '') as results
  from (
    select s.result from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= m.since and s."timestamp" < m.until
      and result in ('win', 'loss', 'breakeven') and result <> 'breakeven' /* filter */ -- the first is the index's condition
    order by s."timestamp", s.id
  ) ordered
) walked
cross join lateral (
  select array_agg(extract(epoch from s.closed_at - s."timestamp")::float8) as seconds
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= m.since and s."timestamp" < m.until
    and s.closed_at is not null and result in ('win', 'loss', 'breakeven') /* filter */
) held
cross join lateral (
  select array_agg(extract(epoch from s.screenshot_taken_at - s.created_at)::float8) as seconds
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and s.created_at >= m.since and s.created_at < m.until
    and s.screenshot_status = 'completed' and s.screenshot_taken_at is not null /* filter */
) captures;
