-- +goose Up
-- +goose StatementBegin
-- An alert's body is stored once: the delivery of an accepted alert has none if it is the raw message of the
-- signal that has the delivery's id. A delivery outlives its signal, and what was received stays what it was; so
-- it gets the body back before the signal goes, or its message changes.
create or replace function public.keep_delivery_bodies() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.webhook_deliveries d
  set body = convert_to(o.raw_message, 'UTF8')
  from (select r.id, r.user_id, r.raw_message from old_rows r order by r.user_id, r.id) o
  where d.id = o.id and d.user_id = o.user_id and d.outcome = 'accepted' and d.body is null;
  return null;
end
$$;

-- The row as it was is known to the trigger of the row alone, if nothing but some columns may call it.
create or replace function public.keep_delivery_body() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.webhook_deliveries d
  set body = convert_to(old.raw_message, 'UTF8')
  where d.id = old.id and d.user_id = old.user_id and d.outcome = 'accepted' and d.body is null;
  return new;
end
$$;
revoke all on function public.keep_delivery_bodies(), public.keep_delivery_body() from public, anon, authenticated, service_role;

create or replace trigger trading_signals_keep_bodies after delete on public.trading_signals
  referencing old table as old_rows for each statement execute function public.keep_delivery_bodies();
create or replace trigger trading_signals_keep_body before update of id, user_id, raw_message on public.trading_signals
  for each row when ((old.id, old.user_id, old.raw_message) is distinct from (new.id, new.user_id, new.raw_message))
  execute function public.keep_delivery_body();
-- +goose StatementEnd
