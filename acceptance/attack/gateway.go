package attack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"atalaya/internal/test/wait"
)

// authDouble stands for Supabase's gateway with Auth behind it, of a project that signs with its legacy secret. It
// is harsher than the original: it requires its API key everywhere except for the public keys.
type authDouble struct {
	mu    sync.Mutex
	good  map[string]string // users by token
	page  string            // a page that answers every request with status 200; "" for none
	slow  chan struct{}     // while set, questions about unknown tokens wait for it
	asked int
}

// ServeHTTP implements http.Handler.
func (d *authDouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	page, slow := d.page, d.slow
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	id := d.good[token]
	d.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case page != "":
		_, _ = io.WriteString(w, page)
	case strings.HasSuffix(r.URL.Path, "/jwks.json"):
		_, _ = io.WriteString(w, `{"keys":[]}`)
	case r.Header.Get("apikey") == "":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"message":"No API key found in request"}`)
	case r.URL.Path == "/auth/v1/user":
		d.mu.Lock()
		d.asked++
		d.mu.Unlock()
		if slow != nil && id == "" { // Auth is slow about tokens that it does not know
			select {
			case <-slow:
			case <-r.Context().Done():
			}
		}
		if id == "" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"code":403,"error_code":"bad_jwt","msg":"invalid JWT"}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"id": id})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (d *authDouble) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// theirToken makes an access token of the project's, with a secret that the program does not know. jti tells
// tokens apart.
func (w *world) theirToken(u user, jti string, good bool) string {
	claims := claimsOf(u.id, w.gateway.URL+"/auth/v1")
	claims["jti"] = jti
	token := forge(map[string]any{"alg": "HS256"}, claims, "the project's own secret, of 32 bytes")
	if good {
		w.auth.change(func() {
			if w.auth.good == nil {
				w.auth.good = map[string]string{}
			}
			w.auth.good[token] = u.id
		})
	}
	return token
}

// secondSays asks the second process as the bearer of a token.
func (w *world) secondSays(ctx context.Context, token, from string, status int) error {
	a, err := ask(ctx, w.second, request{path: "/api/stats", token: token, from: from})
	if err != nil {
		return err
	}
	return a.is(status)
}

// gateways are answers from another server in Supabase's place.
func gateways() []attempt {
	return []attempt{
		{"Auth's own yes and no", func(ctx context.Context, w *world) error { return w.authsVerdict(ctx) }},
		{"a captive portal's page is no verdict on a token", func(ctx context.Context, w *world) error {
			token := w.theirToken(w.victim, "second", true)
			w.auth.change(func() { w.auth.page = "<html>Sign in to the hotel's network</html>" })
			err := w.secondSays(ctx, token, "", http.StatusServiceUnavailable)
			w.auth.change(func() { w.auth.page = "" })
			if err != nil {
				return err
			}
			return w.secondSays(ctx, token, "", http.StatusOK)
		}},
		{"a gateway's refusal is no verdict on a token", func(ctx context.Context, w *world) error {
			token := w.theirToken(w.victim, "third", true)
			w.auth.change(func() { w.auth.page = `{"message":"Invalid API key"}` })
			err := w.secondSays(ctx, token, "", http.StatusServiceUnavailable)
			w.auth.change(func() { w.auth.page = "" })
			if err != nil {
				return err
			}
			return w.secondSays(ctx, token, "", http.StatusOK)
		}},
		{"a softly deleted user of a project whose Auth still says yes", func(ctx context.Context, w *world) error { return w.goneFromProject(ctx) }},
		{"forged tokens while Auth is slow", func(ctx context.Context, w *world) error {
			slow := make(chan struct{})
			w.auth.change(func() { w.auth.slow = slow })
			defer w.auth.change(func() { w.auth.slow = nil })
			defer close(slow)
			flooding, stop := context.WithCancel(ctx)
			var attackers sync.WaitGroup
			defer attackers.Wait()
			defer stop()
			for i := range 30 {
				attackers.Go(func() {
					for n := 0; flooding.Err() == nil; n++ {
						_, _ = ask(flooding, w.second, request{path: "/api/stats", token: w.theirToken(w.victim, fmt.Sprint("forged", i, n), false), from: "127.0.0.66"})
					}
				})
			}
			if err := wait.Until(ctx, 30*time.Second, "Auth is asked", func() (bool, error) {
				w.auth.mu.Lock()
				defer w.auth.mu.Unlock()
				return w.auth.asked >= 6, nil
			}); err != nil {
				return err
			}
			for i := range 5 {
				if err := w.secondSays(ctx, w.theirToken(w.victim, fmt.Sprint("real", i), true), "127.0.0.5", http.StatusOK); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

func (w *world) authsVerdict(ctx context.Context) error {
	if err := w.secondSays(ctx, w.theirToken(w.victim, "first", true), "", http.StatusOK); err != nil {
		return err
	}
	return w.secondSays(ctx, w.theirToken(w.victim, "unknown", false), "", http.StatusUnauthorized)
}

// goneFromProject deletes a user softly, as Supabase does: neither the token nor the webhook works any more.
func (w *world) goneFromProject(ctx context.Context) error {
	var u user
	if err := w.addUser(ctx, "gone-from-project", &u); err != nil {
		return err
	}
	send := func(status int) error {
		a, err := ask(ctx, w.second, request{
			method: http.MethodPost, path: u.hook, body: w.body(), from: "127.0.0.1", header: http.Header{"X-Forwarded-For": {"52.89.214.238"}},
		})
		if err != nil {
			return err
		}
		return a.is(status)
	}
	token := w.theirToken(u, "gone", true)
	if err := errors.Join(w.secondSays(ctx, token, "", http.StatusOK), send(http.StatusOK)); err != nil {
		return err
	}
	if _, err := w.pool.Exec(ctx, "alter table auth.users add column if not exists deleted_at timestamptz"); err != nil {
		return err
	}
	if _, err := w.pool.Exec(ctx, "update auth.users set deleted_at = now() where id = $1", u.id); err != nil {
		return err
	}
	if err := send(http.StatusUnauthorized); err != nil {
		return err
	}
	return wait.Until(ctx, 30*time.Second, "the token is refused", func() (bool, error) {
		return w.secondSays(ctx, token, "", http.StatusUnauthorized) == nil, nil
	})
}
