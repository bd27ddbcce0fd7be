-- +goose Up
-- +goose StatementBegin
-- What each user had used of the last month's quota when that month was over. An alert that arrived before the
-- turn of a month, and waited in a spool until after it, counts in its own month.
create table if not exists public.quota_months (
  user_id uuid primary key references auth.users (id) on delete cascade,
  month date not null,
  used bigint not null check (used >= 0)
);
alter table public.quota_months enable row level security;
revoke all on public.quota_months from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.quota_months to service_role;

create or replace function public.keep_quota_month() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.quota_months as q (user_id, month, used)
  values (old.user_id, old.quota_month, old.signals_used_this_month)
  on conflict (user_id) do update set month = excluded.month, used = excluded.used
  where q.month < excluded.month;
  return null;
end
$$;
revoke all on function public.keep_quota_month() from public, anon, authenticated;

-- Whoever rolls the month over: an alert, upkeep, or a function that a site calls.
create or replace trigger trading_signals_config_month_ends
  after update of quota_month on public.trading_signals_config
  for each row when (old.quota_month < new.quota_month)
  execute function public.keep_quota_month();
-- +goose StatementEnd
