package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya"
	"atalaya/internal/test/wait"
)

// through returns a verifier for the project with changed options.
func (p *project) through(t *testing.T, change func(*Options)) *Verifier {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return p.verifierThrough(t, nil, transport, change)
}

func TestAGatewaysRefusalIsNoVerdictOnAToken(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := p.through(t, func(o *Options) { o.APIKey = "" })
	good := sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims())
	p.change(func() { p.users[good] = alice })
	refused(t, v, good, atalaya.CodeUnavailable, "does not answer")
	if _, err := Probe(t.Context(), Options{AuthURL: p.issuer(), Client: http.DefaultClient}); err == nil || !strings.Contains(err.Error(), "SUPABASE_ANON_KEY") {
		t.Errorf("without a key Probe returns %v", err)
	}
	if way, err := Probe(t.Context(), Options{AuthURL: p.issuer(), APIKey: "anon-key", Client: http.DefaultClient}); way != ByAuth || err != nil {
		t.Errorf("with the key Probe returns %v, %v", way, err)
	}
	v.remote.apiKey = "anon-key"
	accepted(t, v, good) // at once: the gateway's refusal was not kept
}

func TestOnlyAuthsOwnAnswersAreVerdicts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"code":403,"error_code":"bad_jwt","msg":"invalid JWT"}`:                  true,
		`{"code":401,"msg":"This endpoint requires a Bearer token"}`:               true,
		`{"code":"user_not_found","message":"User from sub claim does not exist"}`: true,
		`{"message":"No API key found in request"}`:                                false,
		`{"message":"Invalid API key","hint":"Double check your keys"}`:            false,
		`{"message":"Invalid authentication credentials"}`:                         false,
		`{"code":404,"message":"no Route matched"}`:                                false,
		`<html>Sign in to the hotel's network</html>`:                              false,
		``:   false,
		`[]`: false,
	} {
		if isVerdict([]byte(body)) != want {
			t.Errorf("isVerdict(%s) = %v, want %v", body, !want, want)
		}
	}
}

// Auth answers 400 for a sub that is no UUID, and 401, 403 or 404 for most else.
func TestARefusalInAuthsWordsIsAVerdictWhateverItsStatus(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := p.verifier(t, nil)
	for _, status := range []int{400, 401, 403, 404} {
		p.change(func() { p.refusal = status })
		refused(t, v, sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims()), atalaya.CodeUnauthorized, "does not accept")
	}
	p.change(func() { p.refusal = 500 })
	refused(t, v, sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims()), atalaya.CodeUnavailable, "does not answer")
}

func TestAPageInPlaceOfAuthIsNoVerdictOnKeysAndTokens(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"<html>Sign in to the hotel's network</html>", "{}", `{"keys":null}`, "[]", `{"keys":[1]}`} {
		p, key := newProject(t), ecKey(t)
		p.keys = []map[string]any{jwk(t, "known", &key.PublicKey)}
		v := p.verifier(t, nil)
		p.change(func() { p.page = page })
		refused(t, v, sign(t, jwt.SigningMethodES256, key, "other", p.claims()), atalaya.CodeUnavailable, "does not answer")
		accepted(t, v, sign(t, jwt.SigningMethodES256, key, "known", p.claims()))
		refused(t, p.verifier(t, nil), sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims()), atalaya.CodeUnavailable, "does not answer")
	}
}

func TestAPageWithStatus200IsNoUser(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := p.verifier(t, nil)
	good := sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims())
	for _, page := range []string{"<html>", "{}", `{"id":""}`} {
		p.change(func() { p.page = page })
		refused(t, v, good, atalaya.CodeUnavailable, "does not answer")
	}
	p.change(func() { p.page, p.users[good] = "", alice })
	accepted(t, v, good)
}

func TestKeysThatAreNotForVerifyingAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"use: enc":         func(k map[string]any) { k["use"] = "enc" },
		"key_ops: encrypt": func(k map[string]any) { k["key_ops"] = []string{"encrypt"} },
		"key_ops: none":    func(k map[string]any) { k["key_ops"] = []string{} },
		"another use":      func(k map[string]any) { k["use"] = "tls" },
	} {
		p, key, other := newProject(t), ecKey(t), ecKey(t)
		unfit := jwk(t, "unfit", &key.PublicKey)
		change(unfit)
		p.keys = []map[string]any{unfit, jwk(t, "fit", &other.PublicKey)}
		v := p.verifier(t, nil)
		if _, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodES256, key, "unfit", p.claims())); atalaya.CodeOf(err) != atalaya.CodeUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
		accepted(t, v, sign(t, jwt.SigningMethodES256, other, "fit", p.claims()))
	}
	p, key := newProject(t), ecKey(t)
	fit := jwk(t, "fit", &key.PublicKey)
	fit["use"], fit["key_ops"] = "sig", []string{"verify"}
	p.keys = []map[string]any{fit}
	accepted(t, p.verifier(t, nil), sign(t, jwt.SigningMethodES256, key, "fit", p.claims()))
}

func TestTheAPIKeyFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var carried sync.Map
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { carried.Store(r.URL.Path, r.Header.Get("apikey")) }))
	t.Cleanup(elsewhere.Close)
	auth := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	t.Cleanup(auth.Close)
	if _, err := Probe(t.Context(), Options{AuthURL: auth.URL, APIKey: "anon-key", Client: http.DefaultClient}); err == nil {
		t.Error("a redirect was taken for an answer")
	}
	r := newRemote(Options{AuthURL: auth.URL, APIKey: "anon-key", Client: http.DefaultClient})
	if _, err := r.ask(t.Context(), "x.y.z"); err == nil || errors.Is(err, errRefused) {
		t.Errorf("a redirect was taken for a verdict: %v", err)
	}
	carried.Range(func(path, key any) bool { t.Errorf("%s was asked with the key %q", path, key); return true })
}

// turns lets one question of each sender through at a time.
type turns struct {
	mu    sync.Mutex
	taken map[string]bool
}

func (s *turns) Take(_ context.Context, key string) (func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[key] {
		return nil, errors.New("full")
	}
	s.taken[key] = true
	return func() { s.mu.Lock(); defer s.mu.Unlock(); delete(s.taken, key) }, nil
}

func TestForgedTokensOfOneSenderDoNotBlockAnother(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := p.through(t, func(o *Options) { o.Turns = &turns{taken: map[string]bool{}} })
	good := sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims())
	p.change(func() { p.users[good] = alice })
	if _, err := v.keys.empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	hang := make(chan struct{})
	p.change(func() { p.hang = hang })
	ended := make(chan error, 1)
	go func() {
		_, err := v.Verify(WithSender(context.Background(), "attacker"), sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims(set("jti", rand.Text()))))
		ended <- err
	}()
	wait.For(t, "Auth is asked", func() bool { return p.countAsked() > 0 })
	if _, err := v.Verify(WithSender(t.Context(), "attacker"), sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims())); atalaya.CodeOf(err) != atalaya.CodeUnavailable || p.countAsked() != 1 {
		t.Errorf("a second question of the same sender: %v", err)
	}
	p.change(func() { p.hang = nil })
	if _, err := v.Verify(WithSender(t.Context(), "somebody"), good); err != nil {
		t.Errorf("somebody else's good token: %v", err)
	}
	close(hang)
	<-ended
}

func TestARevokedKeyIsRefusedOnceTheKeysAreFetchedAgain(t *testing.T) {
	t.Parallel()
	p, key := newProject(t), ecKey(t)
	p.keys = []map[string]any{jwk(t, "known", &key.PublicKey)}
	v := p.through(t, func(o *Options) { o.KeysEvery = 50 * time.Millisecond })
	accepted(t, v, sign(t, jwt.SigningMethodES256, key, "known", p.claims()))
	p.change(func() { p.keys = nil })
	wait.For(t, "the revoked key is refused", func() bool {
		_, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodES256, key, "known", p.claims()))
		return atalaya.CodeOf(err) == atalaya.CodeUnauthorized
	})
}
