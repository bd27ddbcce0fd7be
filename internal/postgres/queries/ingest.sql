-- name: LockTenants :many
-- Locks the users' counters for the decision, in the order of their ids. Joining the token here makes
-- a rotated token die at once: whoever commits a new one waits for this transaction or is seen by it.
-- The month is rolled over in what is read; WriteArrivals writes it. The users are held first, as
-- deleting a user does it: the signals' foreign key would ask for them after the settings, and one of
-- the two would fail. Supabase deletes a user softly by a column that other databases lack; a webhook of
-- such a user is nobody's.
with held as materialized (
  select u.id from auth.users u
  where u.id in (select t.user_id from public.trading_signals_config t where t.webhook_token = any(@tokens::text[]))
    -- The row as JSON costs more than locking it, and is needed only where there is such a column.
    and (not exists (select from pg_catalog.pg_attribute f where f.attrelid = 'auth.users'::regclass and f.attname = 'deleted_at' and not f.attisdropped)
         or to_jsonb(u) ->> 'deleted_at' is null)
  order by u.id
  for key share
)
select sqlc.embed(c),
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used
from held join public.trading_signals_config c on c.user_id = held.id
where c.webhook_token = any(@tokens::text[])
order by c.user_id
for update of c;

-- name: FindRepeats :many
-- The signals that alerts of these hashes made, while they are kept. A statement of its own, after the
-- locks are held: it sees what was committed by whoever held them before. It is written so that no
-- plan, not even one made while the tables were empty, does anything but look each hash up by the whole
-- key: PostgreSQL neither flattens a limit nor reorders a scalar subquery. A signal that is found is
-- held: the delivery of its repeat will name it.
select c.user_id, k.key, k.signal_id::uuid as signal_id, k.expired, k.recent_503
from (select unnest(@tokens::text[]) as token, unnest(@hashes::bytea[]) as hash) a
join public.trading_signals_config c on c.webhook_token = a.token
cross join lateral (
  select r.key, r.signal_id, (r.expires_at <= now())::boolean as expired,
         exists (select from public.alert_keys m where m.user_id = c.user_id and m.key = 'trouble' and m.expires_at > now())::boolean as recent_503
  from public.alert_keys r
  where r.user_id = c.user_id and r.key = a.hash and r.expires_at > now() - interval '30 seconds'
    and (select true from public.trading_signals s where s.id = r.signal_id for key share)
  limit 1
) k;

-- name: NoteTrouble :exec
-- Records that alerts were answered 503, for whichever replica receives them again. No alert can have this key:
-- theirs are 32 bytes long.
insert into public.alert_keys (user_id, key, expires_at)
select c.user_id, 'trouble', now() + interval '30 seconds'
from public.trading_signals_config c where c.webhook_token = any(@tokens::text[])
order by c.user_id
on conflict (user_id, key) do update set expires_at = excluded.expires_at;

-- name: TenantByToken :one
select sqlc.embed(c),
       (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
             then 0 else c.signals_used_this_month end)::bigint as used
from public.trading_signals_config c join auth.users u on u.id = c.user_id
where c.webhook_token = @webhook_token and to_jsonb(u) ->> 'deleted_at' is null;

-- name: WriteArrivals :exec
-- Everything that a decision writes, for many arrivals at once: each group of parameters is a table,
-- array by array; '' stands for null. created_at is the moment of writing, under the users' locks, and
-- grows by a microsecond from signal to signal, so that the list keeps the order of arrival; alerts that waited
-- in a spool say when they arrived, and their month. Every request counts; a stored signal counts against
-- the month, which rolls over here and in reset_monthly_signal_quotas(), whichever comes first.
with signal as (
  insert into public.trading_signals (
    id, user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
    interval, screenshot_status, screenshot_error, raw_message, parsed_data, parse_status, missing,
    timestamp, event_kind, stop_price, origin, created_at, updated_at, delivery_mode)
  select n.id, n.user_id, nullif(n.indicator_name, ''), nullif(n.ticker, ''), nullif(n.exchange, ''),
         nullif(n.symbol, ''), nullif(n.price, '')::numeric, nullif(n.signal_type, ''),
         nullif(n.direction, ''), nullif(n.chart_id, ''), nullif(n."interval", ''), n.screenshot_status,
         nullif(n.screenshot_error, ''), n.raw_message, n.parsed_data::jsonb, n.parse_status,
         string_to_array(n.missing, ','), n."timestamp",
         nullif(n.event_kind, ''), nullif(n.stop_price, '')::numeric, n.origin,
         coalesce(n.arrived_at, w.moment + n.place * interval '1 microsecond'), w.moment + n.place * interval '1 microsecond', nullif(n.delivery_mode, '')
  from (
    select unnest(@signal_ids::text[])::uuid as id, unnest(@signal_users::text[])::uuid as user_id,
           unnest(@indicator_names::text[]) as indicator_name, unnest(@tickers::text[]) as ticker,
           unnest(@exchanges::text[]) as exchange, unnest(@symbols::text[]) as symbol,
           unnest(@prices::text[]) as price, unnest(@signal_types::text[]) as signal_type,
           unnest(@directions::text[]) as direction, unnest(@chart_ids::text[]) as chart_id,
           unnest(@intervals::text[]) as "interval", unnest(@screenshot_statuses::text[]) as screenshot_status,
           unnest(@screenshot_errors::text[]) as screenshot_error, unnest(@raw_messages::text[]) as raw_message,
           unnest(@parsed_data::text[]) as parsed_data, unnest(@parse_statuses::text[]) as parse_status,
           unnest(@missing::text[]) as missing, unnest(@timestamps::timestamptz[]) as "timestamp",
           unnest(@delivery_modes::text[]) as delivery_mode,
           unnest(@event_kinds::text[]) as event_kind, unnest(@stop_prices::text[]) as stop_price,
           unnest(@origins::text[]) as origin, unnest(@arrived_at::timestamptz[]) as arrived_at, -- none for live alerts
           generate_subscripts(@signal_ids::text[], 1) as place
  ) n, (select clock_timestamp() as moment) w
), delivery as (
  insert into public.webhook_deliveries (id, user_id, received_at, body, body_size, sender, outcome, reason, signal_id)
  select d.id, d.user_id, d.received_at, d.body, d.body_size, nullif(d.sender, '')::inet, d.outcome,
         nullif(d.reason, ''), nullif(d.signal_id, '')::uuid
  from (
    select unnest(@delivery_ids::text[])::uuid as id, unnest(@delivery_users::text[])::uuid as user_id,
           unnest(@received_at::timestamptz[]) as received_at, unnest(@bodies::bytea[]) as body,
           unnest(@body_sizes::bigint[]) as body_size, unnest(@senders::text[]) as sender,
           unnest(@outcomes::text[]) as outcome, unnest(@reasons::text[]) as reason,
           unnest(@delivery_signals::text[]) as signal_id
  ) d
), repeat as (
  insert into public.alert_keys (user_id, key, signal_id, expires_at)
  select k.user_id, k.key, k.signal_id, now() + k.keep * interval '1 second'
  from (
    select unnest(@key_users::text[])::uuid as user_id, unnest(@key_hashes::bytea[]) as key,
           unnest(@key_signals::text[])::uuid as signal_id, unnest(@key_seconds::float8[]) as keep
  ) k
  on conflict (user_id, key) do update
  set signal_id = excluded.signal_id, expires_at = excluded.expires_at
)
update public.trading_signals_config c
set webhook_requests_count = c.webhook_requests_count + u.requests,
    signals_used_this_month = case when c.quota_month > m.spooled then c.signals_used_this_month
      when c.quota_month < m.month then u.stored
      else c.signals_used_this_month + u.stored end,
    quota_month = greatest(c.quota_month, m.month)
from (
  select unnest(@counted_users::text[])::uuid as user_id, unnest(@requests::bigint[]) as requests, unnest(@stored::int[]) as stored
) u, (
  select nullif(@spooled_month::text, '')::date as spooled,
         coalesce(nullif(@spooled_month::text, '')::date, date_trunc('month', now() at time zone 'utc')::date) as month
) m
where c.user_id = u.user_id;
