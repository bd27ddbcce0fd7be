package authtest

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// otp mails a code and a link. A stranger gets an account, which the mail confirms.
func (p *Project) otp(w http.ResponseWriter, r *http.Request, in input) *refusal {
	if no := badChallenge(in.CodeChallenge); no != nil {
		return no
	}
	user := p.byEmail(in.Email)
	if user == nil && in.CreateUser != nil && !*in.CreateUser {
		return &refusal{http.StatusUnprocessableEntity, "otp_disabled", "Signups not allowed for otp"}
	}
	if name, host, _ := strings.Cut(in.Email, "@"); name == "" || host == "" {
		return &refusal{http.StatusBadRequest, "validation_failed", "Unable to validate email address: invalid format"}
	}
	if user == nil {
		p.users = append(p.users, User{ID: newID(), Email: in.Email, Unconfirmed: true})
		user = p.byEmail(in.Email)
	}
	// The original notes the sign-in of a known user even if the mail is then refused, and so its link belongs to the
	// newest challenge. Somebody new is noted in the transaction that the refusal undoes.
	next := &flow{user: user.ID, challenge: in.CodeChallenge, code: newID()}
	refused := time.Since(p.mails[in.Email].sent) < p.opt.MailEvery
	if !refused || !user.Unconfirmed {
		p.flows = append(p.flows, next)
	}
	if refused {
		return &refusal{http.StatusTooManyRequests, "over_email_send_rate_limit", "For security purposes, you can only request this after 59 seconds."}
	}
	kind := "magiclink"
	if user.Unconfirmed {
		kind = "signup"
	}
	p.mails[in.Email] = mail{
		code: newCode(), token: "pkce_" + strings.ToLower(rand.Text()), kind: kind, redirect: p.returnTo(r.URL.Query().Get("redirect_to")), sent: time.Now(),
	}
	answer(w, http.StatusOK, map[string]any{})
	return nil
}

// verifyCode takes the code of a mail, once.
func (p *Project) verifyCode(w http.ResponseWriter, _ *http.Request, in input) *refusal {
	user, sent := p.byEmail(in.Email), p.mails[in.Email]
	switch {
	case user != nil && user.Banned:
		return &refusal{http.StatusForbidden, "user_banned", "User is banned"}
	case user == nil || sent.used || sent.code == "" || in.Type != "email" || in.Token != sent.code:
		return &refusal{http.StatusForbidden, "otp_expired", "Token has expired or is invalid"}
	}
	p.useUp(user)
	return p.tell(w, p.begin(user.ID))
}

// useUp ends the code and the link of the last mail to a user, whose address is confirmed.
func (p *Project) useUp(user *User) {
	user.Unconfirmed = false
	sent := p.mails[user.Email]
	sent.used = true
	p.mails[user.Email] = sent
}

// openLink answers the link of a mail: it redirects to the page with a code.
func (p *Project) openLink(w http.ResponseWriter, r *http.Request, _ input) *refusal {
	q := r.URL.Query()
	redirect := p.returnTo(q.Get("redirect_to"))
	if q.Get("token") == "" {
		return &refusal{http.StatusBadRequest, "validation_failed", "Verify requires a token or a token hash"}
	}
	user := p.find(func(u User) bool { return p.mails[u.Email].token == q.Get("token") })
	switch {
	case user == nil || p.mails[user.Email].used:
		p.backRefused(w, r, redirect, "otp_expired", "Email link is invalid or has expired")
		return nil
	case user.Banned:
		p.backRefused(w, r, redirect, "user_banned", "User is banned")
		return nil
	}
	p.useUp(user)
	for _, f := range slices.Backward(p.flows) {
		if f.user == user.ID {
			http.Redirect(w, r, redirect+"?code="+f.code, http.StatusSeeOther)
			return nil
		}
	}
	p.backRefused(w, r, redirect, "flow_state_not_found", "No associated flow state found.")
	return nil
}

// backRefused returns to the page with an error, in the query and once more in the fragment.
func (p *Project) backRefused(w http.ResponseWriter, r *http.Request, redirect, code, words string) {
	values := url.Values{"error": {"access_denied"}, "error_code": {code}, "error_description": {words}}.Encode()
	http.Redirect(w, r, redirect+"?"+values+"#"+values+"&sb=", http.StatusSeeOther)
}

// authorize is a provider that signs the first user in without asking.
func (p *Project) authorize(w http.ResponseWriter, r *http.Request, _ input) *refusal {
	q := r.URL.Query()
	challenge := q.Get("code_challenge")
	if !slices.Contains(p.opt.Providers, q.Get("provider")) || len(p.users) == 0 {
		return &refusal{http.StatusBadRequest, "validation_failed", "Unsupported provider: provider is not enabled"}
	}
	if no := badChallenge(challenge); no != nil {
		return no
	}
	back := &flow{user: p.users[0].ID, challenge: challenge, code: newID()}
	p.flows = append(p.flows, back)
	http.Redirect(w, r, p.returnTo(q.Get("redirect_to"))+"?code="+back.code, http.StatusFound)
	return nil
}

// exchange takes the code of a callback, once. A wrong verifier does not use it up.
func (p *Project) exchange(w http.ResponseWriter, in input) *refusal {
	if in.AuthCode == "" || in.CodeVerifier == "" {
		return &refusal{http.StatusBadRequest, "validation_failed", "invalid request: both auth code and code verifier should be non-empty"}
	}
	i := slices.IndexFunc(p.flows, func(f *flow) bool { return f.code == in.AuthCode })
	if i < 0 {
		return &refusal{http.StatusNotFound, "flow_state_not_found", "invalid flow state, no valid flow state found"}
	}
	back := p.flows[i]
	if !answers(back.challenge, in.CodeVerifier) {
		return &refusal{http.StatusBadRequest, "bad_code_verifier", "code challenge does not match previously saved code verifier"}
	}
	p.flows = slices.Delete(p.flows, i, i+1)
	return p.tell(w, p.begin(back.user))
}

func badChallenge(challenge string) *refusal {
	if n := len(challenge); n < 43 || n > 128 {
		return &refusal{http.StatusBadRequest, "validation_failed", "code challenge has to be between 43 and 128 characters"}
	}
	return nil
}
