-- name: Streak :many
-- The ids of one streak among the signals behind a filter, as a part of other statements. n is the
-- place of a win or loss among all of them. n less the place among those of the same result is constant within a streak.
with walked as (
  select id, result, n, n - row_number() over (partition by result order by n) as streak
  from (
    select id, result, row_number() over (order by "timestamp", id) as n
    from public.trading_signals
    where user_id = @user_id and origin not in ('test', 'demo') and result in ('win', 'loss', 'breakeven') and result <> 'breakeven' /* filter */
  ) ordered
)
select walked.id from walked join (select result, streak from walked /* chosen */ limit 1) one using (result, streak)
