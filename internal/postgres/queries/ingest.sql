-- name: LockTenantByToken :one
-- Locks the user's counters for the decision. Joining the token here makes a rotated token die at
-- once: whoever commits a new one waits for this transaction or is seen by it. The month is rolled
-- over in what is read; CountArrival writes it. The user is held first, as deleting a user does it:
-- the signal's foreign key would ask for it after the settings, and one of the two would fail.
with held as materialized (
  select u.id from auth.users u
  where u.id = (select t.user_id from public.trading_signals_config t where t.webhook_token = @webhook_token)
  for key share
)
select sqlc.embed(c),
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used
from held join public.trading_signals_config c on c.user_id = held.id
where c.webhook_token = @webhook_token
for update of c;

-- name: TenantByToken :one
select sqlc.embed(c),
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used
from public.trading_signals_config c
where c.webhook_token = @webhook_token;

-- name: CountArrival :exec
-- Every request counts; a stored signal counts against the month, which rolls over here and in
-- reset_monthly_signal_quotas(), whichever comes first.
update public.trading_signals_config
set webhook_requests_count = webhook_requests_count + 1,
    signals_used_this_month =
      (case when quota_month < date_trunc('month', now() at time zone 'utc')::date
            then 0 else signals_used_this_month end) + @stored::int,
    quota_month = greatest(quota_month, date_trunc('month', now() at time zone 'utc')::date)
where user_id = @user_id;

-- name: InsertSignal :one
insert into public.trading_signals (
  user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
  interval, screenshot_status, screenshot_error, raw_message, parsed_data, parse_status, missing,
  timestamp
) values (
  @user_id, sqlc.narg(indicator_name), sqlc.narg(ticker), sqlc.narg(exchange), sqlc.narg(symbol),
  sqlc.narg(price)::text::numeric, sqlc.narg(signal_type), sqlc.narg(direction), sqlc.narg(chart_id),
  sqlc.narg(interval), @screenshot_status, sqlc.narg(screenshot_error), sqlc.narg(raw_message),
  sqlc.narg(parsed_data), sqlc.narg(parse_status), @missing, @timestamp
)
returning id;

-- name: InsertDelivery :exec
insert into public.webhook_deliveries (
  user_id, received_at, body, body_size, sender, outcome, reason, signal_id
) values (
  @user_id, @received_at, @body, @body_size, sqlc.narg(sender), @outcome, sqlc.narg(reason),
  sqlc.narg(signal_id)
);

-- name: FindRepeat :one
-- The signal that an alert of this key made, while the key is kept. The caller holds the lock on the
-- user's settings, so no other arrival of the user is between looking and writing.
select signal_id::uuid from public.alert_keys
where user_id = @user_id and key = @key and signal_id is not null and expires_at > now();

-- name: KeepRepeat :exec
insert into public.alert_keys (user_id, key, signal_id, expires_at)
values (@user_id, @key, @signal_id, now() + make_interval(secs => @keep_seconds::float8))
on conflict (user_id, key) do update
set signal_id = excluded.signal_id, expires_at = excluded.expires_at;
