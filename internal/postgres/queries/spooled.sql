-- name: LockSpooledTenants :many
-- LockTenants for alerts that waited in a spool: their users are known, and may have another token by now.
with held as materialized (
  select u.id from auth.users u
  where u.id in (select unnest(@users::text[])::uuid) and to_jsonb(u) ->> 'deleted_at' is null
  order by u.id
  for key share
)
select sqlc.embed(c)
from held join public.trading_signals_config c on c.user_id = held.id
order by c.user_id
for update of c;

-- name: UsedOfMonth :many
-- What users have used of the alerts' month, which may be over. A statement of its own, after the users are locked:
-- whoever held them before may have rolled the month over, and kept its counter in a row that is new.
select c.user_id,
       (case when c.quota_month < @month::date then 0
             when c.quota_month = @month::date then c.signals_used_this_month
             else coalesce((select q.used from public.quota_months q where q.user_id = c.user_id and q.month = @month::date), 0)
        end)::bigint as used
from public.trading_signals_config c
where c.user_id in (select unnest(@users::text[])::uuid);

-- name: FindSpooledRepeats :many
-- FindRepeats as of each alert's arrival, which lies so many seconds back. Upkeep leaves records that are over
-- for long enough.
select a.place::bigint as place, k.signal_id::uuid as signal_id, k.expired,
       exists (select from public.alert_keys m where m.user_id = a.user_id and m.key = 'trouble'
               and m.expires_at > now() - a.age * interval '1 second')::boolean as recent_503
from (select unnest(@users::text[])::uuid as user_id, unnest(@hashes::bytea[]) as hash, unnest(@ages::float8[]) as age,
             generate_subscripts(@users::text[], 1) as place) a
cross join lateral (
  select r.signal_id, (r.expires_at <= now() - a.age * interval '1 second')::boolean as expired
  from public.alert_keys r
  where r.user_id = a.user_id and r.key = a.hash and r.expires_at > now() - (a.age + 30) * interval '1 second'
    and (select true from public.trading_signals s where s.id = r.signal_id for key share)
  limit 1
) k;

-- name: FindStored :many
-- Which of these arrivals were taken in before: by a commit whose answer was lost, or a drain that was cut off
-- before it could say so. Run after the users are locked, so that it sees whatever they waited for. A delivery
-- has the id of its arrival, and so has the signal; either may be gone by now.
select d.id::uuid as id from public.webhook_deliveries d where d.id = any(cast(@ids::text[] as uuid[])) and d.user_id = any(cast(@users::text[] as uuid[]))
union
select s.id from public.trading_signals s where s.id = any(cast(@ids::text[] as uuid[])) and s.user_id = any(cast(@users::text[] as uuid[]));

-- name: CountFormerMonth :exec
-- Counts signals in their month where that is over. It comes before WriteArrivals, which leaves the counter
-- of the present month alone then. A user may have no counter of that month: of each the last one is kept.
insert into public.quota_months as q (user_id, month, used)
select u.user_id, @month::date, u.stored
from (select unnest(@counted_users::text[])::uuid as user_id, unnest(@stored::int[]) as stored) u
join public.trading_signals_config c on c.user_id = u.user_id
where c.quota_month > @month::date and u.stored > 0
order by u.user_id
on conflict (user_id) do update
set month = excluded.month, used = case when q.month = excluded.month then q.used else 0 end + excluded.used
where q.month <= excluded.month;
