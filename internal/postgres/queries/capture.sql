-- name: LockCapture :one
-- What a worker needs to know of a signal. It finds only a signal that still waits for its screenshot, so a
-- job that is run again after its work was done does nothing.
select s.id, s.user_id, s.screenshot_status,
       greatest(s.created_at, st.requested_at)::timestamptz as since, clock_timestamp()::timestamptz as begun,
       coalesce(st.alone, false)::boolean as alone,
       coalesce(s.chart_id, '')::text as chart_id,
       coalesce(s.exchange, '')::text as exchange,
       coalesce(s.symbol, '')::text as symbol,
       coalesce(s.interval, '')::text as interval,
       coalesce(s.screenshot_path, '')::text as path,
       c.screenshot_resolution,
       coalesce(c.tv_sessionid, '')::text as sealed_session_id,
       coalesce(c.tv_sessionid_sign, '')::text as sealed_session_sign,
       c.cookies_updated_at, c.cookies_valid, (c.cookies_problem is not null)::boolean as malformed, c.capture_without_cookies, coalesce(t.hung, false)::boolean as hung
from public.trading_signals s
join public.trading_signals_config c on c.user_id = s.user_id
left join public.capture_states st on st.signal_id = s.id
left join public.capture_turns t on t.user_id = s.user_id
where s.id = @id and s.screenshot_status in ('pending', 'processing')
for update of s;

-- name: MarkProcessing :exec
update public.trading_signals
set screenshot_status = 'processing', screenshot_path = @path
where id = @id and user_id = @user_id;

-- name: CompleteCapture :execrows
-- The path tells this capture from a later one of the same signal. What the picture shows stands beside
-- exchange, symbol and interval, which are what the alert said.
-- A picture that this one replaces goes with the state of the capture, see EndCapture.
update public.trading_signals
set screenshot_status = 'completed', screenshot_error = null, screenshot_url = @url,
    screenshot_kind = @kind, screenshot_source = @source,
    screenshot_width = @width, screenshot_height = @height, screenshot_taken_at = @taken_at,
    screenshot_symbol = @symbol, screenshot_interval = @shown_interval, screenshot_warnings = @warnings::text[]
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status = 'processing';

-- name: ShowsPicture :one
-- Whether another attempt at the same capture was first: its picture has this very path.
select exists (
  select from public.trading_signals
  where id = @id and user_id = @user_id and screenshot_path = @path and screenshot_status = 'completed');

-- name: PauseCapture :exec
-- An earlier attempt's code stays if this one has none: it shows that the capture failed before.
update public.trading_signals
set screenshot_status = 'pending', screenshot_error = coalesce(sqlc.narg(code), screenshot_error)
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status = 'processing';

-- name: FailCapture :exec
update public.trading_signals
set screenshot_status = 'failed', screenshot_error = @code
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status in ('pending', 'processing');

-- name: FailSiblings :execrows
-- The user's captures of the same chart with the same cookies that waited before this attempt began. One that
-- somebody holds is left to its own attempt.
with sibling as (
  select s.id from public.trading_signals s
  join public.trading_signals_config c on c.user_id = s.user_id
  left join public.capture_states st on st.signal_id = s.id
  where s.user_id = @user_id and s.id <> @id and s.chart_id = @chart_id::text and s.screenshot_status = 'pending'
    and greatest(s.created_at, st.requested_at) < @begun::timestamptz
    and coalesce(c.tv_sessionid, '') = @sealed_session_id::text
  for update of s skip locked
)
update public.trading_signals s
set screenshot_status = 'failed', screenshot_error = @code::text
from sibling where s.id = sibling.id and s.user_id = @user_id;

-- name: EndCapture :exec
-- Once the picture is there, the state of its capture ends and the picture that it replaced is removed.
with ended as (
  delete from public.capture_states st using public.trading_signals s
  where st.signal_id = @signal_id and s.id = st.signal_id and s.user_id = @user_id
  returning st.replaces
)
insert into public.screenshot_removals (path)
select replaces from ended where replaces is not null
on conflict do nothing;

-- name: SkipCapture :exec
update public.trading_signals
set screenshot_status = 'skipped', screenshot_error = @reason
where id = @id and user_id = @user_id
  and screenshot_path = @path and screenshot_status in ('pending', 'processing');

-- name: SuspectCapture :exec
insert into public.capture_states (signal_id, alone)
select s.id, true from public.trading_signals s where s.id = @signal_id and s.user_id = @user_id
on conflict (signal_id) do update set alone = true;

-- name: ExpireSession :execrows
-- Only the cookies that were refused become invalid: newer ones may have been stored since. The user is
-- locked first because signals follow: deleting a user locks them before the settings.
with held as materialized (select u.id from auth.users u where u.id = @user_id for key share)
update public.trading_signals_config c
set cookies_valid = false
from held
where c.user_id = held.id and c.cookies_valid and c.tv_sessionid = @sealed_session_id;

-- name: NewerSession :one
-- Whether other cookies than those refused are stored, and not refused themselves.
select exists (
  select from public.trading_signals_config c
  where c.user_id = @user_id and c.cookies_valid and c.tv_sessionid <> @sealed_session_id::text);

-- name: FailWaitingCaptures :exec
update public.trading_signals
set screenshot_status = 'failed', screenshot_error = 'session_expired'
where user_id = @user_id and screenshot_status = 'pending';

-- name: LeaseAccount :execrows
-- Takes the account if nobody holds it, if the holder's lease has expired, or if this job took it before.
insert into public.capture_leases (account, signal_id, expires_at)
values (@account, @signal_id, now() + make_interval(secs => @seconds::float8))
on conflict (account) do update
set signal_id = excluded.signal_id, expires_at = excluded.expires_at
where capture_leases.expires_at < now() or capture_leases.signal_id = excluded.signal_id;

-- name: ReleaseAccount :exec
delete from public.capture_leases where account = @account and signal_id = @signal_id;

-- name: CountCapture :one
-- Counts captures of an account, one or none, for the UTC day, and locks the account's row until the end of the
-- transaction, so that replicas count exactly.
insert into public.capture_accounts as a (account, captures) values (@account, @captures)
on conflict (account) do update
set captures = case when a.day = excluded.day then a.captures + excluded.captures else excluded.captures end, day = excluded.day
returning captures, coalesce(extract(epoch from rests_until - now()), 0)::float8 as rest;

-- name: RestAccount :one
-- Each strike in a row doubles the rest, from 30 s to 10 minutes; what the site asked for is kept to,
-- up to an hour.
insert into public.capture_accounts as a (account, strikes, captures, rests_until)
values (@account, 1, 0, now() + make_interval(secs => least(greatest(30, @asked::float8), 3600)))
on conflict (account) do update
set strikes = least(a.strikes + 1, 20),
    rests_until = greatest(a.rests_until, now() + make_interval(secs =>
      greatest(least(30 * power(2, least(a.strikes, 5)), 600), least(@asked::float8, 3600))))
returning extract(epoch from rests_until - now())::float8 as rest;

-- name: ForgiveAccount :exec
update public.capture_accounts set strikes = 0, rests_until = null
where account = @account and strikes > 0;

-- name: LockSignalForCapture :one
-- Locks the user's signal and returns what another capture of it needs.
select s.screenshot_status, coalesce(s.chart_id, c.default_chart_id, '')::text as chart_id, coalesce(s.symbol, '')::text as symbol,
       coalesce(s.screenshot_path, '')::text as path, (s.screenshot_url is not null or s.screenshot_status = 'completed')::boolean as shown,
       (coalesce(c.tv_sessionid, '') <> '' and coalesce(c.tv_sessionid_sign, '') <> '')::boolean as has_cookies,
       c.cookies_valid, (c.cookies_problem is not null)::boolean as malformed, c.capture_without_cookies, c.signals_quota, c.user_plan
from public.trading_signals s
join public.trading_signals_config c on c.user_id = s.user_id
where s.id = @id and s.user_id = @user_id
for update of s;

-- name: RequestCapture :exec
-- The picture that is shown stays until the new one is stored, even if a capture in between failed. The row
-- then has the path of that capture, and the state has the path of the picture.
insert into public.capture_states as st (signal_id, requested_at, replaces)
select s.id, now(), sqlc.narg(replaces) from public.trading_signals s where s.id = @signal_id and s.user_id = @user_id
on conflict (signal_id) do update
set alone = false, requested_at = now(), replaces = coalesce(st.replaces, excluded.replaces);

-- name: ReopenCapture :exec
-- The state is written first. If it names another path than the row, the row's path belongs to a capture that
-- failed, whose bytes may have been stored.
with former as (
  insert into public.screenshot_removals (path)
  select s.screenshot_path from public.trading_signals s
  join public.capture_states st on st.signal_id = s.id
  where s.id = @id and s.user_id = @user_id and s.screenshot_path is distinct from st.replaces and s.screenshot_path is not null
  on conflict do nothing
)
update public.trading_signals t
set screenshot_status = 'pending', screenshot_error = null, screenshot_path = null, chart_id = @chart_id
where t.id = @id and t.user_id = @user_id;

-- name: KeepEvidence :exec
-- The foreign keys are checked in the order user, signal: that in which deleting a user locks them.
with old as (
  delete from public.capture_evidence e
  where e.id in (select o.id from public.capture_evidence o where o.user_id = @user_id order by o.captured_at desc offset @most::int)
)
insert into public.capture_evidence (id, user_id, signal_id, code, step, detail, seen, picture)
select @id, s.user_id, s.id, @code, @step, @detail, sqlc.narg(seen)::jsonb, sqlc.narg(picture)::bytea
from public.trading_signals s where s.id = @signal_id and s.user_id = @user_id;

-- name: ListEvidence :many
select e.code, e.step, e.detail, coalesce(e.seen, 'null')::jsonb as seen, e.picture, e.captured_at
from public.capture_evidence e where e.signal_id = @signal_id order by e.captured_at, e.id;
