-- +goose Up
-- +goose StatementBegin
-- Cookies that no TradingView session can have are stored, and never tried: what is wrong with them.
alter table public.trading_signals_config add column if not exists cookies_problem text
  constraint trading_signals_config_cookies_problem_check check (cookies_problem in ('malformed'));
-- +goose StatementEnd
