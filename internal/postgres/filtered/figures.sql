-- name: Figures :many
-- The figures of the signals behind a filter, for each value of a key, the best first: by the lower end of
-- the 95 % Wilson interval of their win rates. Groups after @most are one, "rest". Sums are exact: a
-- group's quotients are made of them, and so are those of the rest.
with found as (
  select /* key */ as key, s.result, s.profit_loss as p, s.created_at,
         s.result in ('win', 'loss', 'breakeven') as decided,
         case when s.risk_amount > 0 then s.profit_loss / s.risk_amount
              when s.direction = 'LONG' and s.entry_price > s.stop_price then (s.exit_price - s.entry_price) / (s.entry_price - s.stop_price)
              when s.direction = 'SHORT' and s.stop_price > s.entry_price then (s.entry_price - s.exit_price) / (s.stop_price - s.entry_price)
         end as r
  from public.trading_signals s /* join */
  where user_id = @user_id and origin not in ('test', 'demo') /* filter */
), summed as (
  select key, count(*) as signals,
         count(*) filter (where result = 'pending') as pending, count(*) filter (where result = 'skip') as skipped,
         count(*) filter (where result = 'win') as wins, count(*) filter (where result = 'loss') as losses,
         count(*) filter (where result = 'breakeven') as breakevens,
         count(p) filter (where decided) as amounts,
         count(*) filter (where result = 'win' and p < 0 or result = 'loss' and p > 0) as clashes,
         coalesce(sum(p) filter (where decided), 0) as total, coalesce(sum(p * p) filter (where decided), 0) as squares,
         sum(p) filter (where result = 'win') as won, count(p) filter (where result = 'win') as won_amounts,
         sum(p) filter (where result = 'loss') as lost, count(p) filter (where result = 'loss') as lost_amounts,
         max(p) filter (where result = 'win') as max_win, min(p) filter (where result = 'loss') as min_loss,
         sum(r) filter (where decided) as sum_r, count(r) filter (where decided) as count_r,
         max(created_at) as last_at
  from found group by key
), ranked as (
  select *, least(row_number() over (order by case when wins + losses > 0 then
           (wins + 1.920729440648 - 1.959964 * sqrt(wins::numeric * losses / (wins + losses) + 0.960364720324)) / (wins + losses + 3.841458881296)
         end desc nulls last, signals desc, key nulls last), @most::bigint + 1) as place
  from summed
), merged as (
  select place, min(key) as key, sum(signals)::bigint as signals, sum(pending)::bigint as pending, sum(skipped)::bigint as skipped,
         sum(wins)::bigint as wins, sum(losses)::bigint as losses, sum(breakevens)::bigint as breakevens,
         sum(amounts)::bigint as amounts, sum(clashes)::bigint as clashes, sum(total) as total, sum(squares) as squares,
         sum(won) as won, sum(won_amounts)::bigint as won_amounts, sum(lost) as lost, sum(lost_amounts)::bigint as lost_amounts,
         max(max_win) as max_win, min(min_loss) as min_loss, sum(sum_r) as sum_r, sum(count_r)::bigint as count_r, max(last_at) as last_at
  from ranked group by place
), means as (
  select *, wins + losses as n, won / nullif(won_amounts, 0) as avg_win, lost / nullif(lost_amounts, 0) as avg_loss
  from merged
)
select place > @most as rest, key,
       signals, pending, skipped, wins, losses, breakevens, amounts, clashes,
       case when n > 0 then round(100.0 * wins / n, 2) end,
       case when n > 0 then round(100 * greatest(0, (wins + 1.920729440648 - 1.959964 * sqrt(wins::numeric * losses / n + 0.960364720324)) / (n + 3.841458881296)), 2) end,
       case when n > 0 then round(100 * least(1, (wins + 1.920729440648 + 1.959964 * sqrt(wins::numeric * losses / n + 0.960364720324)) / (n + 3.841458881296)), 2) end,
       total, avg_win, avg_loss,
       avg_win / nullif(abs(avg_loss), 0),
       case when avg_loss <> 0 then 100 / nullif(1 + avg_win / abs(avg_loss), 0) end,
       case when n > 0 then coalesce(won, 0) / nullif(abs(lost), 0) end,
       case when amounts > 0 then total / amounts end,
       case when amounts >= 30 then 1.959964 * sqrt(greatest(0, squares - total * total / amounts) / (amounts - 1) / amounts) end,
       sum_r / nullif(count_r, 0), count_r, max_win, min_loss, last_at
from means order by place;
