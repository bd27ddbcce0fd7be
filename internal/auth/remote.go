package auth

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"atalaya"
)

const (
	// keepFor is how long an answer of Supabase Auth is reused: a user who signs out is still accepted for that
	// long.
	keepFor = 60 * time.Second
	// maxKept bounds the memory that strangers' tokens can take.
	maxKept = 10_000
	// maxUser bounds what is read of Auth's answer, in bytes.
	maxUser = 1 << 20
)

// remote asks Supabase Auth whether a token is valid.
type remote struct {
	url    string
	apiKey string
	client http.Client
	turns  Turns // nil for no bound
	now    func() time.Time

	mu   sync.Mutex
	kept map[[sha256.Size]byte]answer
}

// answer is what Supabase Auth said of a token; err is nil for a valid one.
type answer struct {
	err     error
	expires time.Time
}

func newRemote(o Options) *remote {
	return &remote{
		url: o.AuthURL + "/user", apiKey: o.APIKey, client: withoutRedirects(o.Client), turns: o.Turns, now: time.Now,
		kept: map[[sha256.Size]byte]answer{},
	}
}

// check returns nil if Supabase Auth accepts the token for its sub. It fails with CodeUnauthorized if Auth does not,
// and with CodeUnavailable if Auth gives no verdict. Only verdicts are kept.
func (r *remote) check(ctx context.Context, token string, c *claims) error {
	key := sha256.Sum256([]byte(token))
	if kept, ok := r.recall(key); ok {
		return kept.err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	if r.turns != nil {
		release, err := r.turns.Take(ctx, senderOf(ctx))
		if err != nil {
			return unanswered(err)
		}
		defer release()
		if kept, ok := r.recall(key); ok { // it was asked for the same token meanwhile
			return kept.err
		}
	}
	user, err := r.ask(ctx, token)
	switch {
	case errors.Is(err, errRefused):
		err = refuse(nil, "Supabase Auth does not accept this access token. Sign in again.")
	case err != nil:
		return unanswered(err)
	case user != c.Subject:
		err = refuse(nil, "Supabase Auth knows this access token under another user.")
	}
	r.keep(key, answer{err: err, expires: earlier(r.now().Add(keepFor), c.ExpiresAt.Time)})
	return err
}

// errRefused means that Auth does not accept the token.
var errRefused = errors.New("Supabase Auth does not accept the token") //nolint:staticcheck // a name has a capital

// ask returns the user of a token, or errRefused. Only Auth's own words are a verdict: a gateway that misses
// its API key, a proxy and a captive portal answer with the same statuses.
func (r *remote) ask(ctx context.Context, token string) (userID string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if r.apiKey != "" {
		request.Header.Set("apikey", r.apiKey)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxUser))
	if err != nil {
		return "", fmt.Errorf("read the answer of %s: %w", r.url, err)
	}
	switch response.StatusCode {
	case http.StatusOK:
		var user struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(body, &user); err != nil || user.ID == "" {
			return "", fmt.Errorf("GET %s answered 200 without a user: this is not Supabase Auth", r.url)
		}
		return user.ID, nil
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		if isVerdict(body) {
			return "", errRefused
		}
		return "", fmt.Errorf("GET %s answered %d, and not in the words of Supabase Auth: its gateway asks for an API key (SUPABASE_ANON_KEY), or something stands in between", r.url, response.StatusCode)
	}
	return "", fmt.Errorf("GET %s answered %d", r.url, response.StatusCode)
}

// isVerdict reports whether the body of a refusal is Auth's own. Auth's has an error_code or a msg, and since its API
// of 2024-01-01 a code that is a word. The gateway's has only a message.
func isVerdict(body []byte) bool {
	var said struct {
		ErrorCode string `json:"error_code"`
		Msg       string `json:"msg"`
		Code      any    `json:"code"`
	}
	if json.Unmarshal(body, &said) != nil {
		return false
	}
	word, _ := said.Code.(string)
	return said.ErrorCode != "" || said.Msg != "" || word != ""
}

func (r *remote) recall(key [sha256.Size]byte) (answer, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, ok := r.kept[key]
	return kept, ok && r.now().Before(kept.expires)
}

// keep remembers an answer. If the memory is full, expired answers go first, then any: a lost answer costs one
// question.
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
