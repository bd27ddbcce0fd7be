-- name: ResetMonthlyQuotas :one
-- Begins the month for some of the users whose counters are of an earlier one: their alerts wait for one part, and
-- others' for none. Users are locked before their settings, as alerts lock them; who is locked is left to the next
-- round, or begins the month by an alert.
with held as materialized (
  select u.id from auth.users u
  where u.id in (
    select l.user_id from public.trading_signals_config l
    where l.quota_month < date_trunc('month', now() at time zone 'utc')::date
    order by l.user_id limit @most::int)
  order by u.id
  for key share skip locked
), behind as materialized (
  select c.id from public.trading_signals_config c
  where c.user_id in (select h.id from held h) and c.quota_month < date_trunc('month', now() at time zone 'utc')::date
  order by c.user_id
  for update skip locked
), begun as (
  update public.trading_signals_config c
  set signals_used_this_month = 0, quota_month = date_trunc('month', now() at time zone 'utc')::date
  from behind b where c.id = b.id
  returning c.id
)
select count(*)::bigint as users from begun;

-- name: ForgetDeliveries :execrows
delete from public.webhook_deliveries
where id in (
  select d.id from public.webhook_deliveries d
  where d.received_at < @before
  order by d.received_at
  limit 5000
);

-- name: ClaimRemovals :many
-- Pictures whose signals were deleted. Claiming one puts it off, ever longer, so that a replica that
-- dies with it, or a storage that fails, only delays it; ForgetRemovals ends it.
update public.screenshot_removals r
set attempts = r.attempts + 1,
    queued_at = now() + least(interval '1 day', interval '30 seconds' * power(2, least(r.attempts, 12)))
where r.path in (
  select d.path from public.screenshot_removals d
  where d.queued_at <= now()
  order by d.queued_at
  limit 100
  for update skip locked
)
returning r.path;

-- name: ForgetRemovals :exec
delete from public.screenshot_removals where path = any(@paths::text[]);

-- name: FailStrandedCaptures :execrows
-- Signals still waiting when any capture would be too late: their job was lost with a worker that
-- was killed once too often.
update public.trading_signals s
set screenshot_status = 'failed', screenshot_error = 'too_late'
where s.screenshot_status in ('pending', 'processing') and s.created_at < @before
  and not exists (select from public.capture_states st where st.signal_id = s.id and st.requested_at >= @before);

-- name: SweepCaptures :exec
-- What captures left behind: states of deleted signals, with the picture that was to be replaced, and
-- accounts that have not been seen for a week; and checks of cookies whose job failed to the end.
with gone as (
  delete from public.capture_states st
  where not exists (select from public.trading_signals s where s.id = st.signal_id)
  returning st.replaces
), kept as (
  insert into public.screenshot_removals (path) select replaces from gone where replaces is not null
  on conflict do nothing
), unanswered as (
  update public.cookie_checks set state = 'unknown', checked_at = now()
  where state = 'pending' and requested_at < now() - interval '1 hour'
)
delete from public.capture_accounts
where day < (now() at time zone 'UTC')::date - 7 and coalesce(rests_until, now()) <= now();

-- name: MissingTables :many
-- Some tables that the service cannot run without, in the order in which the migrations make them.
select t.name::text
from unnest(array[
  'public.trading_signals', 'public.trading_signals_config', 'public.trading_signals_stats',
  'public.webhook_deliveries', 'public.screenshot_removals', 'public.time_zones', 'public.key_canary', 'river.river_job'
]) with ordinality as t(name, n)
where to_regclass(t.name) is null
order by t.n;

-- name: ForgetRepeats :execrows
-- Expired records stay for an hour, because alerts that waited in a spool are judged as of their arrival.
delete from public.alert_keys k
using (select d.user_id, d.key from public.alert_keys d where d.expires_at < now() - interval '1 hour' order by d.expires_at limit 5000 for update skip locked) old
where k.user_id = old.user_id and k.key = old.key;

-- name: ExpirePictures :one
-- Takes the pictures from some signals that are older than their user's plan keeps them; a plan without a
-- time keeps them for ever. What is being captured again is left to its capture. The paths go through the
-- queue of removals. Rows of the Node service have no path, and one in their address: of the user's own
-- folder and no other. The inner order and the partial index make each user a short look.
with old as materialized (
  -- Values as they are once the row is held.
  select s.id, coalesce(s.screenshot_path, substring(s.screenshot_url from
           '/(' || c.user_id || '/[A-Za-z0-9_-][A-Za-z0-9._-]*\.png)$')) as path
  from public.trading_signals_config c
  cross join lateral (
    select t.id, t.screenshot_path, t.screenshot_url from public.trading_signals t
    where t.user_id = c.user_id
      and (t.screenshot_status = 'completed' or t.screenshot_url is not null)
      and t.screenshot_status not in ('pending', 'processing')
      and coalesce(t.screenshot_taken_at, t.created_at) < case c.user_plan
        when 'free' then sqlc.narg(free)::timestamptz
        when 'pro' then sqlc.narg(pro)::timestamptz
        when 'lifetime' then sqlc.narg(lifetime)::timestamptz
      end
    order by coalesce(t.screenshot_taken_at, t.created_at)
    limit @most::int
    for update skip locked
  ) s
  limit @most::int
), states as (
  delete from public.capture_states st using old where st.signal_id = old.id returning st.replaces as path
), queued as (
  insert into public.screenshot_removals (path)
  select p.path from (select path from old union select path from states) p where p.path is not null
  order by p.path
  on conflict (path) do nothing
), expired as (
  update public.trading_signals s
  set screenshot_status = 'expired', screenshot_error = null, screenshot_url = null, screenshot_path = null
  from old where s.id = old.id
  returning s.user_id
)
select count(*) as signals, coalesce(array_agg(distinct user_id), '{}')::uuid[] as users from expired;

-- name: ForgetEvidence :execrows
delete from public.capture_evidence where id in (
  select e.id from public.capture_evidence e where e.captured_at < @before order by e.captured_at limit 1000
);
