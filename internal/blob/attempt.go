package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

const (
	// Three attempts bridge a restart of a gateway or a lost connection. If trouble lasts longer, the caller
	// retries, which keeps no worker busy.
	attempts  = 3
	pauseBase = 200 * time.Millisecond
	pauseMost = 5 * time.Second // also of what the server asks for in Retry-After

	// defaultTimeout of one attempt: 5 MB over a slow line, three times within a capture job's 90 s.
	defaultTimeout = 20 * time.Second

	// cacheForever is right because a path never gets a second picture; without it Supabase
	// Storage answers "no-cache".
	cacheForever = "public, max-age=31536000, immutable"
)

// failure is one failed attempt.
type failure struct {
	class error // ErrNotFound, ErrRejected or ErrUnavailable
	doing string
	cause error
	again bool          // another attempt may help at once
	after time.Duration // the pause that the server asked for; 0 if it asked for none
}

// Error implements error.
func (f *failure) Error() string { return fmt.Sprintf("%v: %s: %v", f.class, f.doing, f.cause) }

// Unwrap returns the class and the cause.
func (f *failure) Unwrap() []error { return []error{f.class, f.cause} }

// pause waits between attempts. If the context ends first, it returns an error at once.
type pause func(ctx context.Context, d time.Duration) error

// retry runs attempt until it succeeds, fails for good, or has used up its attempts.
func retry(ctx context.Context, wait pause, attempt func() error) error {
	for n := 1; ; n++ {
		err := attempt()
		var f *failure
		if err == nil || !errors.As(err, &f) || !f.again || n == attempts || ctx.Err() != nil {
			return err
		}
		if wait(ctx, pauseFor(n, f.after)) != nil {
			return errors.Join(err, ended(ctx))
		}
	}
}

// pauseFor returns the wait after the nth failed attempt: what the server asked for, within bounds, or else 200 ms
// doubled each time. A random half of it keeps many workers from returning at once.
func pauseFor(n int, asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, pauseMost)
	}
	full := min(pauseBase<<(n-1), pauseMost)
	return full/2 + rand.N(full/2)
}

// sleep waits for d or the end of the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// newTransport returns the transport of one store. It honours the proxy variables of the environment.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 8, // as many as captures run at once
		IdleConnTimeout:     90 * time.Second,
	}
}

// withoutURL returns a client's error without the address. Whoever knows a picture's path may see the picture, so
// no error shows it.
func withoutURL(err error) error {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		return urlErr.Err
	}
	return err
}

// timedOut reports whether an attempt or its context ran out of time or was cancelled.
func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.Canceled) || errors.As(err, &t) && t.Timeout()
}

// download classifies the errors of reading, and leaves addresses out of them.
type download struct{ io.ReadCloser }

func (d *download) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case errors.As(err, &tooLarge):
		return n, fmt.Errorf("%w: download: the object is larger than %d bytes", ErrRejected, MaxSize)
	default:
		return n, fmt.Errorf("%w: download: %w", ErrUnavailable, withoutURL(err))
	}
}
