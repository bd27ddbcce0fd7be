-- name: WriteSignalNotices :exec
-- The rows of the outbox for signals that were just written, in the same transaction: one for each
-- channel that wants signals. What waits for its picture does so until max_wait; channels that cannot add
-- one later always wait. Each signal and each user is looked up by its key, even by a plan that was made while the
-- tables were empty, since PostgreSQL flattens neither a limit nor an offset.
insert into public.notifications (user_id, channel_id, event, signal_id, key, state, not_before, settled, created_at)
select s.user_id, c.id, 'signal', s.id, 'signal:' || s.id, case when w.waits then 'waiting' else 'ready' end,
       case when w.waits then s.created_at + make_interval(secs => c.max_wait_seconds) else s.created_at end,
       s.screenshot_status not in ('pending', 'processing'), s.created_at
from (select unnest(@signal_ids::text[])::uuid as id) a
cross join lateral (
  select n.id, n.user_id, n.screenshot_status, n.delivery_mode, n.created_at from public.trading_signals n where n.id = a.id limit 1
) s
cross join lateral (
  select h.id, h.kind, h.mode, h.max_wait_seconds from public.notification_channels h
  where h.user_id = s.user_id and h.enabled and 'signal' = any(h.events) offset 0
) c
cross join lateral (
  select s.screenshot_status = 'pending' and (c.kind in ('slack', 'email', 'ntfy') or coalesce(s.delivery_mode, c.mode) = 'together') as waits
) w
order by s.created_at, s.id, c.id
on conflict (channel_id, key) do nothing;

-- name: WriteQuotaNotices :exec
-- A threshold of the month's quota, once a month for each channel.
insert into public.notifications (user_id, channel_id, event, key)
select q.user_id, c.id, 'quota', q.key
from (select unnest(@user_ids::text[])::uuid as user_id, unnest(@keys::text[]) as key) q
cross join lateral (
  select h.id from public.notification_channels h where h.user_id = q.user_id and h.enabled and 'quota' = any(h.events) offset 0
) c
on conflict (channel_id, key) do nothing;

-- name: WriteTrouble :execrows
-- A trouble, once for each channel that wants troubles and works.
insert into public.notifications (user_id, channel_id, event, signal_id, key)
select c.user_id, c.id, 'trouble', sqlc.narg(signal_id)::uuid, @key::text
from public.notification_channels c
where c.user_id = @user_id and c.enabled and c.status <> 'broken' and 'trouble' = any(c.events)
  and c.id is distinct from sqlc.narg(but)::uuid
on conflict (channel_id, key) do nothing;

-- name: WriteFallback :exec
-- A trouble by mail to the account's own address, for a user without another channel that works.
with channel as (
  insert into public.notification_channels as c (user_id, kind, origin, events, language)
  values (@user_id, 'email', 'fallback', '{}', @language)
  on conflict (user_id, kind, origin) where origin <> 'own' do update set enabled = true, status = 'unproved', resume_at = null
  returning c.id, c.user_id
)
insert into public.notifications (user_id, channel_id, event, key)
select c.user_id, c.id, 'trouble', @key::text from channel c
on conflict (channel_id, key) do nothing;

-- name: ClaimChannels :many
-- Leases channels with something due, the longest waiting first, and at most so many of one user at
-- once. A lease that ran out belongs to a worker that died: its rows are found in state sending.
with due as (
  select n.channel_id, min(n.created_at) as since
  from public.notifications n
  where (n.state in ('waiting', 'ready', 'sending') or n.picture = 'owed') and n.not_before <= now()
  group by n.channel_id
), ranked as (
  select c.id, d.since, row_number() over (partition by c.user_id order by d.since, c.id) as place,
         (select count(*) from public.notification_channels o where o.user_id = c.user_id and o.lease_until > now()) as busy
  from due d join public.notification_channels c on c.id = d.channel_id
  where c.kind = any(@kinds::text[]) and c.enabled and c.status <> 'broken'
    and coalesce(c.resume_at, '-infinity') <= now() and coalesce(c.lease_until, '-infinity') <= now()
), free as (
  select c.id from ranked r join public.notification_channels c on c.id = r.id
  where r.place + r.busy <= @for_each::int
    and coalesce(c.resume_at, '-infinity') <= now() and coalesce(c.lease_until, '-infinity') <= now()
  order by r.since
  limit @most
  for update of c skip locked
)
update public.notification_channels c
set lease_owner = @owner, lease_until = now() + make_interval(secs => @lease::float8)
from free
where c.id = free.id
returning c.id, c.user_id, c.kind, c.origin, c.language, c.as_file, c.settings, c.refusals, coalesce(c.secret, '')::text as secret, c.destination,
  coalesce((
    select case c.kind when 'telegram' then g.telegram_bot_token when 'discord' then g.discord_webhook_url end
    from public.trading_signals_config g where g.user_id = c.user_id and c.origin = 'classic'), '')::text as classic;

-- name: ChannelReader :one
-- For whom a channel's messages are composed. A mail address counts if Supabase Auth has confirmed it; the
-- local issuer confirms none.
select g.preferred_timezone, now()::timestamptz as at,
       (case when to_jsonb(u) ? 'email_confirmed_at' and to_jsonb(u) ->> 'email_confirmed_at' is null then '' else coalesce(u.email, '') end)::text as email
from public.trading_signals_config g join auth.users u on u.id = g.user_id
where g.user_id = @user_id;

-- name: DueNotifications :many
-- What is due at a channel, oldest first, edits last.
select sqlc.embed(n), (count(*) filter (where n.state <> 'sent') over ())::bigint as total
from public.notifications n
where n.channel_id = @channel_id and n.user_id = @user_id
  and (n.state in ('waiting', 'ready', 'sending') or n.picture = 'owed') and n.not_before <= now()
order by n.state = 'sent', n.created_at, n.id
limit @most;

-- name: SignalsForNotices :many
select * from public.trading_signals where user_id = @user_id and id = any(@ids::uuid[]);

-- name: BeginSending :execrows
-- Written before the request is: a row that is found in sending has an unknown outcome. It renews the
-- lease, and touches nothing if that was lost.
with held as (
  update public.notification_channels c set lease_until = now() + make_interval(secs => @lease::float8)
  where c.id = @channel_id and c.user_id = @user_id and c.lease_owner = @owner and c.lease_until > now()
  returning c.id
)
update public.notifications n
set state = case when n.state = 'sent' then 'sent' else 'sending' end, attempts = n.attempts + 1, started_at = now()
from held
where n.channel_id = held.id and n.user_id = @user_id and n.id = any(@ids::uuid[]);

-- name: UndoSending :exec
-- For a BeginSending whose answer was lost. The attempts tell whether somebody else has begun since.
update public.notifications n
set state = 'ready', attempts = n.attempts - 1
from (select unnest(@ids::text[])::uuid as id, unnest(@attempts::int[]) as attempts) b
where n.id = b.id and n.state = 'sending' and n.attempts = b.attempts + 1 and n.channel_id = @channel_id and n.user_id = @user_id;

-- name: LockNotifications :exec
-- Locks in the order of ids, as the trigger that settles captures does.
select n.id from public.notifications n
where n.channel_id = @channel_id and n.user_id = @user_id and n.id = any(@ids::uuid[])
order by n.id for no key update;

-- name: EndNotifications :exec
-- What became of rows. A text that owes its picture rests until its capture is settled, by the trigger;
-- a day later it is given up.
update public.notifications n
set state = e.state, unknown = e.unknown, external_id = nullif(e.external_id, ''), picture = e.picture, code = nullif(e.code, ''),
    attempts = case when e.state = 'sent' and n.state = 'sending' then 0 else n.attempts end,
    sent_at = case when e.state = 'sent' and n.state = 'sending' then now() else n.sent_at end,
    not_before = case when e.state = 'sent' and e.picture = 'owed' and not n.settled then now() + interval '1 day'
                      else now() + make_interval(secs => e.delay) end
from (
  select unnest(@ids::text[])::uuid as id, unnest(@states::text[]) as state, unnest(@unknown::int[]) as unknown, unnest(@external_ids::text[]) as external_id,
         unnest(@pictures::text[]) as picture, unnest(@codes::text[]) as code, unnest(@delays::float8[]) as delay
) e
where n.id = e.id and n.channel_id = @channel_id and n.user_id = @user_id;

-- name: EndChannel :exec
update public.notification_channels
set status = coalesce(nullif(@status::text, ''), status), code = nullif(@code::text, ''), refusals = @refusals,
    resume_at = case when @pause::float8 > 0 then now() + make_interval(secs => @pause::float8) else resume_at end,
    settings = coalesce(sqlc.narg(settings)::jsonb, settings),
    updated_at = case when nullif(@status::text, '') is distinct from status or sqlc.narg(settings)::jsonb is not null then now() else updated_at end
where id = @id and user_id = @user_id and lease_owner = @owner;

-- name: PauseDestination :exec
-- Every channel with the same token waits, no matter whose it is.
update public.notification_channels
set resume_at = greatest(resume_at, now() + make_interval(secs => @pause::float8))
where destination = @destination;

-- name: ReleaseChannel :exec
update public.notification_channels set lease_owner = null, lease_until = null
where id = @id and user_id = @user_id and lease_owner = @owner;

-- name: ListChannels :many
select sqlc.embed(c) from public.notification_channels c
where c.user_id = @user_id and c.origin <> 'fallback'
order by c.created_at, c.id;

-- name: GetChannel :one
select sqlc.embed(c), coalesce((
    select case c.kind when 'telegram' then g.telegram_bot_token when 'discord' then g.discord_webhook_url end
    from public.trading_signals_config g where g.user_id = c.user_id and c.origin = 'classic'), '')::text as classic
from public.notification_channels c
where c.user_id = @user_id and c.id = @id and c.origin <> 'fallback';

-- name: LockChannels :one
-- Counts the user's channels while the user's settings are held, so that two requests do not both make
-- the last one.
select (select count(*) from public.notification_channels c where c.user_id = g.user_id and c.origin = 'own')::bigint
from public.trading_signals_config g where g.user_id = @user_id for update of g;

-- name: InsertChannel :one
insert into public.notification_channels (user_id, kind, name, enabled, events, mode, max_wait_seconds, language, as_file, settings, secret, destination, status, pending, pending_until)
values (@user_id, @kind, @name, @enabled, @events, @mode, @max_wait_seconds, @language, @as_file, @settings, sqlc.narg(secret), sqlc.narg(destination), 'unproved',
  sqlc.narg(pending), sqlc.narg(pending_until))
returning id;

-- name: UpdateChannel :execrows
-- A change gives a broken channel another chance.
update public.notification_channels
set name = @name, enabled = @enabled, events = @events, mode = @mode, max_wait_seconds = @max_wait_seconds, language = @language, as_file = @as_file,
    settings = @settings, secret = sqlc.narg(secret), destination = sqlc.narg(destination), status = @status, code = null, refusals = 0, resume_at = null,
    pending = sqlc.narg(pending), pending_until = sqlc.narg(pending_until), updated_at = now()
where user_id = @user_id and id = @id and origin = 'own';

-- name: UpdateClassicChannel :execrows
-- Writes of a classic channel what the columns of the settings do not hold.
update public.notification_channels
set events = @events, mode = @mode, max_wait_seconds = @max_wait_seconds, language = @language, as_file = @as_file, name = @name,
    status = @status, code = null, refusals = 0, resume_at = null, updated_at = now()
where user_id = @user_id and id = @id and origin = 'classic';

-- name: DeleteChannel :execrows
delete from public.notification_channels where user_id = @user_id and id = @id and origin = 'own';

-- name: ProveChannel :execrows
-- An address is proved by sending back what was sent there. Its channel is switched on only then.
update public.notification_channels
set pending = null, pending_until = null, enabled = true, status = 'ok', code = null, updated_at = now(), settings = coalesce(sqlc.narg(settings)::jsonb, settings)
where id = @id and pending = @pending::text and pending_until > now();

-- name: SetChannelState :exec
update public.notification_channels set status = @status, code = nullif(@code::text, ''), refusals = 0, resume_at = null, updated_at = now()
where user_id = @user_id and id = @id;

-- name: UnsubscribeChannel :execrows
update public.notification_channels set enabled = false, updated_at = now() where id = @id and kind = 'email';

-- name: ListNotifications :many
select sqlc.embed(n) from public.notifications n
where n.user_id = @user_id
  and (@state::text = '' or n.state = @state) and (@channel::text = '' or n.channel_id = nullif(@channel, '')::uuid)
  and (@signal::text = '' or n.signal_id = nullif(@signal, '')::uuid)
  and (sqlc.narg(before)::timestamptz is null or (n.created_at, n.id) < (sqlc.narg(before)::timestamptz, @before_id::uuid))
order by n.created_at desc, n.id desc
limit @most;

-- name: ResendNotification :execrows
-- Sends a message again because its owner asks: as a first attempt, without the mark of an unknown outcome.
update public.notifications
set state = 'ready', not_before = now(), attempts = 0, unknown = 0, code = null, created_at = now(), picture = case when picture = 'attached' then 'none' else picture end
where user_id = @user_id and id = @id and state in ('failed', 'expired', 'cancelled', 'sent');

-- name: ForgetNotifications :execrows
delete from public.notifications where id in (
  select n.id from public.notifications n where n.created_at < @before order by n.created_at limit 5000);

-- name: EndStaleNotifications :execrows
-- Messages of channels that are switched off, and those that a broken channel has kept for a day.
update public.notifications n
set state = case when c.enabled then 'expired' else 'cancelled' end, code = case when c.enabled then 'too_old' else 'channel_off' end, picture = 'none'
from public.notification_channels c
where c.id = n.channel_id and n.state in ('waiting', 'ready', 'sending')
  and (not c.enabled and n.created_at < now() - interval '1 minute' or c.status = 'broken' and n.created_at < now() - interval '1 day');

-- name: CountNotifications :many
select n.state, count(*) as rows, coalesce(extract(epoch from now() - min(n.created_at)), 0)::float8 as oldest
from public.notifications n where n.state in ('waiting', 'ready', 'sending') group by n.state;

-- name: NotifiedUsers :many
-- Pages through the users with a channel that wants troubles.
select g.user_id, g.preferred_timezone, g.silence_rules from public.trading_signals_config g
where g.notifies and g.user_id > @after
  and exists (select from public.notification_channels c where c.user_id = g.user_id and c.enabled and 'trouble' = any(c.events))
order by g.user_id limit @most;

-- name: SourceHistory :many
-- The sources of a user with enough signals to have habits, and when they fired; with every, all sources,
-- since a user's own rule may cover one that fires rarely. Replays, tests and demonstrations say nothing about
-- an alert's habits.
select coalesce(s.indicator_name, '')::text as indicator_name, coalesce(s.ticker, '')::text as ticker, coalesce(s.interval, '')::text as "interval",
       array_agg(s.created_at order by s.created_at, s.id)::timestamptz[] as fired,
       ((array_agg(s.id order by s.created_at desc, s.id desc))[1])::uuid as last_id
from public.trading_signals s
where s.user_id = @user_id and s.origin = 'alert' and s.created_at > now() - interval '56 days'
group by 1, 2, 3
having @every::bool or count(*) >= 20 and max(s.created_at) > now() - interval '28 days'
order by count(*) desc, 1, 2, 3
limit 500;

-- name: ToldTroubles :many
-- What users were told of silent sources and failing captures and is still kept, the oldest first.
select n.user_id, n.key, min(n.created_at)::timestamptz as told_at
from public.notifications n
where n.user_id = any(@user_ids::uuid[]) and n.event = 'trouble'
  and split_part(n.key, ':', 1) in ('silence', 'back', 'captures', 'works')
group by n.user_id, n.key
order by told_at, n.key;

-- name: RecentCaptures :many
-- How users' captures of the last hour ended, at most ten of each user, the newest first. An expired
-- session is told for itself.
select u.user_id::uuid as user_id, s.screenshot_status, coalesce(s.screenshot_error, '')::text as screenshot_error, s.updated_at
from unnest(@user_ids::uuid[]) as u (user_id) cross join lateral (
  select t.* from public.trading_signals t
  where t.user_id = u.user_id and t.screenshot_status in ('completed', 'failed') and t.screenshot_error is distinct from 'session_expired'
    and t.created_at > now() - interval '1 hour'
  order by t.created_at desc, t.id desc
  limit 10
) s
order by u.user_id, s.created_at desc, s.id desc;

-- name: NewestPicture :one
-- The signal that a test message shows: the newest with a picture, else the newest.
select * from public.trading_signals
where user_id = @user_id order by (screenshot_status = 'completed') desc, created_at desc limit 1;
