-- What the door and the commands of the operator read, over all users. They show no secret, and no body of an
-- alert without the consent of its user.

-- name: PageUsers :many
select u.id as user_id, coalesce(u.email, '')::text as email, c.user_plan, c.signals_quota, c.webhook_enabled, c.support_access,
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used,
       coalesce(s.total_signals, 0)::bigint as total_signals, c.created_at
from auth.users u
join public.trading_signals_config c on c.user_id = u.id
left join public.trading_signals_stats s on s.user_id = u.id
where u.id > @after::uuid
order by u.id limit @most;

-- name: CountFailures :many
select e.code, count(*) as attempts, count(distinct e.user_id) as users, max(e.captured_at)::timestamptz as last_at
from public.capture_evidence e group by e.code order by 2 desc, 1;

-- name: ListFailures :many
select e.id, e.user_id, e.signal_id, e.code, e.step, e.detail, coalesce(e.seen, 'null')::jsonb as seen,
       (e.picture is not null)::boolean as has_picture, e.captured_at
from public.capture_evidence e
where (@code::text = '' or e.code = @code::text)
  and (sqlc.narg(before)::timestamptz is null or e.captured_at < sqlc.narg(before)::timestamptz)
order by e.captured_at desc, e.id desc limit @most;

-- name: FailurePicture :one
select e.picture from public.capture_evidence e where e.id = @id and e.picture is not null;

-- name: PageSessions :many
-- The state of users' TradingView sessions, without the cookies.
select c.user_id, coalesce(u.email, '')::text as email, c.cookies_valid, c.cookies_problem, c.cookies_updated_at,
       coalesce(k.state, '')::text as check_state, k.checked_at
from public.trading_signals_config c
join auth.users u on u.id = c.user_id
left join public.cookie_checks k on k.user_id = c.user_id
where c.user_id > @after::uuid and c.tv_sessionid is not null and c.tv_sessionid_sign is not null
order by c.user_id limit @most;

-- name: PageChannels :many
-- Leaves out where channels lead.
select n.id, n.user_id, n.kind, n.enabled, n.status, coalesce(n.code, '')::text as code, n.resume_at, n.updated_at
from public.notification_channels n
where n.id > @after::uuid
order by n.id limit @most;

-- name: SupportAccess :one
select c.support_access from public.trading_signals_config c where c.user_id = @user_id;

-- name: SupportDeliveries :many
-- The consent is asked for in the statement that reads: nothing is read after it was withdrawn. The body is that of
-- ListDeliveries.
select d.id, d.received_at, coalesce(d.body, (
         select convert_to(s.raw_message, 'UTF8') from public.trading_signals s
         where s.id = d.id and s.user_id = d.user_id and d.outcome = 'accepted'))::bytea as body, d.body_size, d.sender, d.outcome, d.reason, d.signal_id
from public.webhook_deliveries d
join public.trading_signals_config c on c.user_id = d.user_id and c.support_access
where d.user_id = @user_id
  and (sqlc.narg(before)::timestamptz is null or d.received_at < sqlc.narg(before)::timestamptz)
order by d.received_at desc, d.id desc limit @most;

-- name: SignalOwner :one
select s.user_id from public.trading_signals s where s.id = @id;

-- name: CountAllSignals :one
-- All signals are those that the statistics count. Only users who had a signal of late are looked at, each by the
-- index of a user's newest signals: what this costs grows with a day's alerts, not with all that were ever stored.
select (select coalesce(sum(a.total_signals), 0) from public.trading_signals_stats a)::bigint as signals,
       (select count(*) from public.trading_signals_config)::bigint as users,
       count(*) filter (where d.created_at >= @today::timestamptz) as today,
       count(*) filter (where d.screenshot_status in ('completed', 'expired')) as completed,
       count(*) filter (where d.screenshot_status = 'failed') as failed,
       count(*) filter (where d.screenshot_taken_at >= @today::timestamptz) as taken_today
from public.trading_signals_stats st
cross join lateral (
  select s.created_at, s.screenshot_status, s.screenshot_taken_at
  from public.trading_signals s
  where s.user_id = st.user_id and s.created_at >= least(@today::timestamptz, @since::timestamptz) and s.origin not in ('test', 'demo')
  offset 0
) d
where st.last_signal_at >= least(@today::timestamptz, @since::timestamptz);

-- name: CaptureSeconds :one
-- The mean time of the captures whose jobs the queue still keeps.
select coalesce(avg(extract(epoch from j.finalized_at - j.attempted_at)), 0)::float8
from river.river_job j where j.queue = 'captures' and j.state = 'completed';

-- name: ListJobs :many
select j.id, j.kind, j.queue, j.state::text as state, j.attempt, j.max_attempts,
       coalesce(j.args ->> 'signal_id', '')::text as signal_id, coalesce(j.args ->> 'user_id', '')::text as owner,
       coalesce(s.ticker, '')::text as ticker, j.created_at, j.scheduled_at, j.attempted_at, j.finalized_at,
       coalesce(j.errors[array_upper(j.errors, 1)] ->> 'error', '')::text as error
from river.river_job j
left join public.trading_signals s on s.id = (j.args ->> 'signal_id')::uuid
where (@queue::text = '' or j.queue = @queue::text)
  and j.state = any(cast(@states::text[] as river.river_job_state[]))
  and (@signal::text = '' or j.args ->> 'signal_id' = @signal::text)
order by j.id desc limit @most;

-- name: ReopenOfJobs :many
-- A job that is run again does nothing if its capture is settled. So failed captures become pending again, as if they
-- were asked for now.
with reopened as (
  update public.trading_signals s set screenshot_status = 'pending', screenshot_error = null
  from river.river_job j
  where j.id = any(@jobs::bigint[]) and j.kind = 'capture' and j.state in ('cancelled', 'completed', 'discarded')
    and s.id = (j.args ->> 'signal_id')::uuid and s.screenshot_status = 'failed'
  returning s.id, s.user_id
), state as (
  insert into public.capture_states (signal_id, requested_at) select r.id, now() from reopened r
  on conflict (signal_id) do update set alone = false, requested_at = now()
)
select r.user_id from reopened r;
