-- The job queue: River's table, in the transactions of what the jobs are about. The rows are those that
-- River's own insert makes, which costs more than all else that a signal needs; a test holds them to it.

-- name: InsertCaptures :exec
-- Queues captures, in arrays, and tells the workers once it is committed. A capture that waits for a slot
-- of its user's limits is available later.
with job as (
  insert into river.river_job (args, kind, queue, max_attempts, scheduled_at)
  select jsonb_build_object('signal_id', c.signal, 'user_id', c.owner), 'capture', 'captures', @runs::int, greatest(now(), c.due)
  from (select unnest(@signals::text[]) as signal, unnest(@users::text[]) as owner, unnest(@due::timestamptz[]) as due) c
)
select pg_notify('river.river_insert', '{"queue": "captures"}');

-- name: InsertCookieCheck :exec
-- Queues a check of the user's cookies, unless one waits already. The site is asked at most every ten
-- seconds about a user who stores one session after the other.
with job as (
  insert into river.river_job (args, kind, queue, max_attempts, scheduled_at)
  select jsonb_build_object('user_id', @user_id::text), 'cookie_check', 'checks', @runs::int,
         greatest(now(), (
           select max(f.attempted_at) + interval '10 seconds' from river.river_job f
           where f.state in ('running', 'completed') and f.queue = 'checks' and f.scheduled_at > now() - interval '1 minute'
             and f.args ->> 'user_id' = @user_id::text))
  where not exists (
    select from river.river_job w
    where w.state in ('available', 'pending', 'retryable', 'scheduled') and w.queue = 'checks' and w.args ->> 'user_id' = @user_id::text)
)
select pg_notify('river.river_insert', '{"queue": "checks"}');

-- name: CookieCheckDue :one
-- Whether a request for a check needs a new one. A check that is pending without a job has lost its job and
-- would never be answered.
select (not exists (
  select from public.cookie_checks k
  where k.user_id = @user_id::uuid and case k.state
    when 'pending' then exists (
      select from river.river_job j
      where j.state in ('available', 'pending', 'retryable', 'running', 'scheduled') and j.queue = 'checks'
        and j.args ->> 'user_id' = k.user_id::text)
    else k.checked_at > now() - interval '1 minute' end))::boolean;

-- name: CaptureTurns :many
-- Every user with a capture that may run now, or that this worker runs: the first of those that wait, how
-- many this worker runs, and how the user's last turn went.
select j.owner, coalesce(t.hung, false)::boolean as hung, coalesce(t.taken_at, to_timestamp(0))::timestamptz as taken_at,
       (count(*) filter (where j.here))::bigint as running,
       coalesce(min(j.scheduled_at) filter (where not j.here), to_timestamp(0))::timestamptz as since,
       coalesce((array_agg(j.id order by j.scheduled_at, j.id) filter (where not j.here))[1:@most::int], '{}')::bigint[] as jobs
from (
  select w.id, w.scheduled_at, coalesce(w.args ->> 'user_id', '')::text as owner, false as here
  from river.river_job w
  where w.state = 'available' and w.queue = 'captures' and w.scheduled_at <= now()
  union all
  select r.id, r.scheduled_at, coalesce(r.args ->> 'user_id', '')::text, true
  from river.river_job r
  where r.state = 'running' and r.queue = 'captures' and r.attempted_by[array_upper(r.attempted_by, 1)] = @worker::text
) j
left join public.capture_turns t on t.user_id = nullif(j.owner, '')::uuid
group by j.owner, t.hung, t.taken_at;

-- name: TakeCaptures :many
-- Starts jobs as River's own fetch does, and notes the turns of their users.
with locked as (
  select j.id from river.river_job j
  where j.id = any(@jobs::bigint[]) and j.state = 'available' and j.scheduled_at <= now()
  for update skip locked
), taken as (
  update river.river_job j
  set state = 'running', attempt = j.attempt + 1, attempted_at = now(),
      attempted_by = array_append(j.attempted_by[greatest(1, cardinality(j.attempted_by) - 98):], @worker::text)
  from locked where j.id = locked.id
  returning j.id, j.args ->> 'user_id' as owner
), turn as (
  insert into public.capture_turns (user_id, taken_at)
  select u.id, now() from auth.users u where u.id in (select t.owner::uuid from taken t where t.owner is not null)
  order by u.id
  on conflict (user_id) do update set taken_at = excluded.taken_at
)
select taken.id from taken;

-- name: MarkHung :exec
update public.capture_turns set hung = @hung where user_id = @user_id;

-- name: ClaimCapture :one
-- Takes the user's oldest capture whose job could run now, or as soon as the user's account is free: the
-- job is put off for the claim's time. A job that is put off further than a busy account puts one off is
-- another's claim, or waits for a slot of the user's limits. None is given while another user waits who
-- holds no slot, unless that user's last attempt hung, and none of a queue that the operator has paused.
with next as (
  select j.id, s.id as signal from public.trading_signals s
  join river.river_job j on j.state = 'available' and j.queue = 'captures' and j.args ->> 'signal_id' = s.id::text
    and j.scheduled_at < now() + make_interval(secs => @claimable::float8)
  where s.user_id = @user_id and s.screenshot_status = 'pending' and s.screenshot_error is null
    and not exists (select from public.capture_states st where st.signal_id = s.id and st.alone)
    and not exists (select from river.river_queue p where p.name = 'captures' and p.paused_at is not null)
    and not exists (
      select from river.river_job w
      left join public.capture_turns t on t.user_id = (w.args ->> 'user_id')::uuid
      where w.state = 'available' and w.queue = 'captures' and w.scheduled_at <= now()
        and w.args ->> 'user_id' <> s.user_id::text and not coalesce(t.hung, false)
        and not exists (
          select from river.river_job r
          where r.state = 'running' and r.queue = 'captures' and r.args ->> 'user_id' = w.args ->> 'user_id'))
  order by s.created_at, s.id limit 1 for update of j skip locked
)
update river.river_job j set scheduled_at = now() + make_interval(secs => @held::float8)
from next where j.id = next.id
returning next.signal::uuid as signal_id, j.id as job;

-- name: FinishClaim :exec
-- A job that runs already or may run, because the claim's time is over or another capture of the signal is
-- wanted, is left alone.
update river.river_job set state = 'completed', finalized_at = now()
where id = @job and args ->> 'user_id' = @user_id::text and state = 'available' and scheduled_at > now();

-- name: ReturnClaim :exec
update river.river_job set scheduled_at = now()
where id = @job and args ->> 'user_id' = @user_id::text and state = 'available' and scheduled_at > now();

-- name: RequeueCaptures :many
-- Captures of the user that wait again take the job that is still queued, which comes now and counts its attempts anew:
-- a second job would write to the same place at the same time. A job that runs has settled its signal and
-- does no more for it. The signals that need a new job are returned.
with queued as (
  update river.river_job j set state = 'available', scheduled_at = now(), attempt = 0
  from unnest(@signals::text[]) signal
  where j.queue = 'captures' and j.state in ('available', 'pending', 'retryable', 'scheduled') and j.args ->> 'signal_id' = signal
    and j.args ->> 'user_id' = @user_id::text
  returning signal
)
select signal::text from unnest(@signals::text[]) signal where signal not in (select q.signal from queued q);

-- name: AdoptJobs :exec
-- Moves the jobs that an earlier release queued to the queues of their kinds.
update river.river_job j
set queue = case j.kind when 'capture' then 'captures' else 'checks' end,
    args = case j.kind when 'capture' then j.args || coalesce((
      select jsonb_build_object('user_id', s.user_id) from public.trading_signals s where s.id::text = j.args ->> 'signal_id'), '{}') else j.args end
where j.state in ('available', 'pending', 'retryable', 'scheduled') and j.queue = 'default' and j.kind in ('capture', 'cookie_check');

-- name: CountJobs :many
-- Jobs of a queue by where they stand. One that is put off is delayed, though River calls it available.
-- due_seconds is how long the first of them has been due, begun_seconds how long ago the last one began.
select (case when state = 'available' and scheduled_at > now() + interval '2 seconds' then 'scheduled' else state end)::text as state, count(*) as jobs,
       coalesce(max(extract(epoch from now() - scheduled_at)), 0)::float8 as due_seconds,
       coalesce(min(extract(epoch from now() - attempted_at)), 'infinity')::float8 as begun_seconds
from river.river_job where queue = @queue group by 1;
