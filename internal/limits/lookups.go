package limits

import (
	"net/netip"
	"sync"
	"time"
)

// The bounds on look-ups of unknown webhook tokens, which slow guessing down. A look-up is reserved before
// it is made and given back if it finds a user, so a sender with right tokens is never held back. All users
// of TradingView share its few addresses, so those have room for some wrong URLs.
const (
	missesPerSecond = 100 // of all senders together
	missesAtOnce    = 1000
	senderPerSecond = 5
	senderAtOnce    = 100
	// Guesses of the operator's token: nobody types it wrong often, and programs have it right.
	senderGuessEvery    = 10 // seconds
	senderGuessesAtOnce = 5
	// maxSenders bounds the memory that strangers can take up.
	maxSenders = 10_000
)

// Lookups limits the look-ups of tokens that have not been seen before. Safe for concurrent use.
type Lookups struct {
	now func() time.Time
	one bucket // of a sender that has not been seen before

	mu      sync.Mutex
	all     *bucket // of all senders together; nil for no such bound
	senders map[netip.Prefix]*bucket
}

// NewLookups makes Lookups of webhook tokens that go by the clock now.
func NewLookups(now func() time.Time) *Lookups {
	l := newLookups(now, full(senderPerSecond, senderAtOnce))
	all := full(missesPerSecond, missesAtOnce)
	all.at, l.all = now(), &all
	return l
}

// NewGuesses makes Lookups for guesses of one token, which is no webhook's. All senders together have no bound: one
// with many addresses would shut out whoever knows the token, which is far too long to be guessed.
func NewGuesses(now func() time.Time) *Lookups {
	return newLookups(now, full(1.0/senderGuessEvery, senderGuessesAtOnce))
}

func newLookups(now func() time.Time, one bucket) *Lookups {
	return &Lookups{now: now, one: one, senders: make(map[netip.Prefix]*bucket)}
}

// Reserve counts a look-up of an unseen token by sender, and returns false if it may not be made.
func (l *Lookups) Reserve(sender netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, from := l.now(), network(sender)
	own := l.senders[from]
	if own == nil {
		if len(l.senders) >= maxSenders {
			clear(l.senders) // the bucket of all, if there is one, still holds
		}
		first := l.one
		first.at = now
		own = &first
		l.senders[from] = own
	}
	if own.fill(now); own.left < 1 {
		return false
	}
	if l.all != nil {
		if l.all.fill(now); l.all.left < 1 {
			return false
		}
		l.all.left--
	}
	own.left--
	return true
}

// Found returns the reservation of a look-up that found a user, or could not be made.
func (l *Lookups) Found(sender netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all != nil {
		l.all.left = min(l.all.left+1, l.all.atOnce)
	}
	if own := l.senders[network(sender)]; own != nil {
		own.left = min(own.left+1, own.atOnce)
	}
}

// bucket is a token bucket: left is what it holds, and it fills with time.
type bucket struct {
	perSecond, atOnce, left float64
	at                      time.Time // when left was right
}

func full(perSecond, atOnce float64) bucket {
	return bucket{perSecond: perSecond, atOnce: atOnce, left: atOnce}
}

func (b *bucket) fill(now time.Time) {
	if now.After(b.at) {
		b.left = min(b.atOnce, b.left+now.Sub(b.at).Seconds()*b.perSecond)
		b.at = now
	}
}

// Network returns a key for Fair that all addresses of one sender share: its IPv4 address, or its /64 in
// IPv6. It is "" if the sender is unknown.
func Network(sender netip.Addr) string {
	if n := network(sender); n.IsValid() {
		return n.String()
	}
	return ""
}

// network returns the prefix that one sender's addresses share: its IPv4 address, or its /64 in IPv6.
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
