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

// RequestCookieCheck queues a look at whether the user's session is alive. It fails with CodeConflict
// where no cookies are stored, and with CodeNotFound where the user has no settings.
func (s *Store) RequestCookieCheck(ctx context.Context, user atalaya.UserID) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		stored, err := q.HasCookies(ctx, string(user))
		if err != nil {
			return err
		}
		if !stored {
			return atalaya.Errorf(atalaya.CodeConflict, "No TradingView cookies are stored. Store both with PUT /api/config.")
		}
		return requestCookieCheck(ctx, tx, user)
	})
	return cookieError("check the cookies", err)
}

func cookieError(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return atalaya.Wrap(atalaya.CodeNotFound, err, "This account does not exist any more, or has no settings.")
	}
	return configError(doing, err)
}

// requestCookieCheck queues the check in a transaction that knows of cookies.
func requestCookieCheck(ctx context.Context, tx pgx.Tx, user atalaya.UserID) error {
	if err := rows.New(tx).RequestCookieCheck(ctx, string(user)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		with job as (insert into river.river_job (args, kind, max_attempts) select jsonb_build_object('user_id', $1::text), $2, $3)
		select pg_notify('river.river_insert', '{"queue": "default"}')`,
		string(user), cookieArgs{}.Kind(), captureAttempts)
	return err
}

// CookieCheck gives the user's last check; CodeNotFound where there was none.
func (s *Store) CookieCheck(ctx context.Context, user atalaya.UserID) (atalaya.CookieCheck, error) {
	row, err := rows.New(s.pool).ReadCookieCheck(ctx, string(user))
	if err != nil {
		return atalaya.CookieCheck{}, cookieError("read the cookies' check", err)
	}
	return atalaya.CookieCheck{State: atalaya.CookieState(row.State), CookiesValid: row.CookiesValid, CheckedAt: row.CheckedAt}, nil
}

// BeginCookieCheck gives the sealed cookies of a user whose check is pending; ok is false where nothing
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
		UserID: user, CookiesValid: true, SealedSessionID: textOrEmpty(row.TvSessionid), SealedSessionSign: textOrEmpty(row.TvSessionidSign),
	}, true, nil
}

// EndCookieCheck records what the site said. A session that is alive makes the very cookies that were
// looked at valid again; ending one is ExpireSession's. Unless the session has ended, the captures that an
// earlier one has ended wait again, of alerts that came since the given time.
func (s *Store) EndCookieCheck(ctx context.Context, task atalaya.CaptureTask, state atalaya.CookieState, since time.Time) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		if err := q.HoldUser(ctx, string(task.UserID)); err != nil {
			return err
		}
		if state == atalaya.CookiesAlive {
			if err := q.BelieveSession(ctx, rows.BelieveSessionParams{UserID: string(task.UserID), SealedSessionID: &task.SealedSessionID}); err != nil {
				return err
			}
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

// retake has captures wait again that ended because of the session.
func retake(ctx context.Context, tx pgx.Tx, user atalaya.UserID, since time.Time) error {
	again, err := rows.New(tx).RetakeCaptures(ctx, rows.RetakeCapturesParams{UserID: string(user), Since: since})
	if err != nil || len(again) == 0 {
		return err
	}
	return queueAgain(ctx, tx, again)
}

func textOrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
