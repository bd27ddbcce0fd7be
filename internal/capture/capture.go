// Package capture turns a queued job into a screenshot that is stored and recorded, or into a classified failure.
// It is policy only: which captures are worth an attempt, in which order bytes and row are written, and what a
// failure means for the next attempt. It knows no browser, no SQL and no storage.
package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"atalaya"
)

// Keys decrypts the users' cookies.
type Keys interface {
	// Open returns a secret of one user's column. Its errors never hold the secret.
	Open(user atalaya.UserID, column atalaya.SecretColumn, sealed atalaya.Sealed) (string, error)
	// Fingerprint returns a name of a secret that does not reveal it. It is the same on every replica.
	Fingerprint(plain string) []byte
}

// Camera takes the pictures.
type Camera interface {
	// Open opens a page for captures of the request's session and resolution.
	Open(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (Visit, error)
	// CheckSession reports whether the site accepts the session as signed in. If the site does not say, the
	// error is as that of Visit.Capture.
	CheckSession(ctx context.Context, session atalaya.TVSession) (alive bool, err error)
}

// Visit is a page of the site, for one session. It must be closed.
type Visit interface {
	// CanTake reports whether the visit may make a capture. It makes a bounded number, and none after a failure.
	CanTake(req atalaya.CaptureRequest) bool
	// Capture returns a picture that passed the verdict, or a *atalaya.CaptureError, within a time
	// limit of its own.
	Capture(ctx context.Context, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error)
	Close()
}

// Pictures stores the bytes.
type Pictures interface {
	// Put stores a PNG, and replaces a former one of the same path. Its error is an *atalaya.CaptureError with
	// CaptureStorageRejected or CaptureStorageUnavailable.
	Put(ctx context.Context, path string, png []byte) error
	// Delete removes a picture. Removing an absent one succeeds.
	Delete(ctx context.Context, path string) error
	// URL returns the address at which a browser finds the picture, or "" if it needs a signed one.
	URL(path string) string
}

// Options are the settings of a Service.
type Options struct {
	MaxAge     time.Duration // a capture that begins later than this after its alert is too late
	Lease      time.Duration // longer than any attempt takes
	PerDay     int64         // captures of one TradingView account in a UTC day; 0 is no limit
	Burst      time.Duration // how long one job may begin captures of the same user in the same page
	HangsAfter time.Duration // an attempt that failed after this long ran into its time limit
	Trace      Trace         // nil for none
}

// Trace begins the trace of an attempt at a signal's capture. The outcome that end takes is "completed", a
// CaptureCode, a SkipReason, or "put_off".
type Trace func(ctx context.Context, id atalaya.SignalID) (_ context.Context, end func(outcome string))

func untraced(ctx context.Context, _ atalaya.SignalID) (context.Context, func(string)) {
	return ctx, func(string) {}
}

// Meter counts how captures end; outcome is "completed", a CaptureCode or a SkipReason.
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
	if opt.Trace == nil {
		opt.Trace = untraced
	}
	return &Service{rows: rows, keys: keys, camera: camera, pictures: pictures, meter: meter, log: log, opt: opt, now: time.Now}
}

// settleTimeout bounds the writes that end an attempt. They run even if the attempt itself was
// cancelled, so that no signal is left as processing.
const settleTimeout = 5 * time.Second

// Run makes one attempt at the capture of a signal and returns what the queue does next. last is true if no
// retry would follow. An attempt that ctx interrupts is not counted. If the attempt succeeds, the waiting
// captures of the same user are taken in the same page.
func (s *Service) Run(ctx context.Context, id atalaya.SignalID, last bool) atalaya.JobVerdict {
	b := &burst{holder: id, began: s.now()}
	defer s.release(ctx, b)
	end := s.capture(ctx, b, id, Attempt{Last: last})
	if end.Row == RowCompleted && b.visit != nil && !b.alone {
		s.drainUser(ctx, b)
	}
	return end.Job
}

// capture makes one attempt at a signal's capture, records how it ended and returns that. A capture that is
// settled already has ended well.
func (s *Service) capture(ctx context.Context, b *burst, id atalaya.SignalID, a Attempt) (end Ending) {
	ctx, done := s.opt.Trace(ctx, id)
	defer func() { done(end.outcome()) }()
	start := s.now()
	task, ok, err := s.rows.Signals.BeginCapture(ctx, id, func(t atalaya.CaptureTask) string { return picturePath(t, start) })
	if err != nil {
		return Ending{Row: RowPending, Job: atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}}
	}
	if !ok {
		return Ending{Row: RowCompleted, Job: atalaya.JobVerdict{Action: atalaya.JobDone}}
	}
	log := s.log.With("signal_id", id, "user_id", task.UserID)
	if !a.Claimed {
		b.user, b.alone = task.UserID, task.Alone
	}
	picture, err := s.attempt(ctx, b, task, log)
	if err != nil {
		s.release(ctx, b)
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err == nil {
		err = s.complete(settle, task, picture)
	}
	a.Task, a.Err, a.Interrupted = task, err, errors.Is(ctx.Err(), context.Canceled)
	a.Now, a.MaxAge, a.HangsAfter, a.Jitter = s.now(), s.opt.MaxAge, s.opt.HangsAfter, rand.Float64()
	a.Took = a.Now.Sub(start)
	end = Conclude(a)
	s.report(settle, a, end, picture, log)
	if err := s.settle(settle, task, &end, log); err != nil {
		// The row could not be settled: the job is tried again whatever the code says.
		end.Row, end.Job = RowPending, atalaya.JobVerdict{Action: atalaya.JobRetry, Err: errors.Join(a.Err, err)}
	}
	return end
}

// attempt decrypts the cookies, takes the picture and stores its bytes.
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

// keepEvidence stores what a failed attempt saw, unless it was interrupted. If that fails, the capture still ends.
func (s *Service) keepEvidence(ctx context.Context, task atalaya.CaptureTask, cause error, log *slog.Logger) {
	var failure *atalaya.CaptureError
	if !errors.As(cause, &failure) || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := s.rows.Signals.KeepEvidence(ctx, task, failure); err != nil {
		log.WarnContext(ctx, "the evidence of a failed capture could not be stored", "error", err)
	}
}

// session decrypts the task's cookies. It returns the zero session only if the user allows captures without
// signing in: if no cookies are stored, or for the public chart of a symbol.
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
	if task.MalformedCookies {
		return atalaya.TVSession{}, &skipped{atalaya.SkipMalformed}
	}
	if !task.CookiesValid {
		return atalaya.TVSession{}, &atalaya.CaptureError{Code: atalaya.CaptureSessionExpired, Step: "cookies",
			Detail: "TradingView has refused these cookies before"}
	}
	id, err := s.keys.Open(task.UserID, atalaya.ColumnSessionID, task.SealedSessionID)
	if err != nil {
		return atalaya.TVSession{}, unreadable(err)
	}
	sign, err := s.keys.Open(task.UserID, atalaya.ColumnSessionSign, task.SealedSessionSign)
	if err != nil {
		return atalaya.TVSession{}, unreadable(err)
	}
	return atalaya.TVSession{ID: id, Sign: sign}, nil
}

func unreadable(err error) error {
	return &atalaya.CaptureError{Code: atalaya.CaptureCookiesUnreadable, Step: "cookies",
		Detail: "the stored cookies do not open with this ENCRYPTION_KEY; store them again, or add the former key", Err: err}
}

// complete records the stored picture. If no signal wants the picture any more, its bytes are removed.
func (s *Service) complete(ctx context.Context, task atalaya.CaptureTask, p atalaya.Picture) error {
	ok, err := s.rows.Signals.CompleteCapture(ctx, task, p, s.pictures.URL(task.Path))
	if err != nil {
		return err
	}
	if !ok {
		return s.pictures.Delete(ctx, task.Path)
	}
	return nil
}

// settle writes how an attempt ended. If the user has stored newer cookies than those that TradingView
// refused, it changes the ending to another attempt.
func (s *Service) settle(ctx context.Context, task atalaya.CaptureTask, end *Ending, log *slog.Logger) error {
	if end.Hung != task.Hung && (end.Hung || end.Row == RowCompleted) {
		if err := s.rows.Signals.MarkHung(ctx, task.UserID, end.Hung); err != nil {
			log.WarnContext(ctx, "it could not be recorded whether this user's captures hang", "error", err)
		}
	}
	if end.Suspect {
		if err := s.rows.Signals.SuspectCapture(ctx, task); err != nil {
			return err
		}
	}
	switch end.Row {
	case RowCompleted:
		return nil
	case RowPending:
		return s.rows.Signals.PauseCapture(ctx, task, end.Code)
	case RowSkipped:
		return s.rows.Signals.SkipCapture(ctx, task, end.Skip)
	case RowExpired:
		newer, err := s.expire(ctx, task, log)
		if err != nil {
			return err
		}
		if newer {
			*end = Ending{Row: RowPending, Job: snooze(0)}
			return s.rows.Signals.PauseCapture(ctx, task, "")
		}
	}
	if end.Siblings {
		n, err := s.rows.Claims.FailSiblings(ctx, task, end.Code)
		if err != nil {
			return err
		}
		if n > 0 {
			log.InfoContext(ctx, "captures of the same chart that waited failed with it", "captures", n, "code", end.Code)
		}
	}
	return s.rows.Signals.FailCapture(ctx, task, end.Code)
}

// expire notes that the session of the task's cookies is over. newer is true if the user has stored other
// cookies since that are worth an attempt.
func (s *Service) expire(ctx context.Context, task atalaya.CaptureTask, log *slog.Logger) (newer bool, err error) {
	if !task.CookiesValid || task.SealedSessionID == "" {
		return false, nil
	}
	first, newer, err := s.rows.Sessions.ExpireSession(ctx, task)
	if first {
		log.WarnContext(ctx, "the user's TradingView session has expired; captures wait for new cookies")
	}
	return newer, err
}

// report counts and logs how an attempt ended.
func (s *Service) report(ctx context.Context, a Attempt, end Ending, p atalaya.Picture, log *slog.Logger) {
	switch {
	case end.Row == RowCompleted:
		s.meter.Captured(string(atalaya.ScreenshotCompleted), a.Took)
		log.InfoContext(ctx, "screenshot completed", "chart_symbol", p.Symbol, "chart_interval", p.Interval,
			"width", p.Width, "height", p.Height, "picture_bytes", len(p.PNG), "duration_ms", a.Took.Milliseconds())
	case a.Claimed && end.Job.Action != atalaya.JobStop:
		log.InfoContext(ctx, "capture returned to its own job", "code", end.Code, "cause", a.Err)
	case end.Row == RowSkipped:
		s.meter.Captured(string(end.Skip), 0)
		log.WarnContext(ctx, "capture skipped", "reason", end.Skip, "cause", a.Err)
	case end.Code == "" && a.Interrupted:
		log.InfoContext(ctx, "capture returned to the queue", "cause", a.Err)
	case end.Code == "":
		log.DebugContext(ctx, "capture put off: its TradingView account is taken", "after", end.Job.After)
	case end.Job.Action == atalaya.JobSnooze:
		s.meter.Captured(string(end.Code), a.Took)
		log.InfoContext(ctx, "capture postponed, not counted", "code", end.Code, "cause", a.Err, "after", end.Job.After)
	default:
		s.meter.Captured(string(end.Code), a.Took)
		log.WarnContext(ctx, "capture failed", "code", end.Code, "cause", a.Err, "final", end.Job.Action == atalaya.JobStop, "duration_ms", a.Took.Milliseconds())
	}
}
