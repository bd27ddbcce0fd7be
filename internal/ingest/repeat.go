package ingest

import (
	"crypto/sha256"
	"crypto/sha512"
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
// bytes of its body. Keys have another hash function than bodies, so that no body has the hash of a key.
func repeatHash(a atalaya.Arrival, reading atalaya.Alert) [sha256.Size]byte {
	if chosen := chosenKey(a, reading); chosen != "" {
		return sha512.Sum512_256([]byte("idempotency key " + chosen))
	}
	return sha256.Sum256(a.Body)
}

// repeatKeep is how long an arrival is told from its repeats: a week by a chosen key, a day where the
// body holds its time of firing, and else for the user's window; a window of 0 is over at once.
func repeatKeep(t *atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert) time.Duration {
	if chosenKey(a, reading) != "" {
		return keepChosen
	}
	if !reading.Timestamp.IsZero() && a.ReceivedAt.Sub(reading.Timestamp).Abs() <= timedWithin {
		return keepTimed
	}
	return time.Duration(t.DedupeWindowSeconds) * time.Second
}

// isRepeat reports whether an arrival that would be kept for so long repeats the signal that is on record
// for it. If the user has switched the window off, only a record of a time of firing counts, which
// may lie further back by now; and for a while after a 503 every record does, also one that is over:
// TradingView is bound to send again, and what was committed is unknown.
func isRepeat(keep time.Duration, reading atalaya.Alert, now Circumstances) bool {
	if now.DuplicateOf == "" {
		return false
	}
	return now.Recent503 || !now.Expired && (keep > 0 || !reading.Timestamp.IsZero())
}

// chosenKey is the key that the sender chose, "" where it chose none.
func chosenKey(a atalaya.Arrival, reading atalaya.Alert) string {
	if a.IdempotencyKey != "" {
		return a.IdempotencyKey
	}
	return reading.IdempotencyKey
}
