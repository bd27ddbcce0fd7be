-- name: LockCapture :one
-- What a worker needs to know. Only a signal that still waits for its screenshot is found, so a job
-- that is run again after its work was done does nothing.
select s.id, s.user_id, s.screenshot_status, s.created_at,
       coalesce(s.chart_id, '')::text as chart_id,
       coalesce(s.exchange, '')::text as exchange,
       coalesce(s.symbol, '')::text as symbol,
       coalesce(s.interval, '')::text as interval,
       coalesce(s.screenshot_path, '')::text as path,
       c.screenshot_resolution,
       coalesce(c.tv_sessionid, '')::text as sealed_session_id,
       coalesce(c.tv_sessionid_sign, '')::text as sealed_session_sign,
       c.cookies_updated_at, c.cookies_valid, c.capture_without_cookies
from public.trading_signals s
join public.trading_signals_config c on c.user_id = s.user_id
where s.id = @id and s.screenshot_status in ('pending', 'processing')
for update of s;

-- name: MarkProcessing :exec
update public.trading_signals
set screenshot_status = 'processing', screenshot_path = @path
where id = @id and user_id = @user_id;

-- name: CompleteCapture :execrows
-- The path tells this capture from a later one of the same signal. The chart's own symbol is
-- recorded where the alert named none.
update public.trading_signals
set screenshot_status = 'completed', screenshot_error = null, screenshot_url = @url,
    screenshot_kind = @kind, screenshot_source = @source,
    screenshot_width = @width, screenshot_height = @height, screenshot_taken_at = @taken_at,
    exchange = case when symbol is null then sqlc.narg(chart_exchange) else exchange end,
    symbol = coalesce(symbol, sqlc.narg(chart_symbol))
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status = 'processing';

-- name: PauseCapture :exec
update public.trading_signals
set screenshot_status = 'pending', screenshot_error = sqlc.narg(code)
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status = 'processing';

-- name: FailCapture :exec
update public.trading_signals
set screenshot_status = 'failed', screenshot_error = @code
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status in ('pending', 'processing');

-- name: ExpireSession :execrows
-- Only the very cookies that were refused become invalid: newer ones may have been stored since. The
-- user is held first because signals follow: deleting a user locks them before the settings.
with held as materialized (select u.id from auth.users u where u.id = @user_id for key share)
update public.trading_signals_config c
set cookies_valid = false
from held
where c.user_id = held.id and c.cookies_valid and c.tv_sessionid = @sealed_session_id;

-- name: FailWaitingCaptures :exec
update public.trading_signals
set screenshot_status = 'failed', screenshot_error = 'session_expired'
where user_id = @user_id and screenshot_status = 'pending';

-- name: LeaseAccount :execrows
-- Takes the account where nobody holds it, where the holder's time is over, or where this very job
-- took it before.
insert into public.capture_leases (account, signal_id, expires_at)
values (@account, @signal_id, now() + make_interval(secs => @seconds::float8))
on conflict (account) do update
set signal_id = excluded.signal_id, expires_at = excluded.expires_at
where capture_leases.expires_at < now() or capture_leases.signal_id = excluded.signal_id;

-- name: ReleaseAccount :exec
delete from public.capture_leases where account = @account and signal_id = @signal_id;
