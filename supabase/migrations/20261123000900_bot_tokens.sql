-- +goose Up
-- +goose StatementBegin
-- A bot token in plain text may have 2000 characters of up to four bytes each; sealed it is longer, and
-- has to fit too. Plain tokens hold a colon, sealed ones do not.
alter table public.trading_signals_config drop constraint if exists trading_signals_config_text_check;
alter table public.trading_signals_config add constraint trading_signals_config_text_check check (
  length(webhook_token) between 1 and 200 and length(default_chart_id) <= 200 and length(discord_webhook_url) <= 200
  and length(preferred_timezone) <= 200 and length(consent_version) <= 200
  and length(tv_sessionid) <= 2000 and length(tv_sessionid_sign) <= 2000
  and length(telegram_bot_token) <= case when telegram_bot_token like '%:%' then 2000 else 12000 end) not valid;
alter table public.trading_signals_config validate constraint trading_signals_config_text_check;
-- +goose StatementEnd
