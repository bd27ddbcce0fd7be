-- +goose Up
-- +goose StatementBegin
-- Whoever rolls a month over has the user's settings locked, and the row of quota_months needs its user. Deleting a
-- user takes the two the other way round. So a user whom a delete has locked keeps no month: it goes with the user.
create or replace function public.keep_quota_month() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform from auth.users u where u.id = old.user_id for key share skip locked;
  if not found then
    return null;
  end if;
  insert into public.quota_months as q (user_id, month, used)
  values (old.user_id, old.quota_month, old.signals_used_this_month)
  on conflict (user_id) do update set month = excluded.month, used = excluded.used
  where q.month < excluded.month;
  return null;
end
$$;
revoke all on function public.keep_quota_month() from public, anon, authenticated;

-- Begins the month for every counter of an earlier one, and says how many. Calling it again does nothing until the
-- next month. It locks users before their settings, as alerts and deletes do. The service itself goes on in parts.
create or replace function public.reset_monthly_signal_quotas() returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  this_month constant date := (date_trunc('month', now() at time zone 'utc'))::date;
  changed integer;
begin
  with held as materialized (
    select u.id from auth.users u
    where u.id in (select l.user_id from public.trading_signals_config l where l.quota_month < this_month)
    order by u.id
    for key share
  ), behind as materialized (
    select l.id from public.trading_signals_config l
    where l.user_id in (select h.id from held h) and l.quota_month < this_month
    order by l.user_id
    for update
  )
  update public.trading_signals_config c
  set signals_used_this_month = 0, quota_month = this_month
  from behind where c.id = behind.id;
  get diagnostics changed = row_count;
  return changed;
end
$$;
revoke all on function public.reset_monthly_signal_quotas() from public, anon, authenticated;
grant execute on function public.reset_monthly_signal_quotas() to service_role;
-- +goose StatementEnd
