package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"atalaya"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice = "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11"
	bob   = "0b6a2a9e-51b5-4a43-8d9e-3a1a0c0d0e0f"
)

// refused checks that a token is refused with a code, and that the message contains a hint.
func refused(t *testing.T, v *Verifier, token string, code atalaya.Code, hint string) {
	t.Helper()
	caller, err := v.Verify(t.Context(), token)
	if got := atalaya.CodeOf(err); got != code {
		t.Errorf("got code %q and caller %q, want %q: %v", got, caller.UserID, code, err)
	} else if !strings.Contains(err.Error(), hint) {
		t.Errorf("the message does not say %q: %v", hint, err)
	}
}

func accepted(t *testing.T, v *Verifier, token string) atalaya.Caller {
	t.Helper()
	caller, err := v.Verify(t.Context(), token)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if caller.UserID != alice {
		t.Fatalf("caller %q", caller.UserID)
	}
	return caller
}

func TestATokenOfTheLegacySecretIsAccepted(t *testing.T) {
	t.Parallel()
	p, secret := newProject(t), newSecret()
	caller := accepted(t, p.verifier(t, secret), sign(t, jwt.SigningMethodHS256, secret, "", p.claims()))
	var claims map[string]any
	if err := json.Unmarshal(caller.Claims, &claims); err != nil || claims["email"] != "alice@example.com" {
		t.Errorf("claims %s: %v", caller.Claims, err)
	}
}

func TestWhatIsNotASignedInUsersTokenIsRefused(t *testing.T) {
	t.Parallel()
	p, secret := newProject(t), newSecret()
	v := p.verifier(t, secret)
	for name, test := range map[string]struct {
		claims jwt.MapClaims
		code   atalaya.Code
		hint   string
	}{
		"expired":                          {p.claims(set("exp", time.Now().Add(-time.Minute).Unix())), atalaya.CodeUnauthorized, "expired"},
		"without exp":                      {p.claims(drop("exp")), atalaya.CodeUnauthorized, "exp"},
		"not valid yet":                    {p.claims(set("nbf", time.Now().Add(time.Hour).Unix())), atalaya.CodeUnauthorized, "not valid yet"},
		"other issuer":                     {p.claims(set("iss", "https://other.supabase.co/auth/v1")), atalaya.CodeUnauthorized, "another project"},
		"without issuer":                   {p.claims(drop("iss")), atalaya.CodeUnauthorized, ""},
		"other audience":                   {p.claims(set("aud", "other")), atalaya.CodeUnauthorized, "aud"},
		"without audience":                 {p.claims(drop("aud")), atalaya.CodeUnauthorized, ""},
		"anon key":                         {jwt.MapClaims{"iss": "supabase", "ref": "x", "role": "anon", "exp": time.Now().Add(time.Hour).Unix()}, atalaya.CodeUnauthorized, "anon key"},
		"service key":                      {jwt.MapClaims{"iss": "supabase", "ref": "x", "role": "service_role", "exp": time.Now().Add(time.Hour).Unix()}, atalaya.CodeUnauthorized, "service_role key"},
		"service role with all else right": {p.claims(set("role", "service_role")), atalaya.CodeUnauthorized, "service_role key"},
		"without role":                     {p.claims(drop("role")), atalaya.CodeUnauthorized, "role"},
		"sub no UUID":                      {p.claims(set("sub", "alice")), atalaya.CodeUnauthorized, "sub"},
		"without sub":                      {p.claims(drop("sub")), atalaya.CodeUnauthorized, "sub"},
		"anonymous":                        {p.claims(set("is_anonymous", true)), atalaya.CodeForbidden, "Anonymous"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, v, sign(t, jwt.SigningMethodHS256, secret, "", test.claims), test.code, test.hint)
		})
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	p, secret, ec, rs := newProject(t), newSecret(), ecKey(t), rsaKey(t)
	p.keys = []map[string]any{jwk(t, "ec", &ec.PublicKey), jwk(t, "rs", &rs.PublicKey)}
	v := p.verifier(t, secret)
	good := sign(t, jwt.SigningMethodHS256, secret, "", p.claims())
	der, err := x509.MarshalPKIXPublicKey(&rs.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	for name, token := range map[string]string{
		"empty":                            "",
		"no token":                         "abc",
		"huge":                             strings.Repeat("a", maxToken+1),
		"alg none":                         sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", p.claims()),
		"alg none with a key's kid":        sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "ec", p.claims()),
		"signature cut":                    good[:strings.LastIndex(good, ".")+1],
		"other secret":                     sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims()),
		"public key as HMAC secret (PEM)":  sign(t, jwt.SigningMethodHS256, public, "rs", p.claims()),
		"public key as HMAC secret (DER)":  sign(t, jwt.SigningMethodHS256, der, "rs", p.claims()),
		"HS512 with the right secret":      sign(t, jwt.SigningMethodHS512, secret, "", p.claims()),
		"PS256 with the right key":         sign(t, jwt.SigningMethodPS256, rs, "rs", p.claims()),
		"another EC key under a known kid": sign(t, jwt.SigningMethodES256, ecKey(t), "ec", p.claims()),
		"RS256 under an EC key's kid":      sign(t, jwt.SigningMethodRS256, rs, "ec", p.claims()),
		"EdDSA under an EC key's kid":      sign(t, jwt.SigningMethodEdDSA, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), "ec", p.claims()),
		"payload of another user":          swapPayload(t, good, p.claims(set("sub", bob))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, v, token, atalaya.CodeUnauthorized, "")
		})
	}
}

func swapPayload(t *testing.T, token string, c jwt.MapClaims) string {
	t.Helper()
	payload, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	parts[1] = base64.RawURLEncoding.EncodeToString(payload)
	return strings.Join(parts, ".")
}

func TestPublicKeysAreAcceptedAndRotate(t *testing.T) {
	t.Parallel()
	p, first, second, rs := newProject(t), ecKey(t), ecKey(t), rsaKey(t)
	public, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.keys = []map[string]any{jwk(t, "first", &first.PublicKey), jwk(t, "rs", &rs.PublicKey), jwk(t, "ed", public)}
	v := p.verifier(t, nil)
	accepted(t, v, sign(t, jwt.SigningMethodES256, first, "first", p.claims()))
	accepted(t, v, sign(t, jwt.SigningMethodRS256, rs, "rs", p.claims()))
	accepted(t, v, sign(t, jwt.SigningMethodEdDSA, ed, "ed", p.claims()))
	p.change(func() { p.keys = []map[string]any{jwk(t, "second", &second.PublicKey)} })
	accepted(t, v, sign(t, jwt.SigningMethodES256, second, "second", p.claims()))
	refused(t, v, sign(t, jwt.SigningMethodES256, first, "first", p.claims()), atalaya.CodeUnauthorized, "signature")
	refused(t, v, sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims()), atalaya.CodeUnauthorized, "SUPABASE_JWT_SECRET")
}

func TestKnownKeysWorkDuringAnOutageAndUnknownKidsCauseFewFetches(t *testing.T) {
	t.Parallel()
	p, key := newProject(t), ecKey(t)
	p.keys = []map[string]any{jwk(t, "known", &key.PublicKey)}
	v := p.verifier(t, nil)
	p.change(func() { p.down = true })
	for range 20 {
		if _, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodES256, key, rand.Text(), p.claims())); err == nil {
			t.Fatal("a made-up kid was accepted")
		}
	}
	accepted(t, v, sign(t, jwt.SigningMethodES256, key, "known", p.claims()))
	refused(t, v, sign(t, jwt.SigningMethodES256, key, "unknown", p.claims()), atalaya.CodeUnavailable, "does not answer")
	p.change(func() {
		if p.fetches > 4 {
			t.Errorf("20 made-up kids caused %d fetches", p.fetches)
		}
	})
}

func TestARotatedKeyIsKnownSoonHoweverOftenItIsUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, first, second := &project{Server: &httptest.Server{URL: "http://auth.test"}}, ecKey(t), ecKey(t)
		p.keys = []map[string]any{jwk(t, "first", &first.PublicKey)}
		v := p.verifierThrough(t, nil, distant{p})
		refused(t, v, sign(t, jwt.SigningMethodES256, second, "second", p.claims()), atalaya.CodeUnauthorized, "signature")
		p.change(func() { p.keys = []map[string]any{jwk(t, "second", &second.PublicKey)} })
		token := sign(t, jwt.SigningMethodES256, second, "second", p.claims())
		rotated := time.Now()
		for {
			if _, err := v.Verify(t.Context(), token); err == nil {
				break
			}
			if since := time.Since(rotated); since > 2*fetchEvery {
				t.Fatalf("the new key is not known after %s", since)
			}
			<-time.After(time.Millisecond) // of the bubble's clock
		}
	})
}

func TestAHangingAuthDoesNotBlockTheCallers(t *testing.T) {
	t.Parallel()
	p, key := newProject(t), ecKey(t)
	p.keys = []map[string]any{jwk(t, "known", &key.PublicKey)}
	v := p.verifier(t, nil)
	hang := make(chan struct{})
	p.change(func() { p.hang = hang })
	defer close(hang)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // the library's own default is a minute
	defer cancel()
	if _, err := v.Verify(ctx, sign(t, jwt.SigningMethodES256, key, "unknown", p.claims())); err == nil || ctx.Err() != nil {
		t.Errorf("Verify returned %v, want an error before the context's end (%v)", err, ctx.Err())
	}
	accepted(t, v, sign(t, jwt.SigningMethodES256, key, "known", p.claims()))
}

func TestWithoutKnownKeysSupabaseAuthIsAskedOnceAMinute(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := p.verifier(t, nil)
	theirs := newSecret()
	good := sign(t, jwt.SigningMethodHS256, theirs, "", p.claims())
	stolen := sign(t, jwt.SigningMethodHS256, theirs, "", p.claims(set("sub", bob)))
	p.users[good], p.users[stolen] = alice, alice
	for range 3 {
		accepted(t, v, good)
	}
	refused(t, v, stolen, atalaya.CodeUnauthorized, "another user")
	for range 3 {
		refused(t, v, sign(t, jwt.SigningMethodHS256, newSecret(), "", p.claims(set("jti", "same"), set("iat", 1), set("exp", 1<<33))), atalaya.CodeUnauthorized, "does not accept")
	}
	before := p.countAsked()
	refused(t, v, sign(t, jwt.SigningMethodHS256, theirs, "", p.claims(set("exp", 1))), atalaya.CodeUnauthorized, "expired")
	refused(t, v, sign(t, jwt.SigningMethodHS256, theirs, "", p.claims(set("is_anonymous", true), set("aud", "x"))), atalaya.CodeUnauthorized, "aud")
	if asked := p.countAsked(); before != 5 || asked != before {
		t.Errorf("asked %d times, then %d more", before, asked-before)
	}
	v.remote.now = func() time.Time { return time.Now().Add(keepFor + time.Second) }
	accepted(t, v, good)
	p.change(func() { p.users = nil })
	v.remote.now = func() time.Time { return time.Now().Add(3 * keepFor) }
	refused(t, v, good, atalaya.CodeUnauthorized, "does not accept")
	p.change(func() { p.down = true })
	v.remote.now = func() time.Time { return time.Now().Add(6 * keepFor) }
	refused(t, v, good, atalaya.CodeUnavailable, "does not answer")
}

func TestTheMemoryOfAnswersIsBounded(t *testing.T) {
	t.Parallel()
	r := newRemote(Options{Client: http.DefaultClient})
	for i := range maxKept + 100 {
		r.keep([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, answer{expires: time.Now().Add(time.Hour)})
	}
	if len(r.kept) > maxKept {
		t.Errorf("%d answers kept", len(r.kept))
	}
}

func TestTheLocalIssuersTokensAreAcceptedByItsVerifier(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	issuer, err := NewIssuer("http://127.0.0.1:3000/auth/v1", secret)
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token(alice, "alice@example.com", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	v := New(Options{Issuer: "http://127.0.0.1:3000/auth/v1", Secret: secret})
	if err := v.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer v.Stop()
	accepted(t, v, token)
	expired, err := issuer.Token(alice, "alice@example.com", -time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, v, expired, atalaya.CodeUnauthorized, "expired")
	refused(t, v, sign(t, jwt.SigningMethodES256, ecKey(t), "x", jwt.MapClaims{"role": "authenticated"}), atalaya.CodeUnauthorized, "SUPABASE_URL")
	if _, err := NewIssuer("x", []byte("short")); err == nil {
		t.Error("a short secret was taken")
	}
}
