-- +goose Up
-- +goose StatementBegin
-- Whom to tell, and what is still to be told. Private: the API alone shows both, front ends set the
-- classic columns of the settings.

-- Whether a message waits for its picture, if the alert's own URL said so (the legacy webhook).
alter table public.trading_signals add column if not exists delivery_mode text;
alter table public.trading_signals drop constraint if exists trading_signals_delivery_mode_check;
alter table public.trading_signals add constraint trading_signals_delivery_mode_check
  check (delivery_mode in ('asap', 'together')) not valid;
alter table public.trading_signals validate constraint trading_signals_delivery_mode_check;

-- Whether the user has any channel that is switched on, kept by a trigger: ingest reads it in the row that
-- it locks anyway, so that users without channels cost nothing.
alter table public.trading_signals_config add column if not exists notifies boolean not null default false;

create table if not exists public.notification_channels (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  name text not null default '',
  origin text not null default 'own',
  enabled boolean not null default true,
  events text[] not null default '{signal,trouble,quota}',
  mode text not null default 'together',
  max_wait_seconds integer not null default 60,
  language text not null default 'en',
  as_file boolean not null default false,
  settings jsonb not null default '{}',
  secret text, -- ciphertext; null for the classic bot token, which stays in its own column
  destination bytea, -- a hash of the token: a service that asks to wait means all its channels
  status text not null default 'unproved',
  code text,
  refusals integer not null default 0, -- messages refused in a row
  resume_at timestamptz, -- nothing is sent before
  lease_owner uuid, -- the worker that sends, until lease_until
  lease_until timestamptz,
  pending text, -- what the owner has to send back to prove the address, and until when
  pending_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notification_channels_kind_check check (kind in ('telegram', 'discord', 'slack', 'email', 'webhook', 'ntfy')),
  constraint notification_channels_origin_check check (origin in ('own', 'classic', 'fallback')),
  constraint notification_channels_events_check check (events <@ '{signal,trouble,quota}'::text[]),
  constraint notification_channels_mode_check check (mode in ('together', 'asap')),
  constraint notification_channels_wait_check check (max_wait_seconds between 0 and 900),
  constraint notification_channels_language_check check (language in ('en', 'es')),
  constraint notification_channels_status_check check (status in ('ok', 'unproved', 'broken')),
  constraint notification_channels_size_check check (
    length(name) <= 100 and length(settings::text) <= 4000 and length(secret) <= 12000 and length(code) <= 100 and length(pending) <= 200)
);
-- One channel a user for each classic column.
create unique index if not exists notification_channels_classic_idx
  on public.notification_channels (user_id, kind, origin) where origin <> 'own';
create index if not exists notification_channels_user_idx on public.notification_channels (user_id, created_at, id);
create index if not exists notification_channels_destination_idx on public.notification_channels (destination) where destination is not null;

-- The outbox: one row for each thing to tell and channel. It holds no text, no secret and no address:
-- they are read when it is sent. settled says that the capture of its signal is over. Ids are of version 7
-- of RFC 9562, in the order of time: plain PostgreSQL makes none before 18.
create table if not exists public.notifications (
  id uuid primary key default encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid,
  user_id uuid not null references auth.users (id) on delete cascade,
  channel_id uuid not null references public.notification_channels (id) on delete cascade,
  event text not null,
  signal_id uuid references public.trading_signals (id) on delete set null,
  key text not null,
  state text not null default 'ready',
  not_before timestamptz not null default now(),
  attempts integer not null default 0,
  unknown integer not null default 0,
  settled boolean not null default false,
  started_at timestamptz,
  sent_at timestamptz,
  external_id text,
  picture text not null default 'none',
  code text,
  created_at timestamptz not null default now(),
  constraint notifications_event_check check (event in ('signal', 'trouble', 'quota')),
  constraint notifications_state_check check (state in ('waiting', 'ready', 'sending', 'sent', 'failed', 'expired', 'cancelled')),
  constraint notifications_picture_check check (picture in ('none', 'owed', 'attached', 'impossible')),
  constraint notifications_size_check check (length(key) <= 300 and length(external_id) <= 200 and length(code) <= 100),
  constraint notifications_key_key unique (channel_id, key)
);
-- What is or will be due: messages that were not sent, and pictures that are owed.
create index if not exists notifications_due_idx on public.notifications (channel_id, created_at, id)
  where state in ('waiting', 'ready', 'sending') or picture = 'owed';
create index if not exists notifications_signal_idx on public.notifications (signal_id) where signal_id is not null;
create index if not exists notifications_user_idx on public.notifications (user_id, created_at desc, id desc);
create index if not exists notifications_age_idx on public.notifications (created_at);

-- The flag of the settings. Switching a channel is rare; sending never comes here.
create or replace function public.note_channels() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := case when tg_op = 'DELETE' then old.user_id else new.user_id end;
begin
  update public.trading_signals_config c set notifies = f.any_on
  from (select exists (select from public.notification_channels n where n.user_id = v_user and n.enabled and n.events <> '{}') as any_on) f
  where c.user_id = v_user and c.notifies is distinct from f.any_on;
  return null;
end
$$;
drop trigger if exists note_channels on public.notification_channels;
create trigger note_channels after insert or delete or update of enabled, events on public.notification_channels
  for each row execute function public.note_channels();

-- The classic columns are the interface of front ends that write past this service: each has its channel.
-- A bot token may be a ciphertext here, and is read from its column when a message is sent. Changed
-- columns give a broken channel another chance. security definer: the writer may be a signed-in user.
create or replace function public.keep_classic_channels() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.notification_channels as n (user_id, kind, origin, enabled, events, language, settings)
  select new.user_id, v.kind, 'classic', v.enabled, v.events, 'es', v.settings
  from (values
    ('telegram', new.telegram_enabled and coalesce(new.telegram_bot_token, '') <> '' and coalesce(new.telegram_chat_id, '') <> '',
      '{signal,trouble,quota}'::text[], jsonb_strip_nulls(jsonb_build_object('chat_id', new.telegram_chat_id))),
    ('discord', coalesce(new.discord_webhook_url, '') <> '', '{signal,trouble,quota}', '{}'),
    ('email', new.email_notifications, '{trouble,quota}', '{}')
  ) as v (kind, enabled, events, settings)
  where v.enabled or exists (
    select from public.notification_channels o where o.user_id = new.user_id and o.kind = v.kind and o.origin = 'classic' and o.enabled)
  on conflict (user_id, kind, origin) where origin <> 'own' do update
  set enabled = excluded.enabled, settings = excluded.settings, status = 'unproved', code = null, refusals = 0, resume_at = null, updated_at = now();
  return null;
end
$$;
drop trigger if exists keep_classic_channels_on_insert on public.trading_signals_config;
create trigger keep_classic_channels_on_insert after insert on public.trading_signals_config
  for each row when (new.telegram_enabled or new.discord_webhook_url is not null or new.email_notifications)
  execute function public.keep_classic_channels();
drop trigger if exists keep_classic_channels_on_update on public.trading_signals_config;
create trigger keep_classic_channels_on_update
  after update of telegram_enabled, telegram_bot_token, telegram_chat_id, discord_webhook_url, email_notifications on public.trading_signals_config
  for each row when (
    (old.telegram_enabled, old.telegram_chat_id, old.discord_webhook_url, old.email_notifications, old.telegram_bot_token is null)
      is distinct from (new.telegram_enabled, new.telegram_chat_id, new.discord_webhook_url, new.email_notifications, new.telegram_bot_token is null)
    or new.telegram_bot_token like '%:%' and new.telegram_bot_token is distinct from old.telegram_bot_token)
  execute function public.keep_classic_channels();

-- Whatever settles a capture lets its messages go, in its own transaction: those that wait become ready,
-- and those that were sent as text owe their picture now. The rows are locked in the order of their ids,
-- as the dispatcher does it.
create or replace function public.settle_notifications() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (
    select from new_rows n join old_rows o on o.id = n.id
    where n.screenshot_status in ('completed', 'failed', 'skipped') and o.screenshot_status in ('pending', 'processing')) then
    return null;
  end if;
  with settled as (
    select n.id as signal_id, n.screenshot_status = 'completed' as shown
    from new_rows n join old_rows o on o.id = n.id
    where n.screenshot_status in ('completed', 'failed', 'skipped') and o.screenshot_status in ('pending', 'processing')
  ), locked as materialized (
    select t.id, s.shown
    from settled s join public.notifications t on t.signal_id = s.signal_id
    order by t.id for no key update of t
  )
  update public.notifications t
  set settled = true,
      state = case when t.state = 'waiting' then 'ready' else t.state end,
      picture = case when t.state = 'sent' and t.picture = 'impossible' and l.shown and t.external_id is not null then 'owed' else t.picture end,
      not_before = case when t.state = 'waiting' or t.state = 'sent' then least(t.not_before, now()) else t.not_before end
  from locked l where t.id = l.id;
  return null;
end
$$;
drop trigger if exists settle_notifications on public.trading_signals;
create trigger settle_notifications after update on public.trading_signals
  referencing old table as old_rows new table as new_rows
  for each statement execute function public.settle_notifications();

revoke all on function public.note_channels(), public.keep_classic_channels(), public.settle_notifications()
  from public, anon, authenticated, service_role;

alter table public.notification_channels enable row level security;
alter table public.notifications enable row level security;
revoke all on public.notification_channels, public.notifications from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.notification_channels, public.notifications to service_role;

-- Settings that front ends of the Node service have written before.
insert into public.notification_channels (user_id, kind, origin, events, language, settings)
select c.user_id, v.kind, 'classic', v.events, 'es', v.settings
from public.trading_signals_config c cross join lateral (values
  ('telegram', c.telegram_enabled and coalesce(c.telegram_bot_token, '') <> '' and coalesce(c.telegram_chat_id, '') <> '',
    '{signal,trouble,quota}'::text[], jsonb_build_object('chat_id', c.telegram_chat_id)),
  ('discord', coalesce(c.discord_webhook_url, '') <> '', '{signal,trouble,quota}', '{}'),
  ('email', c.email_notifications, '{trouble,quota}', '{}')
) as v (kind, enabled, events, settings)
where v.enabled
on conflict do nothing;
-- +goose StatementEnd
