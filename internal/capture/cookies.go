package capture

import (
	"context"
	"math/rand/v2"
	"time"

	"atalaya"
)

// CheckRows is the storage that a check of cookies needs.
type CheckRows interface {
	// BeginCookieCheck gives the sealed cookies of a user whose check is pending; ok is false where there
	// is nothing to check.
	BeginCookieCheck(ctx context.Context, user atalaya.UserID) (task atalaya.CaptureTask, ok bool, err error)
	// EndCookieCheck records what the site said of the task's cookies. Unless the session has ended, the
	// captures that an earlier one has ended wait again, of alerts that came since the given time.
	EndCookieCheck(ctx context.Context, task atalaya.CaptureTask, state atalaya.CookieState, since time.Time) error
}

// CheckCookies asks the site whether a user's session is alive, with the account to itself. The session
// ends only on the site's own word; a site that cannot be asked leaves it as it is.
func (s *Service) CheckCookies(ctx context.Context, user atalaya.UserID) atalaya.JobVerdict {
	task, ok, err := s.rows.BeginCookieCheck(ctx, user)
	if err != nil {
		return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
	}
	if !ok {
		return atalaya.JobVerdict{Action: atalaya.JobDone}
	}
	log := s.log.With("user_id", user)
	state := atalaya.CookiesUnknown
	session, err := s.session(task)
	if err == nil {
		account, holder := s.keys.Fingerprint(session.ID), atalaya.SignalID(user) // a lease is held by any UUID
		lease, err := s.rows.LeaseAccount(ctx, account, holder, s.opt.Lease, 0)
		if err != nil {
			return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
		}
		if lease.State == atalaya.AccountBusy {
			return atalaya.JobVerdict{Action: atalaya.JobSnooze, After: busyPause + rand.N(busyPause)}
		}
		if lease.State == atalaya.AccountTaken {
			defer s.release(ctx, account, holder, log)
			state = s.ask(ctx, session)
		}
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	log.InfoContext(ctx, "TradingView session checked", "state", state)
	if state == atalaya.CookiesExpired {
		if _, err := s.rows.ExpireSession(settle, task); err != nil {
			return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
		}
	}
	if err := s.rows.EndCookieCheck(settle, task, state, s.now().Add(-s.opt.MaxAge)); err != nil {
		return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
	}
	return atalaya.JobVerdict{Action: atalaya.JobDone}
}

// ask is what the site says of a session.
func (s *Service) ask(ctx context.Context, session atalaya.TVSession) atalaya.CookieState {
	alive, err := s.camera.CheckSession(ctx, session)
	switch {
	case err != nil && atalaya.CaptureCodeOf(err) == atalaya.CaptureSessionExpired, err == nil && !alive:
		return atalaya.CookiesExpired
	case err != nil:
		return atalaya.CookiesUnknown
	}
	return atalaya.CookiesAlive
}
