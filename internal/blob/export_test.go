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

// The retry policy, as its tests need it.
var PauseFor = pauseFor

const (
	Attempts  = attempts
	PauseMost = pauseMost
)

// SweepParts is what OpenDisk does with parts, at a time of the test's choice.
func (d *Disk) SweepParts(now time.Time) error { return d.sweepParts(now) }
