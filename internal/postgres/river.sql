-- What sqlc has to know of River's tables, which River's own migrations make. Nothing runs this file.
create schema river;

create type river.river_job_state as enum (
  'available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');

create table river.river_queue (
  name text primary key,
  paused_at timestamptz
);

create table river.river_job (
  id bigint primary key,
  state river.river_job_state not null,
  attempt smallint not null,
  max_attempts smallint not null,
  attempted_at timestamptz,
  created_at timestamptz not null,
  finalized_at timestamptz,
  scheduled_at timestamptz not null,
  priority smallint not null,
  args jsonb not null,
  attempted_by text[],
  errors jsonb[],
  kind text not null,
  metadata jsonb not null,
  queue text not null,
  tags varchar(255)[] not null
);
