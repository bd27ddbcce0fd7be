package api

import (
	"context"
	"time"

	"atalaya"
)

// heavyTimeout is how long a request waits for a slot of heavily.
const heavyTimeout = 4 * time.Second

// heavily runs f, which may go through all of a user's signals. Fewer run at a time than there are database
// connections, so that requests that read a few rows always find one. It fails with CodeRateLimited if no slot
// becomes free within heavyTimeout.
func heavily[T any](ctx context.Context, s *server, caller atalaya.Caller, f func() (T, error)) (T, error) {
	if s.Heavy == nil {
		return f()
	}
	waiting, cancel := context.WithTimeout(ctx, heavyTimeout)
	defer cancel()
	release, err := s.Heavy.Take(waiting, string(caller.UserID))
	if err != nil {
		var none T
		return none, atalaya.Wrap(atalaya.CodeRateLimited, err, "Too many requests that go through many signals are under way. Wait for their answers.").Until(time.Now().Add(2 * time.Second))
	}
	defer release()
	return f()
}
