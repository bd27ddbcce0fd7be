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

// repeatKey tells the same alert sent again: by the key that its sender chose, else by the bytes of
// its body, for a day where they hold the time of firing and for the user's window where they do
// not. A window of 0 tells no repeat, but for a while after a 503, when TradingView is bound to send
// again and what was committed is unknown.
func repeatKey(t atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert, troubled bool) atalaya.RepeatKey {
	chosen := a.IdempotencyKey
	if chosen == "" {
		chosen = reading.IdempotencyKey
	}
	if chosen != "" {
		return atalaya.RepeatKey{Hash: sha256.Sum256([]byte("idempotency key " + chosen)), Keep: keepChosen}
	}
	key := atalaya.RepeatKey{Hash: sha256.Sum256(a.Body), Keep: time.Duration(t.DedupeWindowSeconds) * time.Second}
	if !reading.Timestamp.IsZero() && a.ReceivedAt.Sub(reading.Timestamp).Abs() <= timedWithin {
		key.Keep = keepTimed
	}
	if troubled {
		key.Keep = max(key.Keep, troubleFor)
	}
	return key
}
