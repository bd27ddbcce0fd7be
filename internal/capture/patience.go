package capture

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"atalaya"
)

// notTaken: the TradingView account of a capture is not to be captured now.
type notTaken struct{ lease atalaya.AccountLease }

// Error implements error.
func (*notTaken) Error() string { return "the TradingView account is not to be captured now" }

// resting: the site asked for patience, and the account rests for as long.
type resting struct {
	rest  time.Duration
	cause error
}

// Error implements error.
func (r *resting) Error() string { return r.cause.Error() }

// Unwrap gives what the site said.
func (r *resting) Unwrap() error { return r.cause }

// noPage: the browser gave no page in time, because others had it. The site was not asked.
type noPage struct{ cause error }

// Error implements error.
func (n *noPage) Error() string { return n.cause.Error() }

// Unwrap gives what the camera said.
func (n *noPage) Unwrap() error { return n.cause }

// opening tells apart the failure to open a page in time from others. A page that is opened goes nowhere
// yet, so that no time is the site's.
func opening(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = &atalaya.CaptureError{Code: atalaya.CaptureNavigationTimeout, Step: "browser", Detail: "no page in time", Err: err}
	}
	if atalaya.CaptureCodeOf(err) == atalaya.CaptureNavigationTimeout {
		return &noPage{err}
	}
	return err
}

const (
	// busyPause is the least time before a capture looks again whether its account is free. It need not
	// be short: whoever holds the account takes the captures that wait in the same burst.
	busyPause = time.Second
	// firstRest is what a capture without an account waits after the site asked for patience.
	firstRest = 30 * time.Second
)

// hold puts a capture off, uncounted, whose account another one holds or rests; where the account's
// day is used up, no attempt follows.
func (s *Service) hold(ctx context.Context, task atalaya.CaptureTask, lease atalaya.AccountLease, log *slog.Logger) atalaya.JobVerdict {
	if lease.State == atalaya.AccountSpent {
		log.WarnContext(ctx, "capture skipped: the TradingView account has had its captures for this UTC day; CAPTURE_DAILY_CAP is the limit")
		s.meter.Captured(string(atalaya.SkipRateLimited), 0)
		if err := s.rows.SkipCapture(ctx, task, atalaya.SkipRateLimited); err != nil {
			return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
		}
		return atalaya.JobVerdict{Action: atalaya.JobDone}
	}
	after := busyPause + rand.N(busyPause)
	if lease.State == atalaya.AccountResting {
		after = s.until(task, lease.Rest)
	}
	err := s.rows.PauseCapture(ctx, task, "")
	return atalaya.JobVerdict{Action: atalaya.JobSnooze, After: after, Err: err}
}

// heed lets the account rest where the site asked for patience, and ends its strikes where it gave a
// picture. It gives the attempt's own error, with the rest where there is one.
func (s *Service) heed(ctx context.Context, account []byte, cause error, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if cause == nil {
		if err := s.rows.ForgiveAccount(ctx, account); err != nil {
			log.WarnContext(ctx, "the account's next rest may be longer than it has to be", "error", err)
		}
		return nil
	}
	if !atalaya.CaptureCodeOf(cause).Snoozed() {
		return cause
	}
	rest, err := s.rows.RestAccount(ctx, account, retryAfter(cause))
	if err != nil {
		return errors.Join(cause, err)
	}
	log.WarnContext(ctx, "TradingView asks for patience: the account's captures rest on every replica", "code", atalaya.CaptureCodeOf(cause), "rest", rest)
	return &resting{rest: rest, cause: cause}
}

// patience says whether a failed attempt is not the capture's own fault, and when the next one is.
func (s *Service) patience(cause error, task atalaya.CaptureTask) (after time.Duration, ok bool) {
	var r *resting
	var n *noPage
	switch {
	case errors.As(cause, &r):
		return s.until(task, r.rest), true
	case atalaya.CaptureCodeOf(cause).Snoozed():
		return s.until(task, max(firstRest, retryAfter(cause))), true
	case errors.As(cause, &n), isSuspect(cause):
		return busyPause + rand.N(busyPause), true
	}
	return 0, false
}

// until is when a capture looks again after a rest, at random a little later so that those of one
// account do not come at once, and no later than the moment at which it is too late.
func (s *Service) until(task atalaya.CaptureTask, rest time.Duration) time.Duration {
	rest += rand.N(rest/8 + time.Second)
	left := task.ArrivedAt.Add(s.opt.MaxAge).Sub(s.now())
	return max(0, min(rest, left+time.Second))
}

func retryAfter(err error) time.Duration {
	var e *atalaya.CaptureError
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// isSuspect says that the browser died with several pages open: which of them killed it is told by
// running each alone.
func isSuspect(err error) bool {
	var s interface{ Suspect() bool }
	return errors.As(err, &s) && s.Suspect()
}
