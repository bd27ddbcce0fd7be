-- name: NextDemoPicture :one
-- The newest demo signal without a picture, unless enough have been tried.
select s.id from public.trading_signals s
where s.user_id = @user_id and s.origin = 'demo' and s.screenshot_status = 'skipped'
  and (select count(*) from public.trading_signals d
       where d.user_id = @user_id and d.origin = 'demo' and d.screenshot_status <> 'skipped') < @most::bigint
order by s.created_at desc, s.id desc
limit 1;
