package ingest

import (
	"crypto/sha256"
	"sync"
	"time"

	"atalaya"
)

const (
	// unknownFor is how long the database's "no such token" is remembered. A sign-up makes a token that was never
	// tried before, so the delay hits only guessers.
	unknownFor = time.Minute
	// knownFor is how long a token that the database knew is let in without a look-up.
	knownFor = time.Hour
	// troubleFor is how long TradingView may send an alert again after a 503: three times, 5 s apart,
	// and some more for the way.
	troubleFor = 30 * time.Second
	// maxTokens bounds what strangers can make us remember: 10,000 hashes are under a megabyte.
	maxTokens = 10_000
)

// tokenMemory remembers tokens for a while, by hash.
type tokenMemory struct {
	keep time.Duration
	now  func() time.Time

	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

func newTokenMemory(keep time.Duration, now func() time.Time) *tokenMemory {
	return &tokenMemory{keep: keep, now: now, until: make(map[[sha256.Size]byte]time.Time)}
}

// holds reports whether the token was remembered less than keep ago.
func (m *tokenMemory) holds(token atalaya.WebhookToken) bool {
	key := sha256.Sum256([]byte(token.Reveal()))
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.until[key]
	return ok && m.now().Before(until)
}

// forget drops a token.
func (m *tokenMemory) forget(token atalaya.WebhookToken) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.until, sha256.Sum256([]byte(token.Reveal())))
}

// remember notes a token. If the memory is full, it drops expired tokens and, if that is not enough, all of
// them: that costs a look-up or the window after a 503, never an alert.
func (m *tokenMemory) remember(token atalaya.WebhookToken) {
	key := sha256.Sum256([]byte(token.Reveal()))
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if len(m.until) >= maxTokens {
		for k, until := range m.until {
			if !now.Before(until) {
				delete(m.until, k)
			}
		}
		if len(m.until) >= maxTokens {
			clear(m.until)
		}
	}
	m.until[key] = now.Add(m.keep)
}
