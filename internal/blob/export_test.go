package blob

import (
	"context"
	"net"
	"time"
)

// WithPause returns a client that calls pause between attempts, so that tests of retries take no time.
func (s *Supabase) WithPause(pause func(ctx context.Context, d time.Duration) error) *Supabase {
	other := *s
	other.pause = pause
	return &other
}

// WithPause returns a client that calls pause between attempts.
func (s *S3) WithPause(pause func(ctx context.Context, d time.Duration) error) *S3 {
	other := *s
	other.pause = pause
	return &other
}

// DialOnly makes every connection go to one address.
func (s *S3) DialOnly(address string) {
	s.transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}

// FailLookups makes the lookup of every host fail as if the host did not exist.
func (s *S3) FailLookups() {
	s.pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	s.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "my-pictures.s3.invalid", IsNotFound: true}}
	}
}

// PauseFor returns the wait after the nth failed attempt.
func PauseFor(n int, asked time.Duration) time.Duration { return pauseFor(n, asked) }

// The bounds of retrying.
const (
	Attempts  = attempts
	PauseMost = pauseMost
)

// SweepParts sweeps parts as OpenDisk does, as if it were now.
func (d *Disk) SweepParts(now time.Time) error { return d.sweepParts(now) }
