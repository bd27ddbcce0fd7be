package channel

import (
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxBuckets bounds how many tokens are remembered. When it is reached, all are forgotten, and some requests may be
// answered 429.
const maxBuckets = 10_000

// tokenHash names a token without holding it.
type tokenHash [sha256.Size]byte

func hashOf(token string) tokenHash { return sha256.Sum256([]byte(token)) }

// buckets is a rate limit for each token.
type buckets struct {
	limit rate.Limit
	burst int

	mu  sync.Mutex
	all map[tokenHash]*rate.Limiter
}

func newBuckets(limit rate.Limit, burst int) *buckets {
	return &buckets{limit: limit, burst: burst, all: map[tokenHash]*rate.Limiter{}}
}

// take takes a slot of a token. wait is 0 if there was one, otherwise the time until there is. known reports whether
// the token was seen before.
func (b *buckets) take(token string, now time.Time) (wait time.Duration, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := hashOf(token)
	limiter, known := b.all[key]
	if !known {
		if len(b.all) >= maxBuckets {
			clear(b.all)
		}
		limiter = rate.NewLimiter(b.limit, b.burst)
		b.all[key] = limiter
	}
	r := limiter.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait, known
}

// has reports whether a token was seen before.
func (b *buckets) has(token string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.all[hashOf(token)]
	return ok
}

// breaker opens after too many bad answers within a time. While it is open, nobody sends: all users share our address.
type breaker struct {
	most   int // bad answers that open it
	within time.Duration
	opened time.Duration // how long it stays open

	mu    sync.Mutex
	bad   []time.Time
	until time.Time
}

// wait is how long the breaker stays open, 0 if it is closed.
func (b *breaker) wait(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(0, b.until.Sub(now))
}

// note counts a bad answer.
func (b *breaker) note(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = append(b.bad, now)
	for len(b.bad) > 0 && now.Sub(b.bad[0]) > b.within {
		b.bad = b.bad[1:]
	}
	if len(b.bad) >= b.most {
		b.bad, b.until = nil, now.Add(b.opened)
	}
}

// open opens the breaker at once.
func (b *breaker) open(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = now.Add(b.opened)
}
