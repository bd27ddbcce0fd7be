package authtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const (
	passwordGrant = "/token?grant_type=password"
	refreshGrant  = "/token?grant_type=refresh_token"
	pkceGrant     = "/token?grant_type=pkce"
)

func passwords(t *testing.T, s Subject) {
	known, new := s.user(t), s.user(t, func(u *User) { u.Unconfirmed = true })
	for what, c := range map[string]struct {
		email, password, code string
	}{
		"a wrong password":                           {known, "wrong", "invalid_credentials"},
		"nobody":                                     {"nobody@example.com", secret, "invalid_credentials"},
		"an address that is not confirmed":           {new, secret, "email_not_confirmed"},
		"such an address with a wrong password":      {new, "wrong", "invalid_credentials"},
		"no address":                                 {"", secret, "validation_failed"},
		"an address that is somebody's, no password": {known, "", "invalid_credentials"},
	} {
		s.refuses(t, what, "POST", passwordGrant, password(c.email, c.password), 400, c.code)
	}
	granted(t, s.ask(t, "POST", passwordGrant, password(strings.ToUpper(known), secret)))
}

func sessionForm(t *testing.T, s Subject) {
	email := s.user(t)
	got := s.ask(t, "POST", passwordGrant, password(email, secret))
	access, refresh := granted(t, got)
	for _, name := range []string{"access_token", "expires_at", "expires_in", "refresh_token", "token_type", "user"} {
		if _, ok := got.body[name]; !ok {
			t.Errorf("%s is missing in %v", name, names(got.body))
		}
	}
	user, _ := got.body["user"].(map[string]any)
	if user["email"] != email || got.body["token_type"] != "bearer" || len(refresh) != 12 {
		t.Errorf("%v, user %v, a refresh token of %d characters", got.body["token_type"], user, len(refresh))
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(access, ".")[1])
	var claims map[string]any
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		t.Fatalf("claims %s: %v", payload, err)
	}
	want := []string{"aal", "amr", "app_metadata", "aud", "email", "exp", "iat", "is_anonymous", "iss", "phone", "role", "session_id", "sub", "user_metadata"}
	if !slices.Equal(names(claims), want) || claims["sub"] != user["id"] || claims["iss"] != s.URL {
		t.Errorf("claims %v", claims)
	}
}

func noRefreshTokens(t *testing.T, s Subject) {
	for _, token := range []string{"", "short", "UPPERCASE123", "invented-12345", strings.Repeat("x", 60)} {
		s.refuses(t, "refresh token "+token, "POST", refreshGrant, renewal(token), 400, "validation_failed")
	}
	s.refuses(t, "a refresh token of nobody", "POST", refreshGrant, renewal("abcdefghijkl"), 400, "refresh_token_not_found")
}

func sessionEnd(t *testing.T, s Subject) {
	access, refresh := s.signIn(t, s.user(t))
	_, next := granted(t, s.ask(t, "POST", refreshGrant, renewal(refresh)))
	if next == refresh {
		t.Error("the refresh token stays the same")
	}
	if got := s.ask(t, "POST", "/logout?scope=local", nil, bearer(access)...); got.status != http.StatusNoContent {
		t.Errorf("signing out: %d %v", got.status, got.body)
	}
	s.refuses(t, "signing out again", "POST", "/logout?scope=local", nil, 403, "session_not_found", bearer(access)...)
	s.refuses(t, "its access token", "GET", "/user", nil, 403, "session_not_found", bearer(access)...)
	s.refuses(t, "its refresh token", "POST", refreshGrant, renewal(next), 400, "refresh_token_not_found")
}

func scopes(t *testing.T, s Subject) {
	for scope, ends := range map[string][2]bool{"local": {true, false}, "others": {false, true}, "global": {true, true}, "": {true, true}} {
		email := s.user(t)
		access, own := s.signIn(t, email)
		_, other := s.signIn(t, email)
		s.ask(t, "POST", "/logout?scope="+scope, nil, bearer(access)...)
		for i, token := range []string{own, other} {
			if over := s.ask(t, "POST", refreshGrant, renewal(token)).status == http.StatusBadRequest; over != ends[i] {
				t.Errorf("scope %q, session %d is over: %t", scope, i, over)
			}
		}
	}
	access, _ := s.signIn(t, s.user(t))
	s.refuses(t, "an unknown scope", "POST", "/logout?scope=nothing", nil, 400, "validation_failed", bearer(access)...)
}

func accessTokens(t *testing.T, s Subject) {
	email := s.user(t)
	access, _ := s.signIn(t, email)
	if got := s.ask(t, "GET", "/user", nil, bearer(access)...); got.status != http.StatusOK || got.body["email"] != email || got.body["id"] == "" {
		t.Errorf("%d %v", got.status, got.body)
	}
	s.refuses(t, "no token", "GET", "/user", nil, 401, "no_authorization")
	for _, token := range []string{"x", access[:len(access)-4] + "AAAA"} {
		s.refuses(t, "a forged token", "GET", "/user", nil, 403, "bad_jwt", bearer(token)...)
	}
}

func banned(t *testing.T, s Subject) {
	email := s.user(t)
	access, refresh := s.signIn(t, email)
	_, challenge := pkce()
	s.mail(t, email, challenge)
	s.Ban(t, email)
	s.refuses(t, "password", "POST", passwordGrant, password(email, secret), 400, "user_banned")
	s.refuses(t, "wrong password", "POST", passwordGrant, password(email, "wrong"), 400, "user_banned")
	s.refuses(t, "refresh token", "POST", refreshGrant, renewal(refresh), 400, "user_banned")
	s.refuses(t, "access token", "GET", "/user", nil, 403, "user_banned", bearer(access)...)
	digits, link := s.Mail(t, email)
	s.refuses(t, "code", "POST", "/verify", code(email, digits), 403, "user_banned")
	s.turnsAway(t, link, "user_banned")
}

// turnsAway fails unless a mail's link leads back with a code of refusal.
func (s Subject) turnsAway(t *testing.T, link, code string) {
	t.Helper()
	if at, q := s.opened(t, link); at != s.Callback || q.Get("error") != "access_denied" || q.Get("error_code") != code {
		t.Errorf("the link leads to %s with %v, want %s with %s", at, q, s.Callback, code)
	}
}

func mailCode(t *testing.T, s Subject) {
	email := s.user(t)
	_, challenge := pkce()
	if got := s.mail(t, email, challenge); got.status != http.StatusOK || len(got.body) != 0 {
		t.Fatalf("%d %v", got.status, got.body)
	}
	digits, link := s.Mail(t, email)
	wrong := "000000"
	if digits == wrong {
		wrong = "111111"
	}
	s.refuses(t, "a wrong code", "POST", "/verify", code(email, wrong), 403, "otp_expired")
	s.refuses(t, "a code of nobody", "POST", "/verify", code("nobody@example.com", digits), 403, "otp_expired")
	granted(t, s.ask(t, "POST", "/verify", code(strings.ToUpper(email), digits)))
	s.refuses(t, "the code again", "POST", "/verify", code(email, digits), 403, "otp_expired")
	s.turnsAway(t, link, "otp_expired")
}

func mailLink(t *testing.T, s Subject) {
	email := s.user(t)
	verifier, challenge := pkce()
	s.mail(t, email, challenge)
	digits, link := s.Mail(t, email)
	at, q := s.opened(t, link)
	if at != s.Callback || len(q) != 1 || q.Get("code") == "" {
		t.Fatalf("the link leads to %s with %v", at, q)
	}
	s.refuses(t, "the code after its link", "POST", "/verify", code(email, digits), 403, "otp_expired")
	if _, again := s.opened(t, link); again.Get("error_code") != "otp_expired" {
		t.Errorf("the link a second time leads to %v", again)
	}
	other, _ := pkce()
	s.refuses(t, "no verifier", "POST", pkceGrant, exchange(q.Get("code"), ""), 400, "validation_failed")
	s.refuses(t, "a wrong verifier", "POST", pkceGrant, exchange(q.Get("code"), other), 400, "bad_code_verifier")
	s.refuses(t, "a code of nobody", "POST", pkceGrant, exchange(newID(), verifier), 404, "flow_state_not_found")
	granted(t, s.ask(t, "POST", pkceGrant, exchange(q.Get("code"), verifier)))
	s.refuses(t, "the code of the callback again", "POST", pkceGrant, exchange(q.Get("code"), verifier), 404, "flow_state_not_found")
}

func mailTooSoon(t *testing.T, s Subject) {
	email := s.user(t)
	_, challenge := pkce()
	s.mail(t, email, challenge)
	s.refuses(t, "a second mail within a minute", "POST", "/otp", mailOf(email, challenge), 429, "over_email_send_rate_limit")
}

// secondMail asks for a mail twice within a minute, as impatient people do, each time with a new verifier.
func secondMail(t *testing.T, s Subject) {
	known, stranger := s.user(t), newID()+"@example.com"
	for email, right := range map[string]int{known: 1, stranger: 0} {
		var verifiers [2]string
		for i := range verifiers {
			var challenge string
			verifiers[i], challenge = pkce()
			s.mail(t, email, challenge)
		}
		_, link := s.Mail(t, email)
		_, q := s.opened(t, link)
		s.refuses(t, "the other verifier", "POST", pkceGrant, exchange(q.Get("code"), verifiers[1-right]), 400, "bad_code_verifier")
		granted(t, s.ask(t, "POST", pkceGrant, exchange(q.Get("code"), verifiers[right])))
	}
}

func somebodyNew(t *testing.T, s Subject) {
	stranger, other := newID()+"@example.com", newID()+"@example.com"
	verifier, challenge := pkce()
	closed := mailOf(stranger, challenge)
	closed["create_user"] = false
	s.refuses(t, "an account is wanted", "POST", "/otp", closed, 422, "otp_disabled")
	s.mail(t, stranger, challenge)
	_, link := s.Mail(t, stranger)
	_, q := s.opened(t, link)
	granted(t, s.ask(t, "POST", pkceGrant, exchange(q.Get("code"), verifier)))
	s.mail(t, other, challenge)
	digits, _ := s.Mail(t, other)
	granted(t, s.ask(t, "POST", "/verify", code(other, digits)))
}

func elsewhere(t *testing.T, s Subject) {
	email := s.user(t)
	_, challenge := pkce()
	away := url.QueryEscape("https://elsewhere.example.org/")
	if got := s.ask(t, "POST", "/otp?redirect_to="+away, mailOf(email, challenge)); got.status != http.StatusOK {
		t.Errorf("%d %v", got.status, got.body)
	}
	_, link := s.Mail(t, email)
	if at, q := s.opened(t, link); at != s.SiteURL || q.Get("code") == "" {
		t.Errorf("the mail's link leads to %s with %v", at, q)
	}
	for redirect, want := range map[string]string{away: s.SiteURL, url.QueryEscape(s.Callback): s.Callback} {
		if at, q := s.opened(t, s.URL+"/verify?type=magiclink&token=pkce_unknown&redirect_to="+redirect); at != want || q.Get("error_code") != "otp_expired" {
			t.Errorf("an unknown link leads to %s with %v", at, q)
		}
	}
	s.refuses(t, "a link without its token", "GET", "/verify?type=magiclink&redirect_to="+away, nil, 400, "validation_failed")
}

func provider(t *testing.T, s Subject) {
	verifier, challenge := pkce()
	to := "/authorize?code_challenge=" + challenge + "&code_challenge_method=s256&redirect_to="
	at, q := s.opened(t, s.URL+to+url.QueryEscape(s.Callback)+"&provider="+s.Provider)
	if at != s.Callback || len(q) != 1 {
		t.Fatalf("the provider leads to %s with %v", at, q)
	}
	granted(t, s.ask(t, "POST", pkceGrant, exchange(q.Get("code"), verifier)))
	if at, _ := s.opened(t, s.URL+to+url.QueryEscape("https://elsewhere.example.org/")+"&provider="+s.Provider); at != s.SiteURL {
		t.Errorf("a sign-in from elsewhere leads to %s", at)
	}
	for _, other := range []string{"figma", "nosuch", ""} {
		s.refuses(t, "provider "+other, "GET", to+url.QueryEscape(s.Callback)+"&provider="+other, nil, 400, "validation_failed")
	}
}

func offered(t *testing.T, s Subject) {
	got := s.ask(t, "GET", "/settings", nil)
	external, _ := got.body["external"].(map[string]any)
	if external[s.Provider] != true || external["email"] != true || external["figma"] != false {
		t.Errorf("%d %v", got.status, got.body)
	}
	if got := s.ask(t, "GET", "/.well-known/openid-configuration", nil); got.body["issuer"] != s.URL {
		t.Errorf("%d %v", got.status, got.body)
	}
}

func nonsense(t *testing.T, s Subject) {
	_, challenge := pkce()
	s.refuses(t, "no JSON", "POST", passwordGrant, "{", 400, "bad_json")
	s.refuses(t, "an unknown grant", "POST", "/token?grant_type=none", map[string]any{}, 400, "invalid_credentials")
	s.refuses(t, "no address", "POST", "/otp", mailOf("nobody", challenge), 400, "validation_failed")
	s.refuses(t, "a short challenge", "POST", "/otp", mailOf("nobody@example.com", "short"), 400, "validation_failed")
	if got := s.ask(t, "GET", "/nothing", nil); got.status != http.StatusNotFound {
		t.Errorf("an unknown route: %d", got.status)
	}
}
