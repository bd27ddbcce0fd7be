-- +goose Up
-- +goose StatementBegin
-- The time zones that a user may choose, kept in a table: pg_timezone_names reads the whole zone
-- database from disk, some 200 ms each time. `atalaya migrate` adds the zones that a later zone database
-- brings.
create table if not exists public.time_zones (name text primary key);
alter table public.time_zones enable row level security;
revoke all on public.time_zones from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.time_zones to service_role;

-- Leaves out what names no place and no offset: the server's own zone, the absence of one, and the copies
-- of every zone that other clocks and leap seconds make.
create or replace function public.keep_time_zones() returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.time_zones (name)
  select z.name from pg_catalog.pg_timezone_names z
  where z.name not in ('localtime', 'Factory', 'posixrules') and z.name !~ '^(posix|right)/'
  on conflict (name) do nothing
$$;
revoke all on function public.keep_time_zones() from public, anon, authenticated, service_role;
select public.keep_time_zones();

-- posix/X is X under another name.
update public.trading_signals_config set preferred_timezone = regexp_replace(preferred_timezone, '^posix/', '')
where preferred_timezone like 'posix/%';
update public.trading_signals_config c set preferred_timezone = 'UTC'
where c.preferred_timezone <> 'UTC' and not exists (select from public.time_zones z where z.name = c.preferred_timezone);

-- As before, but the zone is looked up in the table.
create or replace function public.guard_trading_config() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    if coalesce(current_setting('role', true), '') in ('authenticated', 'anon') then
      new.webhook_token := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
      new.user_plan := 'free';
      new.signals_quota := coalesce((select p.signals_quota from public.plans p where p.name = 'default'), 1000);
      new.signals_used_this_month := 0;
      new.webhook_requests_count := 0;
    end if;
  end if;
  if (tg_op = 'INSERT' or new.preferred_timezone is distinct from old.preferred_timezone)
     and new.preferred_timezone <> 'UTC'
     and not exists (select from public.time_zones z where z.name = new.preferred_timezone) then
    raise exception 'preferred_timezone is no time zone of the IANA database'
      using errcode = 'check_violation', column = 'preferred_timezone', table = 'trading_signals_config',
            hint = 'Use a name such as America/New_York or UTC.';
  end if;
  return new;
end
$$;
-- +goose StatementEnd
