package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// PageUsers returns up to limit users after one, in the order of their ids; "" begins with the first.
func (s *Store) PageUsers(ctx context.Context, after atalaya.UserID, limit int) ([]atalaya.UserSummary, error) {
	list, err := rows.New(s.pool).PageUsers(ctx, rows.PageUsersParams{After: afterID(string(after)), Most: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("list the users: %w", err)
	}
	users := make([]atalaya.UserSummary, len(list))
	for i, r := range list {
		id := atalaya.UserID(r.UserID)
		users[i] = atalaya.UserSummary{
			ID: id, Email: r.Email, Plan: atalaya.Plan(r.UserPlan), WebhookEnabled: r.WebhookEnabled, TotalSignals: r.TotalSignals,
			Quota:         atalaya.Quota{UserID: id, Total: int64(r.SignalsQuota), Used: r.Used, Plan: atalaya.Plan(r.UserPlan)},
			SupportAccess: r.SupportAccess, Since: r.CreatedAt,
		}
	}
	return users, nil
}

// afterID returns the id that a page begins after, noID for "".
func afterID(id string) string {
	if id == "" {
		return noID
	}
	return id
}

// CountFailures counts the failed attempts that are kept by code, the most frequent code first.
func (s *Store) CountFailures(ctx context.Context) ([]atalaya.FailureCount, error) {
	list, err := rows.New(s.pool).CountFailures(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the failures: %w", err)
	}
	counts := make([]atalaya.FailureCount, len(list))
	for i, r := range list {
		counts[i] = atalaya.FailureCount{Code: atalaya.CaptureCode(r.Code), Attempts: r.Attempts, Users: r.Users, LastAt: r.LastAt}
	}
	return counts, nil
}

// Failures returns up to limit failed attempts with a code, "" for any, from before a time, zero for now. The
// newest is the first.
func (s *Store) Failures(ctx context.Context, code atalaya.CaptureCode, before time.Time, limit int) ([]atalaya.FailedAttempt, error) {
	list, err := rows.New(s.pool).ListFailures(ctx, rows.ListFailuresParams{Code: string(code), Before: timeOrNull(before), Most: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("list the failures: %w", err)
	}
	failures := make([]atalaya.FailedAttempt, len(list))
	for i, r := range list {
		failures[i] = atalaya.FailedAttempt{
			ID: r.ID, SignalID: atalaya.SignalID(r.SignalID), UserID: atalaya.UserID(r.UserID), HasPicture: r.HasPicture,
			CaptureFailure: atalaya.CaptureFailure{
				CapturedAt: r.CapturedAt, Code: atalaya.CaptureCode(r.Code), Detail: r.Detail,
				CaptureEvidence: atalaya.CaptureEvidence{Step: r.Step, Seen: r.Seen},
			},
		}
	}
	return failures, nil
}

// FailurePicture returns the thumbnail of a failed attempt, a PNG. It fails with CodeNotFound if none is kept.
func (s *Store) FailurePicture(ctx context.Context, id string) ([]byte, error) {
	picture, err := rows.New(s.pool).FailurePicture(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, atalaya.Errorf(atalaya.CodeNotFound, "No picture of this attempt is kept.")
	}
	if err != nil {
		return nil, fmt.Errorf("read a failure's picture: %w", err)
	}
	return picture, nil
}

// PageSessions returns the state of the TradingView sessions of up to limit users after one, in the order of their ids;
// "" begins with the first.
func (s *Store) PageSessions(ctx context.Context, after atalaya.UserID, limit int) ([]atalaya.SessionHealth, error) {
	list, err := rows.New(s.pool).PageSessions(ctx, rows.PageSessionsParams{After: afterID(string(after)), Most: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("list the sessions: %w", err)
	}
	sessions := make([]atalaya.SessionHealth, len(list))
	for i, r := range list {
		sessions[i] = atalaya.SessionHealth{
			UserID: atalaya.UserID(r.UserID), Email: r.Email, Valid: r.CookiesValid, Problem: r.CookiesProblem,
			UpdatedAt: r.CookiesUpdatedAt, Check: atalaya.CookieState(r.CheckState), CheckedAt: r.CheckedAt,
		}
	}
	return sessions, nil
}

// PageChannels returns the state of up to limit notification channels after one, in the order of their ids; "" begins with
// the first.
func (s *Store) PageChannels(ctx context.Context, after atalaya.ChannelID, limit int) ([]atalaya.ChannelHealth, error) {
	list, err := rows.New(s.pool).PageChannels(ctx, rows.PageChannelsParams{After: afterID(string(after)), Most: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("list the channels: %w", err)
	}
	channels := make([]atalaya.ChannelHealth, len(list))
	for i, r := range list {
		channels[i] = atalaya.ChannelHealth{
			ID: atalaya.ChannelID(r.ID), UserID: atalaya.UserID(r.UserID), Kind: atalaya.ChannelKind(r.Kind), Enabled: r.Enabled,
			Status: atalaya.ChannelStatus(r.Status), Code: r.Code, ResumeAt: r.ResumeAt, UpdatedAt: r.UpdatedAt,
		}
	}
	return channels, nil
}

// SupportDeliveries returns up to limit deliveries from before a time, newest first, of a user who lets the
// operator read them. A zero time means now. It fails with CodeForbidden if the user does not allow it, and with
// CodeNotFound if there is no such user.
func (s *Store) SupportDeliveries(ctx context.Context, user atalaya.UserID, before time.Time, limit int) ([]atalaya.Delivery, error) {
	q := rows.New(s.pool)
	consents, err := q.SupportAccess(ctx, string(user))
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, atalaya.Errorf(atalaya.CodeNotFound, "There is no such user.")
	case err != nil:
		return nil, fmt.Errorf("ask for the user's consent: %w", err)
	case !consents:
		return nil, atalaya.Errorf(atalaya.CodeForbidden, "This user does not let the operator read deliveries. The user allows it by support_access: true in PUT /api/config.")
	}
	list, err := q.SupportDeliveries(ctx, rows.SupportDeliveriesParams{UserID: string(user), Before: timeOrNull(before), Most: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("list the user's deliveries: %w", err)
	}
	deliveries := make([]atalaya.Delivery, len(list))
	for i, r := range list {
		deliveries[i] = deliveryOf(rows.ListDeliveriesRow(r))
	}
	return deliveries, nil
}

// SignalOwner returns the user of a signal. It fails with CodeNotFound if there is no such signal.
func (s *Store) SignalOwner(ctx context.Context, id atalaya.SignalID) (atalaya.UserID, error) {
	user, err := rows.New(s.pool).SignalOwner(ctx, string(id))
	if errors.Is(err, pgx.ErrNoRows) {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "there is no signal %s", id)
	}
	if err != nil {
		return "", fmt.Errorf("find the signal: %w", err)
	}
	return atalaya.UserID(user), nil
}

// SignalFigures counts the signals of all users, from the sums that are kept for each, and those of the last day
// one by one. today is the beginning of the day.
func (s *Store) SignalFigures(ctx context.Context, today time.Time) (atalaya.SignalFigures, error) {
	q := rows.New(s.pool)
	r, err := q.CountAllSignals(ctx, rows.CountAllSignalsParams{Today: today, Since: time.Now().Add(-24 * time.Hour)})
	if err != nil {
		return atalaya.SignalFigures{}, fmt.Errorf("count the signals: %w", err)
	}
	took, err := q.CaptureSeconds(ctx)
	if err != nil {
		return atalaya.SignalFigures{}, fmt.Errorf("measure the captures: %w", err)
	}
	return atalaya.SignalFigures{
		Users: r.Users, Signals: r.Signals, SignalsToday: r.Today,
		Completed: r.Completed, Failed: r.Failed, TakenToday: r.TakenToday, CaptureTime: seconds(took),
	}, nil
}
