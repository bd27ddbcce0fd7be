package ingest

import (
	"crypto/sha256"
	"sync"
	"time"

	"atalaya"
)

const (
	// unknownFor is how long the database's "no such token" is believed. A sign-up makes a token
	// that nobody can have tried before, so only a guesser meets the delay.
	unknownFor = time.Minute
	// unknownMost bounds what a guesser can make us remember: 10,000 hashes are under a megabyte.
	unknownMost = 10_000
)

// unknownTokens remembers tokens that the database did not know, by hash.
type unknownTokens struct {
	now func() time.Time

	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

func newUnknownTokens(now func() time.Time) *unknownTokens {
	return &unknownTokens{now: now, until: make(map[[sha256.Size]byte]time.Time)}
}

// holds says whether the token was unknown less than a minute ago.
func (u *unknownTokens) holds(token atalaya.WebhookToken) bool {
	key := sha256.Sum256([]byte(token.Reveal()))
	u.mu.Lock()
	defer u.mu.Unlock()
	until, ok := u.until[key]
	return ok && u.now().Before(until)
}

// remember notes that the database does not know the token. When full it first forgets what has
// expired, and everything where that is not enough: forgetting costs a look-up, never an alert.
func (u *unknownTokens) remember(token atalaya.WebhookToken) {
	key := sha256.Sum256([]byte(token.Reveal()))
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.now()
	if len(u.until) >= unknownMost {
		for k, until := range u.until {
			if !now.Before(until) {
				delete(u.until, k)
			}
		}
		if len(u.until) >= unknownMost {
			clear(u.until)
		}
	}
	u.until[key] = now.Add(unknownFor)
}
