-- name: HasCookies :one
-- Locks the user first, as deleting a user does.
with held as materialized (select u.id from auth.users u where u.id = @user_id for key share)
select (coalesce(c.tv_sessionid, '') <> '' and coalesce(c.tv_sessionid_sign, '') <> '')::boolean as stored,
       (c.cookies_problem is not null)::boolean as malformed
from held join public.trading_signals_config c on c.user_id = held.id;

-- name: LockCookieCheck :exec
-- Requests for a check of a user's cookies, answers and new cookies come one after the other. The settings
-- are not locked meanwhile, because the user's alerts would wait.
select k.user_id from public.cookie_checks k where k.user_id = @user_id for update;

-- name: RequestCookieCheck :exec
insert into public.cookie_checks (user_id) values (@user_id)
on conflict (user_id) do update set state = 'pending', requested_at = now(), checked_at = null;

-- name: ReadCookieCheck :one
select k.state, k.checked_at, c.cookies_valid
from public.cookie_checks k join public.trading_signals_config c on c.user_id = k.user_id
where k.user_id = @user_id;

-- name: BeginCookieCheck :one
select c.tv_sessionid, c.tv_sessionid_sign
from public.cookie_checks k join public.trading_signals_config c on c.user_id = k.user_id
where k.user_id = @user_id and k.state = 'pending' and c.tv_sessionid is not null and c.tv_sessionid_sign is not null;

-- name: EndCookieCheck :exec
update public.cookie_checks set state = @state, checked_at = now() where user_id = @user_id and state = 'pending';

-- name: BelieveSession :exec
-- Only the cookies that were found alive become valid: others may be stored by now.
update public.trading_signals_config set cookies_valid = true
where user_id = @user_id and not cookies_valid and tv_sessionid = @sealed_session_id;

-- name: HoldUser :exec
-- What deleting a user locks first.
select u.id from auth.users u where u.id = @user_id for key share;

-- name: CookiesAreStored :one
-- Whether the cookies that were checked are still the stored ones. Run while the check's row is locked, which
-- whoever stores other cookies writes last.
select exists (
  select from public.trading_signals_config c where c.user_id = @user_id and c.tv_sessionid = @sealed_session_id::text);

-- name: RetakeCaptures :many
-- Makes the user's captures pending again that failed because of the session and were wanted since a time.
update public.trading_signals s
set screenshot_status = 'pending', screenshot_error = null
from public.trading_signals_config c
where c.user_id = @user_id and c.cookies_valid and s.user_id = c.user_id
  and s.screenshot_status = 'failed' and s.screenshot_error = 'session_expired'
  and (s.created_at >= @since or exists (
    select from public.capture_states st where st.signal_id = s.id and st.requested_at >= @since))
returning s.id;
