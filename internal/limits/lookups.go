package limits

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Look-ups of webhook tokens that nobody has: what guessing costs. Only misses count, so that a sender
// whose tokens are right is never held back, and TradingView's few addresses, which all of its users
// share, have room for some wrong URLs.
const (
	missesPerSecond = 100 // of all senders together
	missesAtOnce    = 1000
	senderPerSecond = 5
	senderAtOnce    = 100
	// mostSenders bounds what strangers can make us remember.
	mostSenders = 10_000
)

// Lookups throttles look-ups of tokens that have not been seen. Safe for concurrent use.
type Lookups struct {
	now func() time.Time
	all *rate.Limiter

	mu      sync.Mutex
	senders map[netip.Prefix]*rate.Limiter
}

// NewLookups makes Lookups that go by the clock now.
func NewLookups(now func() time.Time) *Lookups {
	return &Lookups{now: now, all: rate.NewLimiter(missesPerSecond, missesAtOnce), senders: make(map[netip.Prefix]*rate.Limiter)}
}

// Allowed says whether a sender may have an unseen token looked up.
func (l *Lookups) Allowed(sender netip.Addr) bool {
	l.mu.Lock()
	bucket := l.senders[network(sender)]
	l.mu.Unlock()
	now := l.now()
	return l.all.TokensAt(now) >= 1 && (bucket == nil || bucket.TokensAt(now) >= 1)
}

// Missed counts a look-up that found nobody.
func (l *Lookups) Missed(sender netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.all.AllowN(now, 1)
	from := network(sender)
	bucket := l.senders[from]
	if bucket == nil {
		if len(l.senders) >= mostSenders {
			clear(l.senders) // the bucket of all still holds
		}
		bucket = rate.NewLimiter(senderPerSecond, senderAtOnce)
		l.senders[from] = bucket
	}
	bucket.AllowN(now, 1)
}

// network is what one sender can have addresses in: itself, or its /64 in IPv6.
func network(sender netip.Addr) netip.Prefix {
	sender = sender.Unmap()
	bits := 32
	if sender.Is6() {
		bits = 64
	}
	prefix, err := sender.Prefix(bits)
	if err != nil { // no address is known
		return netip.Prefix{}
	}
	return prefix
}
