package auth

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// project is a double of Supabase Auth: a JWKS and GET /user.
type project struct {
	*httptest.Server
	mu      sync.Mutex
	keys    []map[string]any
	down    bool
	page    string        // what a captive portal answers in its place, with status 200
	refusal int           // the status of a token's refusal; 0 for 403
	hang    chan struct{} // while set, requests wait for it
	users   map[string]string
	fetches int
	asked   int
}

func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{users: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *project) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	hang, down, page, refusal := p.hang, p.down, p.page, p.refusal
	switch r.URL.Path {
	case "/auth/v1" + keysPath:
		p.fetches++
	case "/auth/v1/user":
		p.asked++
	}
	user := p.users[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	keys, _ := json.Marshal(map[string]any{"keys": append([]map[string]any{}, p.keys...)})
	p.mu.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}
	switch {
	case down:
		w.WriteHeader(http.StatusBadGateway)
	case page != "":
		_, _ = io.WriteString(w, page)
	case r.Header.Get("apikey") == "" && r.URL.Path == "/auth/v1"+keysPath: // readable without a key at the gateway
		_, _ = w.Write(keys)
	case r.Header.Get("apikey") == "":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"message":"No API key found in request","hint":"No `+"`apikey`"+` request header or url param was found."}`)
	case r.Header.Get("apikey") != "anon-key":
		w.WriteHeader(http.StatusTeapot)
	case r.URL.Path == "/auth/v1"+keysPath:
		_, _ = w.Write(keys)
	case user == "":
		w.WriteHeader(cmp.Or(refusal, http.StatusForbidden))
		_, _ = io.WriteString(w, `{"code":403,"error_code":"bad_jwt","msg":"invalid JWT: unable to parse or verify signature"}`)
	default:
		_ = json.NewEncoder(w).Encode(map[string]string{"id": user})
	}
}

func (p *project) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *project) issuer() string { return p.URL + "/auth/v1" }

// verifier returns a started Verifier for the project.
func (p *project) verifier(t *testing.T, secret []byte) *Verifier {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return p.verifierThrough(t, secret, transport)
}

// verifierThrough is verifier with another transport and changed options.
func (p *project) verifierThrough(t *testing.T, secret []byte, transport http.RoundTripper, changes ...func(*Options)) *Verifier {
	t.Helper()
	o := Options{
		Issuer: p.issuer(), Secret: secret, AuthURL: p.issuer(), APIKey: "anon-key",
		Client: &http.Client{Transport: transport}, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&o)
	}
	v := New(o)
	if err := v.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Stop(); v.Stop() })
	return v
}

// distant is a transport without a network to a project that takes a while to answer.
type distant struct{ *project }

// RoundTrip implements http.RoundTripper.
func (d distant) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(200 * time.Millisecond): // by the bubble's clock
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	w := httptest.NewRecorder()
	d.serve(w, r)
	return w.Result(), nil
}

func (p *project) claims(changes ...func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": p.issuer(), "aud": "authenticated", "role": "authenticated", "sub": alice,
		"email": "alice@example.com", "is_anonymous": false,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	for _, change := range changes {
		change(c)
	}
	return c
}

func set(name string, value any) func(jwt.MapClaims) {
	return func(c jwt.MapClaims) { c[name] = value }
}
func drop(name string) func(jwt.MapClaims) { return func(c jwt.MapClaims) { delete(c, name) } }

func sign(t *testing.T, method jwt.SigningMethod, key any, kid string, c jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	if kid != "" {
		token.Header["kid"] = kid
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func newSecret() []byte { return []byte(rand.Text() + rand.Text()) }

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func jwk(t *testing.T, kid string, key crypto.PublicKey) map[string]any {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return map[string]any{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid, "x": b64(point[1:33]), "y": b64(point[33:])}
	case *rsa.PublicKey:
		return map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": b64(key.N.Bytes()), "e": "AQAB"}
	case ed25519.PublicKey:
		return map[string]any{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": b64(key)}
	}
	t.Fatalf("no JWK of a %T", key)
	return nil
}

func (p *project) countAsked() (n int) {
	p.change(func() { n = p.asked })
	return n
}
