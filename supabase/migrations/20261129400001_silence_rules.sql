-- +goose Up
-- +goose StatementBegin
-- A user's own rules for silence: a list of at most 20 objects, such as
-- [{"ticker": "BTCUSDT", "every_hours": 4, "days": ["mon", "tue"]}]. The service alone writes them, checked.
alter table public.trading_signals_config add column if not exists silence_rules jsonb not null default '[]'
  constraint trading_signals_config_silence_rules_check check (
    jsonb_typeof(silence_rules) = 'array' and length(silence_rules::text) <= 20000
    and not jsonb_path_exists(silence_rules, 'strict $ ? (@.size() > 20)')
    and not jsonb_path_exists(silence_rules, 'strict $[*] ? (@.type() != "object")'));
-- +goose StatementEnd
