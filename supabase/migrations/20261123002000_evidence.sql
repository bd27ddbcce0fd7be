-- +goose Up
-- +goose StatementBegin
-- What failed attempts at captures saw, for the operator alone: the step, what the page reported and a
-- small picture, for seven days and at most a hundred of a user.
create table if not exists public.capture_evidence (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  signal_id uuid not null references public.trading_signals (id) on delete cascade,
  code text not null,
  step text not null,
  detail text not null,
  seen jsonb,
  picture bytea,
  captured_at timestamptz not null default now(),
  constraint capture_evidence_size_check check (
    length(code) <= 200 and length(step) <= 200 and length(detail) <= 2000 and octet_length(seen::text) <= 65536 and octet_length(picture) <= 65536)
);
create index if not exists capture_evidence_user_idx on public.capture_evidence (user_id, captured_at desc);
create index if not exists capture_evidence_signal_idx on public.capture_evidence (signal_id, captured_at);
create index if not exists capture_evidence_age_idx on public.capture_evidence (captured_at);

alter table public.capture_evidence enable row level security;
revoke all on public.capture_evidence from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.capture_evidence to service_role;
-- +goose StatementEnd
