package auth

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"atalaya"
)

const (
	// keepFor is how long an answer of Supabase Auth stands: a user who signs out is still known
	// for that long.
	keepFor = 60 * time.Second
	// maxKept bounds the memory that strangers' tokens can take.
	maxKept = 10_000
	// maxAsking bounds the calls under way at once.
	maxAsking = 16
)

// remote asks Supabase Auth whether a token is good.
type remote struct {
	url    string
	apiKey string
	client *http.Client
	asking chan struct{} // slots
	now    func() time.Time

	mu   sync.Mutex
	kept map[[sha256.Size]byte]answer
}

// answer is what Supabase Auth said of a token; err nil for a good one.
type answer struct {
	err     error
	expires time.Time
}

func newRemote(o Options) *remote {
	return &remote{
		url: o.AuthURL + "/user", apiKey: o.APIKey, client: o.Client, now: time.Now,
		asking: make(chan struct{}, maxAsking), kept: map[[sha256.Size]byte]answer{},
	}
}

// check says whether Supabase Auth accepts token and knows its sub. Only its own yes and no are
// kept, never a failure to ask.
func (r *remote) check(ctx context.Context, token string, c *claims) error {
	key := sha256.Sum256([]byte(token))
	if kept, ok := r.recall(key); ok {
		return kept.err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	select {
	case r.asking <- struct{}{}:
		defer func() { <-r.asking }()
	case <-ctx.Done():
		return unanswered(ctx.Err())
	}
	status, user, err := r.ask(ctx, token)
	switch {
	case err != nil:
		return unanswered(err)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		err = refuse(nil, "Supabase Auth does not accept this access token. Sign in again.")
	case status != http.StatusOK:
		return unanswered(fmt.Errorf("GET %s answered %d", r.url, status))
	case user != c.Subject:
		err = refuse(nil, "Supabase Auth knows this access token under another user.")
	}
	r.keep(key, answer{err: err, expires: earlier(r.now().Add(keepFor), c.ExpiresAt.Time)})
	return err
}

func (r *remote) ask(ctx context.Context, token string) (status int, userID string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("apikey", r.apiKey)
	response, err := r.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return response.StatusCode, "", nil
	}
	var user struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&user); err != nil {
		return 0, "", fmt.Errorf("read the answer of %s: %w", r.url, err)
	}
	return response.StatusCode, user.ID, nil
}

func (r *remote) recall(key [sha256.Size]byte) (answer, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, ok := r.kept[key]
	return kept, ok && r.now().Before(kept.expires)
}

// keep remembers an answer. Where the memory is full, what has expired goes first, then anything:
// losing an answer costs one question.
func (r *remote) keep(key [sha256.Size]byte, a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) >= maxKept {
		for k, kept := range r.kept {
			if !r.now().Before(kept.expires) {
				delete(r.kept, k)
			}
		}
	}
	for k := range r.kept {
		if len(r.kept) < maxKept {
			break
		}
		delete(r.kept, k)
	}
	r.kept[key] = a
}

func unanswered(err error) error {
	return atalaya.Wrap(atalaya.CodeUnavailable, err, "Supabase Auth does not answer, so the token can't be checked. Try again.")
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
