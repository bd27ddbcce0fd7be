-- What rows may hold: every CHECK takes its valid values and refuses the others.
\ir begin.psql
select no_plan();

insert into trading_signals (id, user_id) values ('a0000000-0000-4000-8000-000000000001', pg_temp.ana());
insert into webhook_deliveries (user_id, outcome) values (pg_temp.ana(), 'accepted');
insert into notification_channels (id, user_id, kind) values ('c0000000-0000-4000-8000-000000000001', pg_temp.ana(), 'ntfy');
insert into notifications (user_id, channel_id, event, key) values (pg_temp.ana(), 'c0000000-0000-4000-8000-000000000001', 'trouble', 'test:1');
insert into login_codes (code_hash, user_id, expires_at) values (decode(repeat('01', 32), 'hex'), pg_temp.ana(), now());

-- Writes an expression to a column of every row of a table.
create function pg_temp.put(a_table text, a_column text, a_value text) returns text language sql as
$$ select pg_temp.as_owner(format('update public.%I set %I = %s where user_id = pg_temp.ana()', a_table, a_column, a_value)) $$;

-- The columns that front ends name.
select columns_are('public', 'trading_signals', array['id', 'user_id', 'indicator_name', 'ticker', 'exchange', 'symbol', 'price',
  'signal_type', 'direction', 'chart_id', 'interval', 'screenshot_url', 'screenshot_status', 'screenshot_error', 'screenshot_path',
  'screenshot_kind', 'screenshot_source', 'screenshot_width', 'screenshot_height', 'screenshot_taken_at', 'screenshot_symbol',
  'screenshot_interval', 'screenshot_warnings', 'result', 'entry_price',
  'exit_price', 'profit_loss', 'profit_loss_percent', 'notes', 'tags', 'raw_message', 'parsed_data', 'parse_status', 'missing',
  'timestamp', 'created_at', 'updated_at', 'event_kind', 'stop_price', 'origin', 'delivery_mode', 'risk_amount', 'closed_at']);
select columns_are('public', 'trading_signals_config', array['id', 'user_id', 'webhook_token', 'webhook_enabled',
  'webhook_requests_count', 'signals_quota', 'signals_used_this_month', 'quota_month', 'user_plan', 'default_chart_id', 'tv_sessionid',
  'tv_sessionid_sign', 'cookies_valid', 'cookies_updated_at', 'capture_enabled', 'capture_without_cookies', 'consent_at',
  'consent_version', 'cookies_problem', 'screenshot_resolution', 'preferred_timezone', 'dedupe_window_seconds', 'telegram_enabled', 'telegram_bot_token',
  'telegram_chat_id', 'discord_webhook_url', 'email_notifications', 'created_at', 'updated_at', 'alert_names', 'notifies', 'silence_rules', 'support_access']);
select columns_are('public', 'trading_signals_stats', array['id', 'user_id', 'total_signals', 'signals_with_result', 'wins', 'losses',
  'breakevens', 'win_rate', 'total_profit_loss', 'avg_profit_per_win', 'avg_loss_per_loss', 'profit_factor', 'largest_win',
  'largest_loss', 'current_streak', 'max_win_streak', 'max_loss_streak', 'last_signal_at', 'last_calculated_at', 'changed_month', 'changes']);

-- No CHECK is left that the values below do not try.
select set_eq(
  $$ select conname::text from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace
     union all select substr(tgname::text, 4) from pg_trigger where tgfoid = 'public.refuse_row'::regproc
     union all select (regexp_matches(prosrc, 'then ''(trading_signals_\w+_check)''', 'g'))[1] from pg_proc where oid = 'public.hold_signal_rules'::regproc $$,
  array['trading_signals_direction_check', 'trading_signals_result_check', 'trading_signals_screenshot_status_check',
    'trading_signals_screenshot_kind_check', 'trading_signals_screenshot_source_check', 'trading_signals_parse_status_check',
    'trading_signals_text_check', 'trading_signals_ticker_check', 'trading_signals_notes_check', 'trading_signals_tags_check',
    'trading_signals_price_check', 'trading_signals_entry_price_check', 'trading_signals_exit_price_check',
    'trading_signals_profit_loss_check', 'trading_signals_profit_loss_percent_check', 'trading_signals_screenshot_facts_check',
    'trading_signals_event_kind_check', 'trading_signals_stop_price_check', 'trading_signals_risk_amount_check', 'trading_signals_closed_at_check', 'trading_signals_origin_check', 'trading_signals_config_alert_names_check', 'trading_signals_config_silence_rules_check',
    'trading_signals_config_quota_check', 'trading_signals_config_counters_check', 'trading_signals_config_plan_check',
    'trading_signals_config_resolution_check', 'trading_signals_config_window_check', 'trading_signals_config_chat_check',
    'trading_signals_config_discord_check', 'trading_signals_config_text_check', 'webhook_deliveries_outcome_check',
    'plans_name_check', 'plans_signals_quota_check', 'cookie_checks_state_check', 'trading_signals_config_cookies_problem_check', 'capture_evidence_size_check', 'trading_signals_delivery_mode_check',
    'notification_channels_kind_check', 'notification_channels_origin_check', 'notification_channels_events_check', 'notification_channels_mode_check',
    'notification_channels_wait_check', 'notification_channels_language_check', 'notification_channels_status_check', 'notification_channels_size_check',
    'notifications_event_check', 'notifications_state_check', 'notifications_picture_check', 'notifications_size_check', 'login_codes_code_hash_check',
    'trading_signals_own_picture_check', 'key_canary_id_check', 'key_canary_sealed_check', 'quota_months_used_check'],
  'every CHECK is known here');
select is_empty($$ select conname from pg_constraint where connamespace = 'public'::regnamespace and not convalidated $$, 'every constraint is validated');

-- States.
create temp table states (tab text, col text, allowed text[]) on commit drop;
insert into states values
  ('trading_signals', 'direction', array['LONG', 'SHORT', null]),
  ('trading_signals', 'result', array['pending', 'win', 'loss', 'breakeven', 'skip']),
  ('trading_signals', 'screenshot_status', array['pending', 'processing', 'completed', 'failed', 'skipped', 'expired']),
  ('trading_signals', 'screenshot_kind', array['user_chart', 'public_chart', null]),
  ('trading_signals', 'screenshot_source', array['client', 'viewport', null]),
  ('trading_signals', 'parse_status', array['json', 'repaired', 'pairs', 'text', 'empty', null]),
  ('trading_signals', 'delivery_mode', array['asap', 'together', null]),
  ('notification_channels', 'kind', array['telegram', 'discord', 'slack', 'email', 'webhook', 'ntfy']),
  ('notification_channels', 'origin', array['own', 'classic', 'fallback']),
  ('notification_channels', 'mode', array['together', 'asap']),
  ('notification_channels', 'language', array['en', 'es']),
  ('notification_channels', 'status', array['ok', 'unproved', 'broken']),
  ('notifications', 'event', array['signal', 'trouble', 'quota']),
  ('notifications', 'state', array['waiting', 'ready', 'sending', 'sent', 'failed', 'expired', 'cancelled']),
  ('notifications', 'picture', array['none', 'owed', 'attached', 'impossible']),
  ('trading_signals_config', 'user_plan', array['free', 'pro', 'lifetime']),
  ('trading_signals_config', 'screenshot_resolution', array['720p', '1080p', '4k']),
  ('webhook_deliveries', 'outcome', array['accepted', 'duplicate', 'quota_exceeded', 'rate_limited', 'disabled', 'too_large', 'refused_sender']);
select is(pg_temp.put(s.tab, s.col, quote_nullable(v)), '1', format('%s may be %s', s.col, coalesce(v, 'null')))
from states s, unnest(s.allowed) v;
select is(pg_temp.put(s.tab, s.col, quote_literal(v)), '23514', format('%s may not be "%s"', s.col, v))
from states s, unnest(array['', 'other', s.allowed[1] || ' ', 'x' || s.allowed[1]]) v;
select is(pg_temp.put(s.tab, s.col, 'null'), '23502', s.col || ' may not be null')
from states s where array_position(s.allowed, null) is null;
select is(pg_temp.as_owner('insert into public.plans (name, signals_quota) values (''gold'', 1)'), '23514', 'there is no other plan');
select is(pg_temp.as_owner('update public.plans set signals_quota = -1'), '4', 'a plan may be without an end');
select is(pg_temp.as_owner('update public.plans set signals_quota = -2'), '23514', 'a plan''s quota may not be lower');
select is(pg_temp.as_owner('insert into public.capture_evidence (id, user_id, signal_id, code, step, detail, picture)
  select gen_random_uuid(), user_id, id, ''dialog_open'', ''verdict'', '''', decode(repeat(''00'', 65537), ''hex'') from public.trading_signals limit 1'), '23514', 'evidence is bounded');
select is(pg_temp.as_owner('insert into public.cookie_checks (user_id, state) select id, ''dead'' from auth.users limit 1'), '23514', 'a check of cookies has one of four states');

-- Money.
select is(pg_temp.put('trading_signals', col, v), '1', format('%s may be %s', col, v))
from unnest(array['price', 'entry_price', 'exit_price', 'profit_loss', 'profit_loss_percent', 'stop_price']) col,
     unnest(array['null', '0', '-0.5', '1e30', '-1e30', '1e-30', '123456789012345678901234567890.000000000000000000000000000001']) v;
select is(pg_temp.put('trading_signals', col, v), '23514', format('%s may not be %s', col, v))
from unnest(array['price', 'entry_price', 'exit_price', 'profit_loss', 'profit_loss_percent', 'stop_price']) col,
     unnest(array['''NaN''', '''Infinity''', '''-Infinity''', '1e30 + 1e-30', '-1e30 - 1', '1e31', '1e-31', '0.1234567890123456789012345678901']) v;
select is(pg_temp.put('trading_signals', 'entry_price', '1.2300'), '1', 'a price with zeros at its end is stored');
select is((select entry_price::text from trading_signals), '1.2300', 'as it was written');

-- Lengths: in characters, not in bytes.
create temp table lengths (tab text, col text, longest integer) on commit drop;
insert into lengths values
  ('trading_signals', 'indicator_name', 200), ('trading_signals', 'ticker', 129), ('trading_signals', 'exchange', 200),
  ('trading_signals', 'symbol', 200), ('trading_signals', 'signal_type', 200), ('trading_signals', 'chart_id', 200),
  ('trading_signals', 'interval', 200), ('trading_signals', 'screenshot_error', 200), ('trading_signals', 'screenshot_symbol', 200),
  ('trading_signals', 'screenshot_interval', 200), ('trading_signals', 'notes', 10000),
  ('notification_channels', 'name', 100), ('notification_channels', 'secret', 12000), ('notification_channels', 'code', 100), ('notification_channels', 'pending', 200),
  ('notifications', 'key', 300), ('notifications', 'external_id', 200), ('notifications', 'code', 100),
  ('trading_signals_config', 'webhook_token', 200), ('trading_signals_config', 'default_chart_id', 200),
  ('trading_signals_config', 'consent_version', 200), ('trading_signals_config', 'tv_sessionid', 2000),
  ('trading_signals_config', 'tv_sessionid_sign', 2000), ('trading_signals_config', 'telegram_bot_token', 12000);
select is(pg_temp.put(tab, col, quote_literal(repeat('ñ', longest))), '1', format('%s may have %s characters', col, longest)) from lengths;
select is(pg_temp.put(tab, col, quote_literal(repeat('ñ', longest + 1))), '23514', format('%s may not have %s characters', col, longest + 1)) from lengths;
select is(pg_temp.put('trading_signals_config', 'telegram_bot_token', quote_literal(':' || repeat('ñ', 1999))), '1', 'a plain bot token may have 2000 characters');
select is(pg_temp.put('trading_signals_config', 'telegram_bot_token', quote_literal(':' || repeat('ñ', 2000))), '23514', 'a plain bot token may not have 2001');
select is(pg_temp.put('trading_signals_config', 'webhook_token', ''''''), '23514', 'an empty token is none');
select is(pg_temp.put('trading_signals', col, 'null'), '1', col || ' may be missing')
from unnest(array['indicator_name', 'ticker', 'exchange', 'symbol', 'signal_type', 'chart_id', 'interval', 'notes', 'raw_message', 'parsed_data',
  'screenshot_symbol', 'screenshot_interval']) col;

-- Tags: at most 20 of at most 50 characters.
select is(pg_temp.put('trading_signals', 'tags', v), '1', 'tags may be ' || about) from (values
  ('array[]::text[]', 'none'), ('array['''']', 'an empty word'), ('array[''a b'', ''ñ, "x"'']', 'any words'),
  ('array_fill(repeat(''ñ'', 50), array[20])', '20 of 50 characters'),
  ('array[repeat(E''\n'', 50)]', '50 line ends'),
  ('array[repeat(''"'', 50)]', '50 quotes')) as t (v, about);
select is(pg_temp.put('trading_signals', 'tags', v), '23514', 'tags may not be ' || about) from (values
  ('array_fill(''''::text, array[21])', '21'), ('array[repeat(''a'', 51)]', 'one of 51 characters'),
  ('array[''a'', null]', 'null within'), ('array[repeat(''a'', 30) || E''\n'' || repeat(''a'', 30)]', 'one of 61 characters over two lines'),
  ('array_fill(''''::text, array[2, 11])', '22 in two dimensions'), ('array_fill(''''::text, array[2, 2])', 'in two dimensions'),
  ('array_fill(''''::text, array[1, 500])', '500 in a row of their own')) as t (v, about);
select is(pg_temp.put('trading_signals', 'tags', 'null'), '23502', 'tags may not be null');

-- What a screenshot shows, and its warnings: bounded as tags are.
select is(pg_temp.put('trading_signals', 'screenshot_warnings', v), '1', 'warnings may be ' || about) from (values
  ('array[]::text[]', 'none'), ('array[''scrolled_back'', ''study_error'', ''delayed_data'']', 'all that are known'),
  ('array_fill(repeat(''ñ'', 50), array[20])', '20 of 50 characters')) as t (v, about);
select is(pg_temp.put('trading_signals', 'screenshot_warnings', v), '23514', 'warnings may not be ' || about) from (values
  ('array_fill(''''::text, array[21])', '21'), ('array[repeat(''a'', 51)]', 'one of 51 characters'),
  ('array[''a'', null]', 'null within'), ('array_fill(''''::text, array[2, 2])', 'in two dimensions')) as t (v, about);
select is(pg_temp.put('trading_signals', 'screenshot_warnings', 'null'), '23502', 'warnings may not be null');

-- Codes of sign-in links: what is kept is a SHA-256.
select is(pg_temp.put('login_codes', 'code_hash', format('decode(repeat(''01'', %s), ''hex'')', n)), code, format('the hash of a sign-in code of %s bytes', n))
from (values (32, '1'), (31, '23514'), (33, '23514')) as t (n, code);

-- Channels.
select is(pg_temp.put('notification_channels', col, v), '1', format('%s may be %s', col, v)) from (values
  ('events', '''{}'''), ('events', '''{signal,trouble,quota}'''), ('max_wait_seconds', '0'), ('max_wait_seconds', '900')) as t (col, v);
select is(pg_temp.put('notification_channels', col, v), '23514', format('%s may not be %s', col, v)) from (values
  ('events', '''{signal,other}'''), ('max_wait_seconds', '-1'), ('max_wait_seconds', '901'),
  ('settings', 'jsonb_build_object(''url'', repeat(''a'', 4000))')) as t (col, v);

-- What a trade risked, and when it ended.
select is(pg_temp.put('trading_signals', col, v), code, format('%s of %s', col, v)) from (values
  ('risk_amount', 'null', '1'), ('risk_amount', '0.000000000000000000000000000001', '1'), ('risk_amount', '1e30', '1'),
  ('risk_amount', '0', '23514'), ('risk_amount', '-1', '23514'), ('risk_amount', '1.1e30', '23514'), ('risk_amount', '1e-31', '23514'),
  ('closed_at', 'null', '1'), ('closed_at', '"timestamp"', '1'), ('closed_at', '"timestamp" - interval ''1 microsecond''', '23514')) as t (col, v, code);

-- What an alert speaks of, and where a signal came from.
select is(pg_temp.put('trading_signals', col, v), '1', format('%s may be %s', col, v)) from (values
  ('event_kind', 'null'), ('event_kind', '''entry'''), ('event_kind', '''exit'''),
  ('origin', '''replay'''), ('origin', '''test'''), ('origin', '''demo'''), ('origin', '''alert''')) as t (col, v);
select is(pg_temp.put('trading_signals', col, v), code, format('%s may not be %s', col, v)) from (values
  ('event_kind', '''''', '23514'), ('event_kind', '''ENTRY''', '23514'), ('origin', '''other''', '23514'), ('origin', 'null', '23502')) as t (col, v, code);

-- A user's own names for the fields of alerts.
select is(pg_temp.put('trading_signals_config', 'alert_names', quote_literal(v)), '1', 'names may be ' || v) from (values
  ('{}'), ('{"ticker": []}'), ('{"ticker": ["s"], "price": ["fp", "px.last"], "direction": ["cmd"]}'),
  ('{"exchange": ["a"], "signal_type": ["a"], "indicator_name": ["a"], "chart_id": ["a"], "interval": ["a"], "timestamp": ["a"]}'),
  ('{"ticker": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]}'), ('{"ticker": ["' || repeat('ñ', 60) || '"]}')) as t (v);
select is(pg_temp.put('trading_signals_config', 'alert_names', quote_literal(v)), '23514', 'names may not be ' || v) from (values
  ('[]'), ('"ticker"'), ('null'), ('{"tickers": ["s"]}'), ('{"ticker": "s"}'), ('{"ticker": {"s": 1}}'), ('{"ticker": [1]}'), ('{"ticker": [["s"]]}'),
  ('{"ticker": [null]}'), ('{"ticker": [""]}'), ('{"ticker": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]}'),
  ('{"ticker": ["' || repeat('ñ', 61) || '"]}'), ('{"ticker": null}')) as t (v);
select is(pg_temp.put('trading_signals_config', 'alert_names', 'null'), '23502', 'names may not be null');

-- A user's own rules for silence.
select is(pg_temp.put('trading_signals_config', 'silence_rules', quote_literal(v)), '1', 'rules may be ' || v) from (values
  ('[]'), ('[{"every_hours": 4, "days": ["mon"]}]'), ((select jsonb_agg(jsonb_build_object('every_hours', n))::text from generate_series(1, 20) n))) as t (v);
select is(pg_temp.put('trading_signals_config', 'silence_rules', quote_literal(v)), '23514', 'rules may not be ' || left(v, 40)) from (values
  ('{}'), ('"x"'), ('null'), ('[1]'), ('[[]]'), ('[null]'), ('[{"ticker": "' || repeat('x', 20000) || '"}]'),
  ((select jsonb_agg(jsonb_build_object('every_hours', n))::text from generate_series(1, 21) n))) as t (v);
select is(pg_temp.put('trading_signals_config', 'silence_rules', 'null'), '23502', 'rules may not be null');

-- Pictures.
select is(pg_temp.put('trading_signals', 'screenshot_path', quote_literal(pg_temp.ana() || '/a.png')), '1', 'a picture of the user''s own folder');
select is(pg_temp.put('trading_signals', 'screenshot_path', quote_literal(path)), '23514', path || ' is no picture of the user''s') from (values
  (pg_temp.bea() || '/a.png'), (upper(pg_temp.bea()::text) || '/a.png'), ('../' || pg_temp.bea() || '/a.png'), ('x/' || pg_temp.bea() || '/a.png')
) as t (path);

-- The key's canary is one row.
insert into quota_months (user_id, month, used) values (pg_temp.ana(), '2026-01-01', 0);
select is(pg_temp.put('quota_months', 'used', '-1'), '23514', 'no month has less than nothing used');
insert into key_canary (sealed) values ('x');
select is(pg_temp.as_owner($$insert into public.key_canary (id, sealed) values (false, 'x')$$), '23514', 'no second canary');
select is(pg_temp.as_owner($$update public.key_canary set sealed = repeat('x', 2001)$$), '23514', 'no canary of any length');

-- Settings.
select is(pg_temp.put('trading_signals_config', col, v), '1', format('%s may be %s', col, v)) from (values
  ('signals_quota', '-1'), ('signals_quota', '0'), ('signals_quota', '2147483647'),
  ('signals_used_this_month', '0'), ('webhook_requests_count', '0'), ('webhook_requests_count', '5000000000'),
  ('dedupe_window_seconds', '0'), ('dedupe_window_seconds', '3600'),
  ('telegram_chat_id', 'null'), ('telegram_chat_id', '''1'''), ('telegram_chat_id', '''-10012345678901234567'''),
  ('telegram_chat_id', '''@abcde'''), ('telegram_chat_id', '''@'' || repeat(''a_1'', 10)'),
  ('discord_webhook_url', 'null'),
  ('discord_webhook_url', '''https://discord.com/api/webhooks/1/a'''), ('discord_webhook_url', '''https://discordapp.com/api/webhooks/1/a'''),
  ('discord_webhook_url', '''https://ptb.discord.com/api/webhooks/1/a'''), ('discord_webhook_url', '''https://canary.discord.com/api/webhooks/1/a'''),
  ('preferred_timezone', '''UTC'''), ('preferred_timezone', '''America/New_York'''), ('preferred_timezone', '''Europe/Madrid'''),
  ('preferred_timezone', '''Etc/GMT+5'''), ('preferred_timezone', '''EST5EDT''')
) as t (col, v);
select is(pg_temp.put('trading_signals_config', col, v), '23514', format('%s may not be %s', col, v)) from (values
  ('signals_quota', '-2'), ('signals_used_this_month', '-1'), ('webhook_requests_count', '-1'),
  ('dedupe_window_seconds', '-1'), ('dedupe_window_seconds', '3601'),
  ('telegram_chat_id', ''''''), ('telegram_chat_id', '''-'''), ('telegram_chat_id', '''12a'''), ('telegram_chat_id', '''+12'''),
  ('telegram_chat_id', 'repeat(''1'', 21)'), ('telegram_chat_id', '''@abcd'''), ('telegram_chat_id', '''@'' || repeat(''a'', 33)'),
  ('telegram_chat_id', '''@a-bcde'''), ('telegram_chat_id', 'E''12\n'''), ('telegram_chat_id', 'E''x\n12'''),
  ('discord_webhook_url', ''''''), ('discord_webhook_url', '''http://discord.com/api/webhooks/1/a'''),
  ('discord_webhook_url', '''https://discord.com.example.com/api/webhooks/1/a'''), ('discord_webhook_url', '''https://example.com/https://discord.com/api/webhooks/1'''),
  ('discord_webhook_url', '''https://a@discord.com/api/webhooks/1/a'''), ('discord_webhook_url', '''https://www.discord.com/api/webhooks/1/a'''),
  ('discord_webhook_url', '''https://discord.com/api/users'''), ('discord_webhook_url', '''https://discordXcom/api/webhooks/1/a'''),
  ('discord_webhook_url', '''https://discord.com/api/webhooks/'' || repeat(''a'', 170)'),
  ('preferred_timezone', ''''''), ('preferred_timezone', '''Mars/Olympus'''), ('preferred_timezone', '''UTC+3; drop table x'''),
  ('preferred_timezone', '''localtime'''), ('preferred_timezone', '''Factory'''), ('preferred_timezone', '''posixrules'''),
  ('preferred_timezone', '''posix/Europe/Madrid'''), ('preferred_timezone', '''right/UTC''')
) as t (col, v);
delete from trading_signals_config where user_id = pg_temp.ana();
select is(pg_temp.as_owner($$insert into public.trading_signals_config (user_id, preferred_timezone) values (pg_temp.ana(), 'Mars/Olympus')$$),
  '23514', 'a time zone that is none is refused in a new row too');

-- One row a user, one token a user.
insert into trading_signals_config (user_id, webhook_token) values (pg_temp.ana(), 'a token of another form');
select is(pg_temp.put('trading_signals_config', 'webhook_token', '(select webhook_token from trading_signals_config where user_id = pg_temp.bea())'),
  '23505', 'two users cannot have one token');
select is(pg_temp.as_owner(format('insert into public.%I (user_id) values (pg_temp.ana())', t)), '23505', 'a user has one row of ' || t)
from unnest(array['trading_signals_config', 'trading_signals_stats']) t;
select is(pg_temp.as_owner(format('insert into public.%I (user_id) values (gen_random_uuid())', t)), '23503', 'no row of ' || t || ' without its user')
from unnest(array['trading_signals', 'trading_signals_config', 'trading_signals_stats']) t;
select is(pg_temp.as_owner($$insert into public.notifications (user_id, channel_id, event, key) values (pg_temp.bea(), 'c0000000-0000-4000-8000-000000000001', 'trouble', 'test:2')$$),
  '23503', 'no message through another user''s channel');

-- What a new row holds.
delete from trading_signals where user_id = pg_temp.ana();
insert into trading_signals (user_id) values (pg_temp.ana());
select results_eq(
  $$ select screenshot_status, result, tags, missing, "timestamp" = now(), created_at = now(), updated_at = now(), origin from trading_signals $$,
  $$ values ('pending', 'pending', '{}'::text[], '{}'::text[], true, true, true, 'alert') $$, 'a signal''s defaults');
select results_eq(
  $$ select webhook_enabled, webhook_requests_count, signals_quota, signals_used_this_month, quota_month, user_plan, cookies_valid, capture_enabled,
            capture_without_cookies, screenshot_resolution, preferred_timezone, dedupe_window_seconds, telegram_enabled, email_notifications
     from trading_signals_config where user_id = pg_temp.ana() $$,
  $$ values (true, 0::bigint, 1000, 0, date_trunc('month', now())::date, 'free', false, true, false, '1080p', 'UTC', 30, false, false) $$,
  'the defaults of settings');
select is_empty(
  $$ select table_name, column_name from information_schema.columns
     where table_schema = 'public' and is_nullable = 'YES'
       and (data_type = 'boolean' or data_type in ('integer', 'bigint') and column_name not in ('screenshot_width', 'screenshot_height')
            or column_name in ('user_id', 'created_at', 'updated_at', 'received_at', 'timestamp', 'expires_at', 'queued_at')) $$,
  'users, states, counters and times are never null');

-- Keys. signal_deletions has none to users: the trigger that writes it runs while a delete holds
-- signals, and would ask for the user after them, the other way round than deleting a user does.
-- signal_sums goes with the user's statistics, for the same reason. Messages go with their channel, whose user is theirs.
select is_empty(
  $$ select c.conrelid::regclass, a.attname from pg_constraint c
     join pg_attribute a on a.attrelid = c.conrelid and a.attname = 'user_id'
     where c.contype = 'p' and c.connamespace = 'public'::regnamespace and c.conrelid <> 'public.signal_deletions'::regclass and not exists (
       select from pg_constraint f where f.conrelid = c.conrelid and f.contype = 'f' and f.confdeltype = 'c'
         and (f.confrelid in ('auth.users'::regclass, 'public.trading_signals_stats'::regclass) and f.conkey = array[a.attnum]
              or f.confrelid = 'public.notification_channels'::regclass and a.attnum = any (f.conkey))) $$,
  'every user_id goes with its user');
-- An index serves a foreign key if it begins with its columns, or with the one that alone tells the row that is
-- referred to, and leaves out nulls at most.
select is_empty(
  $$ select f.conrelid::regclass, f.conname from pg_constraint f
     where f.contype = 'f' and f.connamespace = 'public'::regnamespace and not exists (
       select from pg_index i where i.indrelid = f.conrelid
         and ((i.indkey::int2[])[0:array_length(f.conkey, 1) - 1] = f.conkey
              or exists (select from pg_index u where u.indrelid = f.confrelid and u.indisprimary and u.indnkeyatts = 1
                           and u.indkey[0] = f.confkey[array_position(f.conkey, i.indkey[0])]))
         and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$')) $$,
  'every foreign key has an index');
select results_eq(
  $$ select indexdef collate "default" from pg_indexes where schemaname = 'public'
     and indexname in ('trading_signals_figures_idx', 'trading_signals_course_idx', 'webhook_deliveries_newest_idx') order by indexname $$,
  array[
    'CREATE INDEX trading_signals_course_idx ON public.trading_signals USING btree (user_id, "timestamp", id) INCLUDE (result, origin, profit_loss, closed_at) WHERE (result = ANY (ARRAY[''win''::text, ''loss''::text, ''breakeven''::text]))',
    'CREATE INDEX trading_signals_figures_idx ON public.trading_signals USING btree (user_id, created_at DESC, id DESC) INCLUDE ("timestamp", origin, result, profit_loss, risk_amount, direction, entry_price, exit_price, stop_price, ticker)',
    'CREATE INDEX webhook_deliveries_newest_idx ON public.webhook_deliveries USING btree (user_id, received_at DESC, id DESC)'],
  'the indexes of lists and statistics');

-- Around the tables.
select results_eq(
  $$ select name, public, file_size_limit, allowed_mime_types from storage.buckets where id = 'trading-screenshots' $$,
  $$ values ('trading-screenshots', true, 5242880::bigint, array['image/png']) $$, 'the bucket of the pictures');
select is_empty($$ select policyname from pg_policies where schemaname = 'storage' and permissive = 'PERMISSIVE' $$, 'no policy lets anybody list it');
select is(
  (select concat_ws(' ', policyname, permissive, cmd, roles)::text collate "C" from pg_policies where schemaname = 'storage'),
  'atalaya_pictures RESTRICTIVE ALL {anon,authenticated}', 'and one shuts the bucket to users, whatever others allow');
select results_eq(
  $$ select tablename::text collate "default" from pg_publication_tables where pubname = 'supabase_realtime' and schemaname in ('public', 'river') $$,
  array['trading_signals'], 'signals alone are published');

select finish();
rollback;
