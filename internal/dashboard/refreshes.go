package dashboard

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// keepUsed is how long the answer to a used refresh token is remembered. A reload can end a request
	// whose answer holds the next token; the browser then comes again with the one that is used up.
	keepUsed = time.Minute
	// renewBefore is how long before its end an access token is not given again. The page asks a minute
	// before the end.
	renewBefore = 2 * time.Minute
	// maxRefreshes bounds the memory. A forgotten one costs one question to Supabase.
	maxRefreshes = 10_000
)

// refreshes uses each refresh token once: requests with one token share one refresh, and late ones get its
// answer. Safe for concurrent use.
type refreshes struct {
	now func() time.Time

	mu   sync.Mutex
	kept map[tokenHash]*refresh
}

type tokenHash = [sha256.Size]byte

// refresh is one use of a refresh token.
type refresh struct {
	done  chan struct{} // closed once the rest is set
	until time.Time     // when it is forgotten; zero while it is under way
	grant grant
	err   error
}

func newRefreshes(now func() time.Time) *refreshes {
	return &refreshes{now: now, kept: map[tokenHash]*refresh{}}
}

// get returns the grant of a refresh token: a remembered one, that of a refresh under way, or what do
// returns. do runs to its end even if ctx ends, because it uses the token up.
func (r *refreshes) get(ctx context.Context, token string, do func(context.Context, string) (grant, error)) (grant, error) {
	key := sha256.Sum256([]byte(token))
	r.mu.Lock()
	known := r.kept[key]
	if known != nil && (known.until.IsZero() || r.now().Before(known.until)) {
		r.mu.Unlock()
		select {
		case <-known.done:
			return known.grant, known.err
		case <-ctx.Done():
			return grant{}, unanswered(context.Cause(ctx))
		}
	}
	mine := &refresh{done: make(chan struct{})}
	r.makeRoom()
	r.kept[key] = mine
	r.mu.Unlock()
	r.finish(ctx, key, mine, token, do)
	return mine.grant, mine.err
}

// finish refreshes and remembers. A failure is forgotten at once: the next request tries again.
func (r *refreshes) finish(ctx context.Context, key tokenHash, mine *refresh, token string, do func(context.Context, string) (grant, error)) {
	got, err := grant{}, unanswered(context.Canceled) // if do panics
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		mine.grant, mine.err, mine.until = got, err, r.now().Add(keepUsed)
		close(mine.done)
		if err != nil {
			delete(r.kept, key)
			return
		}
		// The next token is not used up while its access token is good: a reload costs no refresh.
		if until := got.expires.Add(-renewBefore); r.now().Before(until) {
			r.kept[sha256.Sum256([]byte(got.refreshToken))] = &refresh{done: mine.done, until: until, grant: got}
		}
	}()
	got, err = do(context.WithoutCancel(ctx), token)
}

// forget removes the refreshes that lead to a grant whose session was ended.
func (r *refreshes) forget(ended grant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, known := range r.kept {
		if !known.until.IsZero() && known.grant.refreshToken == ended.refreshToken {
			delete(r.kept, key)
		}
	}
}

// makeRoom removes what is over, and a tenth of what is done if that is not enough.
func (r *refreshes) makeRoom() {
	if len(r.kept) < maxRefreshes {
		return
	}
	for key, known := range r.kept {
		if !known.until.IsZero() && !r.now().Before(known.until) {
			delete(r.kept, key)
		}
	}
	for key, known := range r.kept {
		if len(r.kept) < maxRefreshes*9/10 {
			return
		}
		if !known.until.IsZero() {
			delete(r.kept, key)
		}
	}
}
