package capture

import (
	"context"
	"errors"
	"time"

	"atalaya"
)

// Attempt is an attempt at a capture that has ended, with all that its consequences depend on.
type Attempt struct {
	Task        atalaya.CaptureTask
	Err         error         // nil if the picture is stored and recorded
	Interrupted bool          // by a shutdown, or because another user waits for the slot
	Last        bool          // no further attempt is granted
	Claimed     bool          // made by another capture's job: the capture's own job is still there
	Took        time.Duration // from beginning to end
	Now         time.Time
	MaxAge      time.Duration // of the alert; a later capture is too late
	HangsAfter  time.Duration // an attempt that failed after this long ran into its time limit
	Jitter      float64       // in [0, 1), so that captures that were put off together do not come together
}

// Row is the state in which an attempt leaves its signal's screenshot.
type Row int

// The states.
const (
	RowCompleted Row = iota
	RowPending       // a further attempt follows
	RowFailed
	RowSkipped
	RowExpired // failed, unless the user has stored newer cookies since
)

// Ending is what follows from an Attempt.
type Ending struct {
	Row      Row
	Code     atalaya.CaptureCode // of the failure; "" if nothing was attempted, which keeps an earlier one's
	Skip     atalaya.SkipReason  // of RowSkipped
	Suspect  bool                // the next attempt has the browser to itself
	Siblings bool                // the user's waiting captures of the same chart fail with it
	Hung     bool                // the attempt ran into its time limit
	Job      atalaya.JobVerdict  // for the queue
}

// outcome names an ending for a trace.
func (e Ending) outcome() string {
	switch {
	case e.Row == RowCompleted:
		return string(atalaya.ScreenshotCompleted)
	case e.Skip != "":
		return string(e.Skip)
	case e.Code != "":
		return string(e.Code)
	}
	return "put_off"
}

// Conclude returns what follows from an attempt. It is the whole policy of failures:
//
//   - an interrupted attempt, and one that got no account, is not counted
//   - a claimed capture that another attempt may help goes back to its own job, which retries
//   - if the site or the storage does not answer or asks for patience, the attempt is not counted
//   - if the browser gave no page, or died under several, the attempt is not counted
//   - a final code ends the capture, every other one after the last attempt
//   - if the chart itself cannot be captured, its captures that already wait end too, because they would fail
func Conclude(a Attempt) Ending {
	code := atalaya.CaptureCodeOf(a.Err)
	var refused *accountRefused
	var skip *skipped
	noAccount := errors.As(a.Err, &refused)
	switch {
	case a.Err == nil:
		return Ending{Row: RowCompleted, Job: atalaya.JobVerdict{Action: atalaya.JobDone}}
	case errors.As(a.Err, &skip) && !a.Claimed:
		return Ending{Row: RowSkipped, Skip: skip.reason, Job: atalaya.JobVerdict{Action: atalaya.JobDone}}
	case noAccount && !a.Claimed:
		return a.withoutAccount(refused.lease)
	case noAccount, skip != nil, a.Interrupted && !code.Final():
		return Ending{Row: RowPending, Job: snooze(0)}
	case a.Claimed && !code.Final():
		return Ending{Row: RowPending, Code: code, Hung: a.hung(), Job: snooze(0)}
	}
	end := Ending{Row: RowPending, Code: code, Hung: a.hung(), Job: atalaya.JobVerdict{Action: atalaya.JobRetry, Err: a.Err}}
	after, uncounted := a.uncounted()
	switch {
	case uncounted:
		end.Suspect, end.Job = isSuspect(a.Err), snooze(after)
	case code == atalaya.CaptureSessionExpired:
		end.Row, end.Job.Action = RowExpired, atalaya.JobStop
	case code.Final(), a.Last:
		end.Row, end.Job.Action = RowFailed, atalaya.JobStop
		end.Siblings = code.OfChart()
	}
	return end
}

func snooze(after time.Duration) atalaya.JobVerdict {
	return atalaya.JobVerdict{Action: atalaya.JobSnooze, After: after}
}

// withoutAccount concludes an attempt that did not get its TradingView account.
func (a Attempt) withoutAccount(lease atalaya.AccountLease) Ending {
	switch lease.State {
	case atalaya.AccountSpent:
		return Ending{Row: RowSkipped, Skip: atalaya.SkipRateLimited, Job: atalaya.JobVerdict{Action: atalaya.JobDone}}
	case atalaya.AccountResting:
		return Ending{Row: RowPending, Job: snooze(a.until(lease.Rest))}
	default:
		return Ending{Row: RowPending, Job: snooze(a.soon())}
	}
}

const (
	// busyPause is the least time before a capture tries again to lease its account. It need not be short:
	// the burst that holds the account takes the waiting captures too.
	busyPause = time.Second
	// firstRest is what a capture without an account waits after the site asked for patience.
	firstRest = 30 * time.Second
	// leastPause and maxPause bound the wait for a site or a storage that does not answer.
	leastPause = 5 * time.Second
	maxPause   = time.Minute
)

// uncounted reports whether the failure is not the capture's own, and when the next attempt is due.
func (a Attempt) uncounted() (after time.Duration, ok bool) {
	var r *resting
	var n *noPage
	code := atalaya.CaptureCodeOf(a.Err)
	switch {
	case errors.As(a.Err, &r):
		return a.until(r.rest), true
	case code.Snoozed():
		return a.until(max(firstRest, retryAfter(a.Err))), true
	case code == atalaya.CaptureStorageUnavailable, siteAway(a.Err):
		return a.until(min(max(a.age()/4, leastPause), maxPause)), true
	case errors.As(a.Err, &n), isSuspect(a.Err):
		return a.soon(), true
	}
	return 0, false
}

// hung reports whether the attempt ran into its time limit at the site.
func (a Attempt) hung() bool {
	var n *noPage
	code := atalaya.CaptureCodeOf(a.Err)
	return a.Took >= a.HangsAfter && !errors.As(a.Err, &n) && code != atalaya.CaptureStorageUnavailable && code != atalaya.CaptureInternal
}

func (a Attempt) age() time.Duration { return a.Now.Sub(a.Task.ArrivedAt) }

// soon is a short pause.
func (a Attempt) soon() time.Duration {
	return busyPause + time.Duration(a.Jitter*float64(busyPause))
}

// until returns a pause of at least the given time, but none that ends after the moment at which the capture
// is too late.
func (a Attempt) until(rest time.Duration) time.Duration {
	rest += time.Duration(a.Jitter * float64(rest/8+time.Second))
	return max(0, min(rest, a.MaxAge-a.age()+time.Second))
}

// skipped is the error of a capture for which no picture can be taken.
type skipped struct{ reason atalaya.SkipReason }

// Error implements error.
func (s *skipped) Error() string { return "nothing can be captured: " + string(s.reason) }

// accountRefused is the failure to lease a TradingView account.
type accountRefused struct{ lease atalaya.AccountLease }

// Error implements error.
func (r *accountRefused) Error() string {
	if r.lease.State == atalaya.AccountSpent {
		return "the TradingView account has had its captures for this UTC day; CAPTURE_DAILY_CAP is the limit"
	}
	return "the TradingView account is not to be captured now"
}

// resting is the failure of a capture whose site asked for patience. The account rests for that time.
type resting struct {
	rest  time.Duration
	cause error
}

// Error implements error.
func (r *resting) Error() string { return r.cause.Error() }

// Unwrap returns what the site said.
func (r *resting) Unwrap() error { return r.cause }

// noPage is the failure of the browser to give a page in time, because others had it. The site was not
// asked.
type noPage struct{ cause error }

// Error implements error.
func (n *noPage) Error() string { return n.cause.Error() }

// Unwrap returns what the camera said.
func (n *noPage) Unwrap() error { return n.cause }

// openingFailed marks a failure to open a page in time. A page that is opened goes nowhere yet, so no time
// was spent at the site.
func openingFailed(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = &atalaya.CaptureError{Code: atalaya.CaptureNavigationTimeout, Step: "browser", Detail: "no page in time", Err: err}
	}
	if atalaya.CaptureCodeOf(err) == atalaya.CaptureNavigationTimeout {
		return &noPage{err}
	}
	return err
}

func retryAfter(err error) time.Duration {
	var e *atalaya.CaptureError
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// siteAway reports whether the site answered 5xx or did not answer.
func siteAway(err error) bool {
	var e *atalaya.CaptureError
	return errors.As(err, &e) && e.Away
}

// isSuspect reports whether the browser died with several pages open. Running each of them alone shows which one
// killed it.
func isSuspect(err error) bool {
	var s interface{ Suspect() bool }
	return errors.As(err, &s) && s.Suspect()
}
