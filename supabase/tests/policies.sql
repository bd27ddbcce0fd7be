-- Who sees and touches whose rows.
\ir begin.psql
select no_plan();

insert into trading_signals (id, user_id, ticker) values
  ('a0000000-0000-4000-8000-000000000001', pg_temp.ana(), 'BTCUSDT'),
  ('a0000000-0000-4000-8000-000000000002', pg_temp.ana(), 'ETHUSDT'),
  ('b0000000-0000-4000-8000-000000000001', pg_temp.bea(), 'EURUSD');
insert into webhook_deliveries (user_id, outcome) values (pg_temp.ana(), 'accepted');
insert into alert_keys (user_id, key, expires_at) values (pg_temp.ana(), '\x01', now());
insert into screenshot_removals (path) values ('somebody/picture.png');

-- Every table of the schema that the Data API serves.
select is(c.relrowsecurity, true, c.relname || ' has row level security')
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname;
select is_empty(
  $$ select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm', 'f') $$,
  'no view, which row level security would not hold back');

select policies_are('public', 'trading_signals', array['own signals are read', 'own signals are changed', 'own signals are deleted']);
select policies_are('public', 'trading_signals_config', array['own settings are read', 'own settings are made', 'own settings are changed']);
select policies_are('public', 'trading_signals_stats', array['own statistics are read']);
select policies_are('public', t, array[]::name[]) from unnest(array['webhook_deliveries', 'alert_keys', 'screenshot_removals', 'signal_deletions', 'capture_accounts', 'capture_states', 'capture_turns', 'capture_evidence', 'cookie_checks', 'upkeep_runs', 'plans', 'login_codes', 'time_zones', 'key_canary', 'quota_months', 'signal_versions', 'signal_months', 'signal_changes', 'signal_sums']::name[]) t;
select policy_roles_are('public', p.tablename, p.policyname, array['authenticated'])
from pg_policies p where p.schemaname = 'public' order by p.tablename, p.policyname;

-- Reading.
select is(pg_temp.as_ana('select * from public.trading_signals'), '2', 'a user reads their own signals');
select is(pg_temp.as_bea('select * from public.trading_signals'), '1', 'another user reads theirs');
select is(pg_temp.as_ana($$select * from public.trading_signals where user_id = 'bbbbbbbb-0000-4000-8000-000000000002'$$), '0',
  'asking for another user''s signals finds none');
select is(pg_temp.as_ana('select * from public.' || t), '1', 'a user reads one row, their own, of ' || t)
from unnest(array['trading_signals_config', 'trading_signals_stats']) t;
select is(pg_temp.as_ana(format('select * from public.%I where user_id <> %L', t, pg_temp.ana())), '0', 'and nobody else''s of ' || t)
from unnest(array['trading_signals_config', 'trading_signals_stats']) t;
select is(pg_temp.attempt('authenticated', null, 'select * from public.' || t), '0', 'a token without a user reads nothing of ' || t)
from unnest(array['trading_signals', 'trading_signals_config', 'trading_signals_stats']) t;
select is(pg_temp.attempt('authenticated', gen_random_uuid(), 'select * from public.' || t), '0', 'an unknown user reads nothing of ' || t)
from unnest(array['trading_signals', 'trading_signals_config', 'trading_signals_stats']) t;
select is(pg_temp.as_ana('select * from public.' || t), '42501', 'a user may not read ' || t)
from unnest(array['webhook_deliveries', 'alert_keys', 'screenshot_removals', 'signal_deletions', 'capture_accounts', 'capture_states', 'capture_turns', 'capture_evidence', 'cookie_checks', 'upkeep_runs', 'plans', 'login_codes', 'time_zones', 'key_canary', 'quota_months', 'signal_versions', 'signal_months', 'signal_changes', 'signal_sums']) t;
select is(pg_temp.as_anon('select * from public.' || t), '42501', 'anon may not read ' || t)
from unnest(array['trading_signals', 'trading_signals_config', 'trading_signals_stats',
                  'webhook_deliveries', 'alert_keys', 'screenshot_removals', 'signal_deletions', 'capture_accounts', 'capture_states', 'capture_turns', 'capture_evidence', 'cookie_checks', 'upkeep_runs', 'plans', 'login_codes', 'time_zones', 'key_canary', 'quota_months', 'signal_versions', 'signal_months', 'signal_changes', 'signal_sums']) t;

-- Changing.
select is(pg_temp.as_ana($$update public.trading_signals set notes = 'mine'$$), '2', 'an update without a condition reaches a user''s own signals alone');
select is((select notes from trading_signals where user_id = pg_temp.bea()), null, 'another user''s signal is as it was');
select is(pg_temp.as_bea($$update public.trading_signals set notes = 'x' where id = 'a0000000-0000-4000-8000-000000000001'$$), '0',
  'another user''s signal cannot be changed by its id');
select is(pg_temp.as_ana('update public.trading_signals_config set webhook_enabled = false'), '1', 'a user changes their own settings');
select is((select webhook_enabled from trading_signals_config where user_id = pg_temp.bea()), true, 'another user''s settings are as they were');
select is(pg_temp.as_anon('update public.trading_signals set notes = null'), '42501', 'anon may not change signals');
select is(pg_temp.as_anon('update public.trading_signals_config set webhook_enabled = true'), '42501', 'anon may not change settings');

-- Deleting.
select is(pg_temp.as_bea($$delete from public.trading_signals where user_id <> 'bbbbbbbb-0000-4000-8000-000000000002'$$), '0',
  'another user''s signals cannot be deleted');
select is(pg_temp.as_anon('delete from public.trading_signals'), '42501', 'anon may not delete signals');
select is(pg_temp.as_ana($$delete from public.trading_signals where id = 'a0000000-0000-4000-8000-000000000001'$$), '1', 'a user deletes one of their signals');
select is(pg_temp.as_ana('delete from public.trading_signals'), '1', 'a delete without a condition reaches the rest of them');
select is((select count(*) from trading_signals), 1::bigint, 'and leaves the other user''s');
select is(pg_temp.as_ana('delete from public.' || t), '42501', 'a user may not delete from ' || t)
from unnest(array['trading_signals_config', 'trading_signals_stats', 'webhook_deliveries', 'alert_keys', 'screenshot_removals', 'signal_deletions', 'capture_accounts', 'capture_states', 'capture_turns', 'capture_evidence', 'cookie_checks', 'upkeep_runs', 'plans', 'login_codes', 'time_zones', 'key_canary', 'quota_months', 'signal_versions', 'signal_months', 'signal_changes', 'signal_sums']) t;

-- Making.
select is(pg_temp.as_ana(format('insert into public.trading_signals (user_id) values (%L)', pg_temp.ana())), '42501', 'a user may not make a signal');
select is(pg_temp.as_ana(format('insert into public.trading_signals_stats (user_id) values (%L)', pg_temp.ana())), '42501', 'nor statistics');
delete from trading_signals_config;
select is(pg_temp.as_ana(format('insert into public.trading_signals_config (user_id) values (%L)', pg_temp.bea())), '42501',
  'a user may not make another user''s settings');
select is(pg_temp.as_anon(format('insert into public.trading_signals_config (user_id) values (%L)', pg_temp.ana())), '42501', 'anon may make no settings');
select is(pg_temp.as_ana(format(
  'insert into public.trading_signals_config (user_id, webhook_token, webhook_enabled, signals_quota, signals_used_this_month, screenshot_resolution)
   values (%L, ''chosen'', false, -1, -500, ''4k'')', pg_temp.ana())), '1', 'a user makes their own missing settings');
select results_eq(
  $$ select webhook_enabled, signals_quota, signals_used_this_month, screenshot_resolution, user_plan, webhook_requests_count, user_id
     from trading_signals_config where webhook_token ~ '^[0-9a-f]{64}$' $$,
  format('values (false, 1000, 0, ''4k'', ''free'', 0::bigint, %L::uuid)', pg_temp.ana()),
  'with the server''s token, quota, count and plan, and their own choice of the rest');
select is(pg_temp.as_ana(format('insert into public.trading_signals_config (user_id) values (%L)', pg_temp.ana())), '23505', 'settings are made once');
select is(pg_temp.as_ana(format(
  'insert into public.trading_signals_config (user_id) values (%L)
   on conflict (user_id) do update set signals_quota = 9', pg_temp.ana())), '42501', 'an upsert opens no column');
delete from trading_signals_config;
delete from plans where name = 'default';
select is(pg_temp.as_ana(format('insert into public.trading_signals_config (user_id) values (%L)', pg_temp.ana())), '1', 'settings are made where no quota is set');
select is((select signals_quota from trading_signals_config), 1000, 'with the quota that is the default');

select finish();
rollback;
