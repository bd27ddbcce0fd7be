package ingest

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"atalaya"
)

// record is what is kept of a first alert.
type record struct {
	signal  atalaya.SignalID
	expires time.Time
}

// found is what the rows say of a record at a moment.
func (r record) found(now time.Time) Circumstances {
	if r.signal == "" || !r.expires.After(now.Add(-troubleFor)) {
		return Circumstances{}
	}
	return Circumstances{DuplicateOf: r.signal, Expired: !r.expires.After(now)}
}

// Of equal alerts without a time in them, those become signals that come a window or more after the last signal, and no
// others. With a window of 0 all do.
func TestEqualAlertsAreOneSignalForAWindowFromTheFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		window := time.Duration(rapid.IntRange(0, 3600).Draw(t, "window")) * time.Second
		user := tenant(func(c *atalaya.TenantConfig) { c.DedupeWindowSeconds = int32(window / time.Second) })
		now := arrivedAt
		var kept record
		var first time.Time // of the last signal
		for range rapid.IntRange(1, 40).Draw(t, "alerts") {
			now = now.Add(time.Duration(rapid.IntRange(1, 2*int(window/time.Second)+20).Draw(t, "after")) * time.Second)
			d := Policy{}.Decide(&user, atalaya.Arrival{ReceivedAt: now, Body: []byte("same")}, atalaya.Alert{}, kept.found(now))
			fresh := first.IsZero() || now.Sub(first) >= window
			if accepted := d.Outcome == atalaya.OutcomeAccepted; accepted != fresh {
				t.Fatalf("%s after the last signal it is %s, with a window of %s", now.Sub(first), d.Outcome, window)
			}
			if fresh {
				first, kept = now, record{d.Signal.ID, now.Add(d.DedupeFor)}
			}
		}
	})
}

// Whatever is sent again within half a minute of a 503 finds the signal that was committed, if one was.
func TestARetryNeverDoubles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		user := tenant(func(c *atalaya.TenantConfig) { c.DedupeWindowSeconds = rapid.Int32Range(0, 3600).Draw(t, "window") })
		reading := atalaya.Alert{}
		if rapid.Bool().Draw(t, "tells a time") {
			reading.Timestamp = arrivedAt.Add(time.Duration(rapid.IntRange(-1200, 1200).Draw(t, "fired")) * time.Second)
		}
		a := atalaya.Arrival{ReceivedAt: arrivedAt, Body: []byte("same"), IdempotencyKey: rapid.SampledFrom([]string{"", "key"}).Draw(t, "key")}
		committed := Policy{}.Decide(&user, a, reading, Circumstances{})
		kept := record{committed.Signal.ID, arrivedAt.Add(committed.DedupeFor)}
		a.ReceivedAt = arrivedAt.Add(time.Duration(rapid.IntRange(0, 29_999).Draw(t, "later")) * time.Millisecond)
		now := kept.found(a.ReceivedAt)
		now.Recent503 = true
		if again := (Policy{}).Decide(&user, a, reading, now); again.Outcome != atalaya.OutcomeDuplicate || again.DuplicateOf != committed.Signal.ID {
			t.Fatalf("sent again it is %s of %q", again.Outcome, again.DuplicateOf)
		}
	})
}
