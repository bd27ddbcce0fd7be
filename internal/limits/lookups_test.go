package limits

import (
	"net/netip"
	"testing"
	"time"
)

// standing is a clock that stands still: else buckets fill again while a busy machine is slow.
func standing() time.Time { return time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC) }

func TestWrongTokensHoldTheirSenderBackAndNobodyElse(t *testing.T) {
	t.Parallel()
	now := standing()
	l := NewLookups(func() time.Time { return now })
	guesser, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
	for i := range senderAtOnce {
		if !l.Allowed(guesser) {
			t.Fatalf("held back after %d wrong tokens", i)
		}
		l.Missed(guesser)
	}
	if l.Allowed(guesser) || l.Allowed(netip.MustParseAddr("::ffff:203.0.113.7")) {
		t.Error("the guesser goes on")
	}
	if !l.Allowed(other) {
		t.Error("another sender is held back")
	}
	now = now.Add(time.Second)
	for i := range senderPerSecond {
		if !l.Allowed(guesser) {
			t.Fatalf("a second later the guesser is held back after %d wrong tokens", i)
		}
		l.Missed(guesser)
	}
	if l.Allowed(guesser) {
		t.Error("a second later the guesser has no limit")
	}
}

func TestASenderOfManyAddressesIsOne(t *testing.T) {
	t.Parallel()
	l := NewLookups(standing)
	for range senderAtOnce {
		l.Missed(netip.MustParseAddr("2001:db8::1"))
	}
	if l.Allowed(netip.MustParseAddr("2001:db8::2")) {
		t.Error("another address of the same /64 goes on")
	}
	if !l.Allowed(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("another network is held back")
	}
}

func TestGuessersTogetherAreBounded(t *testing.T) {
	t.Parallel()
	l := NewLookups(standing)
	sender := netip.MustParseAddr("10.0.0.0")
	tried := 0
	for ; l.Allowed(sender); tried++ {
		l.Missed(sender)
		sender = sender.Next()
		if tried > 100*missesAtOnce {
			t.Fatal("guessers from many addresses are never held back")
		}
	}
	if tried < missesAtOnce || len(l.senders) > mostSenders {
		t.Errorf("held back after %d guesses with %d senders remembered", tried, len(l.senders))
	}
}
