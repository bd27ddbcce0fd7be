-- name: AddLoginCode :exec
-- Every new code removes those that have expired, so that the table stays small.
with gone as (delete from public.login_codes where expires_at < now())
insert into public.login_codes (user_id, code_hash, expires_at)
values (@user_id, @code_hash, now() + make_interval(secs => @seconds::int));

-- name: TakeLoginCode :one
-- A code works once: whoever deletes its row has used it.
delete from public.login_codes where code_hash = @code_hash returning user_id, (expires_at > now())::bool as valid;

-- name: UserEmail :one
select coalesce(email, '')::text as email from auth.users where id = @user_id;
