package acceptance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signer signs the project's tokens, as Supabase Auth does with asymmetric keys.
type signer struct {
	key    *ecdsa.PrivateKey
	kid    string
	issuer string
}

func newSigner(issuer string) (*signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return &signer{key: key, kid: rand.Text(), issuer: issuer}, nil
}

// keySet returns the project's JWKS.
func (s *signer) keySet() ([]byte, error) {
	point, err := s.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, err
	}
	text := base64.RawURLEncoding.EncodeToString
	return json.Marshal(map[string]any{"keys": []map[string]any{{
		"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": s.kid, "x": text(point[1:33]), "y": text(point[33:]),
	}}})
}

// claims returns the claims of a signed-in user.
func (s *signer) claims(user string) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": s.issuer, "aud": "authenticated", "role": "authenticated", "sub": user, "is_anonymous": false,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
}

func (s *signer) sign(claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = s.kid
	return token.SignedString(s.key)
}

// user signs a token for a user.
func (s *signer) user(id string) (string, error) { return s.sign(s.claims(id)) }

// role signs a key of the project, as the anon and the service key are.
func (s *signer) role(name string) (string, error) {
	return s.sign(jwt.MapClaims{"iss": "supabase", "ref": "acceptance", "role": name, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()})
}

// forged returns tokens of a user that must be refused, by what is wrong with them.
func (s *signer) forged(user string) (map[string]string, error) {
	other, err := newSigner(s.issuer)
	if err != nil {
		return nil, err
	}
	same := &signer{key: other.key, kid: s.kid, issuer: s.issuer} // claims to be the project's key
	expired := s.claims(user)
	expired["exp"] = time.Now().Add(-time.Hour).Unix()
	early := s.claims(user)
	early["nbf"] = time.Now().Add(time.Hour).Unix()
	nosuch := s.claims(user)
	nosuch["role"] = "postgres"
	public, err := x509.MarshalPKIXPublicKey(&s.key.PublicKey)
	if err != nil {
		return nil, err
	}
	confused := jwt.NewWithClaims(jwt.SigningMethodHS256, s.claims(user))
	confused.Header["kid"] = s.kid
	tokens := map[string]string{"no token at all": "x", "three empty parts": ".."}
	for name, make := range map[string]func() (string, error){
		"expired":                  func() (string, error) { return s.sign(expired) },
		"not valid yet":            func() (string, error) { return s.sign(early) },
		"of the role postgres":     func() (string, error) { return s.sign(nosuch) },
		"of a foreign key":         func() (string, error) { return other.user(user) },
		"of a foreign key, our id": func() (string, error) { return same.user(user) },
		"alg none": func() (string, error) {
			return jwt.NewWithClaims(jwt.SigningMethodNone, s.claims(user)).SignedString(jwt.UnsafeAllowNoneSignatureType)
		},
		"HS256 with the public key": func() (string, error) {
			return confused.SignedString(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
		},
	} {
		if tokens[name], err = make(); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}
