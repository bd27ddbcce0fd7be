package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// AddDemoSignals stores invented signals of a user. Their origin is demo, whatever their Origin and UserID are, and they
// count against no quota.
func (s *Store) AddDemoSignals(ctx context.Context, user atalaya.UserID, signals []atalaya.Signal) error {
	columns := []string{
		"id", "user_id", "origin", "indicator_name", "ticker", "exchange", "symbol", "price", "signal_type", "direction", "interval", "event_kind",
		"stop_price", "risk_amount", "closed_at", "screenshot_status", "screenshot_error", "result", "entry_price", "exit_price", "profit_loss",
		"profit_loss_percent", "notes", "tags", "raw_message", "parsed_data", "parse_status", "missing", "timestamp", "created_at", "updated_at",
	}
	_, err := s.pool.CopyFrom(ctx, pgx.Identifier{"public", "trading_signals"}, columns, pgx.CopyFromSlice(len(signals), func(i int) ([]any, error) {
		n := &signals[i]
		return []any{
			string(n.ID), string(user), string(atalaya.OriginDemo), n.IndicatorName, n.Ticker, n.Exchange, n.Symbol, n.Price, n.SignalType, n.Direction, n.Interval, n.EventKind,
			n.StopPrice, n.RiskAmount, n.ClosedAt, string(n.ScreenshotStatus), n.ScreenshotError, string(n.Result), n.EntryPrice, n.ExitPrice, n.ProfitLoss,
			n.ProfitLossPercent, n.Notes, append([]string{}, n.Tags...), n.RawMessage, n.ParsedData, n.ParseStatus, append([]string{}, n.Missing...), n.Timestamp, n.CreatedAt, n.UpdatedAt,
		}, nil
	}))
	if err != nil {
		return fmt.Errorf("store the demo signals: %w", err)
	}
	s.announce(user)
	return nil
}

// NextDemoPicture returns the user's newest demo signal without a picture. It fails with CodeNotFound if there is
// none, or if most signals have a picture.
func (s *Store) NextDemoPicture(ctx context.Context, user atalaya.UserID, most int) (atalaya.SignalID, error) {
	id, err := rows.New(s.pool).NextDemoPicture(ctx, rows.NextDemoPictureParams{UserID: string(user), Most: int64(most)})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "no demo signal wants a picture")
	}
	if err != nil {
		return "", fmt.Errorf("look for a demo signal without a picture: %w", err)
	}
	return atalaya.SignalID(id), nil
}
