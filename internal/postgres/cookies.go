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

// RequestCookieCheck queues a check of whether the user's session is alive. It queues none if one waits already or
// was answered less than a minute ago, since users may ask more often than the site may be asked. It fails with
// CodeNotFound if the user has no settings, and with permit's error.
func (s *Store) RequestCookieCheck(ctx context.Context, user atalaya.UserID, permit func(stored, malformed bool) error) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		cookies, err := q.HasCookies(ctx, string(user))
		if err != nil {
			return err
		}
		if err := permit(cookies.Stored, cookies.Malformed); err != nil {
			return err
		}
		if err := q.LockCookieCheck(ctx, string(user)); err != nil {
			return err
		}
		due, err := q.CookieCheckDue(ctx, string(user))
		if err != nil || !due {
			return err
		}
		return insertCookieCheck(ctx, tx, user)
	})
	return cookieError("check the cookies", err)
}

// CookieCheck returns the user's last check; CodeNotFound if there was none.
func (s *Store) CookieCheck(ctx context.Context, user atalaya.UserID) (atalaya.CookieCheck, error) {
	row, err := rows.New(s.pool).ReadCookieCheck(ctx, string(user))
	if err != nil {
		return atalaya.CookieCheck{}, cookieError("read the cookies' check", err)
	}
	return atalaya.CookieCheck{State: atalaya.CookieState(row.State), CookiesValid: row.CookiesValid, CheckedAt: row.CheckedAt}, nil
}

// BeginCookieCheck returns the sealed cookies of a user whose check is pending; ok is false if nothing
// is to be checked any more.
func (s *Store) BeginCookieCheck(ctx context.Context, user atalaya.UserID) (task atalaya.CaptureTask, ok bool, err error) {
	row, err := rows.New(s.pool).BeginCookieCheck(ctx, string(user))
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.CaptureTask{}, false, nil
	}
	if err != nil {
		return atalaya.CaptureTask{}, false, fmt.Errorf("begin a check of cookies: %w", err)
	}
	return atalaya.CaptureTask{
		UserID: user, CookiesValid: true, SealedSessionID: sealedOrNone(row.TvSessionid), SealedSessionSign: sealedOrNone(row.TvSessionidSign),
	}, true, nil
}

// EndCookieCheck records what the site said. If other cookies were stored meanwhile, it records nothing: the check
// is then still pending, and the job of those cookies runs it. Cookies that are alive become valid again; ExpireSession
// makes them invalid. Unless the session has expired, captures that failed with an earlier session are queued again if
// they were wanted since the given time.
func (s *Store) EndCookieCheck(ctx context.Context, task atalaya.CaptureTask, state atalaya.CookieState, since time.Time) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		if err := q.HoldUser(ctx, string(task.UserID)); err != nil {
			return err
		}
		if state == atalaya.CookiesAlive { // before the check's row is held: the settings are locked first
			if err := q.BelieveSession(ctx, rows.BelieveSessionParams{UserID: string(task.UserID), SealedSessionID: orNull(task.SealedSessionID.Reveal())}); err != nil {
				return err
			}
		}
		if stored, err := stillStored(ctx, q, task); err != nil || !stored {
			return err
		}
		if state != atalaya.CookiesExpired {
			if err := retake(ctx, tx, task.UserID, since); err != nil {
				return err
			}
		}
		return q.EndCookieCheck(ctx, rows.EndCookieCheckParams{UserID: string(task.UserID), State: string(state)})
	})
	if err != nil {
		return fmt.Errorf("end a check of cookies: %w", err)
	}
	s.announce(task.UserID)
	return nil
}

// stillStored locks the user's check and reports whether the cookies that were checked are the stored ones.
func stillStored(ctx context.Context, q *rows.Queries, task atalaya.CaptureTask) (bool, error) {
	if err := q.LockCookieCheck(ctx, string(task.UserID)); err != nil {
		return false, err
	}
	return q.CookiesAreStored(ctx, rows.CookiesAreStoredParams{UserID: string(task.UserID), SealedSessionID: task.SealedSessionID.Reveal()})
}

// retake queues again the captures since a time that failed because of the session.
func retake(ctx context.Context, tx pgx.Tx, user atalaya.UserID, since time.Time) error {
	again, err := rows.New(tx).RetakeCaptures(ctx, rows.RetakeCapturesParams{UserID: string(user), Since: since})
	if err != nil || len(again) == 0 {
		return err
	}
	return requeueCaptures(ctx, tx, user, again)
}
