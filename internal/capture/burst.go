package capture

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"time"

	"atalaya"
)

// burst is what one job holds while it works: a page, signed in with one session, and the session's
// account. TradingView closes the oldest tab of an account that has too many, so the page and the
// account are leased and released together.
type burst struct {
	holder  atalaya.SignalID // of the job; the lease is in its name, whichever signal is captured
	began   time.Time
	user    atalaya.UserID
	alone   bool                                  // its page has the browser to itself, and other users wait for that
	account []byte                                // leased; nil if none is
	visit   Visit                                 // nil if no page is open
	shared  map[atalaya.CaptureRequest]sharedShot // the latest picture of each request in this page
}

// sharedShot is a picture that alerts of the same request share if they came before its capture began.
type sharedShot struct {
	picture atalaya.Picture
	begun   time.Time // by the database's clock
}

// picture returns the burst's picture of the same request if its capture began after this task's alert
// arrived. Otherwise it takes one.
func (s *Service) picture(ctx context.Context, b *burst, task atalaya.CaptureTask, req atalaya.CaptureRequest, log *slog.Logger) (atalaya.Picture, error) {
	if shot, ok := b.shared[req]; ok && task.ArrivedAt.Before(shot.begun) {
		log.InfoContext(ctx, "the screenshot of an alert that came together with this one is shared")
		return shot.picture, nil
	}
	if err := s.lease(ctx, b, req.Session); err != nil {
		return atalaya.Picture{}, err
	}
	log.InfoContext(ctx, "capture started", "chart_id", task.ChartID, "symbol", task.Symbol, "interval", task.Interval)
	picture, err := s.takePicture(ctx, b, req, func(step atalaya.CaptureStep) {
		log.DebugContext(ctx, "capture step", "step", step.Name, "detail", step.Detail, "elapsed_ms", step.Elapsed.Milliseconds())
	})
	if b.account != nil {
		err = s.restOrForgive(ctx, b.account, err, log)
	}
	if err == nil {
		b.shared[req] = sharedShot{picture, task.BegunAt}
	}
	return picture, err
}

// lease takes the account of a session for the burst. It is called for each capture, because the lease also
// counts captures.
func (s *Service) lease(ctx context.Context, b *burst, session atalaya.TVSession) error {
	var account []byte
	if !session.IsZero() {
		account = s.keys.Fingerprint(session.ID)
	}
	if !bytes.Equal(account, b.account) { // the user has stored other cookies
		s.release(ctx, b)
	}
	if account == nil {
		return nil
	}
	lease, err := s.rows.Accounts.LeaseAccount(ctx, account, b.holder, s.opt.Lease, s.opt.PerDay)
	if err != nil {
		return err
	}
	if lease.State != atalaya.AccountTaken {
		return &accountRefused{lease}
	}
	b.account = account
	return nil
}

// takePicture takes a picture in the burst's page, or in a new one if that page cannot take it.
func (s *Service) takePicture(ctx context.Context, b *burst, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	if b.visit == nil || !b.visit.CanTake(req) {
		b.close()
		visit, err := s.camera.Open(ctx, req, progress)
		if err != nil {
			return atalaya.Picture{}, openingFailed(ctx, err)
		}
		b.visit, b.shared = visit, map[atalaya.CaptureRequest]sharedShot{}
	}
	return b.visit.Capture(ctx, req, progress)
}

// restOrForgive lets the account rest if the site asked for patience, and ends its strikes after a picture.
// It returns the attempt's own error, with the rest if there is one.
func (s *Service) restOrForgive(ctx context.Context, account []byte, cause error, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if cause == nil {
		if err := s.rows.Accounts.ForgiveAccount(ctx, account); err != nil {
			log.WarnContext(ctx, "the account's next pause may be longer than necessary", "error", err)
		}
		return nil
	}
	code := atalaya.CaptureCodeOf(cause)
	if !code.Snoozed() {
		return cause
	}
	rest, err := s.rows.Accounts.RestAccount(ctx, account, retryAfter(cause))
	if err != nil {
		return errors.Join(cause, err)
	}
	log.WarnContext(ctx, "TradingView wants fewer requests: the account's captures pause on every replica", "code", code, "rest", rest)
	return &resting{rest: rest, cause: cause}
}

// release closes the page and releases the account, even if the job was cancelled. If that fails, the lease
// expires.
func (s *Service) release(ctx context.Context, b *burst) {
	b.close()
	if b.account != nil {
		s.releaseAccount(ctx, b.account, b.holder, s.log.With("user_id", b.user))
		b.account = nil
	}
}

func (s *Service) releaseAccount(ctx context.Context, account []byte, holder atalaya.SignalID, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err := s.rows.Accounts.ReleaseAccount(ctx, account, holder); err != nil {
		log.WarnContext(ctx, "the next capture of this account waits for the lease to end", "error", err)
	}
}

func (b *burst) close() {
	if b.visit != nil {
		b.visit.Close()
		b.visit, b.shared = nil, nil
	}
}

// drainUser takes the user's waiting captures, one after the other. Every picture passes the whole verdict. The
// first capture that does not succeed ends the burst. Unless it failed for good, it goes back to its own job.
func (s *Service) drainUser(ctx context.Context, b *burst) {
	for ctx.Err() == nil && s.now().Sub(b.began) < s.opt.Burst {
		claim, ok, err := s.rows.Claims.ClaimCapture(ctx, b.user, s.opt.Lease)
		if err != nil {
			s.log.WarnContext(ctx, "the user's next captures wait for jobs of their own", "user_id", b.user, "error", err)
		}
		if !ok {
			return
		}
		end := s.capture(ctx, b, claim.SignalID, Attempt{Claimed: true})
		done := end.Row == RowCompleted || end.Job.Action == atalaya.JobStop
		settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
		err = s.rows.Claims.EndClaim(settle, claim, done)
		cancel()
		if err != nil { // the capture's own job runs, and finds its signal settled
			s.log.WarnContext(ctx, "a claimed capture's own job will run, and find nothing to do", "signal_id", claim.SignalID, "error", err)
		}
		if end.Row != RowCompleted {
			return
		}
	}
}
