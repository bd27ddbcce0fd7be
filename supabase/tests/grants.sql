-- Which roles may do what to which column, told by trying it.
\ir begin.psql
select no_plan();

insert into trading_signals (user_id, ticker) values (pg_temp.ana(), 'BTCUSDT');
create temp table allowed (tab text, col text) on commit drop;
insert into allowed
select 'trading_signals', unnest(array['result', 'entry_price', 'exit_price', 'profit_loss', 'profit_loss_percent', 'stop_price', 'risk_amount', 'closed_at', 'notes', 'tags', 'updated_at'])
union all
select 'trading_signals_config', unnest(array['default_chart_id', 'screenshot_resolution', 'preferred_timezone', 'webhook_enabled',
  'capture_enabled', 'capture_without_cookies', 'telegram_enabled', 'telegram_bot_token', 'telegram_chat_id', 'discord_webhook_url',
  'email_notifications', 'dedupe_window_seconds', 'alert_names', 'support_access', 'updated_at']);
create temp table cols on commit drop as
select c.table_name::text collate "default" as tab, c.column_name::text collate "default" as col,
       exists (select from allowed a where a.tab = c.table_name and a.col = c.column_name) as changeable
from information_schema.columns c where c.table_schema = 'public';
create temp table tables on commit drop as select distinct tab, tab in ('trading_signals', 'trading_signals_config', 'trading_signals_stats') as readable from cols;

select is((select count(*) from cols where changeable), (select count(*) from allowed), 'every column that may be changed is there');

-- A signed-in user, column by column: written with its own value, so that no CHECK speaks first.
select is(pg_temp.as_ana(format('update public.%I set %I = %2$I', tab, col)), '1', format('a user may change %s.%s', tab, col))
from cols where changeable order by tab, col;
select is(pg_temp.as_ana(format('update public.%I set %I = default', tab, col)), '42501', format('a user may not change %s.%s', tab, col))
from cols where not changeable order by tab, col;
select is(pg_temp.as_ana(format('update public.trading_signals set notes = ''x'', %I = default', col)), '42501', 'nor beside one that they may: ' || col)
from cols where tab = 'trading_signals' and not changeable order by col;
select is(pg_temp.as_ana('update public.trading_signals_config set ' || changes), '42501', 'a user may not take ' || about) from (values
  ('signals_quota = -1', 'a larger quota'), ('user_plan = ''lifetime''', 'a better plan'), ('signals_used_this_month = 0', 'used signals back'),
  ('quota_month = ''2020-01-01''', 'a new month'), ('webhook_token = ''mine''', 'a token of their choice'),
  ('tv_sessionid = ''x'', tv_sessionid_sign = ''x''', 'cookies past the service'), ('consent_at = now()', 'consent past the service'),
  ('user_id = ''bbbbbbbb-0000-4000-8000-000000000002''', 'another user''s place')) as t (changes, about);

-- New settings name six columns and no other.
delete from trading_signals_config where user_id = pg_temp.ana();
select is(pg_temp.as_ana(format('insert into public.trading_signals_config (user_id, %I) values (%L, default)', col, pg_temp.ana())),
  '42501', 'a user may not name ' || col || ' in new settings')
from cols where tab = 'trading_signals_config'
  and col not in ('user_id', 'webhook_token', 'webhook_enabled', 'signals_quota', 'signals_used_this_month', 'screenshot_resolution') order by col;
select set_eq(
  $$ select column_name::text from information_schema.column_privileges
     where table_schema = 'public' and table_name = 'trading_signals_config' and grantee = 'authenticated' and privilege_type = 'INSERT' $$,
  array['user_id', 'webhook_token', 'webhook_enabled', 'signals_quota', 'signals_used_this_month', 'screenshot_resolution'],
  'the columns that new settings may name');
insert into trading_signals_config (user_id) values (pg_temp.ana());

-- The same from the catalogue: what trying cannot reach, such as truncate and triggers.
select table_privs_are('public', tab, 'authenticated',
  case when tab = 'trading_signals' then array['SELECT', 'DELETE'] when readable then array['SELECT'] else array[]::text[] end)
from tables order by tab;
select table_privs_are('public', tab, 'anon', array[]::text[]) from tables order by tab;
select is_empty(
  $$ select a.attrelid::regclass, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid, aclexplode(a.attacl) x
     where c.relnamespace = 'public'::regnamespace and x.grantee in (0, 'anon'::regrole) $$,
  'no column is granted to anon or to everybody');
select is_empty(
  $$ select c.relname, x.privilege_type from pg_class c, aclexplode(c.relacl) x
     where c.relnamespace = 'public'::regnamespace and (x.grantee = 0 or x.is_grantable and x.grantee <> c.relowner) $$,
  'nothing is granted to everybody, nor to be handed on');

-- Nobody signed in.
select is(pg_temp.as_anon(format(statement, tab)), '42501', format('anon may not: ' || statement, tab))
from tables, unnest(array['select from public.%I', 'insert into public.%I default values', 'delete from public.%I']) statement order by tab, statement;
select is(pg_temp.as_anon(format('update public.%I set %I = default', tab, col)), '42501', format('anon may not change %s.%s', tab, col))
from cols order by tab, col;

-- The service.
select is(has_table_privilege('service_role', format('public.%I', tab), p), true, format('the service may %s %s', p, tab))
from tables, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p order by tab, p;
select is(pg_temp.as_service('select * from public.trading_signals_config'), '2', 'the service reads every user''s settings');
select is(pg_temp.as_service($$insert into public.trading_signals (user_id, ticker) values ('bbbbbbbb-0000-4000-8000-000000000002', 'X')$$), '1', 'makes a signal for anybody');
select is(pg_temp.as_service($$update public.trading_signals set ticker = 'Y', screenshot_status = 'failed'$$), '2', 'changes any');
select is(pg_temp.as_service($$update public.trading_signals_config set signals_quota = -1, user_plan = 'lifetime', webhook_token = user_id::text$$), '2', 'sets plans and tokens');
select is(pg_temp.as_service('insert into public.webhook_deliveries (user_id, outcome) select user_id, ''accepted'' from public.trading_signals_config'), '2', 'keeps deliveries');
select is(pg_temp.as_service('delete from public.trading_signals'), '2', 'and deletes');
select is(pg_temp.as_service('delete from public.trading_signals_config'), '2', 'settings too');
select is(pg_temp.as_service($$insert into public.trading_signals_config (user_id, webhook_token, signals_quota, user_plan)
  values ('aaaaaaaa-0000-4000-8000-000000000001', 'given', 7, 'pro')$$), '1', 'settings that the service makes');
select results_eq('select webhook_token, signals_quota, user_plan from trading_signals_config', $$values ('given', 7, 'pro')$$, 'are as it says');

-- The job queue is nobody's business who signs in.
select isnt_empty($$ select from pg_class where relnamespace = 'river'::regnamespace and relkind = 'r' $$, 'the job queue has tables');
select schema_privs_are('river', r, array[]::text[]) from unnest(array['anon', 'authenticated']::name[]) r;
select is_empty(
  $$ select c.relname, x.privilege_type from pg_class c, aclexplode(c.relacl) x
     where c.relnamespace = 'river'::regnamespace and x.grantee in (0, 'anon'::regrole, 'authenticated'::regrole) $$,
  'and none that is granted to them');
select is(pg_temp.attempt(r, pg_temp.ana(), 'select * from river.river_job'), '42501', r || ' may not read jobs') from unnest(array['anon', 'authenticated']) r;

select finish();
rollback;
