package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// CaptureAgain queues another capture of a signal of the caller, whatever the signal's age. The picture
// that it has is shown until the new one is stored, and is removed then. It fails with CodeNotFound as
// Signal does, and with permit's error.
func (s *Store) CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID, permit func(atalaya.RecaptureFacts) error) error {
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		// Users may not write the columns of screenshots; the statements carry the user's id.
		if err := leaveCaller(ctx, tx); err != nil {
			return err
		}
		q := rows.New(tx)
		row, err := q.LockSignalForCapture(ctx, rows.LockSignalForCaptureParams{ID: string(id), UserID: string(caller.UserID)})
		if err != nil {
			return err
		}
		facts := atalaya.RecaptureFacts{
			Status: atalaya.ScreenshotStatus(row.ScreenshotStatus),
			Owner:  atalaya.Quota{UserID: caller.UserID, Total: int64(row.SignalsQuota), Plan: atalaya.Plan(row.UserPlan)},
			CaptureFacts: atalaya.CaptureFacts{
				ChartID: row.ChartID, Symbol: row.Symbol, CookiesStored: row.HasCookies, CookiesMalformed: row.Malformed,
				CookiesValid: row.CookiesValid, WithoutCookies: row.CaptureWithoutCookies,
			},
		}
		if err := permit(facts); err != nil {
			return err
		}
		state := rows.RequestCaptureParams{SignalID: string(id), UserID: string(caller.UserID)}
		if row.Shown {
			state.Replaces = orNull(row.Path)
		}
		if err := q.RequestCapture(ctx, state); err != nil {
			return err
		}
		if err := q.ReopenCapture(ctx, rows.ReopenCaptureParams{ID: string(id), UserID: string(caller.UserID), ChartID: orNull(row.ChartID)}); err != nil {
			return err
		}
		return requeueCaptures(ctx, tx, caller.UserID, []string{string(id)})
	})
	if err != nil {
		return noSignal("capture the signal again", err)
	}
	s.announce(caller.UserID)
	return nil
}
