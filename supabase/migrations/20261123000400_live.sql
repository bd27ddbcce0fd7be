-- +goose Up
-- +goose StatementBegin
-- What event streams read: the rows that changed of late, whoever wrote them, and the signals that
-- were deleted.

-- Finds the newest changes. A block range index instead of a tree: a tree would be written with every
-- signal and every change of one, while this one's summaries mostly are as they must be already, and
-- from PostgreSQL 16 on a change that touches no other index stays within its page. autosummarize,
-- because a range without a summary is read with every search until the table is vacuumed.
create index if not exists trading_signals_changed_idx on public.trading_signals
  using brin (updated_at) with (autosummarize = on);

-- Signals that were deleted of late, for streams that did not see it happen. No foreign keys: the signal
-- is not there any more, and the user would be asked for after the signals, the other way round than
-- deleting a user does. A row without a signal says that many are gone, and that what
-- was read before is to be read again.
create table if not exists public.signal_deletions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  signal_id uuid,
  deleted_at timestamptz not null default now()
);
create index if not exists signal_deletions_deleted_idx on public.signal_deletions (deleted_at);

alter table public.signal_deletions enable row level security;
revoke all on public.signal_deletions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.signal_deletions to service_role;

-- Notes what a statement deleted: up to 500 signals of a user by id, more as one row. A user who is
-- being deleted has nobody who listens.
create or replace function public.note_deleted_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.signal_deletions (user_id, signal_id)
  select o.user_id, o.id
  from (select d.user_id, d.id, count(*) over (partition by d.user_id) as together from old_rows d) o
  where o.together <= 500 and exists (select from auth.users u where u.id = o.user_id)
  union all
  select o.user_id, null
  from old_rows o
  where exists (select from auth.users u where u.id = o.user_id)
  group by o.user_id having count(*) > 500;
  return null;
end
$$;
revoke all on function public.note_deleted_signals() from public, anon, authenticated;

create or replace trigger trading_signals_note_deleted after delete on public.trading_signals
  referencing old table as old_rows for each statement execute function public.note_deleted_signals();
-- +goose StatementEnd
