-- Functions and triggers: who may call them, and what they do.
\ir begin.psql
select no_plan();

-- Who may call them. pgTAP is in a schema of its own: these are all of ours.
create temp table ours on commit drop as
select p.oid, p.oid::regprocedure::text collate "default" as signature, p.prosecdef, p.proconfig
from pg_proc p where p.pronamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e');
select set_eq('select oid::regproc::text collate "default" from ours', array['set_trading_updated_at', 'set_trading_config_updated_at', 'refuse_row', 'hold_signal_rules', 'guard_trading_config', 'recompute_trading_results', 'recompute_trading_months',
  'recompute_trading_stats', 'count_new_signals', 'count_changed_signals', 'count_deleted_signals', 'count_truncated_signals', 'handle_new_user_trading_config',
  'increment_webhook_usage', 'reset_monthly_signal_quotas', 'note_deleted_signals', 'note_channels',
  'keep_classic_channels', 'settle_notifications', 'keep_quota_month', 'keep_time_zones', 'version_changed_signals', 'version_deleted_signals', 'version_truncated_signals', 'keep_delivery_bodies', 'keep_delivery_body'], 'every function is known here');
select ok('search_path=""' = any (proconfig), signature || ' has an empty search_path') from ours order by signature;
select is(has_function_privilege(r, oid, 'EXECUTE'), false, format('%s may not call %s', r, signature))
from ours, unnest(array['anon', 'authenticated']) r order by signature, r;
select is_empty($$ select signature from ours join pg_proc p using (oid), aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0 $$,
  'nothing is executable by everybody');
select is(pg_temp.attempt(r, pg_temp.ana(), call), '42501', format('%s is refused: %s', r, call))
from unnest(array['anon', 'authenticated']) r, unnest(array['select public.increment_webhook_usage(''x'')',
  'select public.reset_monthly_signal_quotas()', 'select public.recompute_trading_stats(null)', 'select public.recompute_trading_results(null, null)']) call;
select is(pg_temp.as_service(call), '1', 'the service may: ' || call)
from unnest(array['select public.increment_webhook_usage(''x'')', 'select public.reset_monthly_signal_quotas()', 'select public.recompute_trading_stats(null)']) call;

-- New users.
select is((select count(*) from trading_signals_config where user_id in (pg_temp.ana(), pg_temp.bea())), 2::bigint, 'a new user has settings');
select is((select count(*) from trading_signals_stats where user_id in (pg_temp.ana(), pg_temp.bea())), 2::bigint, 'and statistics');
select is((select count(distinct webhook_token) from trading_signals_config where webhook_token ~ '^[0-9a-f]{64}$'), 2::bigint,
  'each user has a token of 64 hex characters of their own');
update plans set signals_quota = 42 where name = 'default';
insert into auth.users (id, email, is_anonymous) values
  ('cccccccc-0000-4000-8000-000000000003', 'cai@example.com', false), ('dddddddd-0000-4000-8000-000000000004', null, true);
select is((select signals_quota from trading_signals_config where user_id = 'cccccccc-0000-4000-8000-000000000003'), 42, 'a new user''s quota is that of the settings');
select is((select signals_quota from trading_signals_config where user_id = pg_temp.ana()), 1000, 'which touches nobody else');
select is_empty($$ select user_id from trading_signals_config where user_id = 'dddddddd-0000-4000-8000-000000000004'
  union all select user_id from trading_signals_stats where user_id = 'dddddddd-0000-4000-8000-000000000004' $$, 'an anonymous user has neither');
update auth.users set email = 'dora@example.com' where id = 'dddddddd-0000-4000-8000-000000000004';
select is_empty($$ select from trading_signals_config where user_id = 'dddddddd-0000-4000-8000-000000000004' $$, 'nor after another change');
update auth.users set is_anonymous = false where id = 'dddddddd-0000-4000-8000-000000000004';
select results_eq($$ select c.signals_quota, t.total_signals from trading_signals_config c join trading_signals_stats t using (user_id)
  where user_id = 'dddddddd-0000-4000-8000-000000000004' $$, 'values (42, 0::bigint)', 'until it converts');
update trading_signals_config set webhook_enabled = false where user_id = pg_temp.ana();
update auth.users set is_anonymous = true where id = pg_temp.ana();
update auth.users set is_anonymous = false where id = pg_temp.ana();
select is((select webhook_enabled from trading_signals_config where user_id = pg_temp.ana()), false, 'settings that are there stay as they are');

-- A failure in there leaves sign-up alone. Warnings of it are expected here.
set local client_min_messages = error;
alter table trading_signals_stats add constraint broken check (total_signals < 0) not valid;
select lives_ok($$ insert into auth.users (id, email) values ('eeeeeeee-0000-4000-8000-000000000005', 'eva@example.com') $$, 'a user is made where statistics cannot be');
select is((select count(*) from auth.users where email = 'eva@example.com'), 1::bigint, 'and is there');
select is_empty($$ select from trading_signals_config where user_id = 'eeeeeeee-0000-4000-8000-000000000005' $$, 'with all of it or nothing');
alter table trading_signals_stats drop constraint broken;
savepoint without_settings;
alter table trading_signals_config rename to elsewhere;
select lives_ok($$ insert into auth.users (email) values ('fay@example.com') $$, 'a user is made where the settings'' table is not there');
rollback to savepoint without_settings;
savepoint without_quotas;
delete from plans;
insert into auth.users (id, email) values ('ffffffff-0000-4000-8000-000000000006', 'fox@example.com');
select is((select signals_quota from trading_signals_config where user_id = 'ffffffff-0000-4000-8000-000000000006'), 1000, 'a quota that is set nowhere is 1000');
rollback to savepoint without_quotas;
reset client_min_messages;

-- The server's clock.
insert into trading_signals (user_id, updated_at) values (pg_temp.ana(), '2020-01-01');
update trading_signals_config set updated_at = '2001-01-01' where user_id = pg_temp.ana();
select updated_at as stamp from trading_signals_config where user_id = pg_temp.ana() \gset
select ok(:'stamp'::timestamptz - now() in (interval '0', interval '1 microsecond'), 'settings are stamped by the server''s clock');
update trading_signals_config set webhook_requests_count = webhook_requests_count + 1, signals_used_this_month = signals_used_this_month + 1 where user_id = pg_temp.ana();
select is((select updated_at from trading_signals_config where user_id = pg_temp.ana()), :'stamp', 'counting changes no setting');
update trading_signals_config set webhook_requests_count = webhook_requests_count - 1, signals_used_this_month = signals_used_this_month - 1, webhook_enabled = webhook_enabled
where user_id = pg_temp.ana();
select isnt((select updated_at from trading_signals_config where user_id = pg_temp.ana()), :'stamp', 'a setting that is written beside a counter gets another stamp, also in the same microsecond');
select set_eq(
  $$ select a.attname::text from pg_attribute a where a.attrelid = 'trading_signals_config'::regclass and a.attnum > 0 and not a.attisdropped $$,
  $$ select a.attname::text from pg_trigger t, unnest(t.tgattr::int2[]) n join pg_attribute a on a.attrelid = 'trading_signals_config'::regclass and a.attnum = n
     where t.tgname = 'trading_signals_config_updated_at'
     union all values ('webhook_requests_count'), ('signals_used_this_month'), ('quota_month') $$,
  'every setting stamps its row: name a new column in trading_signals_config_updated_at');
select is(pg_temp.as_ana($$update public.trading_signals set notes = 'n', updated_at = '2099-01-01'$$), '1', 'a front end sends a time of its own');
select is((select updated_at from trading_signals), now(), 'and the server''s wins');

-- One signal counted.
create function pg_temp.usage() returns text language sql as $$
  select format('%s requests, %s signals in %s', webhook_requests_count, signals_used_this_month, to_char(quota_month, 'YYYY-MM'))
  from public.trading_signals_config where user_id = pg_temp.ana() $$;
create function pg_temp.month(a_past integer) returns date language sql as $$ select (date_trunc('month', now()) - a_past * interval '1 month')::date $$;
create function pg_temp.named(a_past integer) returns text language sql as $$ select to_char(pg_temp.month(a_past), 'YYYY-MM') $$;
update trading_signals_config set webhook_token = 'the token' where user_id = pg_temp.ana();
update trading_signals_config set webhook_token = 'the other token' where user_id = pg_temp.bea();
select increment_webhook_usage('the token'), increment_webhook_usage('the token'), increment_webhook_usage('the other token');
select is(pg_temp.usage(), '2 requests, 2 signals in ' || pg_temp.named(0), 'two requests of a token');
select increment_webhook_usage('nobody''s'), increment_webhook_usage(''), increment_webhook_usage(null), increment_webhook_usage('THE TOKEN');
select is(pg_temp.usage(), '2 requests, 2 signals in ' || pg_temp.named(0), 'no other token counts for it');
update trading_signals_config set quota_month = pg_temp.month(1), signals_used_this_month = 900 where user_id = pg_temp.ana();
select increment_webhook_usage('the token');
select is(pg_temp.usage(), '3 requests, 1 signals in ' || pg_temp.named(0), 'the first request of a month begins it');
select increment_webhook_usage('the token');
select is(pg_temp.usage(), '4 requests, 2 signals in ' || pg_temp.named(0), 'the second goes on');
update trading_signals_config set quota_month = pg_temp.month(-1) where user_id = pg_temp.ana();
select increment_webhook_usage('the token');
select is(pg_temp.usage(), '5 requests, 3 signals in ' || pg_temp.named(-1), 'a clock that was ahead gives nothing back');

-- The month's beginning.
update trading_signals_config set quota_month = pg_temp.month(0), signals_used_this_month = 5;
update trading_signals_config set quota_month = pg_temp.month(14), signals_used_this_month = 900 where user_id = pg_temp.ana();
update trading_signals_config set quota_month = pg_temp.month(1), signals_used_this_month = 0 where user_id = pg_temp.bea();
select is(reset_monthly_signal_quotas(), 2, 'counters of earlier months begin this one');
select is(pg_temp.usage(), '5 requests, 0 signals in ' || pg_temp.named(0), 'requests are kept');
select is((select signals_used_this_month from trading_signals_config where user_id = 'cccccccc-0000-4000-8000-000000000003'), 5, 'this month''s counters are left alone');
select increment_webhook_usage('the token');
select is(reset_monthly_signal_quotas(), 0, 'the second call does nothing');
select is(pg_temp.usage(), '6 requests, 1 signals in ' || pg_temp.named(0), 'nor takes anything back');

-- Pictures of deleted signals.
delete from trading_signals;
insert into trading_signals (user_id, screenshot_path) values
  (pg_temp.ana(), 'ana/1.png'), (pg_temp.ana(), 'ana/2.png'), (pg_temp.ana(), null), (pg_temp.ana(), 'ana/shared.png'), (pg_temp.ana(), 'ana/shared.png');
select is(pg_temp.as_ana($$delete from public.trading_signals where screenshot_path = 'ana/1.png'$$), '1', 'a user deletes a signal through the Data API');
select results_eq('select path, attempts from screenshot_removals', $$values ('ana/1.png', 0)$$, 'and its picture is queued for removal');
delete from trading_signals where screenshot_path is null;
select is((select count(*) from screenshot_removals), 1::bigint, 'a signal without a picture queues none');

-- Deleted signals are noted for event streams.
delete from signal_deletions;
insert into trading_signals (id, user_id) values ('d0000000-0000-4000-8000-000000000001', pg_temp.bea());
insert into trading_signals (user_id) select pg_temp.bea() from generate_series(1, 501);
select is(pg_temp.as_bea($$delete from public.trading_signals where id = 'd0000000-0000-4000-8000-000000000001'$$), '1', 'a user deletes a signal');
select results_eq('select user_id, signal_id from signal_deletions',
  $$values (pg_temp.bea(), 'd0000000-0000-4000-8000-000000000001'::uuid)$$, 'which is noted, whoever deletes');
select is(pg_temp.as_bea('delete from public.trading_signals'), '501', 'and many');
select results_eq('select user_id, count(*) from signal_deletions where signal_id is null group by user_id',
  $$values (pg_temp.bea(), 1::bigint)$$, 'which are noted in one row');
select is((select count(*) from signal_deletions), 2::bigint, 'and no other');
delete from signal_deletions;

-- A user who is deleted takes everything along.
insert into webhook_deliveries (id, user_id, outcome, signal_id) select id, pg_temp.ana(), 'accepted', id from trading_signals where screenshot_path = 'ana/2.png';
insert into alert_keys (user_id, key, signal_id, expires_at) select pg_temp.ana(), '\x01', id, now() from trading_signals where screenshot_path = 'ana/2.png';
insert into trading_signals (id, user_id, result, raw_message) values ('b0000000-0000-4000-8000-000000000001', pg_temp.bea(), 'win', 'buy');
insert into webhook_deliveries (id, user_id, outcome, signal_id)
  values ('b0000000-0000-4000-8000-000000000001', pg_temp.bea(), 'accepted', 'b0000000-0000-4000-8000-000000000001');
insert into alert_keys (user_id, key, signal_id, expires_at) values (pg_temp.bea(), '\x01', 'b0000000-0000-4000-8000-000000000001', now());
select lives_ok('delete from auth.users where id = pg_temp.ana()', 'a user is deleted');
select is_empty(format('select user_id from public.%I where user_id = pg_temp.ana()', t), 'nothing of them is left in ' || t)
from unnest(array['trading_signals', 'trading_signals_config', 'trading_signals_stats', 'webhook_deliveries', 'alert_keys']) t;
select set_eq('select path from screenshot_removals', array['ana/1.png', 'ana/2.png', 'ana/shared.png'], 'their pictures are queued, each once');
select is((select count(*) from signal_deletions), 0::bigint, 'nobody is left to tell of their signals');
select is((select count(*) from trading_signals_config c join trading_signals_stats t using (user_id) where user_id = pg_temp.bea() and t.wins = 1), 1::bigint, 'others keep theirs');
delete from trading_signals;
select results_eq('select body from webhook_deliveries where user_id = pg_temp.bea() and signal_id is null', array['buy'::bytea],
  'a delivery outlives its signal, with the body that both shared');

select finish();
rollback;
