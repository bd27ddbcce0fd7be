package limits

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// standing is a clock that stands still. Otherwise buckets would fill again while a busy machine is slow.
func standing() time.Time { return time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC) }

func TestWrongTokensHoldBackOnlyTheirSender(t *testing.T) {
	t.Parallel()
	now := standing()
	l := NewLookups(func() time.Time { return now })
	guesser, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
	for i := range senderAtOnce {
		if !l.Reserve(guesser) {
			t.Fatalf("held back after %d wrong tokens", i)
		}
	}
	if l.Reserve(guesser) || l.Reserve(netip.MustParseAddr("::ffff:203.0.113.7")) {
		t.Error("the guesser is not held back")
	}
	if !l.Reserve(other) {
		t.Error("another sender is held back")
	}
	now = now.Add(time.Second)
	for i := range senderPerSecond {
		if !l.Reserve(guesser) {
			t.Fatalf("a second later the guesser is held back after %d wrong tokens", i)
		}
	}
	if l.Reserve(guesser) {
		t.Error("a second later the guesser has no limit")
	}
}

func TestLookUpsAtOnceAreLimitedLikeLookUpsInSequence(t *testing.T) {
	t.Parallel()
	l := NewLookups(standing)
	guesser := netip.MustParseAddr("203.0.113.7")
	var made atomic.Int64
	var wait sync.WaitGroup
	for range 10 * senderAtOnce {
		wait.Go(func() {
			if l.Reserve(guesser) {
				made.Add(1)
			}
		})
	}
	wait.Wait()
	if made.Load() != senderAtOnce {
		t.Errorf("%d look-ups were allowed at once, want %d", made.Load(), senderAtOnce)
	}
}

func TestASenderWhoseTokensAreRightIsNeverHeldBack(t *testing.T) {
	t.Parallel()
	l := NewLookups(standing)
	sender := netip.MustParseAddr("52.89.214.238")
	for i := range 10 * missesAtOnce {
		if !l.Reserve(sender) {
			t.Fatalf("held back after %d right tokens", i)
		}
		l.Found(sender)
	}
}

func TestTheAddressesOfANetworkAreOneSender(t *testing.T) {
	t.Parallel()
	l := NewLookups(standing)
	for range senderAtOnce {
		l.Reserve(netip.MustParseAddr("2001:db8::1"))
	}
	if l.Reserve(netip.MustParseAddr("2001:db8::2")) {
		t.Error("another address of the same /64 is not held back")
	}
	if !l.Reserve(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("another network is held back")
	}
}

func TestGuessersTogetherAreBounded(t *testing.T) {
	t.Parallel()
	l := NewLookups(standing)
	sender := netip.MustParseAddr("10.0.0.0")
	tried := 0
	for ; l.Reserve(sender); tried++ {
		sender = sender.Next()
		if tried > 100*missesAtOnce {
			t.Fatal("guessers from many addresses are never held back")
		}
	}
	if tried != missesAtOnce || len(l.senders) > maxSenders {
		t.Errorf("held back after %d guesses with %d senders remembered", tried, len(l.senders))
	}
}
