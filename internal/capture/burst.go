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
// account are had and given back together.
type burst struct {
	holder  atalaya.SignalID // of the job; the lease is in its name, whichever signal is captured
	began   time.Time
	user    atalaya.UserID
	alone   bool                             // its page has the browser to itself, and other users wait for that
	account []byte                           // leased; nil where none is
	visit   Visit                            // nil where no page is open
	taken   map[atalaya.CaptureRequest]taken // the latest picture of each request in this page
}

// taken is a picture that alerts of the same request share which came before its capture began.
type taken struct {
	picture atalaya.Picture
	begun   time.Time // by the database's clock
}

// picture gives the burst's picture of the same request, where its capture began after this task's
// alert arrived, and else takes one.
func (s *Service) picture(ctx context.Context, b *burst, task atalaya.CaptureTask, req atalaya.CaptureRequest, log *slog.Logger) (atalaya.Picture, error) {
	if t, ok := b.taken[req]; ok && task.ArrivedAt.Before(t.begun) {
		log.InfoContext(ctx, "the screenshot of an alert that came together with this one is shared")
		return t.picture, nil
	}
	if err := s.enter(ctx, b, req.Session); err != nil {
		return atalaya.Picture{}, err
	}
	log.InfoContext(ctx, "capture started", "chart_id", task.ChartID, "symbol", task.Symbol, "interval", task.Interval)
	picture, err := s.shoot(ctx, b, req, func(step atalaya.CaptureStep) {
		log.DebugContext(ctx, "capture step", "step", step.Name, "detail", step.Detail, "elapsed_ms", step.Elapsed.Milliseconds())
	})
	if b.account != nil {
		err = s.heed(ctx, b.account, err, log)
	}
	if err == nil {
		b.taken[req] = taken{picture, task.BegunAt}
	}
	return picture, err
}

// enter takes the account of a session for the burst, once more for each capture: that counts it.
func (s *Service) enter(ctx context.Context, b *burst, session atalaya.TVSession) error {
	var account []byte
	if !session.IsZero() {
		account = s.keys.Fingerprint(session.ID)
	}
	if !bytes.Equal(account, b.account) { // the user has stored other cookies
		s.leave(ctx, b)
	}
	if account == nil {
		return nil
	}
	lease, err := s.rows.LeaseAccount(ctx, account, b.holder, s.opt.Lease, s.opt.PerDay)
	if err != nil {
		return err
	}
	if lease.State != atalaya.AccountTaken {
		return &notTaken{lease}
	}
	b.account = account
	return nil
}

// shoot takes a picture in the burst's page, or in a new one where that does not serve.
func (s *Service) shoot(ctx context.Context, b *burst, req atalaya.CaptureRequest, progress func(atalaya.CaptureStep)) (atalaya.Picture, error) {
	if b.visit == nil || !b.visit.Serves(req) {
		b.close()
		visit, err := s.camera.Open(ctx, req, progress)
		if err != nil {
			return atalaya.Picture{}, opening(ctx, err)
		}
		b.visit, b.taken = visit, map[atalaya.CaptureRequest]taken{}
	}
	return b.visit.Capture(ctx, req, progress)
}

// leave closes the page and gives the account back, also where the job was cancelled.
func (s *Service) leave(ctx context.Context, b *burst) {
	b.close()
	if b.account != nil {
		s.release(ctx, b.account, b.holder, s.log.With("user_id", b.user))
		b.account = nil
	}
}

func (b *burst) close() {
	if b.visit != nil {
		b.visit.Close()
		b.visit, b.taken = nil, nil
	}
}

// goOn takes the user's captures that wait, one after the other. Every picture passes the whole
// verdict; the first capture that does not end well goes back to its own job, uncounted, and ends the
// burst.
func (s *Service) goOn(ctx context.Context, b *burst) {
	for ctx.Err() == nil && s.now().Sub(b.began) < s.opt.Burst {
		claim, ok, err := s.rows.ClaimCapture(ctx, b.user, s.opt.Lease)
		if err != nil {
			s.log.WarnContext(ctx, "the user's next captures wait for jobs of their own", "user_id", b.user, "error", err)
		}
		if !ok {
			return
		}
		done := s.follow(ctx, b, claim.SignalID)
		settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
		err = s.rows.EndClaim(settle, claim, done)
		cancel()
		if err != nil { // the job comes by itself, and finds a signal that is settled
			s.log.WarnContext(ctx, "the job of a capture waits in vain", "signal_id", claim.SignalID, "error", err)
		}
		if !done {
			return
		}
	}
}

// follow makes an attempt at a further capture of the burst; done is false where its own job has to.
func (s *Service) follow(ctx context.Context, b *burst, id atalaya.SignalID) (done bool) {
	start := s.now()
	log := s.log.With("signal_id", id, "user_id", b.user)
	task, ok, err := s.rows.BeginCapture(ctx, id, func(t atalaya.CaptureTask) string { return picturePath(t, start) })
	if err != nil || !ok {
		return err == nil
	}
	picture, err := s.attempt(ctx, b, task, log)
	if err != nil {
		s.leave(ctx, b)
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	if err == nil {
		err = s.complete(settle, task, picture)
	}
	if err == nil {
		s.tell(ctx, picture, s.now().Sub(start), log)
		return true
	}
	code := blame(ctx, err)
	log.InfoContext(settle, "capture given back to its own job", "code", code, "cause", err)
	if err := s.rows.PauseCapture(settle, task, code); err != nil {
		log.WarnContext(settle, "the capture goes on when its job comes", "error", err)
	}
	return false
}

// blame is the code of a further capture's failure, which no burst tries again; "" where it was not made or
// was interrupted.
func blame(ctx context.Context, cause error) atalaya.CaptureCode {
	var held *notTaken
	code := atalaya.CaptureCodeOf(cause)
	if errors.As(cause, &held) || errors.Is(ctx.Err(), context.Canceled) && !code.Final() {
		return ""
	}
	return code
}
