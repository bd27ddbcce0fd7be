-- +goose Up
-- +goose StatementBegin
-- What a picture was seen to show, beside what the alert asked for, and what its owner should know of
-- it. No grant changes: a user reads these columns with the rest of the row and may not write them.
alter table public.trading_signals
  add column if not exists screenshot_symbol text,
  add column if not exists screenshot_interval text,
  add column if not exists screenshot_warnings text[] not null default '{}';

do $$
begin
  if not exists (select from pg_constraint
                 where conname = 'trading_signals_screenshot_facts_check' and conrelid = 'public.trading_signals'::regclass) then
    -- The columns are new, so no row can break the rule, and validating needs no stronger lock.
    alter table public.trading_signals add constraint trading_signals_screenshot_facts_check check (
      length(screenshot_symbol) <= 200 and length(screenshot_interval) <= 200
      and cardinality(screenshot_warnings) <= 20 and coalesce(array_ndims(screenshot_warnings), 1) = 1
      and not jsonb_path_exists(to_jsonb(screenshot_warnings), '$[*] ? (@ == null || @ like_regex "^.{51}" flag "s")')) not valid;
    alter table public.trading_signals validate constraint trading_signals_screenshot_facts_check;
  end if;
end
$$;
-- +goose StatementEnd
