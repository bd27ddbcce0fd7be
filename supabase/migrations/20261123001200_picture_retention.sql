-- +goose Up
-- +goose StatementBegin
-- The signals that show a picture, oldest first for each user: what retention by plan asks for. Signals
-- without one, and those whose picture is gone, are not in it.
create index if not exists trading_signals_pictures_idx
  on public.trading_signals (user_id, (coalesce(screenshot_taken_at, created_at)))
  where screenshot_status = 'completed' or screenshot_url is not null;
-- +goose StatementEnd
