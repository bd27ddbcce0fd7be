-- +goose Up
-- +goose StatementBegin
-- A row names no picture of another user's folder: whoever may read the row gets the picture's address
-- signed, and deleting the row removes the picture. Folders bear their user's id.
update public.trading_signals set screenshot_path = null
where screenshot_path ~* '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/' and not starts_with(screenshot_path, user_id::text || '/');
alter table public.trading_signals drop constraint if exists trading_signals_own_picture_check;
alter table public.trading_signals add constraint trading_signals_own_picture_check check (
  starts_with(screenshot_path, user_id::text || '/') or screenshot_path !~* '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/') not valid;
alter table public.trading_signals validate constraint trading_signals_own_picture_check;
-- +goose StatementEnd
