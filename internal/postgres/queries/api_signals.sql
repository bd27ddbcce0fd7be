-- Run as the caller: row level security and column grants hold beside the user id.

-- name: CountSignalsByResult :one
-- For the results that the statistics keep no counter of.
select count(*) from public.trading_signals where user_id = @user_id and result = @result;

-- name: CountTrials :one
-- Counts the signals that the statistics leave out, by result if one is given.
select count(*) from public.trading_signals
where user_id = @user_id and origin in ('test', 'demo') and (@result::text = '' or result = @result);

-- name: GetSignal :one
select id, user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
       interval, screenshot_url, screenshot_status, screenshot_error, screenshot_path, screenshot_kind,
       screenshot_source, screenshot_width, screenshot_height, screenshot_taken_at, result, entry_price,
       exit_price, profit_loss, profit_loss_percent, notes, tags, raw_message, parsed_data, parse_status,
       missing, timestamp, created_at, updated_at, screenshot_symbol, screenshot_interval, screenshot_warnings,
       event_kind, stop_price, origin, delivery_mode, risk_amount, closed_at
from public.trading_signals
where user_id = @user_id and id = @id;

-- name: SignalsByID :many
select id, user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
       interval, screenshot_url, screenshot_status, screenshot_error, screenshot_path, screenshot_kind,
       screenshot_source, screenshot_width, screenshot_height, screenshot_taken_at, result, entry_price,
       exit_price, profit_loss, profit_loss_percent, notes, tags, raw_message, parsed_data, parse_status,
       missing, timestamp, created_at, updated_at, screenshot_symbol, screenshot_interval, screenshot_warnings,
       event_kind, stop_price, origin, delivery_mode, risk_amount, closed_at
from public.trading_signals
where user_id = @user_id and id = any(@ids::uuid[]);

-- name: UpdateSignal :one
-- Sets what is given; a trigger sets updated_at.
update public.trading_signals
set result = coalesce(sqlc.narg(result), result),
    entry_price = case when @set_entry_price::bool then sqlc.narg(entry_price)::text::numeric else entry_price end,
    exit_price = case when @set_exit_price::bool then sqlc.narg(exit_price)::text::numeric else exit_price end,
    profit_loss = case when @set_profit_loss::bool then sqlc.narg(profit_loss)::text::numeric else profit_loss end,
    profit_loss_percent = case when @set_profit_loss_percent::bool then sqlc.narg(profit_loss_percent)::text::numeric else profit_loss_percent end,
    stop_price = case when @set_stop_price::bool then sqlc.narg(stop_price)::text::numeric else stop_price end,
    risk_amount = case when @set_risk_amount::bool then sqlc.narg(risk_amount)::text::numeric else risk_amount end,
    closed_at = case when @set_closed_at::bool then sqlc.narg(closed_at)::timestamptz else closed_at end,
    notes = case when @set_notes::bool then sqlc.narg(notes) else notes end,
    tags = coalesce(sqlc.narg(tags)::text[], tags),
    updated_at = now()
where user_id = @user_id and id = @id
returning id, user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
       interval, screenshot_url, screenshot_status, screenshot_error, screenshot_path, screenshot_kind,
       screenshot_source, screenshot_width, screenshot_height, screenshot_taken_at, result, entry_price,
       exit_price, profit_loss, profit_loss_percent, notes, tags, raw_message, parsed_data, parse_status,
       missing, timestamp, created_at, updated_at, screenshot_symbol, screenshot_interval, screenshot_warnings,
       event_kind, stop_price, origin, delivery_mode, risk_amount, closed_at;

-- name: DeleteSignal :execrows
-- A trigger queues the picture for removal.
delete from public.trading_signals where user_id = @user_id and id = @id;

-- name: ChangeSignals :execrows
-- Sets what each change names, in one statement, so that the statistics are recomputed once.
update public.trading_signals s
set result = case when c.change ? 'result' then c.change ->> 'result' else s.result end,
    entry_price = case when c.change ? 'entry_price' then (c.change ->> 'entry_price')::numeric else s.entry_price end,
    exit_price = case when c.change ? 'exit_price' then (c.change ->> 'exit_price')::numeric else s.exit_price end,
    profit_loss = case when c.change ? 'profit_loss' then (c.change ->> 'profit_loss')::numeric else s.profit_loss end,
    profit_loss_percent = case when c.change ? 'profit_loss_percent' then (c.change ->> 'profit_loss_percent')::numeric else s.profit_loss_percent end,
    stop_price = case when c.change ? 'stop_price' then (c.change ->> 'stop_price')::numeric else s.stop_price end,
    risk_amount = case when c.change ? 'risk_amount' then (c.change ->> 'risk_amount')::numeric else s.risk_amount end,
    closed_at = case when c.change ? 'closed_at' then (c.change ->> 'closed_at')::timestamptz else s.closed_at end,
    notes = case when c.change ? 'notes' then c.change ->> 'notes' else s.notes end,
    tags = case when c.change ? 'tags' then array(select jsonb_array_elements_text(c.change -> 'tags')) else s.tags end,
    updated_at = now()
from (select jsonb_array_elements(@changes::jsonb) as change) c
where s.user_id = @user_id and s.id = (c.change ->> 'id')::uuid;

-- name: DeleteSignals :execrows
-- A trigger queues the pictures for removal.
delete from public.trading_signals where user_id = @user_id and id = any(@ids::uuid[]);
