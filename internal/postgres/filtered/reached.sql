-- name: Reached :many
-- Of one stretch of time, which begins with an equity of @equity: the first and the last signal where equity is at
-- least @level.
with reached as (
  select n, "timestamp", id, equity
  from (
    select row_number() over w as n, s."timestamp", s.id, @equity::text::numeric + sum(coalesce(s.profit_loss, 0)) over w as equity
    from public.trading_signals s
    where user_id = @user_id and origin not in ('test', 'demo') and s."timestamp" >= @since and s."timestamp" < @until
      and result in ('win', 'loss', 'breakeven') /* filter */
    window w as (order by s."timestamp", s.id rows unbounded preceding)
  ) summed
  where equity >= @level::text::numeric
)
(select n, "timestamp", id, equity from reached order by n limit 1)
union all
(select n, "timestamp", id, equity from reached order by n desc limit 1);
