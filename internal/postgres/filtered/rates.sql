-- name: Rates :many
-- The figures of everything, and those of each value of a key, the best first: by the lower end of the 95 % Wilson
-- interval of their win rates. Groups after @most are one, "rest". @sums are those of figures.sql, added up by key and
-- result; everything is made of those few sums, which are exact.
with results as (
  select * from jsonb_to_recordset(@sums::jsonb) as s (
    everything boolean, key text, result text, signals bigint, amounts bigint, below bigint, above bigint,
    total numeric, squares numeric, largest numeric, smallest numeric, sum_r numeric, count_r bigint, last_at timestamptz)
), summed as (
  select everything, key, coalesce(sum(signals), 0)::bigint as signals,
         coalesce(sum(signals) filter (where result = 'pending'), 0)::bigint as pending,
         coalesce(sum(signals) filter (where result = 'skip'), 0)::bigint as skipped,
         coalesce(sum(signals) filter (where result = 'win'), 0)::bigint as wins,
         coalesce(sum(signals) filter (where result = 'loss'), 0)::bigint as losses,
         coalesce(sum(signals) filter (where result = 'breakeven'), 0)::bigint as breakevens,
         coalesce(sum(amounts) filter (where result in ('win', 'loss', 'breakeven')), 0)::bigint as amounts,
         coalesce(sum(case result when 'win' then below when 'loss' then above end), 0)::bigint as clashes,
         coalesce(sum(total) filter (where result in ('win', 'loss', 'breakeven')), 0) as total,
         coalesce(sum(squares) filter (where result in ('win', 'loss', 'breakeven')), 0) as squares,
         sum(total) filter (where result = 'win') as won, sum(amounts) filter (where result = 'win') as won_amounts,
         sum(total) filter (where result = 'loss') as lost, sum(amounts) filter (where result = 'loss') as lost_amounts,
         max(largest) filter (where result = 'win') as max_win, min(smallest) filter (where result = 'loss') as min_loss,
         sum(sum_r) filter (where result in ('win', 'loss', 'breakeven')) as sum_r,
         coalesce(sum(count_r) filter (where result in ('win', 'loss', 'breakeven')), 0)::bigint as count_r,
         max(last_at) as last_at
  from results group by everything, key
), ranked as (
  select *, case when everything then 0 else least(row_number() over (partition by everything order by case when wins + losses > 0 then
           (wins + 1.920729440648 - 1.959964 * sqrt(wins::numeric * losses / (wins + losses) + 0.960364720324)) / (wins + losses + 3.841458881296)
         end desc nulls last, signals desc, length(key) nulls last, key), @most::bigint + 1) end as place
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
select place = 0 as everything, place > @most as rest, case when place between 1 and @most then key end,
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
