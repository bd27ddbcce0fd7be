-- name: LiveStart :one
-- The database's time, what the user's settings are now, counters left out, and whether the account is there.
-- Supabase can delete a user softly; the column is missing where its version or plain PostgreSQL has none.
select now()::timestamptz as at, coalesce((
  select md5((to_jsonb(c) - array['webhook_requests_count', 'signals_used_this_month', 'quota_month', 'updated_at'])::text)
  from public.trading_signals_config c where c.user_id = @user_id), '')::text as settings,
  exists (select from auth.users a where a.id = @user_id and to_jsonb(a) ->> 'deleted_at' is null) as present;

-- name: GoneUsers :many
-- The users among these whose accounts are deleted, softly or for good, or banned.
select u::uuid as user_id from unnest(@users::text[]) u
where not exists (
  select from auth.users a where a.id = u::uuid and to_jsonb(a) ->> 'deleted_at' is null
    and coalesce((to_jsonb(a) ->> 'banned_until')::timestamptz <= now(), true));

-- name: DatabaseTime :one
select now()::timestamptz;

-- name: Changes :many
-- What changed of these users' rows after a position, oldest first. A row's time is when its
-- transaction began, and the row is seen when that commits: whoever asks again begins early enough.
-- Signals are found by their time, which few blocks hold, and their users compared as text: an index by
-- user would be read for every signal that these users have.
select x.kind::text as kind, x.user_id::uuid as user_id, x.id::uuid as id, x.at::timestamptz as at,
       x.created_at::timestamptz as created_at, x.settings::text as settings
from (
  select 'signal' as kind, s.user_id, s.id, s.updated_at as at, s.created_at, '' as settings
  from public.trading_signals s
  where s.updated_at >= @since and s.user_id::text = any(@users::text[])
  union all
  select case when d.signal_id is null then 'many' else 'deleted' end, d.user_id, coalesce(d.signal_id, d.id), d.deleted_at, d.deleted_at, ''
  from public.signal_deletions d
  where d.deleted_at >= @since and d.user_id::text = any(@users::text[])
  union all
  select 'config', c.user_id, c.id, c.updated_at, c.created_at,
         md5((to_jsonb(c) - array['webhook_requests_count', 'signals_used_this_month', 'quota_month', 'updated_at'])::text)
  from public.trading_signals_config c
  where c.updated_at >= @since and c.user_id in (select u::uuid from unnest(@users::text[]) u)
) x
where (x.at, x.id) > (@since, @after_id::uuid)
order by x.at, x.id
limit @most;

-- name: TellReplicas :exec
select pg_notify(@channel::text, @payload::text);

-- name: ForgetDeletions :execrows
delete from public.signal_deletions
where id in (select d.id from public.signal_deletions d where d.deleted_at < @before order by d.deleted_at limit 5000);
