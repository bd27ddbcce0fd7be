package blob

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAnswer is the most bytes of JSON that are read of an answer. A list of 1000 deleted objects is smaller.
const maxAnswer = 2 << 20

// call is one request to the Storage API.
type call struct {
	doing  string // for errors
	method string
	path   string // after /storage/v1
	header http.Header
	body   []byte
}

// callJSON sends body as JSON, or no body if it is nil, and returns the answer's body.
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

// call sends the request, again if that may help, and returns the answer's body.
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

// send makes one attempt. Its error is a *failure. If it succeeds, the caller closes the body.
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

func (s *Supabase) retry(ctx context.Context, attempt func() error) error {
	return retry(ctx, s.pause, attempt)
}

// retryAfter returns the Retry-After of an answer in seconds, or 0. Supabase does not use the form with a date.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > 3600 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
