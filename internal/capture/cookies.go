package capture

import (
	"context"
	"log/slog"
	"math/rand/v2"

	"atalaya"
)

// CheckCookies asks the site whether a user's session is alive, while it holds the lease of the account. It
// returns what the queue does next. The session ends only if the site says so. If the site cannot be asked,
// the session stays as it is. An account that rests is not asked for; its waiting captures rest with it.
func (s *Service) CheckCookies(ctx context.Context, user atalaya.UserID) atalaya.JobVerdict {
	task, ok, err := s.rows.Sessions.BeginCookieCheck(ctx, user)
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
		account := s.keys.Fingerprint(session.ID)
		lease, err := s.rows.Accounts.LeaseForCheck(ctx, account, user, s.opt.Lease)
		if err != nil {
			return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
		}
		if lease.State == atalaya.AccountBusy {
			return atalaya.JobVerdict{Action: atalaya.JobSnooze, After: busyPause + rand.N(busyPause)}
		}
		if lease.State == atalaya.AccountTaken {
			defer s.releaseAccount(ctx, account, atalaya.SignalID(user), log) // a lease is held by any UUID
			state = s.ask(ctx, account, session, log)
		}
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	log.InfoContext(ctx, "TradingView session checked", "state", state)
	if state == atalaya.CookiesExpired {
		if _, _, err := s.rows.Sessions.ExpireSession(settle, task); err != nil {
			return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
		}
	}
	if err := s.rows.Sessions.EndCookieCheck(settle, task, state, s.now().Add(-s.opt.MaxAge)); err != nil {
		return atalaya.JobVerdict{Action: atalaya.JobRetry, Err: err}
	}
	return atalaya.JobVerdict{Action: atalaya.JobDone}
}

// ask returns what the site says about a session. If the site asks for fewer requests, the account rests.
func (s *Service) ask(ctx context.Context, account []byte, session atalaya.TVSession, log *slog.Logger) atalaya.CookieState {
	alive, err := s.camera.CheckSession(ctx, session)
	err = s.restOrForgive(ctx, account, err, log)
	switch {
	case err != nil && atalaya.CaptureCodeOf(err) == atalaya.CaptureSessionExpired, err == nil && !alive:
		return atalaya.CookiesExpired
	case err != nil:
		return atalaya.CookiesUnknown
	}
	return atalaya.CookiesAlive
}
