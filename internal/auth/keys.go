package auth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

const (
	keysPath = "/.well-known/jwks.json"

	// fetchTimeout bounds one fetch; the library's default is a minute.
	fetchTimeout = 3 * time.Second

	// turnTimeout bounds how long a token with an unknown kid waits for the turn to fetch. A token that
	// would wait longer is refused at once.
	turnTimeout = time.Second

	// maxKeysBytes bounds a key set; a project's takes one or two kilobytes.
	maxKeysBytes = 1 << 20

	// fetchEvery is how often unknown kids may cause a fetch. Whoever sends made-up kids gets one
	// fetch in that time and is refused at once in between; a rotated key is known after it.
	fetchEvery = 5 * time.Second

	// refreshEvery is Options.KeysEvery unless set.
	refreshEvery = 10 * time.Minute
)

// keySet is the project's public keys. What was fetched last stays in use while Supabase Auth
// does not answer.
type keySet struct {
	url     string
	client  *http.Client
	log     *slog.Logger
	fetcher *keyFetcher
	every   time.Duration

	mu     sync.Mutex
	keys   keyfunc.Keyfunc // nil before start
	cancel context.CancelFunc
}

func newKeySet(o Options) *keySet {
	client := withoutRedirects(o.Client)
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	fetcher := &keyFetcher{next: client.Transport, apiKey: o.APIKey}
	client.Transport = fetcher
	return &keySet{url: o.AuthURL + keysPath, client: &client, log: o.Log, fetcher: fetcher, every: cmp.Or(o.KeysEvery, refreshEvery)}
}

// withoutRedirects copies a client: a redirect would carry the API key to wherever it points.
func withoutRedirects(client *http.Client) http.Client {
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

func (k *keySet) start(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	k.fetcher.life = ctx
	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{k.url}, keyfunc.Override{
		Client:            k.client,
		HTTPTimeout:       fetchTimeout,
		RateLimitWaitMax:  turnTimeout, // it would bound the fetch too, see keyFetcher
		RefreshInterval:   k.every,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(fetchEvery), 1),
		RefreshErrorHandlerFunc: func(u string) func(context.Context, error) {
			return func(ctx context.Context, err error) {
				k.log.WarnContext(ctx, "the public keys of Supabase Auth can't be fetched; the known ones stay in use. Check SUPABASE_URL",
					"url", u, "error", err)
			}
		},
	})
	if err != nil {
		cancel()
		return fmt.Errorf("prepare the key set of %s: %w", k.url, err)
	}
	k.keys, k.cancel = keys, cancel
	return nil
}

func (k *keySet) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cancel != nil {
		k.cancel()
	}
}

func (k *keySet) current() (keyfunc.Keyfunc, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		return nil, fmt.Errorf("the verifier was not started")
	}
	return k.keys, nil
}

// keyfunc finds a token's key by its kid.
func (k *keySet) keyfunc(ctx context.Context) jwt.Keyfunc {
	keys, err := k.current()
	if err != nil {
		return func(*jwt.Token) (any, error) { return nil, err }
	}
	return keys.KeyfuncCtx(ctx)
}

// fresh reports whether the last fetch succeeded. If it did, a key that is not among the keys does not exist.
func (k *keySet) fresh() bool { return k.fetcher.ok.Load() }

// empty reports whether the project has no public keys. It fails if the keys could never be read.
func (k *keySet) empty(ctx context.Context) (bool, error) {
	keys, err := k.current()
	if err != nil {
		return false, err
	}
	if !k.fetcher.ever.Load() {
		// Reading a kid that does not exist triggers a fetch, within the limits above.
		_, _ = keys.Storage().KeyRead(ctx, "")
		if !k.fetcher.ever.Load() {
			return false, fmt.Errorf("the public keys of the project were never fetched")
		}
	}
	all, err := keys.Storage().KeyReadAll(ctx)
	return len(all) == 0, err
}

// keyFetcher makes the library's fetches. It adds the API key, gives each fetch its full time, and remembers
// whether it succeeded, which the library does not tell.
type keyFetcher struct {
	next   http.RoundTripper
	apiKey string
	life   context.Context // of the key set
	ok     atomic.Bool     // the last fetch succeeded
	ever   atomic.Bool     // one did
}

// RoundTrip implements http.RoundTripper. Everybody shares a fetch, so it has its full time, however little the
// request that caused it has left. That request may have waited for its turn until the last moment, as the first
// of many tokens with a new kid does, or its caller may have gone.
func (f *keyFetcher) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(f.life, fetchTimeout)
	defer cancel()
	response, err := f.fetch(r.Clone(ctx))
	ok := err == nil && response.StatusCode == http.StatusOK
	f.ok.Store(ok)
	if ok {
		f.ever.Store(true)
	}
	return response, err
}

// fetch returns the response with its whole body already read, so that it can be used after the fetch's deadline.
func (f *keyFetcher) fetch(r *http.Request) (*http.Response, error) {
	if f.apiKey != "" {
		r.Header.Set("apikey", f.apiKey)
	}
	response, err := f.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeysBytes))
	if err != nil {
		return nil, fmt.Errorf("read the public keys: %w", err)
	}
	if response.StatusCode == http.StatusOK {
		if body, err = verifyingKeys(body); err != nil {
			return nil, err
		}
	}
	response.ContentLength, response.Body = int64(len(body)), io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// verifyingKeys removes from a key set the keys that cannot verify a signature. It fails if the body is not a key
// set, such as a captive portal's page with status 200: an empty set means that the project has no public keys.
func verifyingKeys(body []byte) ([]byte, error) {
	keys, err := readKeys(body)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"keys": keys})
}

// countKeys returns how many keys of a set may verify a signature.
func countKeys(body []byte) (int, error) {
	keys, err := readKeys(body)
	return len(keys), err
}

func readKeys(body []byte) ([]json.RawMessage, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil || set.Keys == nil {
		return nil, errors.New("read the public keys: the answer is no key set, so it does not come from Supabase Auth")
	}
	verifying := []json.RawMessage{}
	for _, raw := range set.Keys {
		var key struct {
			Type string   `json:"kty"`
			Use  string   `json:"use"`
			Ops  []string `json:"key_ops"`
		}
		if err := json.Unmarshal(raw, &key); err != nil {
			return nil, fmt.Errorf("read the public keys: %w", err)
		}
		if key.Type != "oct" && (key.Use == "" || key.Use == "sig") && (key.Ops == nil || slices.Contains(key.Ops, "verify")) {
			verifying = append(verifying, raw)
		}
	}
	return verifying, nil
}
