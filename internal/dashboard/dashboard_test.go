package dashboard

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"atalaya"
)

const ana = atalaya.UserID("7a0f3e4c-0000-4000-8000-000000000001")

// kept holds the login codes of a test, and says whether the user is gone.
type kept struct {
	codes map[string]atalaya.UserID
	gone  bool
}

func (k *kept) TakeLoginCode(_ context.Context, hash []byte) (atalaya.UserID, error) {
	user, ok := k.codes[string(hash)]
	if !ok {
		return "", atalaya.Errorf(atalaya.CodeUnauthorized, "used already")
	}
	delete(k.codes, string(hash))
	return user, nil
}

func (k *kept) UserEmail(context.Context, atalaya.UserID) (string, error) {
	if k.gone {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "no such user")
	}
	return "ana@example.com", nil
}

type issuer struct{}

func (issuer) Token(user atalaya.UserID, _ string, ttl time.Duration) (string, error) {
	return "access token of " + string(user) + " for " + ttl.String(), nil
}

// sealer marks a session that it has sealed.
type sealer struct{}

func (sealer) SealSession(plain []byte) (string, error) {
	return "sealed." + hex.EncodeToString(plain), nil
}
func (sealer) OpenSession(sealed string) ([]byte, error) {
	text, ok := strings.CutPrefix(sealed, "sealed.")
	if !ok {
		return nil, errors.New("not ours")
	}
	return hex.DecodeString(text)
}

type world struct {
	*kept
	door *Door
	now  time.Time
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{kept: &kept{codes: map[string]atalaya.UserID{}}, now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	door, err := New(Options{
		Sessions: &Local{Codes: w.kept, Issuer: issuer{}, Cookies: Cookies{Sealer: sealer{}, Secure: true, Now: func() time.Time { return w.now }}},
		Version:  "test", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.door = door
	return w
}

// ask sends a request as the page does; cookie may be nil.
func (w *world) ask(method, path, body string, cookie *http.Cookie, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://signals.example.com"+path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	recorder := httptest.NewRecorder()
	w.door.ServeHTTP(recorder, r)
	return recorder
}

// signIn begins a session and returns its cookie.
func (w *world) signIn(t *testing.T) *http.Cookie {
	t.Helper()
	code, hash := NewCode()
	w.codes[string(hash)] = ana
	answer := w.ask("POST", "/api/session", `{"code":"`+code+`"}`, nil)
	if answer.Code != http.StatusOK {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	return cookieOf(t, answer)
}

func cookieOf(t *testing.T, answer *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	cookies := answer.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	return cookies[0]
}

func TestACodeOpensOneSessionWhoseCookieNoScriptReads(t *testing.T) {
	t.Parallel()
	w := open(t)
	code, hash := NewCode()
	w.codes[string(hash)] = ana
	first := w.ask("POST", "/api/session", `{"code":"`+code+`"}`, nil)
	cookie := cookieOf(t, first)
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteStrictMode || cookie.Name != "__Host-atalaya" || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("cookie %+v", cookie)
	}
	var told answer
	if err := json.Unmarshal(first.Body.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	if told.AccessToken != "access token of "+string(ana)+" for 10m0s" || told.ExpiresIn != 600 || told.Email != "ana@example.com" {
		t.Errorf("the session is answered %+v", told)
	}
	if again := w.ask("POST", "/api/session", `{"code":"`+code+`"}`, nil); again.Code != http.StatusUnauthorized || len(again.Result().Cookies()) != 0 {
		t.Errorf("the second time: %d", again.Code)
	}
}

func TestACookieRenewsItsSessionUntilItIsOverOrItsUserIsGone(t *testing.T) {
	t.Parallel()
	w := open(t)
	cookie := w.signIn(t)
	renewed := w.ask("POST", "/api/session/token", "", cookie)
	if renewed.Code != http.StatusOK {
		t.Fatalf("status %d: %s", renewed.Code, renewed.Body)
	}
	forged := *cookie
	forged.Value = "something else"
	for name, c := range map[string]*http.Cookie{"none": nil, "forged": &forged} {
		if answer := w.ask("POST", "/api/session/token", "", c); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s is answered %d, want 401", name, answer.Code)
		}
	}
	w.now = w.now.Add(sessionLife)
	if answer := w.ask("POST", "/api/session/token", "", cookie); answer.Code != http.StatusUnauthorized {
		t.Errorf("after the session's end: %d", answer.Code)
	}
	fresh := w.signIn(t)
	w.gone = true
	answer := w.ask("POST", "/api/session/token", "", fresh)
	if answer.Code != http.StatusUnauthorized || cookieOf(t, answer).MaxAge >= 0 {
		t.Errorf("after the user is gone: %d, %+v", answer.Code, answer.Result().Cookies())
	}
}

func TestSigningOutRemovesTheCookie(t *testing.T) {
	t.Parallel()
	w := open(t)
	answer := w.ask("DELETE", "/api/session", "", w.signIn(t))
	if cookie := cookieOf(t, answer); answer.Code != http.StatusNoContent || cookie.MaxAge >= 0 || cookie.Value != "" {
		t.Errorf("%d, %+v", answer.Code, cookie)
	}
}

func TestRequestsOfAnotherSiteAreForbidden(t *testing.T) {
	t.Parallel()
	w := open(t)
	cookie := w.signIn(t)
	for _, route := range []string{"POST /api/session", "POST /api/session/token", "DELETE /api/session"} {
		method, path, _ := strings.Cut(route, " ")
		answer := w.ask(method, path, "{}", cookie, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if answer.Code != http.StatusForbidden || strings.Contains(answer.Body.String(), "access") {
			t.Errorf("%s: %d %s", route, answer.Code, answer.Body)
		}
	}
}

func TestWhatIsNoSignInIsRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, body := range []string{"", "no JSON", `{"code":1}`, `{"code":"` + strings.Repeat("x", maxBody) + `"}`} {
		answer := w.ask("POST", "/api/session", body, nil)
		if answer.Code != http.StatusUnprocessableEntity && answer.Code != http.StatusBadRequest || bytes.Contains(answer.Body.Bytes(), []byte("xxxx")) {
			t.Errorf("%.20q: %d %s", body, answer.Code, answer.Body)
		}
	}
}

func TestEveryAnswerCarriesThePolicyAndThePageAnswersItsPaths(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, path := range []string{"/app/", "/app/statistics", "/app/signals/42", "/app/config.json", "/app/assets/none.js", "/app/%2e%2e/%2e%2e/etc/passwd"} {
		answer := w.ask("GET", path, "", nil)
		policy := answer.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %q", path, policy, part)
			}
		}
		if strings.HasPrefix(answer.Body.String(), "root:") {
			t.Errorf("%s shows a file of the machine", path)
		}
	}
	if answer := w.ask("GET", "/app/statistics", "", nil); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "<title>Atalaya</title>") {
		t.Errorf("the page: %d", answer.Code)
	}
	for path, owned := range map[string]bool{"/app": true, "/app/x": true, "/application": false, "/api/session": true, "/api/sessions": false, "/": false} {
		if w.door.Owns(path) != owned {
			t.Errorf("Owns(%s) = %v", path, !owned)
		}
	}
}

func TestAProgramBuiltWithoutNodeSaysHowToGetThePage(t *testing.T) {
	t.Parallel()
	missing, err := page.ReadFile("page/missing.html")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPages(Options{Sessions: NoSignIn{}}, fstest.MapFS{"page/missing.html": {Data: missing}})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/app/", "/app/statistics", "/app/assets/index.js"} {
		recorder := httptest.NewRecorder()
		if err := p.serve(recorder, httptest.NewRequest(http.MethodGet, path, nil)); err != nil {
			t.Fatal(err)
		}
		if body := recorder.Body.String(); recorder.Code != http.StatusOK || !strings.Contains(body, "make build") || !strings.Contains(body, "Node.js") {
			t.Errorf("%s: %d %s", path, recorder.Code, body)
		}
	}
}
