package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// BeginCapture marks a signal as processing and returns its task. ok is false if the signal is gone or its
// screenshot is settled. propose is called for the picture's path if this capture has none yet.
func (s *Store) BeginCapture(ctx context.Context, id atalaya.SignalID, propose func(atalaya.CaptureTask) string) (task atalaya.CaptureTask, ok bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		row, err := q.LockCapture(ctx, string(id))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		task, ok = taskOf(row), true
		if task.Path == "" {
			task.Path = propose(task)
		}
		return q.MarkProcessing(ctx, rows.MarkProcessingParams{ID: string(id), UserID: string(task.UserID), Path: &task.Path})
	})
	if err != nil {
		return atalaya.CaptureTask{}, false, fmt.Errorf("begin the capture: %w", err)
	}
	if ok {
		s.announce(task.UserID)
	}
	return task, ok, nil
}

// CompleteCapture records a stored picture; url is "" for one without a public address. ok is false if no signal
// wants the picture, because the signal is gone or a later capture has replaced it. If another attempt at this
// capture was first, the row shows the picture at this path already and is left unchanged.
func (s *Store) CompleteCapture(ctx context.Context, task atalaya.CaptureTask, p atalaya.Picture, url string) (ok bool, err error) {
	width, height := int32(p.Width), int32(p.Height)
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		n, err := q.CompleteCapture(ctx, rows.CompleteCaptureParams{
			Url: orNull(url), Kind: &p.Kind, Source: &p.Source, Width: &width, Height: &height, TakenAt: &p.TakenAt,
			Symbol: orNull(p.Symbol), ShownInterval: orNull(p.Interval), Warnings: warningsOf(p),
			ID: string(task.SignalID), UserID: string(task.UserID), Path: &task.Path,
		})
		if err != nil {
			return err
		}
		if n == 0 {
			ok, err = q.ShowsPicture(ctx, rows.ShowsPictureParams{ID: string(task.SignalID), UserID: string(task.UserID), Path: &task.Path})
			return err
		}
		ok = true
		return q.EndCapture(ctx, rows.EndCaptureParams{SignalID: string(task.SignalID), UserID: string(task.UserID)})
	})
	if err != nil {
		return false, fmt.Errorf("record the screenshot: %w", err)
	}
	s.announce(task.UserID)
	s.wakeDispatcher()
	return ok, nil
}

// warningsOf returns the picture's warnings as the column holds them, which is never null.
func warningsOf(p atalaya.Picture) []string {
	warnings := make([]string, len(p.Warnings))
	for i, w := range p.Warnings {
		warnings[i] = string(w)
	}
	return warnings
}

// PauseCapture sets a signal back to pending between attempts. code is "" for an attempt that was interrupted; the
// code of an earlier attempt is then kept.
func (s *Store) PauseCapture(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) error {
	err := rows.New(s.pool).PauseCapture(ctx, rows.PauseCaptureParams{
		Code: orNull(string(code)), ID: string(task.SignalID), UserID: string(task.UserID), Path: &task.Path,
	})
	if err != nil {
		return fmt.Errorf("pause the capture: %w", err)
	}
	s.announce(task.UserID)
	return nil
}

// FailCapture ends a signal's capture as failed.
func (s *Store) FailCapture(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) error {
	text := string(code)
	err := rows.New(s.pool).FailCapture(ctx, rows.FailCaptureParams{
		Code: &text, ID: string(task.SignalID), UserID: string(task.UserID), Path: &task.Path,
	})
	if err != nil {
		return fmt.Errorf("fail the capture: %w", err)
	}
	s.announce(task.UserID)
	s.wakeDispatcher()
	return nil
}

// FailSiblings fails the user's waiting captures of the task's chart that were wanted before the task's attempt began, and
// returns how many. It fails none if other cookies were stored since. Their jobs find nothing left to do.
func (s *Store) FailSiblings(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) (int64, error) {
	n, err := rows.New(s.pool).FailSiblings(ctx, rows.FailSiblingsParams{
		UserID: string(task.UserID), ID: string(task.SignalID), ChartID: task.ChartID, Begun: task.BegunAt,
		SealedSessionID: task.SealedSessionID.Reveal(), Code: string(code),
	})
	if err != nil {
		return 0, fmt.Errorf("fail the captures of the same chart: %w", err)
	}
	if n > 0 {
		s.announce(task.UserID)
		s.wakeDispatcher()
	}
	return n, nil
}

// ExpireSession notes that TradingView refused the task's cookies and fails the user's waiting
// captures. first is false if newer cookies are stored, or if another capture was first to notice. newer is true if there
// are newer cookies that were not refused.
func (s *Store) ExpireSession(ctx context.Context, task atalaya.CaptureTask) (first, newer bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		q := rows.New(tx)
		n, err := q.ExpireSession(ctx, rows.ExpireSessionParams{UserID: string(task.UserID), SealedSessionID: orNull(task.SealedSessionID.Reveal())})
		if err != nil {
			return err
		}
		if n == 0 {
			newer, err = q.NewerSession(ctx, rows.NewerSessionParams{UserID: string(task.UserID), SealedSessionID: task.SealedSessionID.Reveal()})
			return err
		}
		first = true
		if err := q.FailWaitingCaptures(ctx, string(task.UserID)); err != nil {
			return err
		}
		return tellExpiredSession(ctx, q, task)
	})
	if err != nil {
		return false, false, fmt.Errorf("note the expired session: %w", err)
	}
	s.announce(task.UserID)
	s.wakeDispatcher()
	return first, newer, nil
}

// tellExpiredSession notifies the user's channels of the expired session, once for each pair of cookies.
func tellExpiredSession(ctx context.Context, q *rows.Queries, task atalaya.CaptureTask) error {
	stored := "0"
	if task.CookiesUpdatedAt != nil {
		stored = strconv.FormatInt(task.CookiesUpdatedAt.Unix(), 10)
	}
	key := atalaya.NoticeKey(atalaya.NoticeSession, stored)
	_, err := q.WriteTrouble(ctx, rows.WriteTroubleParams{UserID: string(task.UserID), Key: key})
	return err
}
