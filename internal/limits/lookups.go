package limits

import (
	"net/netip"
	"sync"
	"time"
)

// Look-ups of webhook tokens that nobody has: what guessing costs. A look-up is reserved before it is made
// and given back if it finds somebody, so that a sender whose tokens are right is never held back, and
// TradingView's few addresses, which all of its users share, have room for some wrong URLs.
const (
	missesPerSecond = 100 // of all senders together
	missesAtOnce    = 1000
	senderPerSecond = 5
	senderAtOnce    = 100
	// maxSenders bounds what strangers can make us remember.
	maxSenders = 10_000
)

// Lookups throttles look-ups of tokens that have not been seen. Safe for concurrent use.
type Lookups struct {
	now func() time.Time

	mu      sync.Mutex
	all     bucket
	senders map[netip.Prefix]*bucket
}

// NewLookups makes Lookups that go by the clock now.
func NewLookups(now func() time.Time) *Lookups {
	return &Lookups{
		now: now, all: bucket{perSecond: missesPerSecond, atOnce: missesAtOnce, left: missesAtOnce, at: now()},
		senders: make(map[netip.Prefix]*bucket),
	}
}

// Reserve counts a look-up of an unseen token by sender, and returns false if it may not be made.
func (l *Lookups) Reserve(sender netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, from := l.now(), network(sender)
	own := l.senders[from]
	if own == nil {
		if len(l.senders) >= maxSenders {
			clear(l.senders) // the bucket of all still holds
		}
		own = &bucket{perSecond: senderPerSecond, atOnce: senderAtOnce, left: senderAtOnce, at: now}
		l.senders[from] = own
	}
	own.fill(now)
	l.all.fill(now)
	if own.left < 1 || l.all.left < 1 {
		return false
	}
	own.left--
	l.all.left--
	return true
}

// Found gives back what a look-up that found somebody, or could not be made, had reserved.
func (l *Lookups) Found(sender netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.left = min(l.all.left+1, l.all.atOnce)
	if own := l.senders[network(sender)]; own != nil {
		own.left = min(own.left+1, own.atOnce)
	}
}

// bucket has so many left, and fills with time.
type bucket struct {
	perSecond, atOnce, left float64
	at                      time.Time // when left was right
}

func (b *bucket) fill(now time.Time) {
	if now.After(b.at) {
		b.left = min(b.atOnce, b.left+now.Sub(b.at).Seconds()*b.perSecond)
		b.at = now
	}
}

// Network names what one sender can have addresses in, as a key for Fair; "" if the sender is unknown.
func Network(sender netip.Addr) string {
	if n := network(sender); n.IsValid() {
		return n.String()
	}
	return ""
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
