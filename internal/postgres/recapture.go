package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// CaptureAgain queues another capture of a signal of the caller, whatever the signal's age. The picture
// that it has is shown until the new one is there, and removed then. It fails with CodeNotFound as
// Signal does, with CodeConflict where a capture is under way or there is nothing to capture, and as
// permit does, which is asked last and given plan and quota of the signal's user.
func (s *Store) CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID, permit func(atalaya.Quota) error) error {
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
		if err := notCapturable(row); err != nil {
			return err
		}
		if err := permit(atalaya.Quota{UserID: caller.UserID, Total: int64(row.SignalsQuota), Plan: atalaya.Plan(row.UserPlan)}); err != nil {
			return err
		}
		state := rows.RequestCaptureParams{SignalID: string(id)}
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

// notCapturable says why a signal is not captured again now, nil where it can be.
func notCapturable(r rows.LockSignalForCaptureRow) error {
	status := atalaya.ScreenshotStatus(r.ScreenshotStatus)
	switch {
	case status == atalaya.ScreenshotPending || status == atalaya.ScreenshotProcessing:
		return atalaya.Errorf(atalaya.CodeConflict, "A screenshot of this signal is being taken. Wait until it is completed or failed.")
	case r.ChartID == "" && !(r.Symbol != "" && !r.HasCookies && r.CaptureWithoutCookies):
		return atalaya.Errorf(atalaya.CodeConflict, "There is no chart to capture: neither the alert nor your settings name one. Set default_chart_id with PUT /api/config.")
	case r.Malformed:
		return atalaya.Errorf(atalaya.CodeConflict, atalaya.MalformedCookies)
	case r.HasCookies && !r.CookiesValid:
		return atalaya.Errorf(atalaya.CodeConflict, "TradingView has refused your cookies. Store new ones with PUT /api/config.")
	case !r.HasCookies && !r.CaptureWithoutCookies:
		return atalaya.Errorf(atalaya.CodeConflict, "No TradingView cookies are stored. Store them with PUT /api/config, or set capture_without_cookies.")
	}
	return nil
}
