-- The delivery log has no grants: these run as the service, for the user whose id they carry. The body of an
-- accepted alert is its signal's raw message, if the delivery has none and the signal has its id.

-- name: ListDeliveries :many
select d.id, d.received_at, coalesce(d.body, (
         select convert_to(s.raw_message, 'UTF8') from public.trading_signals s
         where s.id = d.id and s.user_id = d.user_id and d.outcome = 'accepted'))::bytea as body,
       d.body_size, d.sender, d.outcome, d.reason, d.signal_id
from public.webhook_deliveries d
where d.user_id = @user_id
  and (@outcome::text = '' or d.outcome = @outcome::text)
  and (sqlc.narg(signal_id)::uuid is null or d.signal_id = sqlc.narg(signal_id)::uuid)
  and (sqlc.narg(from_time)::timestamptz is null or d.received_at >= sqlc.narg(from_time)::timestamptz)
  and (sqlc.narg(to_time)::timestamptz is null or d.received_at < sqlc.narg(to_time)::timestamptz)
  and (sqlc.narg(before_time)::timestamptz is null or (d.received_at, d.id) < (sqlc.narg(before_time)::timestamptz, sqlc.narg(before_id)::uuid))
order by d.received_at desc, d.id desc
limit @most;

-- name: LockTenant :one
-- LockTenants for an owner who replays. The order is first the user, then the settings, then the delivery.
with held as materialized (select u.id from auth.users u where u.id = @user_id for key share)
select sqlc.embed(c),
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used
from held join public.trading_signals_config c on c.user_id = held.id
for update of c;

-- name: LockDelivery :one
select id, received_at, body, body_size, sender, outcome, signal_id
from public.webhook_deliveries
where user_id = @user_id and id = @id
for update;

-- name: AcceptDelivery :exec
update public.webhook_deliveries
set outcome = 'accepted', reason = 'replayed by its owner', signal_id = @signal_id
where user_id = @user_id and id = @id;

-- name: ReplayableDeliveries :many
-- Oldest first, so that signals keep their order. Repeats have their signal, so they are left out unless the
-- outcome asks for them.
select id from public.webhook_deliveries
where user_id = @user_id and body is not null
  and outcome <> 'accepted' and outcome = coalesce(nullif(@outcome::text, ''), nullif(outcome, 'duplicate'))
  and (sqlc.narg(from_time)::timestamptz is null or received_at >= sqlc.narg(from_time)::timestamptz)
  and (sqlc.narg(to_time)::timestamptz is null or received_at < sqlc.narg(to_time)::timestamptz)
order by received_at, id
limit @most;
