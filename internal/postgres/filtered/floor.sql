-- name: SearchFloor :many
-- The signal at which a search has read as many signals, or as long messages and notes, as it may; none if
-- that is all that there are. It looks at lengths alone, for which no long text has to be fetched.
select created_at, id from (
  select created_at, id, row_number() over walk as place, sum(size) over walk as bytes
  from (
    select created_at, id, coalesce(octet_length(raw_message), 0) + coalesce(octet_length(notes), 0) as size
    from public.trading_signals
    where user_id = @user_id /* filter */
    order by created_at desc, id desc
    limit @rows
  ) newest
  window walk as (order by created_at desc, id desc rows unbounded preceding)
) walked
where bytes >= @bytes or place = @rows
order by created_at desc, id desc
limit 1;
