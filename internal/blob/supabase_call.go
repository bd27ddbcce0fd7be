package blob

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// Three attempts bridge a restart of a gateway or a lost connection. Longer troubles are for the
	// caller's own retries, which hold no worker meanwhile.
	attempts  = 3
	pauseBase = 200 * time.Millisecond
	pauseMost = 5 * time.Second // also of what the server asks for in Retry-After

	// maxAnswer bounds the JSON that is read of an answer, in bytes: a list of 1000 deleted objects
	// stays below.
	maxAnswer = 2 << 20
)

// call is one request to the Storage API.
type call struct {
	doing  string // for errors
	method string
	path   string // after /storage/v1
	header http.Header
	body   []byte
}

// callJSON sends body as JSON, or nothing where it is nil, and gives the answer's body.
func (s *Supabase) callJSON(ctx context.Context, doing, method, path string, body any) ([]byte, error) {
	c := call{doing: doing, method: method, path: path, header: http.Header{}}
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrRejected, doing, err)
		}
		c.body = encoded
		c.header.Set("Content-Type", "application/json")
	}
	return s.call(ctx, c)
}

// call sends the request, again where that helps, and gives the answer's body.
func (s *Supabase) call(ctx context.Context, c call) ([]byte, error) {
	var answer []byte
	err := s.retry(ctx, func() error {
		res, err := s.send(ctx, c)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		if err != nil {
			return &failure{class: ErrUnavailable, doing: c.doing, cause: withoutURL(err), again: !timedOut(err)}
		}
		return nil
	})
	return answer, err
}

// send makes one attempt. Its error is a *failure; without one the caller closes the body.
func (s *Supabase) send(ctx context.Context, c call) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, c.method, s.base+c.path, bytes.NewReader(c.body))
	if err != nil {
		return nil, &failure{class: ErrRejected, doing: c.doing, cause: withoutURL(err)}
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	req.Header.Set("Apikey", s.key)
	// The gateway makes a token out of a secret key (sb_secret_…) itself, and Storage refuses such
	// a key as a token.
	if strings.HasPrefix(s.key, "eyJ") {
		req.Header.Set("Authorization", "Bearer "+s.key)
	}
	res, err := s.client.Do(req)
	if err != nil {
		// A server that let one attempt time out would most likely let the next one too.
		return nil, &failure{class: ErrUnavailable, doing: c.doing, cause: withoutURL(err), again: !timedOut(err)}
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer res.Body.Close()
	return nil, s.readFailure(c.doing, res)
}

// retry runs attempt until it succeeds, fails for good, or has had its chances.
func (s *Supabase) retry(ctx context.Context, attempt func() error) error {
	for n := 1; ; n++ {
		err := attempt()
		var f *failure
		if err == nil || !errors.As(err, &f) || !f.again || n == attempts || ctx.Err() != nil {
			return err
		}
		if s.pause(ctx, pauseFor(n, f.after)) != nil {
			return errors.Join(err, ended(ctx))
		}
	}
}

// pauseFor gives the wait after the nth failed attempt: what the server asked for within bounds,
// else 200 ms doubled each time, of which a random half keeps many workers from coming back at once.
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

// withoutURL takes the address out of a client's error: a picture's path is what guards it.
func withoutURL(err error) error {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		return urlErr.Err
	}
	return err
}

// timedOut says that an attempt or its context ran out of time, or was given up.
func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.Canceled) || errors.As(err, &t) && t.Timeout()
}

// retryAfter reads the header's form in seconds; the form with a date is not used by Supabase.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > 3600 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
