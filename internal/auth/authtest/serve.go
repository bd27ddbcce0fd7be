package authtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// refusal is an error in Auth's words.
type refusal struct {
	status int
	code   string
	msg    string
}

type route func(p *Project, w http.ResponseWriter, r *http.Request, in input) *refusal

// routes are what a project has below /auth/v1, except the public keys.
var routes = map[string]route{ //nolint:gochecknoglobals // a constant
	"POST /token": (*Project).token, "POST /otp": (*Project).otp, "POST /verify": (*Project).verifyCode, "POST /logout": (*Project).logout,
	"GET /verify": (*Project).openLink, "GET /authorize": (*Project).authorize, "GET /user": (*Project).user, "GET /settings": (*Project).settings,
	"GET /.well-known/openid-configuration": (*Project).discovery,
}

// ServeHTTP answers as a project and its gateway do below /auth/v1.
func (p *Project) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	w.Header().Set("Access-Control-Expose-Headers", "X-Total-Count, Link, X-Supabase-Api-Version")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if status := p.failing(); status != 0 {
		answer(w, status, map[string]any{"message": "An unexpected error occurred"})
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/auth/v1")
	// Links of mails and of providers are opened by browsers, which send no key.
	opened := r.Method == http.MethodGet && (path == "/verify" || path == "/authorize")
	if p.opt.APIKey != "" && !opened && r.Header.Get("Apikey") != p.opt.APIKey {
		answer(w, http.StatusUnauthorized, map[string]any{"message": "Invalid API key"})
		return
	}
	serve, ok := routes[r.Method+" "+path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if path == "/token" && r.URL.Query().Get("grant_type") == "refresh_token" {
		p.waitHeld()
	}
	if no := p.serve(w, r, serve); no != nil {
		no.write(w, r)
	}
}

func (p *Project) serve(w http.ResponseWriter, r *http.Request, serve route) *refusal {
	var in input
	if r.Method == http.MethodPost && !strings.HasSuffix(r.URL.Path, "/logout") && json.NewDecoder(r.Body).Decode(&in) != nil {
		return &refusal{http.StatusBadRequest, "bad_json", "Could not parse request body as JSON"}
	}
	in.Email = strings.ToLower(in.Email)
	p.mu.Lock()
	defer p.mu.Unlock()
	return serve(p, w, r, in)
}

// write answers with the refusal, in the words of the API's version that the caller names.
func (no *refusal) write(w http.ResponseWriter, r *http.Request) {
	const version = "2024-01-01"
	w.Header().Set("X-Sb-Error-Code", no.code)
	if r.Header.Get("X-Supabase-Api-Version") >= version {
		w.Header().Set("X-Supabase-Api-Version", version)
		answer(w, no.status, map[string]any{"code": no.code, "message": no.msg})
		return
	}
	answer(w, no.status, map[string]any{"code": no.status, "error_code": no.code, "msg": no.msg})
}

// input is every member that the routes read.
type input struct {
	Email         string `json:"email"`
	Password      string `json:"password"`
	Token         string `json:"token"`
	Type          string `json:"type"`
	RefreshToken  string `json:"refresh_token"`
	AuthCode      string `json:"auth_code"`
	CodeVerifier  string `json:"code_verifier"`
	CodeChallenge string `json:"code_challenge"`
	CreateUser    *bool  `json:"create_user"` // nil for true
}

func (p *Project) failing() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failWith
}

// waitHeld waits while refreshes are held.
func (p *Project) waitHeld() {
	p.mu.Lock()
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		p.waiting <- struct{}{}
		<-hold
	}
}

func (p *Project) token(w http.ResponseWriter, r *http.Request, in input) *refusal {
	switch r.URL.Query().Get("grant_type") {
	case "password":
		return p.password(w, in)
	case "refresh_token":
		return p.refresh(w, in.RefreshToken)
	case "pkce":
		return p.exchange(w, in)
	}
	return &refusal{http.StatusBadRequest, "invalid_credentials", "unsupported_grant_type"}
}

func (p *Project) password(w http.ResponseWriter, in input) *refusal {
	user := p.byEmail(in.Email)
	switch {
	case in.Email == "":
		return &refusal{http.StatusBadRequest, "validation_failed", "missing email or phone"}
	case user != nil && user.Password != "" && user.Banned:
		return &refusal{http.StatusBadRequest, "user_banned", "User is banned"}
	case user == nil || user.Password == "" || user.Password != in.Password:
		return &refusal{http.StatusBadRequest, "invalid_credentials", "Invalid login credentials"}
	case user.Unconfirmed:
		return &refusal{http.StatusBadRequest, "email_not_confirmed", "Email not confirmed"}
	}
	return p.tell(w, p.begin(user.ID))
}

var refreshToken = regexp.MustCompile(`^[a-z0-9]{12}$`)

// refresh uses a refresh token.
func (p *Project) refresh(w http.ResponseWriter, token string) *refusal {
	if p.busy != nil {
		return p.busy
	}
	if !refreshToken.MatchString(token) {
		return &refusal{http.StatusBadRequest, "validation_failed", "Refresh token is not valid"}
	}
	known := p.tokens[token]
	if known == nil || p.sessions[known.session] == nil { // a session's tokens go with it
		return &refusal{http.StatusBadRequest, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"}
	}
	s := p.sessions[known.session]
	if p.byID(s.user).Banned {
		return &refusal{http.StatusBadRequest, "user_banned", "Invalid Refresh Token: User Banned"}
	}
	if known.used {
		p.reused++
		delete(p.sessions, s.id)
		return &refusal{http.StatusBadRequest, "refresh_token_already_used", "Invalid Refresh Token: Already Used"}
	}
	known.used = true
	p.used++
	return p.tell(w, s)
}

// tell answers with the next tokens of a session.
func (p *Project) tell(w http.ResponseWriter, s *session) *refusal {
	access, next, err := p.issue(s)
	if err != nil {
		return &refusal{http.StatusInternalServerError, "unexpected_failure", err.Error()}
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "bearer", "expires_in": int(p.opt.TokenLife.Seconds()), "expires_at": time.Now().Add(p.opt.TokenLife).Unix(),
		"refresh_token": next, "user": facts(p.byID(s.user)),
	})
	return nil
}

func (p *Project) logout(w http.ResponseWriter, r *http.Request, _ input) *refusal {
	s, no := p.sessionOf(r)
	if no != nil {
		return no
	}
	scope := r.URL.Query().Get("scope")
	for id, other := range p.sessions { // access tokens stay good until they expire, as in a project
		switch scope {
		case "", "global":
		case "local":
			if id != s.id {
				continue
			}
		case "others":
			if id == s.id {
				continue
			}
		default:
			return &refusal{http.StatusBadRequest, "validation_failed", fmt.Sprintf("Unsupported logout scope %q", scope)}
		}
		if other.user == s.user {
			delete(p.sessions, id)
			p.revoked++
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (p *Project) user(w http.ResponseWriter, r *http.Request, _ input) *refusal {
	s, no := p.sessionOf(r)
	if no == nil {
		answer(w, http.StatusOK, facts(p.byID(s.user)))
	}
	return no
}

// sessionOf returns the session of the request's access token, which is one that the project has issued.
func (p *Project) sessionOf(r *http.Request) (*session, *refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, &refusal{http.StatusUnauthorized, "no_authorization", "This endpoint requires a valid Bearer token"}
	}
	id, issued := p.access[token]
	if !issued {
		return nil, &refusal{http.StatusForbidden, "bad_jwt", "invalid JWT: unable to parse or verify signature"}
	}
	s := p.sessions[id]
	if s == nil {
		return nil, &refusal{http.StatusForbidden, "session_not_found", "Session from session_id claim in JWT does not exist"}
	}
	if p.byID(s.user).Banned {
		return nil, &refusal{http.StatusForbidden, "user_banned", "User is banned"}
	}
	return s, nil
}

func (p *Project) settings(w http.ResponseWriter, _ *http.Request, _ input) *refusal {
	external := map[string]bool{}
	for name := range strings.FieldsSeq(`apple azure bitbucket discord facebook snapchat figma fly github gitlab google keycloak kakao linkedin linkedin_oidc
		notion spotify slack slack_oidc workos twitch twitter phone zoom`) {
		external[name] = false
	}
	external["email"], external["anonymous_users"] = true, true
	for _, provider := range p.opt.Providers {
		external[provider] = true
	}
	answer(w, http.StatusOK, map[string]any{
		"external": external, "disable_signup": false, "mailer_autoconfirm": false, "phone_autoconfirm": false, "sms_provider": "", "saml_enabled": false,
	})
	return nil
}

func (p *Project) discovery(w http.ResponseWriter, _ *http.Request, _ input) *refusal {
	answer(w, http.StatusOK, map[string]any{"issuer": p.opt.Issuer, "jwks_uri": p.opt.Issuer + "/.well-known/jwks.json"})
	return nil
}

func facts(u *User) map[string]any {
	return map[string]any{
		"id": u.ID, "email": u.Email, "phone": "", "aud": "authenticated", "role": "authenticated", "is_anonymous": u.Anonymous,
		"app_metadata": map[string]any{"provider": "email", "providers": []string{"email"}}, "user_metadata": map[string]any{}, "identities": []any{},
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
