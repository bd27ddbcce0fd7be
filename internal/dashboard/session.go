package dashboard

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

const (
	// sessionLife is how long a browser stays signed in without being used.
	sessionLife = 30 * 24 * time.Hour
	// maxBody bounds the body of a sign-in, in bytes. An access token has one to three kilobytes.
	maxBody = 24 << 10
)

// Sessions are the browsers' sessions: Local, Supabase or NoSignIn. The page holds a short-lived access token in
// memory. The token that renews it is in a cookie that no script can read and only these routes accept. An
// injected script could act while the page is open, but take nothing with it that lasts.
type Sessions interface {
	// facts are what the page has to know before anybody is signed in.
	facts() facts
	// connects returns the origin besides the page's own that the page may connect to, "" for none.
	connects() string
	begin(w http.ResponseWriter, r *http.Request) error // POST /api/session
	token(w http.ResponseWriter, r *http.Request) error // POST /api/session/token
	end(w http.ResponseWriter, r *http.Request) error   // DELETE /api/session
}

// facts is what GET /app/config.json answers.
type facts struct {
	Mode        string `json:"mode"` // local, supabase, or none if nobody can sign in
	Version     string `json:"version"`
	SupabaseURL string `json:"supabaseUrl,omitempty"`
	AnonKey     string `json:"anonKey,omitempty"`
}

// answer is what the page learns about its session.
type answer struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Email       string `json:"email"`
}

// errSignedOut is the answer to a browser that has no session.
var errSignedOut = atalaya.Errorf(atalaya.CodeUnauthorized, "You are not signed in. Sign in again.")

// Sealer seals what a cookie holds. Open fails for everything that Seal did not return.
type Sealer interface {
	SealSession(plain []byte) (string, error)
	OpenSession(sealed string) ([]byte, error)
}

// Cookies keep a session sealed in the browser.
type Cookies struct {
	Sealer Sealer
	Secure bool // the page is served over https
	Now    func() time.Time
}

// session is what the cookie holds, sealed.
type session struct {
	User    atalaya.UserID `json:"user"`
	Expires time.Time      `json:"expires"`
	// RefreshToken renews the session at Supabase. The local issuer has none.
	RefreshToken string `json:"refresh_token,omitempty"`
}

// read returns the session of a request. It fails with errSignedOut if there is none.
func (c Cookies) read(r *http.Request) (session, error) {
	cookie, err := r.Cookie(c.name())
	if err != nil {
		return session{}, errSignedOut
	}
	var kept session
	plain, err := c.Sealer.OpenSession(cookie.Value)
	if err != nil || json.Unmarshal(plain, &kept) != nil || !c.Now().Before(kept.Expires) {
		return session{}, errSignedOut
	}
	return kept, nil
}

// write seals a session for another sessionLife.
func (c Cookies) write(w http.ResponseWriter, kept session) error {
	kept.Expires = c.Now().Add(sessionLife)
	plain, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	sealed, err := c.Sealer.SealSession(plain)
	if err != nil {
		return err
	}
	http.SetCookie(w, c.cookie(sealed, sessionLife))
	return nil
}

func (c Cookies) forget(w http.ResponseWriter) { http.SetCookie(w, c.cookie("", -time.Second)) }

// name returns the cookie's name. Its prefix makes browsers restrict the cookie to this host and to https. Plain
// http is for a service on the loopback address.
func (c Cookies) name() string {
	if c.Secure {
		return "__Host-atalaya"
	}
	return "atalaya"
}

func (c Cookies) cookie(value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: c.name(), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.Secure, SameSite: http.SameSiteStrictMode,
	}
}

// decode reads the small body of a sign-in.
func decode(w http.ResponseWriter, r *http.Request, into any, usage string) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || json.Unmarshal(body, into) != nil {
		return atalaya.Errorf(atalaya.CodeInvalid, "%s", usage)
	}
	return nil
}

// NoSignIn implements Sessions for a service on which nobody can sign in to the page, because a setting is missing.
type NoSignIn struct{}

var errNoSignIn = atalaya.Errorf(atalaya.CodeForbidden, "Nobody can sign in here: the operator has to set SUPABASE_ANON_KEY to the project's anon or publishable key.")

func (NoSignIn) facts() facts                                   { return facts{Mode: "none"} }
func (NoSignIn) connects() string                               { return "" }
func (NoSignIn) begin(http.ResponseWriter, *http.Request) error { return errNoSignIn }
func (NoSignIn) token(http.ResponseWriter, *http.Request) error { return errSignedOut }
func (NoSignIn) end(w http.ResponseWriter, _ *http.Request) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// say answers the page with its session.
func say(w http.ResponseWriter, a answer) error {
	respond.JSON(w, http.StatusOK, a)
	return nil
}
