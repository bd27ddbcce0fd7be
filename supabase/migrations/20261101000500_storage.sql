-- +goose Up
-- +goose StatementBegin
-- The bucket for the pictures, and realtime. A bucket that is there keeps its owner's settings. A
-- public bucket needs no policy to be read by its URLs, and gets none: one would let anybody list it.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('trading-screenshots', 'trading-screenshots', true, 5242880, array['image/png'])
on conflict (id) do nothing;

-- Signals are published to their owners; settings hold ciphertexts and are not. A publication of
-- whole schemas, or of another owner, cannot be changed table by table: row level security holds
-- there, and whoever made it is told.
do $$
declare
  t text;
begin
  for t in
    select c.relname from pg_publication p
    join pg_publication_rel r on r.prpubid = p.oid join pg_class c on c.oid = r.prrelid
    where p.pubname = 'supabase_realtime' and c.relnamespace = 'public'::regnamespace
      and c.relname in ('trading_signals_config', 'trading_signals_stats', 'webhook_deliveries', 'alert_keys',
        'screenshot_removals', 'capture_leases', 'plans')
  loop
    execute format('alter publication supabase_realtime drop table public.%I', t);
  end loop;
  if exists (select from pg_publication where pubname = 'supabase_realtime')
     and not exists (select from pg_publication_tables
                     where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'trading_signals') then
    alter publication supabase_realtime add table public.trading_signals;
  end if;
  if exists (select from pg_publication_tables where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'trading_signals_config') then
    raise warning 'the publication supabase_realtime publishes every table: let it name those that are meant';
  end if;
exception when insufficient_privilege then
  raise warning 'the publication supabase_realtime belongs to another role: add public.trading_signals to it, and no other table of these';
end
$$;
-- +goose StatementEnd
