-- name: ListSignals :many
-- Newest first. The index (user_id, created_at desc, id desc) is walked from the position to start after.
-- The columns are those of rows.TradingSignal, in its order.
select id, user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
       interval, screenshot_url, screenshot_status, screenshot_error, screenshot_path, screenshot_kind,
       screenshot_source, screenshot_width, screenshot_height, screenshot_taken_at, result, entry_price,
       exit_price, profit_loss, profit_loss_percent, notes, tags, raw_message, parsed_data, parse_status,
       missing, timestamp, created_at, updated_at, screenshot_symbol, screenshot_interval, screenshot_warnings,
       event_kind, stop_price, origin, delivery_mode, risk_amount, closed_at
from public.trading_signals
where user_id = @user_id /* filter */
order by created_at desc, id desc
limit @most offset @skipped;
