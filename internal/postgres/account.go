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

// errNotTaken rolls the transaction back if the account may not be used.
var errNotTaken = errors.New("the account is not to be captured now")

// LeaseAccount leases a TradingView account to one capture of a signal, and counts the capture for the UTC day.
// perDay bounds the captures of a day; 0 means no bound. The lease expires after most. Nothing is counted if the account
// is not leased.
func (s *Store) LeaseAccount(ctx context.Context, account []byte, id atalaya.SignalID, most time.Duration, perDay int64) (atalaya.AccountLease, error) {
	return s.lease(ctx, rows.LeaseAccountParams{Account: account, SignalID: string(id), Seconds: most.Seconds()}, 1, perDay)
}

// LeaseForCheck leases an account as LeaseAccount does, for a check of the user's cookies. A check does not count as a
// capture of the day. ReleaseAccount ends the lease, with the user's id as that of a signal.
func (s *Store) LeaseForCheck(ctx context.Context, account []byte, user atalaya.UserID, most time.Duration) (atalaya.AccountLease, error) {
	return s.lease(ctx, rows.LeaseAccountParams{Account: account, SignalID: string(user), Seconds: most.Seconds()}, 0, 0)
}

func (s *Store) lease(ctx context.Context, wish rows.LeaseAccountParams, captures, perDay int64) (lease atalaya.AccountLease, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		n, err := q.LeaseAccount(ctx, wish)
		if err != nil {
			return err
		}
		if n == 0 {
			lease.State = atalaya.AccountBusy
			return nil
		}
		counted, err := q.CountCapture(ctx, rows.CountCaptureParams{Account: wish.Account, Captures: captures})
		if err != nil {
			return err
		}
		switch {
		case counted.Rest > 0:
			lease = atalaya.AccountLease{State: atalaya.AccountResting, Rest: seconds(counted.Rest)}
		case perDay > 0 && counted.Captures > perDay:
			lease.State = atalaya.AccountSpent
		default:
			return nil
		}
		return errNotTaken
	})
	if err != nil && !errors.Is(err, errNotTaken) {
		return atalaya.AccountLease{}, fmt.Errorf("lease the TradingView account: %w", err)
	}
	return lease, nil
}

// ReleaseAccount ends the lease of the signal's capture. It does nothing if another holds the account.
func (s *Store) ReleaseAccount(ctx context.Context, account []byte, id atalaya.SignalID) error {
	if err := rows.New(s.pool).ReleaseAccount(ctx, rows.ReleaseAccountParams{Account: account, SignalID: string(id)}); err != nil {
		return fmt.Errorf("release the TradingView account: %w", err)
	}
	return nil
}

// RestAccount pauses an account's captures on every replica and returns for how long: 30 s, 1 min, 2 min … 10 min
// with each strike in a row, and at least as long as the site asked for, up to an hour.
func (s *Store) RestAccount(ctx context.Context, account []byte, asked time.Duration) (time.Duration, error) {
	rest, err := rows.New(s.pool).RestAccount(ctx, rows.RestAccountParams{Account: account, Asked: asked.Seconds()})
	if err != nil {
		return 0, fmt.Errorf("rest the TradingView account: %w", err)
	}
	return seconds(rest), nil
}

// ForgiveAccount ends an account's strikes after the site has served it again.
func (s *Store) ForgiveAccount(ctx context.Context, account []byte) error {
	if err := rows.New(s.pool).ForgiveAccount(ctx, account); err != nil {
		return fmt.Errorf("forgive the TradingView account: %w", err)
	}
	return nil
}

// SkipCapture ends a signal's capture as skipped.
func (s *Store) SkipCapture(ctx context.Context, task atalaya.CaptureTask, reason atalaya.SkipReason) error {
	text := string(reason)
	err := rows.New(s.pool).SkipCapture(ctx, rows.SkipCaptureParams{
		Reason: &text, ID: string(task.SignalID), UserID: string(task.UserID), Path: &task.Path,
	})
	if err != nil {
		return fmt.Errorf("skip the capture: %w", err)
	}
	s.announce(task.UserID)
	s.wakeDispatcher() // a message that waits for the picture waits no longer
	return nil
}

// SuspectCapture notes that the browser died while the signal's page was one of several, so that the
// next attempt has the browser to itself.
func (s *Store) SuspectCapture(ctx context.Context, task atalaya.CaptureTask) error {
	if err := rows.New(s.pool).SuspectCapture(ctx, rows.SuspectCaptureParams{SignalID: string(task.SignalID), UserID: string(task.UserID)}); err != nil {
		return fmt.Errorf("note the suspect: %w", err)
	}
	return nil
}
