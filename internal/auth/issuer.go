package auth

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya"
)

// Issuer signs access tokens that look like Supabase's, with HS256, for development and for
// installations without Supabase Auth. A Verifier with the same name and secret accepts them.
type Issuer struct {
	name   string // the iss
	secret []byte
	now    func() time.Time
}

// minSecret is what RFC 7518 asks of an HS256 key, in bytes.
const minSecret = 32

// NewIssuer makes an Issuer. name is the iss of its tokens. It fails if the secret has fewer than 32 bytes.
func NewIssuer(name string, secret []byte) (*Issuer, error) {
	if len(secret) < minSecret {
		return nil, fmt.Errorf("the token secret has %d bytes and needs at least %d", len(secret), minSecret)
	}
	return &Issuer{name: name, secret: secret, now: time.Now}, nil
}

// Token returns a signed access token for a user, valid for ttl.
func (i *Issuer) Token(user atalaya.UserID, email string, ttl time.Duration) (string, error) {
	now := i.now()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": i.name, "aud": audience, "role": role, "sub": string(user), "email": email,
		"is_anonymous": false, "iat": now.Unix(), "exp": now.Add(ttl).Unix(),
	}).SignedString(i.secret)
}
