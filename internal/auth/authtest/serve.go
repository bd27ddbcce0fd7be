package authtest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ServeHTTP answers as a project does below /auth/v1. It does not serve the public keys.
func (p *Project) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if status := p.failing(); status != 0 {
		answer(w, status, map[string]any{"message": "An unexpected error occurred"})
		return
	}
	path := r.URL.Path
	// Links of mails and of providers are opened by browsers, which send no key.
	opened := r.Method == http.MethodGet && (path == "/auth/v1/verify" || path == "/auth/v1/authorize")
	if p.opt.APIKey != "" && !opened && r.Header.Get("Apikey") != p.opt.APIKey {
		answer(w, http.StatusUnauthorized, map[string]any{"message": "Invalid API key"})
		return
	}
	var in input
	if r.Method == http.MethodPost {
		_ = json.NewDecoder(r.Body).Decode(&in) // what cannot be read signs nobody in
	}
	switch r.Method + " " + path {
	case "POST /auth/v1/token":
		p.token(w, r.URL.Query().Get("grant_type"), in)
	case "POST /auth/v1/otp":
		p.otp(w, r.URL.Query().Get("redirect_to"), in)
	case "POST /auth/v1/verify":
		p.verifyCode(w, in)
	case "GET /auth/v1/verify":
		p.openLink(w, r)
	case "GET /auth/v1/authorize":
		p.authorize(w, r)
	case "POST /auth/v1/logout":
		p.logout(w, r)
	case "GET /auth/v1/user":
		p.user(w, r)
	case "GET /auth/v1/settings":
		p.settings(w)
	default:
		answer(w, http.StatusNotFound, map[string]any{"message": "no Route matched with those values"})
	}
}

// input is every member that the routes read.
type input struct {
	Email               string `json:"email"`
	Password            string `json:"password"`
	Token               string `json:"token"`
	Type                string `json:"type"`
	RefreshToken        string `json:"refresh_token"`
	AuthCode            string `json:"auth_code"`
	CodeVerifier        string `json:"code_verifier"`
	CodeChallenge       string `json:"code_challenge"`
	CodeChallengeMethod string `json:"code_challenge_method"`
}

func (p *Project) failing() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failWith
}

func (p *Project) token(w http.ResponseWriter, grantType string, in input) {
	switch grantType {
	case "password":
		p.mu.Lock()
		defer p.mu.Unlock()
		user, ok := p.find(func(u User) bool { return u.Email == in.Email && u.Password != "" && u.Password == in.Password })
		if !ok {
			refuse(w, "invalid_credentials", "Invalid login credentials")
			return
		}
		p.grant(w, user)
	case "refresh_token":
		p.waitHeld()
		p.mu.Lock()
		defer p.mu.Unlock()
		s, code := p.exchange(in.RefreshToken)
		if code != "" {
			refuse(w, code, "Invalid Refresh Token")
			return
		}
		p.tell(w, s)
	case "pkce":
		p.mu.Lock()
		defer p.mu.Unlock()
		back, ok := p.codes[in.AuthCode]
		if !ok {
			refuse(w, "flow_state_not_found", "invalid flow state, no valid flow state found")
			return
		}
		delete(p.codes, in.AuthCode)
		if !answers(back.challenge, in.CodeVerifier) {
			refuse(w, "bad_code_verifier", "code challenge does not match previously saved code verifier")
			return
		}
		p.grant(w, back.user)
	default:
		refuse(w, "validation_failed", "unsupported_grant_type")
	}
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

// grant begins a session and answers its tokens.
func (p *Project) grant(w http.ResponseWriter, user User) {
	s := &session{id: newID(), user: user}
	p.sessions[s.id] = s
	p.tell(w, s)
}

func (p *Project) tell(w http.ResponseWriter, s *session) {
	access, refreshToken, err := p.issue(s)
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]any{"code": 500, "error_code": "unexpected_failure", "msg": err.Error()})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": access, "token_type": "bearer", "expires_in": int(p.opt.TokenLife.Seconds()), "refresh_token": refreshToken, "user": facts(s.user),
	})
}

// otp mails a code and a link. It answers the same for a stranger, who gets no mail.
func (p *Project) otp(w http.ResponseWriter, redirect string, in input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !strings.Contains(in.Email, "@") {
		refuse(w, "validation_failed", "Unable to validate email address: invalid format")
		return
	}
	if _, ok := p.find(func(u User) bool { return u.Email == in.Email }); ok {
		p.mails[in.Email] = mail{code: newCode(), token: "pkce_" + rand.Text(), challenge: in.CodeChallenge, redirect: redirect}
	}
	answer(w, http.StatusOK, map[string]any{})
}

// verifyCode takes the code of a mail, once.
func (p *Project) verifyCode(w http.ResponseWriter, in input) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent, ok := p.mails[in.Email]
	user, known := p.find(func(u User) bool { return u.Email == in.Email })
	if !ok || !known || in.Type != "email" || in.Token != sent.code {
		status(w, http.StatusForbidden, "otp_expired", "Token has expired or is invalid")
		return
	}
	delete(p.mails, in.Email)
	p.grant(w, user)
}

// openLink answers the link of a mail: it redirects to the page with a code.
func (p *Project) openLink(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	email := r.URL.Query().Get("email")
	sent, ok := p.mails[email]
	user, known := p.find(func(u User) bool { return u.Email == email })
	if !ok || !known || sent.token != r.URL.Query().Get("token") {
		p.back(w, r, sent.redirect, url.Values{"error": {"access_denied"}, "error_code": {"otp_expired"}, "error_description": {"Email link is invalid or has expired"}})
		return
	}
	delete(p.mails, email)
	p.back(w, r, sent.redirect, p.newFlow(user, sent.challenge))
}

// authorize is a provider that signs the first user in without asking.
func (p *Project) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	if !slices.Contains(p.opt.Providers, q.Get("provider")) || !strings.EqualFold(q.Get("code_challenge_method"), "s256") || len(p.users) == 0 {
		refuse(w, "validation_failed", "Unsupported provider: provider is not enabled")
		return
	}
	p.back(w, r, q.Get("redirect_to"), p.newFlow(p.users[0], q.Get("code_challenge")))
}

func (p *Project) newFlow(user User, challenge string) url.Values {
	code := newID()
	p.codes[code] = flow{user: user, challenge: challenge}
	return url.Values{"code": {code}}
}

func (p *Project) back(w http.ResponseWriter, r *http.Request, redirect string, with url.Values) {
	if !slices.Contains(p.redirects, redirect) {
		refuse(w, "validation_failed", "redirect_to is not allowed")
		return
	}
	http.Redirect(w, r, redirect+"?"+with.Encode(), http.StatusSeeOther)
}

func (p *Project) logout(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sessionOf(r)
	switch s {
	case nil:
		status(w, http.StatusForbidden, "session_not_found", "Session from session_id claim in JWT does not exist")
	default: // the access token stays good until it expires, as in a project
		for id, other := range p.sessions {
			if id == s.id || r.URL.Query().Get("scope") != "local" && other.user.ID == s.user.ID {
				p.revoked[id] = s.user.ID
				delete(p.sessions, id)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (p *Project) user(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sessionOf(r); s != nil {
		answer(w, http.StatusOK, facts(s.user))
		return
	}
	status(w, http.StatusForbidden, "bad_jwt", "invalid JWT")
}

// sessionOf returns the session of the request's access token, nil if there is none. It does not check the signature.
func (p *Project) sessionOf(r *http.Request) *session {
	parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		SessionID string `json:"session_id"`
	}
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return nil
	}
	return p.sessions[claims.SessionID]
}

func (p *Project) settings(w http.ResponseWriter) {
	external := map[string]bool{"email": true, "phone": false, "anonymous_users": true, "github": false, "google": false}
	for _, provider := range p.opt.Providers {
		external[provider] = true
	}
	answer(w, http.StatusOK, map[string]any{"external": external, "disable_signup": false, "mailer_autoconfirm": false})
}

func facts(u User) map[string]any {
	return map[string]any{"id": u.ID, "email": u.Email, "aud": "authenticated", "role": "authenticated", "is_anonymous": u.Anonymous}
}

func refuse(w http.ResponseWriter, code, msg string) { status(w, http.StatusBadRequest, code, msg) }

func status(w http.ResponseWriter, status int, code, msg string) {
	answer(w, status, map[string]any{"code": status, "error_code": code, "msg": msg})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
