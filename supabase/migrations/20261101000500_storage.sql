-- +goose Up
-- +goose StatementBegin
-- The bucket for the pictures, and realtime. A bucket that is there keeps its owner's settings. A
-- public bucket needs no policy to be read by its URLs, and gets none: one would let anybody list it.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('trading-screenshots', 'trading-screenshots', true, 5242880, array['image/png'])
on conflict (id) do nothing;

-- Signals are published to their owners; settings hold ciphertexts and are not.
do $$
declare
  t text;
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    return;
  end if;
  foreach t in array array['trading_signals_config', 'trading_signals_stats', 'webhook_deliveries', 'alert_keys'] loop
    if exists (select from pg_publication_tables where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = t) then
      execute format('alter publication supabase_realtime drop table public.%I', t);
    end if;
  end loop;
  if not exists (select from pg_publication_tables
                 where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'trading_signals') then
    alter publication supabase_realtime add table public.trading_signals;
  end if;
end
$$;
-- +goose StatementEnd
