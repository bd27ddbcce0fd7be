package upkeep

import (
	"context"
	"sync"
	"time"

	"atalaya"
)

// expiryPortions bounds what one round takes on, a thousand signals each: the rest is for the next.
const expiryPortions = 20

// expirePictures removes the pictures of signals that are older than their user's plan keeps them. The
// signals stay.
func (u *Upkeep) expirePictures(ctx context.Context) error {
	before := map[atalaya.Plan]time.Time{}
	for plan, kept := range u.opt.PictureRetention {
		before[plan] = u.now().Add(-kept)
	}
	if len(before) == 0 || !u.expiry.due(u.now()) {
		return nil
	}
	var total int64
	for range expiryPortions {
		n, err := u.rows.ExpirePictures(ctx, before)
		if err != nil {
			u.expiry.again()
			return err
		}
		total += n
		u.meter.PicturesExpired(int(n))
		if n == 0 {
			if total > 0 {
				u.log.InfoContext(ctx, "pictures that are older than their plan keeps them are removed", "signals", total)
			}
			return nil
		}
	}
	u.expiry.again()
	u.log.InfoContext(ctx, "pictures that are older than their plan keeps them are removed; more follow in the next round", "signals", total)
	return nil
}

// schedule tells when something is due that is not done in every round. It is safe for concurrent use.
type schedule struct {
	every time.Duration
	mu    sync.Mutex
	next  time.Time
}

// due reports whether it is time, and sets the next one.
func (s *schedule) due(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.next) {
		return false
	}
	s.next = now.Add(s.every)
	return true
}

// again makes it due at the next round.
func (s *schedule) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = time.Time{}
}
