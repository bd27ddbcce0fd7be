-- name: SealedSecrets :many
-- Pages through every user's ciphertexts in user id order.
select user_id, coalesce(tv_sessionid, '')::text as tv_sessionid,
       coalesce(tv_sessionid_sign, '')::text as tv_sessionid_sign,
       coalesce(telegram_bot_token, '')::text as telegram_bot_token
from public.trading_signals_config
where user_id > @after
  and (tv_sessionid <> '' or tv_sessionid_sign <> '' or telegram_bot_token <> '')
order by user_id
limit @most;

-- name: SealedCookies :one
select coalesce(tv_sessionid, '')::text as tv_sessionid, coalesce(tv_sessionid_sign, '')::text as tv_sessionid_sign
from public.trading_signals_config
where user_id = @user_id and tv_sessionid <> '' and tv_sessionid_sign <> '';

-- name: CountSealedSecrets :one
select count(*) from public.trading_signals_config
where tv_sessionid <> '' or tv_sessionid_sign <> '' or telegram_bot_token <> '';

-- name: ReplaceSecrets :execrows
-- Compare and set: what the user has stored anew in the meantime stays.
update public.trading_signals_config
set tv_sessionid = nullif(@new_sessionid::text, ''),
    tv_sessionid_sign = nullif(@new_sessionid_sign::text, ''),
    telegram_bot_token = nullif(@new_bot_token::text, '')
where user_id = @user_id
  and coalesce(tv_sessionid, '') = @old_sessionid::text
  and coalesce(tv_sessionid_sign, '') = @old_sessionid_sign::text
  and coalesce(telegram_bot_token, '') = @old_bot_token::text;

-- name: PlainBotTokens :many
-- Telegram's tokens hold a colon, which no ciphertext of ours or of the Node service does.
select user_id, coalesce(tv_sessionid, '')::text as tv_sessionid,
       coalesce(tv_sessionid_sign, '')::text as tv_sessionid_sign,
       telegram_bot_token::text as telegram_bot_token
from public.trading_signals_config
where telegram_bot_token like '%:%'
order by user_id
limit @most;

-- name: CountWithoutConsent :one
select count(*) from public.trading_signals_config
where tv_sessionid <> '' and consent_at is null;

-- name: KeyCanary :one
select sealed from public.key_canary;

-- name: PlaceKeyCanary :exec
-- The first to run it places the canary; later ones do nothing.
insert into public.key_canary (sealed) values (@sealed) on conflict (id) do nothing;

-- name: ReplaceKeyCanary :exec
insert into public.key_canary (sealed) values (@sealed)
on conflict (id) do update set sealed = excluded.sealed, updated_at = now();

-- name: ChannelSecrets :many
-- Pages through the ciphertexts of channels in the order of their ids.
select id, user_id, coalesce(secret, '')::text as secret
from public.notification_channels
where id > @after and secret <> ''
order by id
limit @most;

-- name: ReplaceChannelSecret :execrows
-- Compare and set: what the user has stored anew in the meantime stays.
update public.notification_channels set secret = @new_secret::text
where id = @id and user_id = @user_id and secret = @old_secret::text;

-- name: CountChannels :many
-- Channels that are switched on, and those of them that are broken, by kind.
select kind, count(*) filter (where enabled)::bigint as on_count, count(*) filter (where enabled and status = 'broken')::bigint as broken
from public.notification_channels where origin <> 'fallback' group by kind order by kind;
