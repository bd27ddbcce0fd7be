-- +goose Up
-- +goose StatementBegin
-- Whether a user lets the operator read the alerts that arrived at their webhook, to help them. Only the
-- user says so.
alter table public.trading_signals_config add column if not exists support_access boolean not null default false;

grant update (support_access) on public.trading_signals_config to authenticated;
-- +goose StatementEnd
