package ingest

import (
	"crypto/sha256"
	"crypto/sha512"
	"time"

	"atalaya"
)

const (
	// keepChosen is for keys that senders choose.
	keepChosen = 7 * 24 * time.Hour
	// keepTimed is for bodies that hold the time at which the alert fired: the next alert has another time.
	keepTimed = 24 * time.Hour
	// timedWithin is how far that time may be from the arrival. Beyond it, it is a date that the user wrote into
	// the message.
	timedWithin = 10 * time.Minute
)

// repeatHash returns the hash by which an alert that is sent again is recognised: that of the key that its sender chose,
// else of the bytes of its body. Keys have another hash function than bodies, so that no body has the hash of a key.
func repeatHash(a atalaya.Arrival, reading atalaya.Alert) [sha256.Size]byte {
	if chosen := chosenKey(a, reading); chosen != "" {
		return sha512.Sum512_256([]byte("idempotency key " + chosen))
	}
	return sha256.Sum256(a.Body)
}

// repeatKeep returns how long an arrival is remembered to recognise repeats: a week with a chosen key, a day if
// the body holds the time at which it fired, and otherwise for the user's window. A window of 0 ends at once.
func repeatKeep(t *atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert) time.Duration {
	if chosenKey(a, reading) != "" {
		return keepChosen
	}
	if !reading.Timestamp.IsZero() && a.ReceivedAt.Sub(reading.Timestamp).Abs() <= timedWithin {
		return keepTimed
	}
	return time.Duration(t.DedupeWindowSeconds) * time.Second
}

// isRepeat reports whether an arrival repeats the signal on record for it. keep is what repeatKeep returns for the arrival.
// If keep is 0 the user has switched the window off, and a record counts only if the body holds the time at which it
// fired. For a while after a 503 every record counts, even an expired one: TradingView sends again, and whether the first
// alert was committed is unknown.
func isRepeat(keep time.Duration, reading atalaya.Alert, now Circumstances) bool {
	if now.DuplicateOf == "" {
		return false
	}
	return now.Recent503 || !now.Expired && (keep > 0 || !reading.Timestamp.IsZero())
}

// chosenKey returns the key that the sender chose, "" if there is none.
func chosenKey(a atalaya.Arrival, reading atalaya.Alert) string {
	if a.IdempotencyKey != "" {
		return a.IdempotencyKey
	}
	return reading.IdempotencyKey
}
