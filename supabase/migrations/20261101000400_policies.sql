-- +goose Up
-- +goose StatementBegin
-- Who may do what through the Data API. Front ends hold a user's own token, so these grants and
-- policies carry the whole weight: everything is revoked first, whatever a project's defaults gave.

revoke all on
  public.trading_signals, public.trading_signals_config, public.trading_signals_stats,
  public.webhook_deliveries, public.alert_keys, public.screenshot_removals, public.capture_leases, public.plans
from public, anon, authenticated, service_role;
grant select, insert, update, delete on
  public.trading_signals, public.trading_signals_config, public.trading_signals_stats,
  public.webhook_deliveries, public.alert_keys, public.screenshot_removals, public.capture_leases, public.plans
to service_role;

alter table public.trading_signals enable row level security;
alter table public.trading_signals_config enable row level security;
alter table public.trading_signals_stats enable row level security;
alter table public.webhook_deliveries enable row level security;
alter table public.alert_keys enable row level security;
alter table public.screenshot_removals enable row level security;
alter table public.capture_leases enable row level security;
alter table public.plans enable row level security;

grant select, delete on public.trading_signals to authenticated;
grant update (result, entry_price, exit_price, profit_loss, profit_loss_percent, notes, tags, updated_at)
  on public.trading_signals to authenticated;
grant select on public.trading_signals_config to authenticated;
grant insert (user_id, webhook_token, webhook_enabled, signals_quota, signals_used_this_month, screenshot_resolution)
  on public.trading_signals_config to authenticated;
grant update (default_chart_id, screenshot_resolution, preferred_timezone, webhook_enabled, capture_enabled,
    capture_without_cookies, telegram_enabled, telegram_bot_token, telegram_chat_id, discord_webhook_url,
    email_notifications, dedupe_window_seconds, updated_at)
  on public.trading_signals_config to authenticated;
grant select on public.trading_signals_stats to authenticated;

-- The subselect lets the planner ask for the user's id once a statement instead of once a row. Who
-- signed in anonymously makes no settings: they come with the account that it becomes.
drop policy if exists "own signals are read" on public.trading_signals;
create policy "own signals are read" on public.trading_signals for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "own signals are changed" on public.trading_signals;
create policy "own signals are changed" on public.trading_signals for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "own signals are deleted" on public.trading_signals;
create policy "own signals are deleted" on public.trading_signals for delete to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "own settings are read" on public.trading_signals_config;
create policy "own settings are read" on public.trading_signals_config for select to authenticated
  using ((select auth.uid()) = user_id);
drop policy if exists "own settings are made" on public.trading_signals_config;
create policy "own settings are made" on public.trading_signals_config for insert to authenticated
  with check ((select auth.uid()) = user_id and (select auth.jwt() ->> 'is_anonymous') is distinct from 'true');
drop policy if exists "own settings are changed" on public.trading_signals_config;
create policy "own settings are changed" on public.trading_signals_config for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "own statistics are read" on public.trading_signals_stats;
create policy "own statistics are read" on public.trading_signals_stats for select to authenticated
  using ((select auth.uid()) = user_id);
-- +goose StatementEnd
