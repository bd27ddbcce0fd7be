-- +goose Up
-- +goose StatementBegin
-- Functions and triggers. Those that are security definer have an empty search_path, name every
-- object with its schema, and can be called by nobody who signs in.

-- Front ends send an updated_at of their own; the server's clock wins.
create or replace function public.set_trading_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- Rules for a settings row: the time zone exists, and a row that a signed-in user inserts gets the
-- server's token, quota, plan and counters whatever it names. role is the setting that PostgREST and
-- the service change; current_user is the owner in here.
create or replace function public.guard_trading_config() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    if coalesce(current_setting('role', true), '') in ('authenticated', 'anon') then
      new.webhook_token := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
      new.user_plan := 'free';
      new.signals_quota := coalesce((select p.signals_quota from public.plans p where p.name = 'default'), 1000);
      new.signals_used_this_month := 0;
      new.webhook_requests_count := 0;
    end if;
  end if;
  if (tg_op = 'INSERT' or new.preferred_timezone is distinct from old.preferred_timezone)
     and new.preferred_timezone <> 'UTC'
     and not exists (select from pg_catalog.pg_timezone_names z where z.name = new.preferred_timezone) then
    raise exception 'preferred_timezone is no time zone of the IANA database'
      using errcode = 'check_violation', column = 'preferred_timezone', table = 'trading_signals_config',
            hint = 'Use a name such as America/New_York or UTC.';
  end if;
  return new;
end
$$;

-- --- Statistics ---------------------------------------------------------------------------------
-- A stats row is always what a full recomputation gives. Whoever writes signals, the trigger of the
-- statement first locks the stats rows of the users concerned, in user id order, and only then
-- reads: under read committed the reading statement sees everything that committed before the lock
-- was granted, and nobody else can be between reading and writing. A new pending signal costs one
-- update: it adds to a counter under the same lock.

-- Recomputes what depends on results, and in the same update adds to the number of signals, or counts
-- it anew where p_added is null. One update a statement: at the second update of a row within a
-- transaction PostgreSQL checks its foreign key again, and asks for the user after its rows, the other
-- way round than deleting a user does. The caller holds the lock on the row.
create or replace function public.recompute_trading_results(p_user_id uuid, p_added bigint) returns void
language sql volatile security definer set search_path = ''
as $$
  with decided as (
    select s.result, s.profit_loss, s."timestamp", s.id
    from public.trading_signals s
    where s.user_id = p_user_id and s.result in ('win', 'loss', 'breakeven')
  ),
  numbered as ( -- a streak is a run of equal results among wins and losses
    select d.result,
           row_number() over (order by d."timestamp", d.id)
           - row_number() over (partition by d.result order by d."timestamp", d.id) as streak,
           row_number() over (order by d."timestamp" desc, d.id desc) as from_last
    from decided d where d.result in ('win', 'loss')
  ),
  streaks as (
    select n.result, count(*) as length, min(n.from_last) as from_last
    from numbered n group by n.result, n.streak
  ),
  sums as (
    select count(*) as decided,
           count(*) filter (where result = 'win') as wins,
           count(*) filter (where result = 'loss') as losses,
           count(*) filter (where result = 'breakeven') as breakevens,
           coalesce(sum(profit_loss), 0) as total,
           sum(profit_loss) filter (where result = 'win') as won,
           sum(profit_loss) filter (where result = 'loss') as lost,
           avg(profit_loss) filter (where result = 'win') as avg_win,
           avg(profit_loss) filter (where result = 'loss') as avg_loss,
           max(profit_loss) filter (where result = 'win') as max_win,
           min(profit_loss) filter (where result = 'loss') as min_loss
    from decided
  )
  update public.trading_signals_stats t set
    total_signals = coalesce(t.total_signals + p_added,
                             (select count(*) from public.trading_signals s where s.user_id = p_user_id)),
    last_signal_at = (select s.created_at from public.trading_signals s
                      where s.user_id = p_user_id order by s.created_at desc, s.id desc limit 1),
    signals_with_result = a.decided, wins = a.wins, losses = a.losses, breakevens = a.breakevens,
    win_rate = case when a.wins + a.losses = 0 then 0 else round(100.0 * a.wins / (a.wins + a.losses), 2) end,
    total_profit_loss = a.total,
    avg_profit_per_win = coalesce(a.avg_win, 0),
    avg_loss_per_loss = coalesce(a.avg_loss, 0),
    profit_factor = coalesce(a.won, 0) / nullif(abs(coalesce(a.lost, 0)), 0),
    largest_win = coalesce(a.max_win, 0),
    largest_loss = coalesce(a.min_loss, 0),
    current_streak = coalesce((select case when k.result = 'win' then k.length else -k.length end from streaks k where k.from_last = 1), 0),
    max_win_streak = coalesce((select max(k.length) from streaks k where k.result = 'win'), 0),
    max_loss_streak = coalesce((select max(k.length) from streaks k where k.result = 'loss'), 0),
    last_calculated_at = now()
  from sums a
  where t.user_id = p_user_id
$$;

-- Makes the missing stats row of a user that exists, and recomputes all of it. A user who is being
-- deleted is gone already as far as this statement can see, and gets none.
create or replace function public.recompute_trading_stats(p_user_id uuid) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.trading_signals_stats (user_id)
  select u.id from auth.users u where u.id = p_user_id
  on conflict (user_id) do nothing;
  perform from public.trading_signals_stats t where t.user_id = p_user_id for update;
  perform public.recompute_trading_results(p_user_id, null);
end
$$;

-- Most new signals are pending: all users' counters are added to by one statement, and only users with
-- decided signals, or without a row, are recomputed one by one.
create or replace function public.count_new_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  r record;
begin
  perform from public.trading_signals_stats t
  where t.user_id in (select n.user_id from new_rows n)
  order by t.user_id for no key update;
  update public.trading_signals_stats t
  set total_signals = t.total_signals + a.signals,
      last_signal_at = greatest(t.last_signal_at, a.latest),
      last_calculated_at = now()
  from (select n.user_id, count(*) as signals, max(n.created_at) as latest
        from new_rows n group by n.user_id
        having not bool_or(n.result in ('win', 'loss', 'breakeven'))) a
  where t.user_id = a.user_id;
  for r in
    select n.user_id, count(*) as signals, t.user_id is null as missing
    from new_rows n left join public.trading_signals_stats t on t.user_id = n.user_id
    group by n.user_id, t.user_id
    having t.user_id is null or bool_or(n.result in ('win', 'loss', 'breakeven'))
    order by n.user_id
  loop
    if r.missing then
      perform public.recompute_trading_stats(r.user_id);
    else
      perform public.recompute_trading_results(r.user_id, r.signals);
    end if;
  end loop;
  return null;
end
$$;

create or replace function public.count_changed_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  r record;
begin
  -- A capture changes a signal three times and none of what is counted. A signal whose id changed
  -- has no partner: it is one that left and one that came.
  for r in
    select u.user_id, bool_or(u.moved) as moved
    from (
      select n.user_id, n.created_at is distinct from o.created_at or n.user_id is distinct from o.user_id as moved
      from new_rows n full join old_rows o on o.id = n.id
      where (n.result, n.profit_loss, n."timestamp", n.created_at, n.user_id)
            is distinct from (o.result, o.profit_loss, o."timestamp", o.created_at, o.user_id)
      union all
      select o.user_id, true from new_rows n full join old_rows o on o.id = n.id where n.user_id is distinct from o.user_id
    ) u
    where u.user_id is not null
    group by u.user_id order by u.user_id
  loop
    perform from public.trading_signals_stats t where t.user_id = r.user_id for update;
    if not found or r.moved then
      perform public.recompute_trading_stats(r.user_id);
    else
      perform public.recompute_trading_results(r.user_id, 0);
    end if;
  end loop;
  return null;
end
$$;

create or replace function public.count_deleted_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  r record;
begin
  insert into public.screenshot_removals (path)
  select distinct o.screenshot_path from old_rows o where o.screenshot_path is not null
  order by o.screenshot_path
  on conflict (path) do nothing;
  for r in
    select o.user_id, count(*) as signals, bool_or(o.result in ('win', 'loss', 'breakeven')) as decided
    from old_rows o group by o.user_id order by o.user_id
  loop
    perform from public.trading_signals_stats t where t.user_id = r.user_id for update;
    if not found then
      perform public.recompute_trading_stats(r.user_id);
      continue;
    end if;
    if r.decided then
      perform public.recompute_trading_results(r.user_id, -r.signals);
      continue;
    end if;
    update public.trading_signals_stats t
    set total_signals = t.total_signals - r.signals,
        last_signal_at = (select s.created_at from public.trading_signals s
                          where s.user_id = r.user_id order by s.created_at desc, s.id desc limit 1),
        last_calculated_at = now()
    where t.user_id = r.user_id;
  end loop;
  return null;
end
$$;

-- TRUNCATE tells no rows, so pictures are queued before it; nobody else can write meanwhile.
create or replace function public.count_truncated_signals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_when = 'BEFORE' then
    insert into public.screenshot_removals (path)
    select distinct s.screenshot_path from public.trading_signals s where s.screenshot_path is not null
    on conflict (path) do nothing;
  else
    perform public.recompute_trading_stats(t.user_id) from (
      select l.user_id from public.trading_signals_stats l order by l.user_id for update) t;
  end if;
  return null;
end
$$;

-- --- Users, months ------------------------------------------------------------------------------

-- Gives a new user settings and statistics; an anonymous one when it converts. It must not fail: an
-- error here would break sign-up itself. What it could not make is made by the API at first use.
create or replace function public.handle_new_user_trading_config() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if coalesce(to_jsonb(new) ->> 'is_anonymous', 'false') <> 'true' then
    insert into public.trading_signals_config (user_id, signals_quota)
    values (new.id, coalesce((select p.signals_quota from public.plans p where p.name = 'default'), 1000))
    on conflict (user_id) do nothing;
    insert into public.trading_signals_stats (user_id) values (new.id) on conflict (user_id) do nothing;
  end if;
  return new;
exception when others then
  raise warning 'the trading settings of a new user could not be made: %', sqlerrm;
  return new;
end
$$;

-- Counts one signal for the user of a token, as the Node service's own function did. The month rolls
-- over here too.
create or replace function public.increment_webhook_usage(p_webhook_token text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.trading_signals_config c
  set webhook_requests_count = c.webhook_requests_count + 1,
      signals_used_this_month =
        (case when c.quota_month < (date_trunc('month', now() at time zone 'utc'))::date then 0 else c.signals_used_this_month end) + 1,
      quota_month = greatest(c.quota_month, (date_trunc('month', now() at time zone 'utc'))::date)
  where c.webhook_token = p_webhook_token
$$;

-- Begins the month for every counter of an earlier one, and says how many. Calling it again does
-- nothing until the next month.
create or replace function public.reset_monthly_signal_quotas() returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  this_month constant date := (date_trunc('month', now() at time zone 'utc'))::date;
  changed integer;
begin
  update public.trading_signals_config c
  set signals_used_this_month = 0, quota_month = this_month
  where c.id in (
    select l.id from public.trading_signals_config l where l.quota_month < this_month
    order by l.user_id for update);
  get diagnostics changed = row_count;
  return changed;
end
$$;

revoke all on function
  public.set_trading_updated_at(), public.guard_trading_config(),
  public.recompute_trading_results(uuid, bigint), public.recompute_trading_stats(uuid),
  public.count_new_signals(), public.count_changed_signals(), public.count_deleted_signals(), public.count_truncated_signals(),
  public.handle_new_user_trading_config(), public.increment_webhook_usage(text), public.reset_monthly_signal_quotas()
from public, anon, authenticated;
grant execute on function
  public.increment_webhook_usage(text), public.reset_monthly_signal_quotas(), public.recompute_trading_stats(uuid)
to service_role;

create or replace trigger trading_signals_updated_at before update on public.trading_signals
  for each row execute function public.set_trading_updated_at();
-- An alert that counts changes no setting: updated_at stays, and nobody is told of new settings.
create or replace trigger trading_signals_config_updated_at before update on public.trading_signals_config
  for each row
  when (old.webhook_requests_count = new.webhook_requests_count and old.signals_used_this_month = new.signals_used_this_month)
  execute function public.set_trading_updated_at();
create or replace trigger trading_signals_config_guard before insert or update of preferred_timezone on public.trading_signals_config
  for each row execute function public.guard_trading_config();
create or replace trigger trading_signals_count_new after insert on public.trading_signals
  referencing new table as new_rows for each statement execute function public.count_new_signals();
create or replace trigger trading_signals_count_changed after update on public.trading_signals
  referencing old table as old_rows new table as new_rows for each statement execute function public.count_changed_signals();
create or replace trigger trading_signals_count_deleted after delete on public.trading_signals
  referencing old table as old_rows for each statement execute function public.count_deleted_signals();
create or replace trigger trading_signals_before_truncate before truncate on public.trading_signals
  for each statement execute function public.count_truncated_signals();
create or replace trigger trading_signals_after_truncate after truncate on public.trading_signals
  for each statement execute function public.count_truncated_signals();
create or replace trigger trading_signals_new_user after insert on auth.users
  for each row execute function public.handle_new_user_trading_config();
create or replace trigger trading_signals_converted_user after update on auth.users
  for each row when (to_jsonb(old) ->> 'is_anonymous' is distinct from to_jsonb(new) ->> 'is_anonymous')
  execute function public.handle_new_user_trading_config();

-- Users who were there before get what they lack, and every stats row is put right.
insert into public.trading_signals_config (user_id, signals_quota)
select u.id, coalesce((select p.signals_quota from public.plans p where p.name = 'default'), 1000)
from auth.users u
where coalesce(to_jsonb(u) ->> 'is_anonymous', 'false') <> 'true'
on conflict (user_id) do nothing;
select public.recompute_trading_stats(u.id) from auth.users u
where coalesce(to_jsonb(u) ->> 'is_anonymous', 'false') <> 'true'
   or exists (select from public.trading_signals s where s.user_id = u.id);
-- +goose StatementEnd
