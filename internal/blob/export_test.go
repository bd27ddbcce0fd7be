package blob

import (
	"context"
	"time"
)

// WithPause gives a client that waits between attempts by pause: tests of retries need no time.
func (s *Supabase) WithPause(pause func(ctx context.Context, d time.Duration) error) *Supabase {
	other := *s
	other.pause = pause
	return &other
}

// PauseFor is the wait after the nth failed attempt.
func PauseFor(n int, asked time.Duration) time.Duration { return pauseFor(n, asked) }

// The bounds of retrying.
const (
	Attempts  = attempts
	PauseMost = pauseMost
)

// SweepParts is what OpenDisk does with parts, at a time of the test's choice.
func (d *Disk) SweepParts(now time.Time) error { return d.sweepParts(now) }
