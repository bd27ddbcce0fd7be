-- name: Histogram :many
-- The distribution of the values of decided signals that arrived in each stretch of time, in bins as wide as a unit. The
-- unit is a power of ten that gives a few hundred bins, which are numbered from the lowest. If all values are equal, the
-- unit is so small that they are a multiple of it.
select m.part, spread.*
from unnest(@since::timestamptz[], @until::timestamptz[]) with ordinality as m (since, until, part)
cross join lateral (
  with found as materialized (
    select /* key */ as v
    from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and s.created_at >= m.since and s.created_at < m.until
      and result in ('win', 'loss', 'breakeven') /* filter */
  ), range as (
    select min(v) as low, max(v) as high,
           case when max(v) > min(v) then ('1e' || floor(log(max(v) - min(v))) - 2)::numeric else ('1e-' || scale(min(v)))::numeric end as unit
    from found having count(v) > 0
  ), bins as (
    select (floor(f.v / r.unit) - floor(r.low / r.unit))::bigint as bin, count(*) as signals
    from found f, range r where f.v is not null group by 1
  )
  select low, high, unit, floor(low / unit), (select array_agg(bin order by bin) from bins), (select array_agg(signals order by bin) from bins)
  from range
) spread;
