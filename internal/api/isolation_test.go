package api_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya/internal/test/section"
	"atalaya/internal/test/wait"
)

// bearer is a kind of access token that a request may carry.
type bearer struct {
	name  string
	token string
}

// bearers returns a token of each kind: those that stand for a user, and those that have to be refused.
func (s *stack) bearers(owner, other account) []bearer {
	claims := func(change jwt.MapClaims) jwt.MapClaims {
		c := jwt.MapClaims{"iss": issuer, "aud": "authenticated", "role": "authenticated", "sub": string(owner.id), "exp": time.Now().Add(time.Hour).Unix()}
		for name, value := range change {
			c[name] = value
		}
		return c
	}
	sign := func(method jwt.SigningMethod, key any, c jwt.MapClaims) string {
		token, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			s.t.Fatal(err)
		}
		return token
	}
	withKid := func(method jwt.SigningMethod, key any, kid string) string {
		token := jwt.NewWithClaims(method, claims(nil))
		token.Header["kid"] = kid
		signed, err := token.SignedString(key)
		if err != nil {
			s.t.Fatal(err)
		}
		return signed
	}
	rotated, current := s.keys.add(s.t, "rotated"), s.keys.add(s.t, "current")
	rotatedToken, currentToken := withKid(jwt.SigningMethodES256, rotated, "rotated"), withKid(jwt.SigningMethodES256, current, "current")
	s.call(account{token: rotatedToken}, "GET", "/api/config", "").must(s.t, 200) // accepted until its key is removed
	s.keys.remove("rotated")
	next := s.keys.add(s.t, "next")
	nextToken := account{token: withKid(jwt.SigningMethodES256, next, "next")}
	wait.For(s.t, "the keys are fetched anew", func() bool { return s.call(nextToken, "GET", "/api/config", "").status == http.StatusOK })
	own := func(change jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, s.secret, claims(change)) }
	return []bearer{
		{"owner", owner.token},
		{"another user", other.token},
		{"no token", ""},
		{"expired", own(jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()})},
		{"wrong issuer", own(jwt.MapClaims{"iss": "https://other.supabase.co/auth/v1"})},
		{"wrong audience", own(jwt.MapClaims{"aud": "other"})},
		{"anon key", own(jwt.MapClaims{"role": "anon", "sub": nil})},
		{"service key", own(jwt.MapClaims{"role": "service_role", "sub": nil})},
		{"secret key", "sb_secret_" + rand.Text()},
		{"public key", currentToken},
		{"unknown kid", withKid(jwt.SigningMethodES256, next, "unknown")},
		{"rotated key", rotatedToken},
		{"HS256 with the public key", withKid(jwt.SigningMethodHS256, publicBytes(s.t, &current.PublicKey), "current")},
		{"alg none", sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(nil))},
		{"another key", sign(jwt.SigningMethodHS256, []byte(rand.Text()+rand.Text()), claims(nil))},
		{"anonymous sign-in", own(jwt.MapClaims{"is_anonymous": true})},
	}
}

// open lists the routes that ask for no token.
var open = map[string]bool{"GET /": true, "GET /health": true, "GET /livez": true, "GET /readyz": true, "GET /pictures/{user_id}/{file}": true,
	"GET /api/channels/{id}/confirm/{code}": true, "POST /api/channels/{id}/unsubscribe": true}

// expectedOf returns what knock has to return: a user's token reaches that user's own rows, every other token nothing.
func expectedOf(route, who string) string {
	switch {
	case open[route]:
		return "open"
	case who == "owner" || who == "public key":
		return "in"
	case who == "another user" && strings.Contains(route, "{id}"):
		return "404"
	case who == "another user":
		return "own"
	case who == "anonymous sign-in":
		return "403"
	}
	return "401"
}

func TestEveryRouteKeepsItsTenantsApart(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	owner, other := s.user("owner@example.com"), s.user("other@example.com")
	bearers := s.bearers(owner, other)
	var table strings.Builder
	table.WriteString("| route |")
	for _, b := range bearers {
		fmt.Fprintf(&table, " %s |", b.name)
	}
	table.WriteString("\n| --- |" + strings.Repeat(" --- |", len(bearers)) + "\n")
	for _, route := range s.documented() {
		fmt.Fprintf(&table, "| `%s` |", route)
		for _, b := range bearers {
			signal := s.signal(owner, "BINANCE:BTCUSDT") // a new one: deleting is tried too
			seen := s.knock(route, b, owner, signal)
			if want := expectedOf(route, b.name); seen != want {
				t.Errorf("%s with %s: %s, want %s", route, b.name, seen, want)
			}
			fmt.Fprintf(&table, " %s |", seen)
		}
		table.WriteString("\n")
	}
	section.Check(t, "../../docs/security.md", "routes", table.String(), *update, "go test ./internal/api -run TenantsApart -update")
}

// knock calls a route for the owner's rows. It returns "open" for a route without tokens, or the status of a refusal. If
// the owner was answered, it returns "in". If another user was, it returns "leak" if the answer shows the owner's rows,
// and "own" if not.
func (s *stack) knock(route string, b bearer, owner account, signal string) string {
	s.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	id := signal
	if strings.HasPrefix(path, "/api/deliveries/") {
		err := s.pool.QueryRow(s.t.Context(), "insert into webhook_deliveries (user_id, outcome, body, body_size) values ($1, 'disabled', 'x', 1) returning id::text", owner.id).Scan(&id)
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if strings.HasPrefix(path, "/api/channels/") || strings.HasPrefix(path, "/api/notifications/") {
		id = s.channel(owner)
	}
	if strings.HasPrefix(path, "/api/notifications/") {
		err := s.pool.QueryRow(s.t.Context(), "insert into notifications (user_id, channel_id, event, key, state) values ($1, $2, 'trouble', 'test:1', 'failed') returning id::text", owner.id, id).Scan(&id)
		if err != nil {
			s.t.Fatal(err)
		}
	}
	path = strings.NewReplacer("{id}", id, "{code}", "guess", "{user_id}", string(owner.id), "{file}", "x.png").Replace(path)
	body := ""
	if method == http.MethodPut || method == http.MethodPatch {
		body = `{"notes": "x"}`
	}
	if path == "/api/signals/bulk" {
		body = fmt.Sprintf(`{"ids": [%q], "set": {"notes": "x"}}`, signal)
	}
	if path == "/api/alerts/read" {
		body = `{"body": "x"}`
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	w := headWriter{httptest.NewRecorder(), func() {}}
	if strings.HasSuffix(path, "/stream") {
		w.end = cancel
	}
	s.handler.ServeHTTP(w, s.request(account{token: b.token}, method, path, body).WithContext(ctx))
	switch leaked := strings.Contains(w.Body.String(), string(owner.id)) || strings.Contains(w.Body.String(), signal); {
	case open[route]:
		return "open"
	case w.Code == http.StatusUnauthorized, w.Code == http.StatusForbidden, w.Code == http.StatusNotFound && strings.Contains(route, "{id}"):
		return fmt.Sprint(w.Code)
	case w.Code >= http.StatusInternalServerError:
		return fmt.Sprint(w.Code)
	case b.name == "owner" || b.name == "public key":
		return "in"
	case leaked:
		return "leak"
	}
	return "own"
}

// channel stores a channel of a user and returns its id.
func (s *stack) channel(owner account) (id string) {
	s.t.Helper()
	err := s.pool.QueryRow(s.t.Context(), `insert into notification_channels (user_id, kind, settings) values ($1, 'ntfy', '{"topic":"x"}') returning id::text`, owner.id).Scan(&id)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}
