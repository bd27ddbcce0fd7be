-- +goose Up
-- +goose StatementBegin
-- PostgreSQL plans every CHECK of a table anew for each statement that writes it, whichever columns the
-- statement writes: counting an alert cost more than writing one. So the rules of the settings become
-- triggers of their own columns, with the same bounds, names and SQLSTATE. A counter's update plans none but
-- that of the counters, which stays a CHECK.
create or replace function public.refuse_row() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'new row for relation "%" violates check constraint "%"', tg_table_name, tg_argv[0]
    using errcode = 'check_violation', constraint = tg_argv[0], table = tg_table_name, schema = tg_table_schema;
end
$$;
revoke all on function public.refuse_row() from public, anon, authenticated, service_role;

-- The names begin with zz: triggers fire by name, and a rule has to see what the others have made of the row.
do $$
declare
  c record;
begin
  for c in
    select * from (values
      ('quota', 'signals_quota', 'new.signals_quota >= -1'),
      ('plan', 'user_plan', $r$new.user_plan in ('free', 'pro', 'lifetime')$r$),
      ('resolution', 'screenshot_resolution', $r$new.screenshot_resolution in ('720p', '1080p', '4k')$r$),
      ('window', 'dedupe_window_seconds', 'new.dedupe_window_seconds between 0 and 3600'),
      ('chat', 'telegram_chat_id', $r$new.telegram_chat_id ~ '^(-?\d{1,20}|@\w{5,32})$'$r$),
      ('discord', 'discord_webhook_url', $r$new.discord_webhook_url ~ '^https://((ptb|canary)\.)?discord(app)?\.com/api/webhooks/'$r$),
      ('text', 'webhook_token, default_chart_id, discord_webhook_url, preferred_timezone, consent_version, tv_sessionid, tv_sessionid_sign, telegram_bot_token', $r$
        length(new.webhook_token) between 1 and 200 and length(new.default_chart_id) <= 200 and length(new.discord_webhook_url) <= 200
        and length(new.preferred_timezone) <= 200 and length(new.consent_version) <= 200
        and length(new.tv_sessionid) <= 2000 and length(new.tv_sessionid_sign) <= 2000
        and length(new.telegram_bot_token) <= case when new.telegram_bot_token like '%:%' then 2000 else 12000 end$r$),
      ('cookies_problem', 'cookies_problem', $r$new.cookies_problem in ('malformed')$r$),
      ('alert_names', 'alert_names', $r$
        jsonb_typeof(new.alert_names) = 'object'
        and new.alert_names - array['ticker', 'exchange', 'price', 'signal_type', 'direction', 'indicator_name', 'chart_id', 'interval', 'timestamp'] = '{}'
        and not jsonb_path_exists(new.alert_names, 'strict $.* ? (@.type() != "array")')
        and not jsonb_path_exists(new.alert_names, 'strict $.* ? (@.size() > 10)')
        and not jsonb_path_exists(new.alert_names, 'strict $.*[*] ? (@.type() != "string" || !(@ like_regex "^.{1,60}$" flag "s"))')$r$),
      ('silence_rules', 'silence_rules', $r$
        jsonb_typeof(new.silence_rules) = 'array' and length(new.silence_rules::text) <= 20000
        and not jsonb_path_exists(new.silence_rules, 'strict $ ? (@.size() > 20)')
        and not jsonb_path_exists(new.silence_rules, 'strict $[*] ? (@.type() != "object")')$r$)
    ) as t (name, columns, rule)
  loop
    execute format('create or replace trigger %I before insert or update of %s on public.trading_signals_config
      for each row when (not (%s)) execute function public.refuse_row(%L)',
      'zz_trading_signals_config_' || c.name || '_check', c.columns, c.rule, 'trading_signals_config_' || c.name || '_check');
    execute format('alter table public.trading_signals_config drop constraint if exists %I', 'trading_signals_config_' || c.name || '_check');
  end loop;
end
$$;

-- updated_at tells that a setting may have changed: alerts are decided by settings that were read before, as
-- long as it is the same. So every statement that names a setting changes it, also one that names a counter
-- too, and one that began in the same microsecond. Statements that name counters alone leave it, as before.
create or replace function public.set_trading_config_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now() + case when old.updated_at = now() then interval '1 microsecond' else interval '0' end;
  return new;
end
$$;
revoke all on function public.set_trading_config_updated_at() from public, anon, authenticated, service_role;
do $$
begin
  execute format('create or replace trigger trading_signals_config_updated_at before update of %s on public.trading_signals_config
    for each row execute function public.set_trading_config_updated_at()', (
    select string_agg(quote_ident(a.attname), ', ') from pg_attribute a
    where a.attrelid = 'public.trading_signals_config'::regclass and a.attnum > 0 and not a.attisdropped
      and a.attname not in ('webhook_requests_count', 'signals_used_this_month', 'quota_month')));
end
$$;
-- +goose StatementEnd
