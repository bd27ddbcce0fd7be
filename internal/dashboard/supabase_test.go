package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/auth/authtest"
)

const (
	anonKey = "eyJ.the-anon-key"
	bruno   = atalaya.UserID("7a0f3e4c-0000-4000-8000-000000000002")
)

// supabase is the dashboard of a project with two users and a guest.
type supabase struct {
	*world
	project *authtest.Project
	ana     authtest.User
	logged  *bytes.Buffer
	slow    bool // MayRefresh refuses
}

func (s *supabase) MayRefresh(context.Context, atalaya.UserID) bool { return !s.slow }

func openSupabase(t *testing.T, o authtest.Options) *supabase {
	t.Helper()
	secret := []byte(strings.Repeat("s", 32))
	o.APIKey = anonKey
	o.Sign = func(claims map[string]any) (string, error) {
		return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString(secret)
	}
	s := &supabase{
		world: &world{now: time.Now()}, logged: &bytes.Buffer{},
		ana: authtest.User{ID: string(ana), Email: "ana@example.com", Password: "correct horse"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.project.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	o.Issuer = server.URL + "/auth/v1"
	s.project = authtest.New(o, s.ana)
	log := slog.New(slog.NewTextHandler(s.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	sessions, err := NewSupabase(SupabaseOptions{
		URL: server.URL, AnonKey: anonKey, Pace: s, Client: server.Client(), Log: log,
		Verifier: auth.New(auth.Options{Issuer: o.Issuer, Secret: secret}),
		Cookies:  Cookies{Sealer: sealer{}, Secure: true, Now: func() time.Time { return s.now }},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.door, err = New(Options{Sessions: sessions, ImageSources: []string{server.URL + "/storage/v1/object/public/pictures/"}, Version: "test", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// handOver sends a fresh session of a user, as the page does after a sign-in.
func (s *supabase) handOver(t *testing.T, user authtest.User) *httptest.ResponseRecorder {
	t.Helper()
	access, refresh, err := s.project.Begin(user)
	if err != nil {
		t.Fatal(err)
	}
	return s.ask("POST", "/api/session", tokens(access, refresh), nil)
}

func tokens(access, refresh string) string {
	body, _ := json.Marshal(map[string]string{"access_token": access, "refresh_token": refresh}) // strings always marshal
	return string(body)
}

func (s *supabase) refreshed(t *testing.T) int {
	t.Helper()
	used, reused := s.project.Refreshes()
	if reused != 0 {
		t.Errorf("%d refresh tokens were used twice", reused)
	}
	return used
}

func TestAFreshSupabaseSessionIsSealedAndItsTokenRotated(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	access, refresh, err := s.project.Begin(s.ana)
	if err != nil {
		t.Fatal(err)
	}
	first := s.ask("POST", "/api/session", tokens(access, refresh), nil)
	if first.Code != http.StatusOK {
		t.Fatalf("the sign-in is answered %d %s", first.Code, first.Body)
	}
	cookie := cookieOf(t, first)
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteStrictMode || cookie.Name != "__Host-atalaya" {
		t.Errorf("cookie %+v", cookie)
	}
	plain, err := sealer{}.OpenSession(cookie.Value)
	if err != nil || bytes.Contains(plain, []byte(refresh)) || bytes.Contains(first.Body.Bytes(), []byte("refresh")) {
		t.Errorf("the page's refresh token is kept, or the next one is sent: %v", err)
	}
	var told answer
	if err := json.Unmarshal(first.Body.Bytes(), &told); err != nil || told.Email != s.ana.Email || told.ExpiresIn < 3500 || told.ExpiresIn > 3600 {
		t.Errorf("the session is answered %+v, %v", told, err)
	}
	for range 3 { // reloads
		again := s.ask("POST", "/api/session/token", "", cookie)
		if again.Code != http.StatusOK {
			t.Fatalf("a reload is answered %d %s", again.Code, again.Body)
		}
		cookie = cookieOf(t, again)
	}
	if n := s.refreshed(t); n != 1 {
		t.Errorf("after three reloads there were %d refreshes, want the sign-in's", n)
	}
	s.now = s.now.Add(59 * time.Minute)
	if again := s.ask("POST", "/api/session/token", "", cookie); again.Code != http.StatusOK || cookieOf(t, again).Value == cookie.Value {
		t.Errorf("after the token's end a reload is answered %d %s", again.Code, again.Body)
	}
	if n := s.refreshed(t); n != 2 {
		t.Errorf("after the token's end there were %d refreshes, want 2", n)
	}
}

func TestTabsThatRenewAtOnceShareOneRefreshAndAReloadKeepsTheSession(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	cookie := cookieOf(t, s.handOver(t, s.ana))
	s.now = s.now.Add(59 * time.Minute)
	waiting, release := s.project.Hold()
	gone, leave := context.WithCancel(t.Context())
	var tabs sync.WaitGroup
	renew := func(ctx context.Context) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, "POST", "https://signals.example.com/api/session/token", http.NoBody)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(cookie)
		recorder := httptest.NewRecorder()
		s.door.ServeHTTP(recorder, r)
		return recorder
	}
	tabs.Go(func() { renew(gone) }) // its answer never arrives
	<-waiting
	leave()
	answers := make([]*httptest.ResponseRecorder, 8)
	for i := range answers {
		tabs.Go(func() { answers[i] = renew(t.Context()) })
	}
	release()
	tabs.Wait()
	for _, a := range answers {
		if a.Code != http.StatusOK || cookieOf(t, a).MaxAge <= 0 {
			t.Fatalf("a tab is answered %d %s", a.Code, a.Body)
		}
	}
	if late := renew(t.Context()); late.Code != http.StatusOK { // a reload, still with the old cookie
		t.Errorf("a late reload is answered %d %s", late.Code, late.Body)
	}
	if n := s.refreshed(t); n != 2 {
		t.Errorf("%d refreshes, one is the sign-in's", n)
	}
}

func TestOnlySupabasesRefusalSignsOut(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	cookie := cookieOf(t, s.handOver(t, s.ana))
	s.now = s.now.Add(59 * time.Minute)
	for _, status := range []int{500, 502, 503, 504, 429, 401, 403, 404, 302} {
		s.project.Fail(status)
		away := s.ask("POST", "/api/session/token", "", cookie)
		if away.Code != http.StatusServiceUnavailable || len(away.Result().Cookies()) != 0 || !strings.Contains(away.Body.String(), `"unavailable"`) {
			t.Errorf("Supabase answers %d: %d %s", status, away.Code, away.Body)
		}
	}
	s.project.Fail(0)
	for code, status := range map[string]int{
		"conflict": 409, "over_request_rate_limit": 429, "hook_timeout": 422, "hook_payload_invalid_content_type": 400, "request_timeout": 504, "unexpected_failure": 500,
	} {
		s.project.RefuseRefreshes(status, code)
		passing := s.ask("POST", "/api/session/token", "", cookie)
		if passing.Code != http.StatusServiceUnavailable || len(passing.Result().Cookies()) != 0 {
			t.Errorf("Auth says %d %s: %d %s", status, code, passing.Code, passing.Body)
		}
	}
	s.project.RefuseRefreshes(0, "")
	s.slow = true
	if held := s.ask("POST", "/api/session/token", "", cookie); held.Code != http.StatusTooManyRequests || len(held.Result().Cookies()) != 0 {
		t.Errorf("too often: %d %s", held.Code, held.Body)
	}
	s.slow = false
	back := s.ask("POST", "/api/session/token", "", cookie)
	if back.Code != http.StatusOK {
		t.Fatalf("back again: %d %s", back.Code, back.Body)
	}
	s.now = s.now.Add(59 * time.Minute)
	s.project.End()
	over := s.ask("POST", "/api/session/token", "", cookieOf(t, back))
	if over.Code != http.StatusUnauthorized || cookieOf(t, over).MaxAge >= 0 {
		t.Errorf("ended at Supabase: %d %s", over.Code, over.Body)
	}
	if log := s.logged.String(); strings.Contains(log, "eyJhbGciOi") || !strings.Contains(log, "503") {
		t.Errorf("log %s", log)
	}
}

func TestABannedUserIsSignedOutAtTheNextRenewal(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	cookie := cookieOf(t, s.handOver(t, s.ana))
	s.project.Ban(s.ana.Email)
	s.now = s.now.Add(59 * time.Minute)
	if over := s.ask("POST", "/api/session/token", "", cookie); over.Code != http.StatusUnauthorized || cookieOf(t, over).MaxAge >= 0 {
		t.Errorf("%d %s", over.Code, over.Body)
	}
}

func TestSigningOutEndsTheSessionAtSupabaseToo(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]bool{"Supabase answers": false, "Supabase is away": true} {
		s := openSupabase(t, authtest.Options{})
		cookie := cookieOf(t, s.handOver(t, s.ana))
		if away {
			s.project.Fail(503)
		}
		out := s.ask("DELETE", "/api/session", "", cookie)
		if out.Code != http.StatusNoContent || cookieOf(t, out).MaxAge >= 0 {
			t.Errorf("%s: %d %+v", name, out.Code, out.Result().Cookies())
		}
		if ended := s.project.SignedOut() == 1; ended == away {
			t.Errorf("%s: ended at Supabase: %v", name, ended)
		}
		if !away {
			if again := s.ask("POST", "/api/session/token", "", cookie); again.Code != http.StatusUnauthorized {
				t.Errorf("the cookie still works: %d", again.Code)
			}
		}
	}
}

func TestTokensOfOthersOfGuestsAndForgedOnesBeginNoSession(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	guest := s.handOver(t, authtest.User{ID: "7a0f3e4c-0000-4000-8000-000000000003", Anonymous: true})
	if guest.Code != http.StatusForbidden || !strings.Contains(guest.Body.String(), "Anonymous sign-ins have no signals") {
		t.Errorf("guest: %d %s", guest.Code, guest.Body)
	}
	access, refresh, err := s.project.Begin(s.ana)
	if err != nil {
		t.Fatal(err)
	}
	_, others, err := s.project.Begin(authtest.User{ID: string(bruno), Email: "bruno@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"another's refresh token": tokens(access, others), "no refresh token": tokens(access, ""), "no access token": tokens("", refresh),
		"an invented refresh token": tokens(access, "abcdefghijkl"), "no form of a refresh token": tokens(access, "invented-12345"), "a changed access token": tokens(access+"x", refresh),
		"a long refresh token": tokens(access, strings.Repeat("x", maxRefreshToken+1)), "no JSON": "{", "nothing": "",
	} {
		a := s.ask("POST", "/api/session", body, nil)
		if a.Code != http.StatusUnauthorized && a.Code != http.StatusUnprocessableEntity && a.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
		for _, cookie := range a.Result().Cookies() {
			if cookie.MaxAge >= 0 {
				t.Errorf("%s: cookie %+v", name, cookie)
			}
		}
	}
	if a := s.ask("POST", "/api/session", tokens(access, refresh), nil, "Sec-Fetch-Site", "cross-site"); a.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", a.Code)
	}
}

func TestACookieOfTheLocalIssuerIsNoSupabaseSession(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	plain, _ := json.Marshal(session{User: ana, Expires: s.now.Add(time.Hour)}) // always marshals
	sealed, err := sealer{}.SealSession(plain)
	if err != nil {
		t.Fatal(err)
	}
	a := s.ask("POST", "/api/session/token", "", &http.Cookie{Name: "__Host-atalaya", Value: sealed})
	if a.Code != http.StatusUnauthorized || cookieOf(t, a).MaxAge >= 0 {
		t.Errorf("a cookie of the local issuer is answered %d %s", a.Code, a.Body)
	}
}

func TestThePagesConfigNamesItsProjectAndItsPolicyAllowsNothingElse(t *testing.T) {
	t.Parallel()
	s := openSupabase(t, authtest.Options{})
	a := s.ask("GET", "/app/config.json", "", nil)
	var told facts
	if err := json.Unmarshal(a.Body.Bytes(), &told); err != nil || told.Mode != "supabase" || told.AnonKey != anonKey || told.Version != "test" {
		t.Errorf("the page's config is %+v, %v", told, err)
	}
	policy := a.Header().Get("Content-Security-Policy")
	for _, part := range []string{"connect-src 'self' " + told.SupabaseURL + ";", "img-src 'self' blob: data: " + told.SupabaseURL + "/storage/v1/object/public/pictures/;"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %q lacks %q", policy, part)
		}
	}
}

func TestWithoutTheAnonKeyASignInIsRefusedWithTheCure(t *testing.T) {
	t.Parallel()
	w := open(t)
	var err error
	if w.door, err = New(Options{Sessions: NoSignIn{}, Version: "test", Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	if a := w.ask("GET", "/app/config.json", "", nil); !strings.Contains(a.Body.String(), `"mode":"none"`) {
		t.Errorf("the page's config is %s, want the mode none", a.Body)
	}
	if a := w.ask("POST", "/api/session", "{}", nil); a.Code != http.StatusForbidden || !strings.Contains(a.Body.String(), "SUPABASE_ANON_KEY") {
		t.Errorf("a sign-in is answered %d %s, want 403 with the cure", a.Code, a.Body)
	}
	if a := w.ask("POST", "/api/session/token", "", nil); a.Code != http.StatusUnauthorized {
		t.Errorf("a renewal is answered %d, want 401", a.Code)
	}
}

func TestTheMemoryOfRefreshesIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newRefreshes(func() time.Time { return now })
	for i := range maxRefreshes + 50 {
		token := string(rune('a'+i%26)) + time.Duration(i).String()
		got, err := r.get(t.Context(), token, func(context.Context, string) (grant, error) {
			return grant{refreshToken: "next of " + token, expires: now.Add(time.Hour)}, nil
		})
		if err != nil || got.refreshToken != "next of "+token {
			t.Fatal(got, err)
		}
	}
	if len(r.kept) > maxRefreshes+1 {
		t.Errorf("%d are kept", len(r.kept))
	}
}
