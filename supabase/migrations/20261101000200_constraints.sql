-- +goose Up
-- +goose StatementBegin
-- What rows may hold. Rows of an earlier service are fitted first, so that every CHECK can be
-- validated; no row is dropped, and what a signal loses by it is kept in its parsed_data.

-- Rules of an earlier service, under whatever name: a state that it did not know is written now.
do $$
declare
  c record;
begin
  for c in
    select k.conrelid::regclass as tab, k.conname from pg_constraint k
    where k.contype = 'c'
      and k.conrelid in ('public.trading_signals'::regclass, 'public.trading_signals_config'::regclass, 'public.trading_signals_stats'::regclass)
  loop
    execute format('alter table %s drop constraint %I', c.tab, c.conname);
  end loop;
end
$$;

-- Columns that an earlier service made with other types: text without a length, money without a
-- scale, which keeps every digit, times with their zone.
do $$
declare
  c record;
begin
  for c in
    select t.tab, a.attname as col, t.wanted,
           case when a.atttypid = 'timestamp'::regtype then format('%I at time zone ''utc''', a.attname)
                else format('%I::%s', a.attname, t.wanted) end as converted
    from (values
      ('trading_signals', 'text', array['indicator_name', 'ticker', 'exchange', 'symbol', 'signal_type', 'direction', 'chart_id', 'interval',
        'screenshot_url', 'screenshot_status', 'screenshot_error', 'result', 'notes', 'raw_message']),
      ('trading_signals', 'numeric', array['price', 'entry_price', 'exit_price', 'profit_loss', 'profit_loss_percent']),
      ('trading_signals', 'timestamp with time zone', array['timestamp', 'created_at', 'updated_at']),
      ('trading_signals', 'text[]', array['tags']),
      ('trading_signals', 'jsonb', array['parsed_data']),
      ('trading_signals_config', 'text', array['webhook_token', 'user_plan', 'default_chart_id', 'tv_sessionid', 'tv_sessionid_sign',
        'screenshot_resolution', 'preferred_timezone', 'telegram_bot_token', 'telegram_chat_id', 'discord_webhook_url']),
      ('trading_signals_config', 'bigint', array['webhook_requests_count']),
      ('trading_signals_config', 'integer', array['signals_quota', 'signals_used_this_month']),
      ('trading_signals_config', 'timestamp with time zone', array['cookies_updated_at', 'created_at', 'updated_at']),
      ('trading_signals_stats', 'bigint', array['total_signals', 'signals_with_result', 'wins', 'losses', 'breakevens',
        'current_streak', 'max_win_streak', 'max_loss_streak']),
      ('trading_signals_stats', 'numeric', array['win_rate', 'total_profit_loss', 'avg_profit_per_win', 'avg_loss_per_loss',
        'profit_factor', 'largest_win', 'largest_loss']),
      ('trading_signals_stats', 'timestamp with time zone', array['last_signal_at', 'last_calculated_at'])
    ) as t (tab, wanted, cols)
    join pg_attribute a on a.attrelid = ('public.' || t.tab)::regclass and a.attname = any (t.cols)
    where format_type(a.atttypid, a.atttypmod) <> t.wanted
  loop
    -- A default of the former type may have no cast; those that are needed are set below.
    execute format('alter table public.%1$I alter column %2$I drop default, alter column %2$I type %3$s using %4$s',
      c.tab, c.col, c.wanted, c.converted);
  end loop;
end
$$;

-- What reading finds may be absent; a state, a counter or a time may not. A column that was there
-- before has neither our default nor our not null yet.
do $$
declare
  c record;
begin
  for c in
    select a.attname from pg_attribute a
    where a.attrelid = 'public.trading_signals'::regclass and a.attnotnull and a.attnum > 0
      and a.attname in ('indicator_name', 'ticker', 'exchange', 'symbol', 'price', 'signal_type', 'direction', 'chart_id', 'interval', 'raw_message', 'parsed_data')
  loop
    execute format('alter table public.trading_signals alter column %I drop not null', c.attname);
  end loop;
  for c in
    select t.tab, t.col, t.def from (values
      ('trading_signals', 'screenshot_status', '''pending'''), ('trading_signals', 'result', '''pending'''),
      ('trading_signals', 'tags', '''{}'''), ('trading_signals', 'missing', '''{}'''),
      ('trading_signals', 'timestamp', 'now()'), ('trading_signals', 'created_at', 'now()'), ('trading_signals', 'updated_at', 'now()'),
      ('trading_signals_config', 'webhook_token', 'encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), ''hex'')'),
      ('trading_signals_config', 'webhook_enabled', 'true'), ('trading_signals_config', 'webhook_requests_count', '0'),
      ('trading_signals_config', 'signals_quota', '1000'), ('trading_signals_config', 'signals_used_this_month', '0'),
      ('trading_signals_config', 'user_plan', '''free'''), ('trading_signals_config', 'cookies_valid', 'false'),
      ('trading_signals_config', 'screenshot_resolution', '''1080p'''), ('trading_signals_config', 'preferred_timezone', '''UTC'''),
      ('trading_signals_config', 'telegram_enabled', 'false'), ('trading_signals_config', 'email_notifications', 'false'),
      ('trading_signals_config', 'created_at', 'now()'), ('trading_signals_config', 'updated_at', 'now()'),
      ('trading_signals_stats', 'total_signals', '0'), ('trading_signals_stats', 'signals_with_result', '0'), ('trading_signals_stats', 'wins', '0'),
      ('trading_signals_stats', 'losses', '0'), ('trading_signals_stats', 'breakevens', '0'), ('trading_signals_stats', 'win_rate', '0'),
      ('trading_signals_stats', 'total_profit_loss', '0'), ('trading_signals_stats', 'avg_profit_per_win', '0'), ('trading_signals_stats', 'avg_loss_per_loss', '0'),
      ('trading_signals_stats', 'largest_win', '0'), ('trading_signals_stats', 'largest_loss', '0'), ('trading_signals_stats', 'current_streak', '0'),
      ('trading_signals_stats', 'max_win_streak', '0'), ('trading_signals_stats', 'max_loss_streak', '0')
    ) as t (tab, col, def)
    join pg_attribute a on a.attrelid = ('public.' || t.tab)::regclass and a.attname = t.col and not a.attisdropped
  loop
    execute format('update public.%I set %I = %s where %I is null', c.tab, c.col, c.def, c.col);
    execute format('alter table public.%I alter column %I set default %s, alter column %I set not null', c.tab, c.col, c.def, c.col);
  end loop;
end
$$;

alter table public.trading_signals alter column id set default gen_random_uuid();
alter table public.trading_signals_config alter column id set default gen_random_uuid();
alter table public.trading_signals_stats alter column id set default gen_random_uuid();

-- Values that the rules below shut out. What they were stays in parsed_data, under before_migration.
do $$
declare
  c record;
begin
  for c in
    select 'direction' as col, $r$direction not in ('LONG', 'SHORT')$r$ as broken,
      $r$case when upper(direction) in ('LONG', 'LARGO', 'BUY', 'COMPRA', 'BULL', 'BULLISH', 'ALCISTA', 'UP') then 'LONG'
              when upper(direction) in ('SHORT', 'CORTO', 'SELL', 'VENTA', 'BEAR', 'BEARISH', 'BAJISTA', 'DOWN') then 'SHORT' end$r$ as fitted
    union all
    select 'result', $r$result not in ('pending', 'win', 'loss', 'breakeven', 'skip')$r$,
      $r$case when lower(result) in ('win', 'loss', 'breakeven', 'skip') then lower(result) else 'pending' end$r$
    union all
    select 'screenshot_status', $r$screenshot_status not in ('pending', 'processing', 'completed', 'failed', 'skipped', 'expired')$r$,
      $r$case when screenshot_url is null then 'failed' else 'completed' end$r$
    union all
    select col, format('length(%I) > %s', col, longest), format('left(%I, %s)', col, longest)
    from (values ('indicator_name', 200), ('ticker', 129), ('exchange', 200), ('symbol', 200), ('signal_type', 200), ('chart_id', 200),
      ('interval', 200), ('screenshot_error', 200), ('notes', 10000)) as t (col, longest)
    union all
    select 'screenshot_url', 'length(screenshot_url) > 2000', 'null'
    union all
    select col, format('not %1$I between -1e30 and 1e30 or scale(%1$I) > 30', col),
      format('case when %1$I between -1e30 and 1e30 then round(%1$I, 30) end', col)
    from unnest(array['price', 'entry_price', 'exit_price', 'profit_loss', 'profit_loss_percent']) col
    union all
    select 'tags', $r$cardinality(tags) > 20 or array_ndims(tags) > 1 or exists (select from unnest(tags) t where t is null or length(t) > 50)$r$,
      $r$array(select left(t, 50) from unnest(tags) t where t is not null limit 20)$r$
  loop
    execute format($q$
      update public.trading_signals set %1$I = %3$s, parsed_data =
        case when parsed_data is null then '{}' when jsonb_typeof(parsed_data) = 'object' then parsed_data
             else jsonb_build_object('parsed_data', parsed_data) end
        || jsonb_build_object('before_migration',
             coalesce(parsed_data -> 'before_migration', '{}') || jsonb_build_object(%1$L, %1$I::text))
      where %2$s$q$, c.col, c.broken, c.fitted);
  end loop;
end
$$;

update public.trading_signals_config set screenshot_resolution = '1080p'
where screenshot_resolution not in ('720p', '1080p', '4k');
update public.trading_signals_config set signals_quota = -1 where signals_quota < -1;
-- A plan that is unknown here was one that is paid for.
update public.trading_signals_config set user_plan = case when signals_quota = -1 then 'lifetime' else 'pro' end
where user_plan not in ('free', 'pro', 'lifetime');
update public.trading_signals_config
set signals_used_this_month = greatest(signals_used_this_month, 0), webhook_requests_count = greatest(webhook_requests_count, 0)
where signals_used_this_month < 0 or webhook_requests_count < 0;
update public.trading_signals_config set default_chart_id = null where length(default_chart_id) > 200;
update public.trading_signals_config set telegram_chat_id = null where telegram_chat_id !~ '^(-?\d{1,20}|@\w{5,32})$';
update public.trading_signals_config set discord_webhook_url = null
where discord_webhook_url !~ '^https://((ptb|canary)\.)?discord(app)?\.com/api/webhooks/' or length(discord_webhook_url) > 200;
update public.trading_signals_config set preferred_timezone = 'UTC'
where not exists (select from pg_timezone_names z where z.name = preferred_timezone);
-- The former counter says nothing of its month: it counts for the current one.
update public.trading_signals_config set quota_month = (date_trunc('month', now() at time zone 'utc'))::date where quota_month is null;

do $$
declare
  c record;
begin
  for c in
    select t.tab, t.name, t.rule from (values
      ('trading_signals', 'trading_signals_direction_check', $r$direction in ('LONG', 'SHORT')$r$),
      ('trading_signals', 'trading_signals_result_check', $r$result in ('pending', 'win', 'loss', 'breakeven', 'skip')$r$),
      ('trading_signals', 'trading_signals_screenshot_status_check', $r$screenshot_status in ('pending', 'processing', 'completed', 'failed', 'skipped', 'expired')$r$),
      ('trading_signals', 'trading_signals_screenshot_kind_check', $r$screenshot_kind in ('user_chart', 'public_chart')$r$),
      ('trading_signals', 'trading_signals_screenshot_source_check', $r$screenshot_source in ('client', 'viewport')$r$),
      ('trading_signals', 'trading_signals_parse_status_check', $r$parse_status in ('json', 'repaired', 'pairs', 'text', 'empty')$r$),
      ('trading_signals', 'trading_signals_text_check', $r$
        length(indicator_name) <= 200 and length(exchange) <= 200 and length(symbol) <= 200 and length(signal_type) <= 200
        and length(chart_id) <= 200 and length("interval") <= 200 and length(screenshot_error) <= 200
        and length(screenshot_path) <= 200 and length(screenshot_url) <= 2000$r$),
      ('trading_signals', 'trading_signals_ticker_check', 'length(ticker) <= 129'),
      ('trading_signals', 'trading_signals_notes_check', 'length(notes) <= 10000'),
      ('trading_signals', 'trading_signals_tags_check', $r$
        cardinality(tags) <= 20 and coalesce(array_ndims(tags), 1) = 1
        and not jsonb_path_exists(to_jsonb(tags), '$[*] ? (@ == null || @ like_regex "^.{51}" flag "s")')$r$),
      ('trading_signals_config', 'trading_signals_config_quota_check', 'signals_quota >= -1'),
      ('trading_signals_config', 'trading_signals_config_counters_check', 'signals_used_this_month >= 0 and webhook_requests_count >= 0'),
      ('trading_signals_config', 'trading_signals_config_plan_check', $r$user_plan in ('free', 'pro', 'lifetime')$r$),
      ('trading_signals_config', 'trading_signals_config_resolution_check', $r$screenshot_resolution in ('720p', '1080p', '4k')$r$),
      ('trading_signals_config', 'trading_signals_config_window_check', 'dedupe_window_seconds between 0 and 3600'),
      ('trading_signals_config', 'trading_signals_config_chat_check', $r$telegram_chat_id ~ '^(-?\d{1,20}|@\w{5,32})$'$r$),
      ('trading_signals_config', 'trading_signals_config_discord_check', $r$discord_webhook_url ~ '^https://((ptb|canary)\.)?discord(app)?\.com/api/webhooks/'$r$),
      ('trading_signals_config', 'trading_signals_config_text_check', $r$
        length(webhook_token) between 1 and 200 and length(default_chart_id) <= 200 and length(discord_webhook_url) <= 200
        and length(preferred_timezone) <= 200 and length(consent_version) <= 200
        and length(tv_sessionid) <= 2000 and length(tv_sessionid_sign) <= 2000 and length(telegram_bot_token) <= 2000$r$),
      ('webhook_deliveries', 'webhook_deliveries_outcome_check', $r$outcome in ('accepted', 'duplicate', 'quota_exceeded', 'rate_limited', 'disabled', 'too_large')$r$)
    ) as t (tab, name, rule)
    union all
    -- Within ±1e30 and 30 decimals, which shuts out NaN and the infinities.
    select 'trading_signals', 'trading_signals_' || m || '_check', format('%1$I between -1e30 and 1e30 and scale(%1$I) <= 30', m)
    from unnest(array['price', 'entry_price', 'exit_price', 'profit_loss', 'profit_loss_percent']) m
  loop
    if not exists (select from pg_constraint k where k.conname = c.name and k.conrelid = ('public.' || c.tab)::regclass) then
      execute format('alter table public.%I add constraint %I check (%s) not valid', c.tab, c.name, c.rule);
    end if;
    begin
      execute format('alter table public.%I validate constraint %I', c.tab, c.name);
    exception when check_violation then
      -- Cutting what a user wrote is not ours to decide: the rule holds for what is written from now on.
      raise warning 'rows of public.% break the rule %: mend them, then: alter table public.% validate constraint %', c.tab, c.name, c.tab, c.name;
    end;
  end loop;
end
$$;

-- Every row goes with its user. A row that has none is kept: the rule then holds for new rows.
do $$
declare
  tab text;
  c record;
begin
  foreach tab in array array['trading_signals', 'trading_signals_config', 'trading_signals_stats'] loop
    begin
      execute format('alter table public.%I alter column user_id set not null', tab);
    exception when not_null_violation then
      raise warning 'rows of public.% belong to no user', tab;
    end;
    for c in
      select k.conname from pg_constraint k
      where k.contype = 'f' and k.conrelid = ('public.' || tab)::regclass and k.confrelid = 'auth.users'::regclass and k.confdeltype <> 'c'
    loop
      execute format('alter table public.%I drop constraint %I', tab, c.conname);
    end loop;
    if not exists (select from pg_constraint k where k.contype = 'f' and k.conrelid = ('public.' || tab)::regclass and k.confrelid = 'auth.users'::regclass) then
      execute format('alter table public.%I add constraint %I foreign key (user_id) references auth.users (id) on delete cascade not valid', tab, tab || '_user_fkey');
      begin
        execute format('alter table public.%I validate constraint %I', tab, tab || '_user_fkey');
      exception when foreign_key_violation then
        raise warning 'rows of public.% belong to users who are gone', tab;
      end;
    end if;
  end loop;
end
$$;

create unique index if not exists trading_signals_config_user_id_key on public.trading_signals_config (user_id);
create unique index if not exists trading_signals_config_webhook_token_key on public.trading_signals_config (webhook_token);
create unique index if not exists trading_signals_stats_user_id_key on public.trading_signals_stats (user_id);
create index if not exists trading_signals_newest_idx on public.trading_signals (user_id, created_at desc, id desc);
create index if not exists trading_signals_decided_idx on public.trading_signals (user_id, "timestamp", id)
  where result in ('win', 'loss', 'breakeven');
create index if not exists trading_signals_waiting_idx on public.trading_signals (user_id, created_at)
  where screenshot_status in ('pending', 'processing');
create index if not exists webhook_deliveries_newest_idx on public.webhook_deliveries (user_id, received_at desc, id desc);
-- Deliveries come in the order of time, so a few pages tell where the old ones lie.
create index if not exists webhook_deliveries_received_idx on public.webhook_deliveries using brin (received_at) with (pages_per_range = 32);
create index if not exists webhook_deliveries_signal_idx on public.webhook_deliveries (signal_id) where signal_id is not null;
create index if not exists alert_keys_expires_idx on public.alert_keys (expires_at);
create index if not exists screenshot_removals_queued_idx on public.screenshot_removals (queued_at);
-- +goose StatementEnd
