
-- The role of the service, which is no superuser. It makes the tables, so it owns them.
do $$
begin
  if not exists (select from pg_roles where rolname = $role) then
    execute format('create role %I login', $role); -- then give it a password: alter role … password '…'
  end if;
  execute format('alter role %I bypassrls', $role);
  execute format('grant anon, authenticated, service_role to %I', $role);
  execute format('grant create on database %I to %I', current_database(), $role);
  execute format('grant usage, create on schema public to %I', $role);
  execute format('grant usage on schema auth, storage to %I', $role);
  execute format('grant all on auth.users, storage.buckets, storage.objects to %I', $role);
  execute format('alter publication supabase_realtime owner to %I', $role);
end
$$;

-- What a superuser has migrated becomes the role's: it could not change it otherwise.
do $$
declare
  r record;
  mine constant regnamespace[] := array_remove(array[to_regnamespace('river'), to_regnamespace('supabase_migrations')], null);
begin
  if to_regclass('public.trading_signals') is null then
    return;
  end if;
  for r in
    select format('alter schema %I owner to %I', n.nspname, $role) as statement, 0 as step from pg_namespace n where n.oid = any (mine)
    union all
    select format('alter table %I.%I owner to %I', n.nspname, c.relname, $role), 1
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relowner = current_user::regrole and (n.oid = any (mine) or n.nspname = 'public')
    union all
    select format('alter type %s owner to %I', t.oid::regtype, $role), 2
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'e' and t.typowner = current_user::regrole and (n.oid = any (mine) or n.nspname = 'public')
    union all
    select format('alter function %s owner to %I', p.oid::regprocedure, $role), 3
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prokind = 'f' and p.proowner = current_user::regrole and (n.oid = any (mine) or n.nspname = 'public')
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by step
  loop
    execute r.statement;
  end loop;
end
$$;
