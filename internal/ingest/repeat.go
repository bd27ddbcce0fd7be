package ingest

import (
	"crypto/sha256"
	"time"

	"atalaya"
)

const (
	// A key that the sender chose is kept for a week.
	keepChosen = 7 * 24 * time.Hour
	// A body that tells when it fired is the same alert for a day: the next one tells another time.
	keepTimed = 24 * time.Hour
	// timedWithin is how far that time may lie from the arrival to be one of firing, and not a date
	// that the user wrote into the message.
	timedWithin = 10 * time.Minute
)

// repeatHash is the same for the same alert sent again: of the key that its sender chose, else of the
// bytes of its body.
func repeatHash(a atalaya.Arrival, reading atalaya.Alert) [sha256.Size]byte {
	if chosen := chosenKey(a, reading); chosen != "" {
		return sha256.Sum256([]byte("idempotency key " + chosen))
	}
	return sha256.Sum256(a.Body)
}

// repeatKeep is how long an arrival is told from its repeats: a week by a chosen key, a day where the
// body holds its time of firing, and else for the user's window. A window of 0 tells no repeat, but for
// a while after a 503, when TradingView is bound to send again and what was committed is unknown.
func repeatKeep(t *atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert, troubled bool) time.Duration {
	if chosenKey(a, reading) != "" {
		return keepChosen
	}
	keep := time.Duration(t.DedupeWindowSeconds) * time.Second
	if !reading.Timestamp.IsZero() && a.ReceivedAt.Sub(reading.Timestamp).Abs() <= timedWithin {
		keep = keepTimed
	}
	if troubled {
		keep = max(keep, troubleFor)
	}
	return keep
}

// chosenKey is the key that the sender chose, "" where it chose none.
func chosenKey(a atalaya.Arrival, reading atalaya.Alert) string {
	if a.IdempotencyKey != "" {
		return a.IdempotencyKey
	}
	return reading.IdempotencyKey
}
