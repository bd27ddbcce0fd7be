package authtest

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Subject is a Supabase Auth that Conformance tries: the double, or the original. An address gets a mail a minute.
type Subject struct {
	URL      string // <project>/auth/v1
	APIKey   string
	Callback string // an address that a sign-in may return to
	SiteURL  string // where it returns to otherwise
	Provider string // an OAuth provider that signs somebody in without asking
	// Make makes a user. It sets the id.
	Make func(t *testing.T, user User)
	Ban  func(t *testing.T, email string)
	// Mail returns the code and the link of the last mail to an address.
	Mail func(t *testing.T, email string) (code, link string)
}

// Conformance holds a Supabase Auth to what the original answered.
func Conformance(t *testing.T, s Subject) {
	t.Helper()
	for name, part := range map[string]func(*testing.T, Subject){
		"passwords":                                  passwords,
		"a session's form":                           sessionForm,
		"refresh tokens that nobody issued":          noRefreshTokens,
		"a session's end":                            sessionEnd,
		"scopes of a sign-out":                       scopes,
		"access tokens":                              accessTokens,
		"a banned user":                              banned,
		"the code of a mail":                         mailCode,
		"the link of a mail":                         mailLink,
		"a mail too soon":                            mailTooSoon,
		"somebody new":                               somebodyNew,
		"a sign-in from elsewhere":                   elsewhere,
		"a provider":                                 provider,
		"what is offered":                            offered,
		"requests that make no sense":                nonsense,
		"the verifier that a second mail belongs to": secondMail,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part(t, s)
		})
	}
}

// reply is an answer of Auth.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (s Subject) ask(t *testing.T, method, path string, body any, headers ...string) reply {
	t.Helper()
	var payload io.Reader = http.NoBody
	if raw, ok := body.(string); ok {
		payload = strings.NewReader(raw)
	} else if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(encoded)
	}
	if !strings.Contains(path, "://") {
		path = s.URL + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, path, payload)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Apikey", s.APIKey)
	r.Header.Set("Origin", "https://page.example.com")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got := reply{status: response.StatusCode, header: response.Header}
	_ = json.NewDecoder(response.Body).Decode(&got.body) // redirects and 204 have no JSON
	return got
}

// refuses fails unless a request is refused with a status and a code, in both versions of the API.
func (s Subject) refuses(t *testing.T, what, method, path string, body any, status int, code string, headers ...string) {
	t.Helper()
	old := s.ask(t, method, path, body, headers...)
	msg, _ := old.body["msg"].(string)
	if old.status != status || old.body["error_code"] != code || old.body["code"] != float64(status) || msg == "" || old.header.Get("X-Sb-Error-Code") != code {
		t.Errorf("%s: %d %v %v, want %d %s", what, old.status, old.header, old.body, status, code)
	}
	const version = "2024-01-01"
	now := s.ask(t, method, path, body, append(headers, "X-Supabase-Api-Version", version)...)
	msg, _ = now.body["message"].(string)
	if now.status != status || now.body["code"] != code || msg == "" || len(now.body) != 2 || now.header.Get("X-Supabase-Api-Version") != version {
		t.Errorf("%s, API of %s: %d %v %v, want %d %s", what, version, now.status, now.header, now.body, status, code)
	}
	if exposed := now.header.Get("Access-Control-Expose-Headers"); method == http.MethodPost && !strings.Contains(exposed, "X-Supabase-Api-Version") {
		t.Errorf("%s: pages may read the headers %q", what, exposed)
	}
}

// granted returns the two tokens of an answer, which is a session's.
func granted(t *testing.T, got reply) (access, refresh string) {
	t.Helper()
	access, _ = got.body["access_token"].(string)
	refresh, _ = got.body["refresh_token"].(string)
	if got.status != http.StatusOK || access == "" || refresh == "" {
		t.Fatalf("no session: %d %v", got.status, got.body)
	}
	return access, refresh
}

const secret = "correct horse"

// user makes a user of the test.
func (s Subject) user(t *testing.T, change ...func(*User)) string {
	t.Helper()
	u := User{Email: strings.ToLower(rand.Text()) + "@example.com", Password: secret}
	for _, c := range change {
		c(&u)
	}
	s.Make(t, u)
	return u.Email
}

func (s Subject) signIn(t *testing.T, email string) (access, refresh string) {
	t.Helper()
	return granted(t, s.ask(t, "POST", "/token?grant_type=password", password(email, secret)))
}

func password(email, word string) map[string]any {
	return map[string]any{"email": email, "password": word}
}

func renewal(token string) map[string]any { return map[string]any{"refresh_token": token} }
func bearer(token string) []string        { return []string{"Authorization", "Bearer " + token} }

// pkce returns a verifier and its challenge.
func pkce() (verifier, challenge string) {
	verifier = rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	return verifier, base64.RawURLEncoding.EncodeToString(sum[:])
}

// mail asks for a mail as the library does.
func (s Subject) mail(t *testing.T, email, challenge string) reply {
	t.Helper()
	return s.ask(t, "POST", "/otp?redirect_to="+url.QueryEscape(s.Callback), mailOf(email, challenge))
}

func mailOf(email, challenge string) map[string]any {
	return map[string]any{"email": email, "create_user": true, "data": map[string]any{}, "code_challenge": challenge, "code_challenge_method": "s256"}
}

func code(email, digits string) map[string]any {
	return map[string]any{"email": email, "token": digits, "type": "email"}
}

// opened follows a link to where it leads outside of Auth, and returns that address and its query.
func (s Subject) opened(t *testing.T, link string) (address string, query url.Values) {
	t.Helper()
	for range 10 {
		got := s.ask(t, "GET", link, nil)
		at, err := url.Parse(got.header.Get("Location"))
		if err != nil || at.Host == "" {
			t.Fatalf("%s leads nowhere: %d %v", link, got.status, got.body)
		}
		if address = at.Scheme + "://" + at.Host + at.Path; address == s.Callback || address == s.SiteURL {
			return address, at.Query()
		}
		link = at.String()
	}
	t.Fatal("a redirect without end")
	return "", nil
}

func exchange(authCode, verifier string) map[string]any {
	return map[string]any{"auth_code": authCode, "code_verifier": verifier}
}

func names(of map[string]any) []string { return slices.Sorted(maps.Keys(of)) }
