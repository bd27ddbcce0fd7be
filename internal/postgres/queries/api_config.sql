-- name: GetConfig :one
-- The month is rolled over in what is read, as in TenantByToken.
select sqlc.embed(c),
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used
from public.trading_signals_config c
where c.user_id = @user_id;

-- name: InsertOwnConfig :exec
-- For a user whose settings are missing; a trigger makes the token and sets quota and plan.
insert into public.trading_signals_config (user_id) values (@user_id)
on conflict (user_id) do nothing;

-- name: UpdateConfig :execrows
-- Run as the caller, who may write these columns. A trigger checks the time zone.
update public.trading_signals_config
set default_chart_id = case when @set_default_chart_id::bool then sqlc.narg(default_chart_id) else default_chart_id end,
    screenshot_resolution = coalesce(sqlc.narg(screenshot_resolution), screenshot_resolution),
    preferred_timezone = coalesce(sqlc.narg(preferred_timezone), preferred_timezone),
    webhook_enabled = coalesce(sqlc.narg(webhook_enabled), webhook_enabled),
    capture_enabled = coalesce(sqlc.narg(capture_enabled), capture_enabled),
    capture_without_cookies = coalesce(sqlc.narg(capture_without_cookies), capture_without_cookies),
    telegram_enabled = coalesce(sqlc.narg(telegram_enabled), telegram_enabled),
    telegram_chat_id = case when @set_telegram_chat_id::bool then sqlc.narg(telegram_chat_id) else telegram_chat_id end,
    discord_webhook_url = case when @set_discord_webhook_url::bool then sqlc.narg(discord_webhook_url) else discord_webhook_url end,
    email_notifications = coalesce(sqlc.narg(email_notifications), email_notifications),
    dedupe_window_seconds = coalesce(sqlc.narg(dedupe_window_seconds), dedupe_window_seconds),
    alert_names = coalesce(sqlc.narg(alert_names)::jsonb, alert_names),
    support_access = coalesce(sqlc.narg(support_access), support_access),
    updated_at = now()
where user_id = @user_id;

-- name: UpdateServiceSettings :execrows
-- A service statement: nobody writes these columns but this service. New cookies count as valid
-- until TradingView refuses them, unless no session can have such cookies.
update public.trading_signals_config
set tv_sessionid = case when @set_cookies::bool then sqlc.narg(tv_sessionid) else tv_sessionid end,
    tv_sessionid_sign = case when @set_cookies::bool then sqlc.narg(tv_sessionid_sign) else tv_sessionid_sign end,
    cookies_valid = case when @set_cookies::bool then sqlc.narg(tv_sessionid)::text is not null and sqlc.narg(cookies_problem)::text is null
                         else cookies_valid end,
    cookies_problem = case when @set_cookies::bool then sqlc.narg(cookies_problem) else cookies_problem end,
    cookies_updated_at = case when @set_cookies::bool then now() else cookies_updated_at end,
    telegram_bot_token = case when @set_bot_token::bool then sqlc.narg(telegram_bot_token) else telegram_bot_token end,
    consent_at = case when not @set_consent::bool then consent_at
                      when sqlc.narg(consent_version)::text is null then null else now() end,
    consent_version = case when @set_consent::bool then sqlc.narg(consent_version) else consent_version end,
    silence_rules = coalesce(sqlc.narg(silence_rules)::jsonb, silence_rules)
where user_id = @user_id;

-- name: ReplaceWebhookToken :execrows
-- A service statement. From its commit the old token finds nobody.
update public.trading_signals_config set webhook_token = @webhook_token where user_id = @user_id;
