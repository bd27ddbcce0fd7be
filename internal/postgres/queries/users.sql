-- name: CreateUser :one
-- For the local issuer alone: a Supabase project makes its users itself. The trigger on auth.users
-- gives the user its settings and statistics.
insert into auth.users (id, email) values (gen_random_uuid(), @email::text) returning id;

-- name: FindUser :one
select id from auth.users where lower(email) = lower(@email::text) order by created_at limit 1;

-- name: ListUsers :many
select u.id as user_id, coalesce(u.email, '')::text as email, c.user_plan, c.signals_quota, c.webhook_enabled,
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used,
       coalesce(s.total_signals, 0)::bigint as total_signals
from auth.users u
join public.trading_signals_config c on c.user_id = u.id
left join public.trading_signals_stats s on s.user_id = u.id
order by u.created_at, u.id;

-- name: SetPlan :one
-- Sets plan and quota at once and keeps the used count.
update public.trading_signals_config
set user_plan = @user_plan, signals_quota = @signals_quota
where user_id = @user_id
returning signals_quota;

-- name: DeleteUser :execrows
-- For the local issuer alone. Everything of the user's goes with the row; pictures are queued for removal.
delete from auth.users where id = @user_id;
