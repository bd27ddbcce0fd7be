package upkeep

import (
	"context"
	"errors"
	"time"

	"atalaya"
)

// Stuck is the storage that ends stuck sessions.
type Stuck interface {
	// FailStrandedCaptures fails signals older than the given time that still wait.
	FailStrandedCaptures(ctx context.Context, before time.Time) (int64, error)
	// Blockers returns the sessions that hold rows of users for longer than patience.
	Blockers(ctx context.Context, patience time.Duration) ([]atalaya.Blocker, error)
	// EndOwnBlockers ends those that are this service's own, and returns how many it ended.
	EndOwnBlockers(ctx context.Context, patience time.Duration) (int64, error)
}

const (
	// blockerPatience is how long others may hold rows of users before they are named.
	blockerPatience = 10 * time.Second
	// ownPatience is longer than any transaction of ours can take, whose statements end after a minute.
	ownPatience = 90 * time.Second
	// namedEvery bounds the log lines about one blocker.
	namedEvery = time.Minute
)

// endBlockers ends sessions of ours whose process is gone or stuck, and names those of others.
func (u *Upkeep) endBlockers(ctx context.Context) error {
	ended, err := u.rows.EndOwnBlockers(ctx, ownPatience)
	if ended > 0 {
		u.log.WarnContext(ctx, "sessions of this service that kept users locked were ended", "sessions", ended)
	}
	list, errLook := u.rows.Blockers(ctx, blockerPatience)
	if now := u.now(); now.Sub(u.named) >= namedEvery {
		for _, b := range list {
			if b.Ours {
				continue
			}
			u.named = now
			u.log.WarnContext(ctx, "a database session keeps users locked, whose alerts are answered 503 until it ends: commit or roll back its transaction, or end it with select pg_terminate_backend(pid)",
				"pid", b.PID, "application", b.Application, "role", b.Role, "state", b.State, "seconds", int64(b.For.Seconds()))
		}
	}
	return errors.Join(err, errLook)
}
