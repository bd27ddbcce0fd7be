-- What a Supabase project has and plain PostgreSQL lacks, as far as the migrations and the policies
-- need it. Applied only where there is no auth.users; safe to run twice and from many databases of
-- one server at once, since roles belong to the server.
do $$
declare
  r record;
begin
  perform pg_advisory_xact_lock(hashtext('atalaya shim'));
  for r in select * from (values
    ('anon', 'nologin noinherit'), ('authenticated', 'nologin noinherit'),
    ('service_role', 'nologin noinherit bypassrls'), ('authenticator', 'nologin noinherit')
  ) as v (name, options) loop
    begin
      if not exists (select from pg_roles where rolname = r.name) then
        execute format('create role %I %s', r.name, r.options);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- made for another database in this moment
    end;
  end loop;
  begin
    grant anon, authenticated, service_role to authenticator;
  exception when others then
    if sqlstate <> 'XX000' then -- another database grants the same in this moment
      raise;
    end if;
  end;
end
$$;

create schema if not exists auth;
create schema if not exists storage;
create schema if not exists extensions;
grant usage on schema auth, storage, public to anon, authenticated, service_role;

create table if not exists auth.users (
  id uuid primary key default gen_random_uuid(),
  email text,
  is_anonymous boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index if not exists users_email_key on auth.users (lower(email));

create or replace function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb
$$;
create or replace function auth.uid() returns uuid language sql stable as $$
  select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
                  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;
create or replace function auth.role() returns text language sql stable as $$
  select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
                  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
$$;

create table if not exists storage.buckets (
  id text primary key, name text not null unique, public boolean not null default false,
  file_size_limit bigint, allowed_mime_types text[], created_at timestamptz not null default now()
);
create table if not exists storage.objects (
  id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id),
  name text, created_at timestamptz not null default now()
);

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end
$$;
