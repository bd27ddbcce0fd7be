-- +goose Up
-- +goose StatementBegin
-- An alert of a sender that TRADINGVIEW_IPS does not name is refused, and its delivery kept.
alter table public.webhook_deliveries drop constraint if exists webhook_deliveries_outcome_check;
alter table public.webhook_deliveries add constraint webhook_deliveries_outcome_check
  check (outcome in ('accepted', 'duplicate', 'quota_exceeded', 'rate_limited', 'disabled', 'too_large', 'refused_sender')) not valid;
alter table public.webhook_deliveries validate constraint webhook_deliveries_outcome_check;
-- +goose StatementEnd
