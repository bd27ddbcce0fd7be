-- name: ClaimDuty :execrows
-- Claims a duty that is done once in a while. Nobody else can claim it within that time.
insert into public.upkeep_runs as r (name) values (@name)
on conflict (name) do update set began_at = now()
where r.began_at < now() - make_interval(secs => @every::float8);

-- name: UnknownPictures :many
-- The given paths that nothing here refers to: no signal of their users, by its path or its address, no picture
-- that is shown until another is stored, and no removal that waits.
select p.path::text from unnest(@paths::text[]) as p (path)
except
select s.screenshot_path from public.trading_signals s
where s.user_id = any(@users::uuid[]) and s.screenshot_path is not null
except
select substring(s.screenshot_url from '([^/]+/[^/?]+)([?][^/]*)?$') from public.trading_signals s
where s.user_id = any(@users::uuid[]) and s.screenshot_url is not null
except
select st.replaces from public.capture_states st where st.replaces = any(@paths::text[])
except
select r.path from public.screenshot_removals r where r.path = any(@paths::text[])
order by path;
