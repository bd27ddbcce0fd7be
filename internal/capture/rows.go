package capture

import (
	"context"
	"time"

	"atalaya"
)

// Rows is the storage that captures need.
type Rows struct {
	Signals  Signals
	Accounts Accounts
	Claims   Claims
	Sessions Sessions
}

// Signals is the storage of the screenshots' states.
type Signals interface {
	// BeginCapture marks a signal as processing and returns its task. The proposed path is stored if this capture
	// has none yet, so that a second attempt writes to the same place. ok is false if there is nothing to do,
	// because the signal is gone or its screenshot is settled.
	BeginCapture(ctx context.Context, id atalaya.SignalID, propose func(atalaya.CaptureTask) string) (task atalaya.CaptureTask, ok bool, err error)
	// CompleteCapture records a stored picture. ok is false if no signal wants the picture, because the signal is
	// gone or a later capture has replaced it. ok is true if another attempt at this capture was first: the picture
	// at this path is then the same.
	CompleteCapture(ctx context.Context, task atalaya.CaptureTask, p atalaya.Picture, url string) (ok bool, err error)
	// PauseCapture sets a signal back to pending between attempts. Code "" keeps that of an earlier one.
	PauseCapture(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) error
	// FailCapture ends a signal's capture as failed.
	FailCapture(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) error
	// SkipCapture ends a signal's capture as skipped.
	SkipCapture(ctx context.Context, task atalaya.CaptureTask, reason atalaya.SkipReason) error
	// SuspectCapture gives the task's next attempt the browser to itself.
	SuspectCapture(ctx context.Context, task atalaya.CaptureTask) error
	// MarkHung notes whether the user's last attempt ran into its time limit.
	MarkHung(ctx context.Context, user atalaya.UserID, hung bool) error
	// KeepEvidence stores what a failed attempt saw, for the operator.
	KeepEvidence(ctx context.Context, task atalaya.CaptureTask, failure *atalaya.CaptureError) error
}

// Accounts is the storage of leases of TradingView accounts. They hold over all replicas.
type Accounts interface {
	// LeaseAccount leases an account to one capture, for at most the given time, and counts the capture for the UTC
	// day. perDay bounds the captures of a day; 0 means no bound. The lease says why the account was not leased.
	LeaseAccount(ctx context.Context, account []byte, id atalaya.SignalID, most time.Duration, perDay int64) (atalaya.AccountLease, error)
	// LeaseForCheck leases an account for a check of cookies. It does not count as a capture.
	LeaseForCheck(ctx context.Context, account []byte, user atalaya.UserID, most time.Duration) (atalaya.AccountLease, error)
	// ReleaseAccount ends the lease.
	ReleaseAccount(ctx context.Context, account []byte, id atalaya.SignalID) error
	// RestAccount makes an account's captures wait after the site asked for patience. They wait for at least
	// the time asked for, longer with each strike in a row. It returns the time.
	RestAccount(ctx context.Context, account []byte, asked time.Duration) (time.Duration, error)
	// ForgiveAccount ends the strikes.
	ForgiveAccount(ctx context.Context, account []byte) error
}

// Claims is the queue, as a burst sees it.
type Claims interface {
	// ClaimCapture claims the user's oldest waiting capture, across all replicas. If the claim has not ended after
	// the given time, the capture's own job runs. ok is false if none waits, or if another user waits for a slot.
	ClaimCapture(ctx context.Context, user atalaya.UserID, held time.Duration) (claim atalaya.CaptureClaim, ok bool, err error)
	// EndClaim ends a claim. If done, the capture's own job is completed, else it may run now.
	EndClaim(ctx context.Context, claim atalaya.CaptureClaim, done bool) error
	// FailSiblings ends the user's captures of the task's chart that waited already when its attempt began,
	// and would use the same cookies. It returns how many.
	FailSiblings(ctx context.Context, task atalaya.CaptureTask, code atalaya.CaptureCode) (int64, error)
}

// Sessions stores what is known of users' TradingView sessions.
type Sessions interface {
	// ExpireSession notes that TradingView refused the task's cookies, and fails the user's waiting
	// captures, unless newer cookies have been stored since. first is false if the refusal was known already.
	// newer is true if there are newer cookies that are not known to be refused.
	ExpireSession(ctx context.Context, task atalaya.CaptureTask) (first, newer bool, err error)
	// BeginCookieCheck returns a task with the sealed cookies of a user whose check is pending. ok is false if
	// there is nothing to check.
	BeginCookieCheck(ctx context.Context, user atalaya.UserID) (task atalaya.CaptureTask, ok bool, err error)
	// EndCookieCheck records what the site said of the task's cookies. Unless the session has ended, captures that
	// an earlier session failed are queued again, if their alerts came after the given time. It does nothing if
	// other cookies were stored meanwhile: the check then continues with those.
	EndCookieCheck(ctx context.Context, task atalaya.CaptureTask, state atalaya.CookieState, since time.Time) error
}
