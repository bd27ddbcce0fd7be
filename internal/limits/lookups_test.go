package limits

import (
	"net/netip"
	"testing"
)

func TestWrongTokensHoldTheirSenderBackAndNobodyElse(t *testing.T) {
	t.Parallel()
	l := NewLookups()
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
}

func TestASenderOfManyAddressesIsOne(t *testing.T) {
	t.Parallel()
	l := NewLookups()
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
	l := NewLookups()
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
