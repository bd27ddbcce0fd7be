-- name: Bins :many
-- Counts the values of decided signals between multiples of @width.
with found as (
  select /* key */ as v
  from public.trading_signals s
  where user_id = @user_id and origin not in ('test', 'demo') and result in ('win', 'loss', 'breakeven') /* filter */
)
select floor(v / @width::text::numeric), count(*) from found where v is not null group by 1 order by 1;
