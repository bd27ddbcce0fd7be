package dashboard

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"atalaya"
)

const (
	// tokenLife is how long an access token is valid, and so how long a stolen one can be used.
	tokenLife = 10 * time.Minute
	// CodeLife is how long a sign-in link is valid.
	CodeLife = 10 * time.Minute
)

// Codes keeps the hashes of sign-in codes.
type Codes interface {
	// TakeLoginCode returns the user of a code and removes the code, which works once. It fails with
	// CodeUnauthorized if there is no such code, or if it is too old.
	TakeLoginCode(ctx context.Context, hash []byte) (atalaya.UserID, error)
	// UserEmail returns a user's address. It fails with CodeNotFound if the user is gone.
	UserEmail(ctx context.Context, user atalaya.UserID) (string, error)
}

// Issuer signs access tokens.
type Issuer interface {
	Token(user atalaya.UserID, email string, ttl time.Duration) (string, error)
}

// Local are sessions with the local issuer, begun by a sign-in link.
type Local struct {
	Codes   Codes
	Issuer  Issuer
	Cookies Cookies
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

func (l *Local) facts() facts     { return facts{Mode: "local"} }
func (l *Local) connects() string { return "" }

// begin exchanges the code of a sign-in link for a session.
func (l *Local) begin(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := decode(w, r, &in, `Send {"code": "…"} with the code of a sign-in link.`); err != nil {
		return err
	}
	user, err := l.Codes.TakeLoginCode(r.Context(), hashOf(strings.TrimSpace(in.Code)))
	if err != nil {
		return err
	}
	return l.renew(w, r, user)
}

// token renews the session of the cookie and answers a new access token.
func (l *Local) token(w http.ResponseWriter, r *http.Request) error {
	kept, err := l.Cookies.read(r)
	if err != nil {
		l.Cookies.forget(w)
		return err
	}
	return l.renew(w, r, kept.User)
}

func (l *Local) renew(w http.ResponseWriter, r *http.Request, user atalaya.UserID) error {
	email, err := l.Codes.UserEmail(r.Context(), user)
	if atalaya.CodeOf(err) == atalaya.CodeNotFound {
		l.Cookies.forget(w)
		return errSignedOut
	}
	if err != nil {
		return err
	}
	token, err := l.Issuer.Token(user, email, tokenLife)
	if err != nil {
		return err
	}
	if err := l.Cookies.write(w, session{User: user}); err != nil {
		return err
	}
	return say(w, answer{AccessToken: token, ExpiresIn: int(tokenLife.Seconds()), Email: email})
}

// end signs the browser out.
func (l *Local) end(w http.ResponseWriter, _ *http.Request) error {
	l.Cookies.forget(w)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
