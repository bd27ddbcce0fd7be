-- +goose Up
-- +goose StatementBegin
-- As the Supabase advisors like it: the claims are read once a statement. The subselect has to stand
-- around auth.jwt() alone to be seen.
drop policy if exists "own settings are made" on public.trading_signals_config;
create policy "own settings are made" on public.trading_signals_config for insert to authenticated
  with check ((select auth.uid()) = user_id and ((select auth.jwt()) ->> 'is_anonymous') is distinct from 'true');
-- +goose StatementEnd
