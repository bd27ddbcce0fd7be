-- What is wrong with a database by our own rules: a line for each finding, and none if all is well. Plain
-- SQL that runs on every PostgreSQL; the Supabase advisors miss some of these.
select 'a definer function that users may call: ' || p.oid::regprocedure
from pg_proc p, unnest(array['anon', 'authenticated']) as caller
where p.prosecdef and p.pronamespace = 'public'::regnamespace and has_function_privilege(caller, p.oid, 'execute')
union
select 'a mutable search_path: ' || p.oid::regprocedure
from pg_proc p
where p.pronamespace in (select n.oid from pg_namespace n where n.nspname in ('public', 'river'))
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  and not coalesce(array_to_string(p.proconfig, ' '), '') like '%search_path=%'
union
select 'a policy that lists a public bucket: ' || p.policyname
from pg_policies p
where p.schemaname = 'storage' and p.tablename = 'objects' and p.cmd in ('SELECT', 'ALL') and p.permissive = 'PERMISSIVE'
  and exists (select from storage.buckets b where b.public)
union
select 'a foreign key without an index: ' || c.conrelid::regclass || ' ' || c.conname
from pg_constraint c
where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
  select from pg_index i where i.indrelid = c.conrelid and (
    (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
    or exists ( -- the first column alone tells which row is referred to
      select from pg_index u where u.indrelid = c.confrelid and u.indisunique and u.indpred is null and u.indnkeyatts = 1
        and u.indkey[0] = c.confkey[array_position(c.conkey, i.indkey[0])])))
union
select 'an auth function outside a subselect: ' || p.tablename || ' ' || p.policyname
from pg_policies p
where p.schemaname = 'public'
  and regexp_replace(lower(concat(p.qual, ' ', p.with_check)), '\( ?select auth\.\w+\(\)', '', 'g') ~ 'auth\.\w+\('
union
select 'a table without row level security: ' || c.oid::regclass
from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity
