-- name: Course :many
-- What streaks, holding times and captures are made of: for each stretch of time the wins and losses in their order,
-- as one text of w and l; how long decided signals were held; and how long captures of what arrived in it took, in
-- seconds.
select m.part, decided.results, decided.held, captures.seconds
from unnest(@since::timestamptz[], @until::timestamptz[]) with ordinality as m (since, until, part)
cross join lateral (
  select string_agg(case result when 'win' then 'w' when 'loss' then 'l' end, '') as results,
         array_agg(extract(epoch from closed_at - "timestamp")::float8) filter (where closed_at is not null) as held
  from (
    select s.result, s.closed_at, s."timestamp" from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= m.since and s."timestamp" < m.until
      and result in ('win', 'loss', 'breakeven') /* filter */
    order by s."timestamp", s.id
  ) ordered
) decided
cross join lateral (
  select array_agg(extract(epoch from s.screenshot_taken_at - s.created_at)::float8) as seconds
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and s.created_at >= m.since and s.created_at < m.until
    and s.screenshot_status = 'completed' and s.screenshot_taken_at is not null /* filter */
) captures;
