// Package capture turns one queued job into a screenshot that is stored and recorded, or into a
// classified failure. It is policy only: which captures are worth an attempt, in which order bytes
// and row are written, what a failure means for the next attempt. It knows no browser, no SQL and
// no storage.
package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"atalaya"
)

// Rows is the storage of signals that a capture needs.
type Rows interface {
	CheckRows
	// BeginCapture marks a signal as processing and gives its task. The path proposed is stored
	// where this capture has none yet, so that a second attempt writes to the same place. ok is
	// false where there is nothing to do: the signal is gone, or its screenshot is settled.
	BeginCapture(ctx context.Context, id atalaya.SignalID, propose func(atalaya.CaptureTask) string) (task atalaya.CaptureTask, ok bool, err error)
	// ClaimCapture takes the user's oldest capture that waits, over all replicas: its job is held back for
	// the given time, after which it comes as if nothing had been. ok is false where none waits.
	ClaimCapture(ctx context.Context, user atalaya.UserID, held time.Duration) (claim atalaya.CaptureClaim, ok bool, err error)
	// EndClaim ends a claim: done, its job is over, else it may run now.
	EndClaim(ctx context.Context, claim atalaya.CaptureClaim, done bool) error
	// CompleteCapture records a stored picture. ok is false where the signal is gone or a later
	// capture has taken its place: the picture is then nobody's. Where another attempt at this very
	// capture was first, the picture at this path is its own, and ok is true.
	CompleteCapture(ctx context.Context, task atalaya.CaptureTask, p atalaya.Picture, url string) (ok bool, err error)
	// PauseCapture sets a signal back to pending between attempts, with the code of the last one, or
	// where that has none with the code of an earlier one.
	PauseCapture(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) error
	// FailCapture ends a signal's capture as failed.
	FailCapture(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) error
	// KeepEvidence keeps what a failed attempt saw, for the operator.
	KeepEvidence(ctx context.Context, task atalaya.CaptureTask, failure *atalaya.CaptureError) error
	// SkipCapture ends a signal's capture as skipped.
	SkipCapture(ctx context.Context, task atalaya.CaptureTask, reason atalaya.SkipReason) error
	// SuspectCapture makes the task's next attempt one that has the browser to itself.
	SuspectCapture(ctx context.Context, task atalaya.CaptureTask) error
	// LeaseAccount takes a TradingView account for one capture at a time, over all replicas, for at
	// most the given time, and counts it for the day, which has perDay captures, 0 for no end. The
	// lease says why it was not taken.
	LeaseAccount(ctx context.Context, account []byte, id atalaya.SignalID, most time.Duration, perDay int64) (atalaya.AccountLease, error)
	// RestAccount holds an account's captures back after the site asked for patience, for at least the
	// time that it asked for and for longer with each strike in a row, and says for how long.
	RestAccount(ctx context.Context, account []byte, asked time.Duration) (time.Duration, error)
	// ForgiveAccount ends the strikes.
	ForgiveAccount(ctx context.Context, account []byte) error
	// ReleaseAccount gives the account back.
	ReleaseAccount(ctx context.Context, account []byte, id atalaya.SignalID) error
	// ExpireSession notes that TradingView refused the task's cookies, and fails the user's waiting
	// captures, unless newer cookies have been stored since. first is false where it was known, and newer
	// is true where the newer cookies are not known to be refused.
	ExpireSession(ctx context.Context, task atalaya.CaptureTask) (first, newer bool, err error)
}

// Keys opens the user's cookies.
type Keys interface {
	// Open gives a secret of one user's column. Its errors never hold the secret.
	Open(user atalaya.UserID, column, ciphertext string) (string, error)
	// Fingerprint names a secret without telling it: the same for the same secret, on every replica.
	Fingerprint(plain string) []byte
}

// Camera takes the pictures.
type Camera interface {
	// Open opens a page for captures of the request's session and resolution.
	Open(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (Visit, error)
	// CheckSession says whether the site takes the session for signed in. Where the site does not say,
	// the error is that of a capture.
	CheckSession(ctx context.Context, session atalaya.TVSession) (alive bool, err error)
}

// Visit is a page of the site, for one session. It must be closed.
type Visit interface {
	// Serves says whether the visit may make a capture; it makes only so many, and none after a failure.
	Serves(req atalaya.CaptureRequest) bool
	// Capture gives a picture that passed the verdict, or a *atalaya.CaptureError, within a time
	// limit of its own.
	Capture(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error)
	Close()
}

// Pictures stores the bytes.
type Pictures interface {
	// Put stores a PNG; writing the same path again replaces it. It fails with a
	// *atalaya.CaptureError of CaptureStorageRejected or CaptureStorageUnavailable.
	Put(ctx context.Context, path string, png []byte) error
	// Delete removes a picture; removing an absent one succeeds.
	Delete(ctx context.Context, path string) error
	// URL gives the address that a browser shows the picture from, "" where only signed ones do.
	URL(path string) string
}

// The columns that hold the two cookies, as associated data of their ciphertexts.
const (
	columnSessionID   = "tv_sessionid"
	columnSessionSign = "tv_sessionid_sign"
)

// Options are the settings of a Service.
type Options struct {
	MaxAge time.Duration // a capture that begins later than this after its alert is too late
	Lease  time.Duration // longer than any attempt takes
	PerDay int64         // captures of one TradingView account in a UTC day; 0 for no end
	Burst  time.Duration // for so long a job begins captures of the same user in the same page
}

// Meter counts how captures end; outcome is "completed" or a CaptureCode.
type Meter interface {
	Captured(outcome string, took time.Duration)
}

// Service works on capture jobs.
type Service struct {
	rows     Rows
	keys     Keys
	camera   Camera
	pictures Pictures
	meter    Meter
	log      *slog.Logger
	opt      Options
	now      func() time.Time
}

// New makes a Service.
func New(rows Rows, keys Keys, camera Camera, pictures Pictures, meter Meter, log *slog.Logger, opt Options) *Service {
	return &Service{rows: rows, keys: keys, camera: camera, pictures: pictures, meter: meter, log: log, opt: opt, now: time.Now}
}

// settleTimeout bounds the writes that end an attempt. They run even where the attempt itself was
// cancelled, so that no signal is left as processing.
const settleTimeout = 5 * time.Second

// Run makes one attempt at the capture of a signal and says what the queue does next. last tells
// that a retry would not be granted. An attempt that ctx interrupts (shutdown) is given back
// uncounted. Where it ends well, the captures of the same user that wait are taken in the same page.
func (s *Service) Run(ctx context.Context, id atalaya.SignalID, last bool) atalaya.JobVerdict {
	b := &burst{holder: id, began: s.now()}
	defer s.leave(ctx, b)
	verdict := s.run(ctx, b, id, last)
	if verdict.Action == atalaya.JobDone && b.visit != nil && !b.alone {
		s.goOn(ctx, b)
	}
	return verdict
}

// run makes the attempt at the burst's first capture.
func (s *Service) run(ctx context.Context, b *burst, id atalaya.SignalID, last bool) atalaya.JobVerdict {
	start := s.now()
	task, ok, err := s.rows.BeginCapture(ctx, id, func(t atalaya.CaptureTask) string { return picturePath(t, start) })
	if err != nil {
		return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
	}
	if !ok {
		return atalaya.JobVerdict{Action: atalaya.JobDone}
	}
	log := s.log.With("signal_id", id, "user_id", task.UserID)
	b.user, b.alone = task.UserID, task.Alone
	picture, err := s.attempt(ctx, b, task, log)
	if err != nil {
		s.leave(ctx, b)
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	took := s.now().Sub(start)
	var held *notTaken
	if errors.As(err, &held) {
		return s.hold(settle, task, held.lease, log)
	}
	if err == nil {
		err = s.complete(settle, task, picture)
	}
	if err == nil {
		s.tell(ctx, picture, took, log)
		return atalaya.JobVerdict{Action: atalaya.JobDone}
	}
	return s.fail(ctx, settle, task, err, last, took, log)
}

// tell counts and logs a completed screenshot.
func (s *Service) tell(ctx context.Context, picture atalaya.Picture, took time.Duration, log *slog.Logger) {
	s.meter.Captured(string(atalaya.ScreenshotCompleted), took)
	log.InfoContext(ctx, "screenshot completed", "chart_symbol", picture.Symbol, "chart_interval", picture.Interval,
		"width", picture.Width, "height", picture.Height, "picture_bytes", len(picture.PNG), "duration_ms", took.Milliseconds())
}

// attempt opens the cookies, has the picture and stores its bytes.
func (s *Service) attempt(ctx context.Context, b *burst, task atalaya.CaptureTask, log *slog.Logger) (atalaya.Picture, error) {
	if age := s.now().Sub(task.ArrivedAt); age > s.opt.MaxAge {
		return atalaya.Picture{}, &atalaya.CaptureError{Code: atalaya.CaptureTooLate, Step: "queue",
			Detail: fmt.Sprintf("the alert is %s old; the chart would show another moment", age.Round(time.Second))}
	}
	session, err := s.session(task)
	if err != nil {
		return atalaya.Picture{}, err
	}
	picture, err := s.picture(ctx, b, task, atalaya.CaptureRequest{
		ChartID: task.ChartID, Exchange: task.Exchange, Symbol: task.Symbol, Interval: task.Interval,
		Resolution: task.Resolution, Session: session, Alone: task.Alone,
	}, log)
	if err == nil {
		err = s.pictures.Put(ctx, task.Path, picture.PNG)
	}
	if err != nil {
		s.keepEvidence(ctx, task, err, log)
		return atalaya.Picture{}, err
	}
	return picture, nil
}

// keepEvidence keeps what a failed attempt saw, but for one that was interrupted. Without it the capture
// ends all the same.
func (s *Service) keepEvidence(ctx context.Context, task atalaya.CaptureTask, cause error, log *slog.Logger) {
	var failure *atalaya.CaptureError
	if !errors.As(cause, &failure) || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := s.rows.KeepEvidence(ctx, task, failure); err != nil {
		log.WarnContext(ctx, "what the failed capture saw is not kept", "error", err)
	}
}

// release gives the account back, also where the attempt was cancelled. A lease that stays ends by
// itself.
func (s *Service) release(ctx context.Context, account []byte, id atalaya.SignalID, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := s.rows.ReleaseAccount(ctx, account, id); err != nil {
		log.WarnContext(ctx, "the next capture of this account waits for the lease to end", "error", err)
	}
}

// session opens the task's cookies. The zero session is given only where the user allows captures
// without signing in: where no cookies are stored, and for the plain chart of a symbol, which is
// nobody's.
func (s *Service) session(task atalaya.CaptureTask) (atalaya.TVSession, error) {
	if task.ChartID == "" && task.WithoutCookies {
		return atalaya.TVSession{}, nil
	}
	if task.SealedSessionID == "" || task.SealedSessionSign == "" {
		if task.WithoutCookies {
			return atalaya.TVSession{}, nil
		}
		return atalaya.TVSession{}, &atalaya.CaptureError{Code: atalaya.CaptureSessionExpired, Step: "cookies",
			Detail: "the TradingView cookies were removed after the alert"}
	}
	if !task.CookiesValid {
		return atalaya.TVSession{}, &atalaya.CaptureError{Code: atalaya.CaptureSessionExpired, Step: "cookies",
			Detail: "TradingView has refused these cookies before"}
	}
	id, err := s.keys.Open(task.UserID, columnSessionID, task.SealedSessionID)
	if err != nil {
		return atalaya.TVSession{}, unreadable(err)
	}
	sign, err := s.keys.Open(task.UserID, columnSessionSign, task.SealedSessionSign)
	if err != nil {
		return atalaya.TVSession{}, unreadable(err)
	}
	return atalaya.TVSession{ID: id, Sign: sign}, nil
}

func unreadable(err error) error {
	return &atalaya.CaptureError{Code: atalaya.CaptureCookiesUnreadable, Step: "cookies",
		Detail: "the stored cookies do not open with this ENCRYPTION_KEY; store them again, or add the former key", Err: err}
}

// complete records the stored picture; bytes that turn out to be nobody's are removed.
func (s *Service) complete(ctx context.Context, task atalaya.CaptureTask, p atalaya.Picture) error {
	ok, err := s.rows.CompleteCapture(ctx, task, p, s.pictures.URL(task.Path))
	if err != nil {
		return err
	}
	if !ok {
		return s.pictures.Delete(ctx, task.Path)
	}
	return nil
}

// fail records a failed attempt and says whether there is another. attempted is the attempt's own
// context: where it was cancelled, the service is stopping and the attempt does not count; where its
// deadline passed, it does.
func (s *Service) fail(attempted, settle context.Context, task atalaya.CaptureTask, cause error, last bool, took time.Duration, log *slog.Logger) atalaya.JobVerdict {
	code := atalaya.CaptureCodeOf(cause)
	if errors.Is(attempted.Err(), context.Canceled) && !code.Final() {
		err := s.rows.PauseCapture(settle, task, "")
		log.InfoContext(settle, "capture given back to the queue", "reason", context.Cause(attempted))
		return atalaya.JobVerdict{Action: atalaya.JobSnooze, Err: err}
	}
	s.meter.Captured(string(code), took)
	if after, ok := s.patience(cause, task); ok {
		if isSuspect(cause) {
			if err := s.rows.SuspectCapture(settle, task); err != nil {
				return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: errors.Join(cause, err)}
			}
		}
		err := s.rows.PauseCapture(settle, task, code)
		log.InfoContext(settle, "capture put off, uncounted", "code", code, "cause", cause, "after", after)
		return atalaya.JobVerdict{Action: atalaya.JobSnooze, After: after, Err: err}
	}
	verdict := atalaya.JobVerdict{Action: atalaya.JobRetry, Err: cause}
	var err error
	switch {
	case code == atalaya.CaptureSessionExpired:
		verdict, err = s.expire(settle, task, cause, log)
	case code.Final() || last:
		verdict.Action = atalaya.JobStop
		err = s.rows.FailCapture(settle, task, code)
	default:
		err = s.rows.PauseCapture(settle, task, code)
	}
	log.WarnContext(settle, "capture failed", "code", code, "cause", cause, "final", verdict.Action == atalaya.JobStop, "duration_ms", took.Milliseconds())
	if err != nil {
		// The row could not be settled: the job is tried again whatever the code says.
		return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: errors.Join(cause, err)}
	}
	return verdict
}

// expire ends the capture and notes that the session is over, unless the user has stored newer cookies
// meanwhile: with those there is another attempt, and this one does not count.
func (s *Service) expire(ctx context.Context, task atalaya.CaptureTask, cause error, log *slog.Logger) (atalaya.JobVerdict, error) {
	stop := atalaya.JobVerdict{Action: atalaya.JobStop, Err: cause}
	if task.CookiesValid && task.SealedSessionID != "" {
		first, newer, err := s.rows.ExpireSession(ctx, task)
		if err != nil {
			return stop, err
		}
		if newer {
			return atalaya.JobVerdict{Action: atalaya.JobSnooze}, s.rows.PauseCapture(ctx, task, "")
		}
		if first {
			log.WarnContext(ctx, "the user's TradingView session has expired; captures wait for new cookies")
		}
	}
	return stop, s.rows.FailCapture(ctx, task, atalaya.CaptureSessionExpired)
}
