package events

import (
	"log/slog"
	"time"
)

// NewUnswept returns a Hub that never sweeps in a test. It finds only what is announced or heard.
func NewUnswept(rows Rows, replicas Replicas, log *slog.Logger) *Hub {
	p := usualPace()
	p.sweep = time.Hour
	return newHub(rows, replicas, 5000, log, p)
}

// The bounds of a stream.
const (
	MaxPending       = maxPending
	MaxResumed       = maxResumed
	MaxStreamsOfUser = maxStreamsOfUser
)
