-- name: WriteKnownArrivals :many
-- Everything that the arrivals of known users write, in one statement: what was decided by a user's row that
-- was read before is written if the row has not changed since, if the month's quota has room for all of it,
-- and if none of the user's arrivals may repeat an alert. Of any other user nothing is written. The users that
-- were written come back, with what their month has used now.
--
-- Arrays as in WriteArrivals; each row of them names its user's place among the first ones, whose order is that
-- of the users' ids. Users are held before their settings are written, as LockTenants does it. A repeat whose
-- first alert is committed while this statement waits for the lock is not seen by the look at the keys, and ends
-- the statement by the unique index. created_at grows from signal to signal, as in WriteArrivals.
with asked as materialized (
  select generate_subscripts(@counted_users::uuid[], 1) as place,
         unnest(@counted_users::uuid[]) as user_id, unnest(@tokens::text[]) as token,
         unnest(@read_at::timestamptz[]) as read_at, unnest(@requests::bigint[]) as requests, unnest(@stored::int[]) as stored
), held as materialized (
  -- The row as JSON costs more than all else here, and is needed only where there is such a column.
  select u.id from auth.users u
  where u.id = any(@counted_users::uuid[])
    and (not exists (select from pg_catalog.pg_attribute f where f.attrelid = 'auth.users'::regclass and f.attname = 'deleted_at' and not f.attisdropped)
         or to_jsonb(u) ->> 'deleted_at' is null)
  order by u.id
  for key share
), repeated as materialized (
  select k.place
  from (select unnest(@key_places::int[]) as place, unnest(@key_users::uuid[]) as user_id, unnest(@key_hashes::bytea[]) as key) k
  -- A scalar subquery, which stays one look-up a key: as a join, planned while the table was empty, it reads all keys.
  where (select true from public.alert_keys r where r.user_id = k.user_id and r.key = k.key)
), counted as (
  update public.trading_signals_config c
  set webhook_requests_count = c.webhook_requests_count + u.requests,
      signals_used_this_month =
        (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
              then 0 else c.signals_used_this_month end) + u.stored,
      quota_month = greatest(c.quota_month, date_trunc('month', now() at time zone 'utc')::date)
  from (
    select a.place, a.user_id, a.token, a.read_at, a.requests, a.stored
    from asked a
    where a.user_id = any ((select array_agg(h.id) from held h)::uuid[])
      and a.place <> all ((select coalesce(array_agg(r.place), '{}') from repeated r)::int[])
    order by a.place
  ) u
  where c.user_id = u.user_id and c.webhook_token = u.token and c.updated_at = u.read_at
    and (not @strict::boolean or c.signals_quota < 0 or u.stored = 0
         or (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
                  then 0 else c.signals_used_this_month end) + u.stored <= c.signals_quota)
    -- Reaching a threshold of the quota is told, by the statements that lock the row before they decide.
    and not (c.notifies and c.signals_quota >= 0 and u.stored > 0 and exists (
      select from unnest(@thresholds::bigint[]) t
      where (case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
                  then 0 else c.signals_used_this_month end) * 100::bigint < t * c.signals_quota
        and t * c.signals_quota <= ((case when c.quota_month < date_trunc('month', now() at time zone 'utc')::date
                  then 0 else c.signals_used_this_month end) + u.stored) * 100::bigint))
  returning u.place, c.signals_used_this_month::bigint as used
), taken as materialized (
  select coalesce(array_agg(c.place), '{}')::int[] as places from counted c
), repeat as (
  insert into public.alert_keys (user_id, key, signal_id, expires_at)
  select k.user_id, k.key, k.signal_id, now() + k.keep * interval '1 second'
  from (
    select unnest(@key_places::int[]) as place, unnest(@key_users::uuid[]) as user_id, unnest(@key_hashes::bytea[]) as key,
           unnest(@key_signals::uuid[]) as signal_id, unnest(@key_seconds::float8[]) as keep
  ) k join taken t on k.place = any (t.places)
), signal as (
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
         w.moment + n.nth * interval '1 microsecond', w.moment + n.nth * interval '1 microsecond', nullif(n.delivery_mode, '')
  from (
    select unnest(@signal_places::int[]) as place, unnest(@signal_ids::uuid[]) as id, unnest(@signal_users::uuid[]) as user_id,
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
           unnest(@origins::text[]) as origin,
           generate_subscripts(@signal_ids::uuid[], 1) as nth
  ) n join (select t.places, clock_timestamp() as moment from taken t) w on n.place = any (w.places)
  returning id, user_id, screenshot_status, delivery_mode, created_at
), notice as ( -- as WriteSignalNotices makes them
  insert into public.notifications (user_id, channel_id, event, signal_id, key, state, not_before, settled, created_at)
  select s.user_id, c.id, 'signal', s.id, 'signal:' || s.id, case when w.waits then 'waiting' else 'ready' end,
         case when w.waits then s.created_at + make_interval(secs => c.max_wait_seconds) else s.created_at end,
         s.screenshot_status not in ('pending', 'processing'), s.created_at
  from signal s
  cross join lateral (
    select h.id, h.kind, h.mode, h.max_wait_seconds from public.notification_channels h
    where h.user_id = s.user_id and h.enabled and 'signal' = any(h.events) offset 0
  ) c
  cross join lateral (
    select s.screenshot_status = 'pending' and (c.kind in ('slack', 'email', 'ntfy') or coalesce(s.delivery_mode, c.mode) = 'together') as waits
  ) w
  where s.id = any(@told::uuid[])
), delivery as (
  insert into public.webhook_deliveries (id, user_id, received_at, body, body_size, sender, outcome, signal_id)
  select d.id, d.user_id, d.received_at, d.body, d.body_size, nullif(d.sender, '')::inet, 'accepted', d.signal_id
  from (
    select unnest(@signal_places::int[]) as place, unnest(@delivery_ids::uuid[]) as id, unnest(@signal_users::uuid[]) as user_id,
           unnest(@received_at::timestamptz[]) as received_at, unnest(@bodies::bytea[]) as body,
           unnest(@body_sizes::bigint[]) as body_size, unnest(@senders::text[]) as sender,
           unnest(@signal_ids::uuid[]) as signal_id
  ) d join taken t on d.place = any (t.places)
), job as ( -- as InsertCaptures makes them
  insert into river.river_job (args, kind, queue, max_attempts, scheduled_at)
  select jsonb_build_object('signal_id', j.signal, 'user_id', j.owner), 'capture', 'captures', @runs::int, greatest(now(), j.due)
  from (
    select unnest(@capture_places::int[]) as place, unnest(@captures::text[]) as signal, unnest(@capture_users::text[]) as owner,
           unnest(@due::timestamptz[]) as due
  ) j join taken t on j.place = any (t.places)
)
select c.place::int as place, c.used::bigint as used,
       coalesce(case when c.place = any (@capture_places::int[]) then pg_notify('river.river_insert', '{"queue": "captures"}')::text end, '')::text as told
from counted c;
