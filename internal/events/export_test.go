package events

import (
	"log/slog"
	"time"
)

// NewUnswept makes a Hub that finds nothing but what is announced or heard: the next sweep is far.
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
