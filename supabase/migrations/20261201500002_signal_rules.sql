-- +goose Up
-- +goose StatementBegin
-- The rules of signals, as those of the settings before: PostgreSQL plans CHECKs anew for each statement, which of
-- some thirty costs an alert that comes alone more than writing its row, and a capture each of its updates. The
-- plan of a trigger's function is kept. Bounds, names and SQLSTATE are those of the CHECKs; so is that a rule whose
-- value is null is kept.
create or replace function public.hold_signal_rules() returns trigger
language plpgsql set search_path = ''
as $$
declare
  broken text := case
    when not (new.direction in ('LONG', 'SHORT')) then 'trading_signals_direction_check'
    when not (new.result in ('pending', 'win', 'loss', 'breakeven', 'skip')) then 'trading_signals_result_check'
    when not (new.screenshot_status in ('pending', 'processing', 'completed', 'failed', 'skipped', 'expired')) then 'trading_signals_screenshot_status_check'
    when not (new.screenshot_kind in ('user_chart', 'public_chart')) then 'trading_signals_screenshot_kind_check'
    when not (new.screenshot_source in ('client', 'viewport')) then 'trading_signals_screenshot_source_check'
    when not (new.parse_status in ('json', 'repaired', 'pairs', 'text', 'empty')) then 'trading_signals_parse_status_check'
    when not (new.delivery_mode in ('asap', 'together')) then 'trading_signals_delivery_mode_check'
    when not (new.event_kind in ('entry', 'exit')) then 'trading_signals_event_kind_check'
    when not (new.origin in ('alert', 'replay', 'test', 'demo')) then 'trading_signals_origin_check'
    when not (
      length(new.indicator_name) <= 200 and length(new.exchange) <= 200 and length(new.symbol) <= 200 and length(new.signal_type) <= 200
      and length(new.chart_id) <= 200 and length(new."interval") <= 200 and length(new.screenshot_error) <= 200
      and length(new.screenshot_path) <= 200 and length(new.screenshot_url) <= 2000) then 'trading_signals_text_check'
    when not (length(new.ticker) <= 129) then 'trading_signals_ticker_check'
    when not (length(new.notes) <= 10000) then 'trading_signals_notes_check'
    when new.tags <> '{}' and not (
      cardinality(new.tags) <= 20 and coalesce(array_ndims(new.tags), 1) = 1
      and not jsonb_path_exists(to_jsonb(new.tags), '$[*] ? (@ == null || @ like_regex "^.{51}" flag "s")')) then 'trading_signals_tags_check'
    when not (length(new.screenshot_symbol) <= 200 and length(new.screenshot_interval) <= 200) or new.screenshot_warnings <> '{}' and not (
      cardinality(new.screenshot_warnings) <= 20 and coalesce(array_ndims(new.screenshot_warnings), 1) = 1
      and not jsonb_path_exists(to_jsonb(new.screenshot_warnings), '$[*] ? (@ == null || @ like_regex "^.{51}" flag "s")')) then 'trading_signals_screenshot_facts_check'
    when not (starts_with(new.screenshot_path, new.user_id::text || '/') or new.screenshot_path !~* '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/')
      then 'trading_signals_own_picture_check'
    -- Within ±1e30 and 30 decimals, which shuts out NaN and the infinities.
    when not (new.price between -1e30 and 1e30 and scale(new.price) <= 30) then 'trading_signals_price_check'
    when not (new.entry_price between -1e30 and 1e30 and scale(new.entry_price) <= 30) then 'trading_signals_entry_price_check'
    when not (new.exit_price between -1e30 and 1e30 and scale(new.exit_price) <= 30) then 'trading_signals_exit_price_check'
    when not (new.profit_loss between -1e30 and 1e30 and scale(new.profit_loss) <= 30) then 'trading_signals_profit_loss_check'
    when not (new.profit_loss_percent between -1e30 and 1e30 and scale(new.profit_loss_percent) <= 30) then 'trading_signals_profit_loss_percent_check'
    when not (abs(new.stop_price) <= 1e30 and scale(new.stop_price) <= 30) then 'trading_signals_stop_price_check'
    when not (new.risk_amount > 0 and new.risk_amount <= 1e30 and scale(new.risk_amount) <= 30) then 'trading_signals_risk_amount_check'
    when not (new.closed_at >= new."timestamp") then 'trading_signals_closed_at_check'
  end;
begin
  if broken is not null then
    raise exception 'new row for relation "%" violates check constraint "%"', tg_table_name, broken
      using errcode = 'check_violation', constraint = broken, table = tg_table_name, schema = tg_table_schema;
  end if;
  return new;
end
$$;
revoke all on function public.hold_signal_rules() from public, anon, authenticated, service_role;

-- The name begins with zz: a rule has to see what other triggers have made of the row.
create or replace trigger zz_trading_signals_rules before insert or update on public.trading_signals
  for each row execute function public.hold_signal_rules();
do $$
declare
  c record;
begin
  for c in
    select k.conname from pg_constraint k
    where k.contype = 'c' and k.conrelid = 'public.trading_signals'::regclass
      and strpos((select p.prosrc from pg_proc p where p.oid = 'public.hold_signal_rules()'::regprocedure), '''' || k.conname || '''') > 0
  loop
    execute format('alter table public.trading_signals drop constraint %I', c.conname);
  end loop;
end
$$;
-- +goose StatementEnd
