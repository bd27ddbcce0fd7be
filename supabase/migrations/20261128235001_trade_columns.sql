-- +goose Up
-- +goose StatementBegin
-- What a trade risked and when it ended: statistics in R and holding times need them.
alter table public.trading_signals
  add column if not exists risk_amount numeric,
  add column if not exists closed_at timestamptz;

do $$
begin
  -- The columns are new, so no row can break these rules, and validating needs no stronger lock.
  if not exists (select from pg_constraint where conname = 'trading_signals_risk_amount_check' and conrelid = 'public.trading_signals'::regclass) then
    alter table public.trading_signals add constraint trading_signals_risk_amount_check
      check (risk_amount > 0 and risk_amount <= 1e30 and scale(risk_amount) <= 30) not valid;
    alter table public.trading_signals validate constraint trading_signals_risk_amount_check;
  end if;
  if not exists (select from pg_constraint where conname = 'trading_signals_closed_at_check' and conrelid = 'public.trading_signals'::regclass) then
    alter table public.trading_signals add constraint trading_signals_closed_at_check check (closed_at >= "timestamp") not valid;
    alter table public.trading_signals validate constraint trading_signals_closed_at_check;
  end if;
end
$$;

grant update (risk_amount, closed_at) on public.trading_signals to authenticated;
-- +goose StatementEnd
