package dashboard

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

const (
	// tokenLife is how long an access token is good for: a stolen one dies soon.
	tokenLife = 10 * time.Minute
	// sessionLife is how long a browser stays signed in without being used.
	sessionLife = 30 * 24 * time.Hour
	// CodeLife is how long a sign-in link is good for.
	CodeLife = 10 * time.Minute
	// maxBody bounds the body of a sign-in, in bytes.
	maxBody = 4 << 10
)

// Codes keeps the hashes of sign-in codes.
type Codes interface {
	// TakeLoginCode returns the user of a code and removes it: a code works once. It fails with
	// CodeUnauthorized if there is no such code, or it is too old.
	TakeLoginCode(ctx context.Context, hash []byte) (atalaya.UserID, error)
	// UserEmail returns a user's address. It fails with CodeNotFound if the user is gone.
	UserEmail(ctx context.Context, user atalaya.UserID) (string, error)
}

// Issuer signs access tokens.
type Issuer interface {
	Token(user atalaya.UserID, email string, ttl time.Duration) (string, error)
}

// Sealer seals what a cookie holds. Open fails for everything that Seal did not return.
type Sealer interface {
	SealSession(plain []byte) (string, error)
	OpenSession(sealed string) ([]byte, error)
}

// Sessions are the browsers' sessions with the local issuer. The page holds a short-lived access token
// in memory; what renews it lies in a cookie that no script can read and only one route takes. An
// injected script could act while the page is open, and carry nothing away that lasts.
type Sessions struct {
	Codes  Codes
	Issuer Issuer
	Sealer Sealer
	Secure bool // the page is served over https
	Now    func() time.Time
}

// NewCode returns a code for a sign-in link, and the hash under which it is kept.
func NewCode() (code string, hash []byte) {
	code = rand.Text()
	return code, hashOf(code)
}

func hashOf(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

// session is what the cookie holds, sealed.
type session struct {
	User    atalaya.UserID `json:"user"`
	Expires time.Time      `json:"expires"`
}

// answer is what the page is told.
type answer struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Email       string `json:"email"`
}

// begin exchanges the code of a sign-in link for a session.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `json:"code"`
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || json.Unmarshal(body, &in) != nil {
		return atalaya.Errorf(atalaya.CodeInvalid, `Send {"code": "…"} with the code of a sign-in link.`)
	}
	user, err := s.Codes.TakeLoginCode(r.Context(), hashOf(strings.TrimSpace(in.Code)))
	if err != nil {
		return err
	}
	return s.renew(w, r, user)
}

// token renews the session of the cookie and answers a new access token.
func (s *Sessions) token(w http.ResponseWriter, r *http.Request) error {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		return errSignedOut
	}
	plain, err := s.Sealer.OpenSession(cookie.Value)
	if err != nil {
		s.forget(w)
		return errSignedOut
	}
	var kept session
	if err := json.Unmarshal(plain, &kept); err != nil || !s.Now().Before(kept.Expires) {
		s.forget(w)
		return errSignedOut
	}
	return s.renew(w, r, kept.User)
}

// errSignedOut is the answer to a browser that has no session.
var errSignedOut = atalaya.Errorf(atalaya.CodeUnauthorized, "You are not signed in. Open a sign-in link.")

func (s *Sessions) renew(w http.ResponseWriter, r *http.Request, user atalaya.UserID) error {
	email, err := s.Codes.UserEmail(r.Context(), user)
	if atalaya.CodeOf(err) == atalaya.CodeNotFound {
		s.forget(w)
		return errSignedOut
	}
	if err != nil {
		return err
	}
	token, err := s.Issuer.Token(user, email, tokenLife)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(session{User: user, Expires: s.Now().Add(sessionLife)})
	if err != nil {
		return err
	}
	sealed, err := s.Sealer.SealSession(plain)
	if err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(sealed, sessionLife))
	respond.JSON(w, http.StatusOK, answer{AccessToken: token, ExpiresIn: int(tokenLife.Seconds()), Email: email})
	return nil
}

// end signs the browser out.
func (s *Sessions) end(w http.ResponseWriter, _ *http.Request) error {
	s.forget(w)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Sessions) forget(w http.ResponseWriter) { http.SetCookie(w, s.cookie("", -time.Second)) }

// cookieName carries the prefix by which browsers hold the cookie to this host and to https. Plain http
// is for a service on the loopback.
func (s *Sessions) cookieName() string {
	if s.Secure {
		return "__Host-atalaya"
	}
	return "atalaya"
}

func (s *Sessions) cookie(value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteStrictMode,
	}
}
