// Package auth identifies the caller: it turns a Supabase access token into an atalaya.Caller, or says why it
// cannot. It verifies tokens on this machine if the keys allow it. It knows neither routes nor rows.
package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya"
)

const (
	// audience and role are what Supabase puts into the token of a signed-in user. The project's
	// anon and service keys are valid tokens of the same secret, and differ in the role.
	audience = "authenticated"
	role     = "authenticated"

	// leeway forgives clocks that differ.
	leeway = 10 * time.Second

	// maxToken bounds what is parsed for a stranger; real tokens have one to three kilobytes.
	maxToken = 16 << 10
)

// publicMethods are the algorithms with public keys that Supabase Auth signs with.
var publicMethods = []string{"ES256", "RS256", "EdDSA"} //nolint:gochecknoglobals // a constant

// Options say whose tokens are accepted.
type Options struct {
	// Issuer is the iss that tokens must have: <SUPABASE_URL>/auth/v1.
	Issuer string
	// Secret is the project's legacy JWT secret, for HS256; nil if there is none.
	Secret []byte
	// AuthURL is the address of Supabase Auth, <SUPABASE_URL>/auth/v1, for its JWKS and for GET /user; "" if there
	// is none.
	AuthURL string
	// APIKey is sent to AuthURL, whose gateway requires one: the project's anon key, or its service key if there is
	// no other.
	APIKey string
	// KeysEvery is how often the public keys are fetched, and so for how long a revoked one is honoured at
	// most; 0 for ten minutes, as long as Supabase's own caches take.
	KeysEvery time.Duration
	// Turns shares the questions to Auth among senders; nil for no bound.
	Turns Turns
	// Accounts knows which users may come in. If it is nil, tokens of deleted and of banned users pass until they
	// expire.
	Accounts Accounts
	// Client makes the calls to AuthURL.
	Client *http.Client
	Log    *slog.Logger
}

// Turns hands out slots, in turn between keys. Take waits for a slot and returns the function that releases it. It
// fails if too many wait, or if ctx is done.
type Turns interface {
	Take(ctx context.Context, key string) (release func(), err error)
}

type senderKey struct{}

// WithSender returns a context that tells Verify who sent the token, an address or a network. If Auth has to be
// asked, senders take turns.
func WithSender(ctx context.Context, sender string) context.Context {
	return context.WithValue(ctx, senderKey{}, sender)
}

func senderOf(ctx context.Context) string {
	sender, _ := ctx.Value(senderKey{}).(string)
	return sender
}

// Verifier verifies access tokens. It is safe for concurrent use.
type Verifier struct {
	secret []byte
	keys   *keySet // nil without AuthURL
	remote *remote // nil without AuthURL
	// Two parsers, never one for both kinds: a public key taken for an HMAC secret is the classic
	// way in.
	symmetric  *jwt.Parser
	asymmetric *jwt.Parser
	// unsigned checks the claims of a token whose signature Supabase Auth is going to judge.
	unsigned *jwt.Validator
	accounts accountCheck
}

// New makes a Verifier. If AuthURL is given, Start has to be called before Verify.
func New(o Options) *Verifier {
	rules := []jwt.ParserOption{
		jwt.WithIssuer(o.Issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway),
	}
	v := &Verifier{
		secret:     o.Secret,
		symmetric:  jwt.NewParser(append(rules, jwt.WithValidMethods([]string{"HS256"}))...),
		asymmetric: jwt.NewParser(append(rules, jwt.WithValidMethods(publicMethods))...),
		unsigned:   jwt.NewValidator(rules...),
		accounts:   accountCheck{accounts: o.Accounts, now: time.Now},
	}
	if o.AuthURL != "" {
		v.keys = newKeySet(o)
		v.remote = newRemote(o)
	}
	return v
}

// Start fetches the project's public keys, and again every KeysEvery until Stop or until ctx is done. It takes at
// most a few seconds. Keys that can't be fetched now are no error: they are fetched when a token needs them.
func (v *Verifier) Start(ctx context.Context) error {
	if v.keys == nil {
		return nil
	}
	return v.keys.start(ctx)
}

// Stop ends the refreshing of keys. It may be called twice.
func (v *Verifier) Stop() {
	if v.keys != nil {
		v.keys.stop()
	}
}

// claims are the claims that are checked besides those that the parser checks.
type claims struct {
	jwt.RegisteredClaims
	Role        string `json:"role"`
	IsAnonymous bool   `json:"is_anonymous"`
}

// Verify returns the caller of an access token. It fails with CodeUnauthorized, with CodeForbidden for an
// anonymous sign-in, and with CodeUnavailable if Supabase Auth or the accounts have to be asked and do not answer.
func (v *Verifier) Verify(ctx context.Context, token string) (atalaya.Caller, error) {
	if token == "" {
		return atalaya.Caller{}, refuse(nil, "Send the access token of a signed-in user in the header Authorization, after the word Bearer.")
	}
	if len(token) > maxToken {
		return atalaya.Caller{}, refuse(nil, "This is not an access token: it is longer than 16 KiB.")
	}
	var c claims
	unverified, _, err := jwt.NewParser().ParseUnverified(token, &c)
	if err != nil {
		return atalaya.Caller{}, refuse(nil, "This is not an access token. Send the access_token of the user's session.")
	}
	if err := checkRole(c); err != nil { // before the signature: it tells a wrong key from a bad one
		return atalaya.Caller{}, err
	}
	c = claims{}
	switch alg, _ := unverified.Header["alg"].(string); {
	case alg == "HS256":
		err = v.verifySymmetric(ctx, token, &c)
	case slices.Contains(publicMethods, alg):
		err = v.verifyAsymmetric(ctx, token, &c)
	default:
		err = refuse(nil, "Access tokens are signed with HS256, ES256, RS256 or EdDSA.")
	}
	if err != nil {
		return atalaya.Caller{}, err
	}
	caller, err := callerOf(token, c)
	if err != nil {
		return atalaya.Caller{}, err
	}
	return caller, v.accounts.check(ctx, caller.UserID)
}

// verifySymmetric verifies with the legacy secret. If the project has neither that nor public keys, it asks
// Supabase Auth.
func (v *Verifier) verifySymmetric(ctx context.Context, token string, c *claims) error {
	if len(v.secret) > 0 {
		_, err := v.symmetric.ParseWithClaims(token, c, func(*jwt.Token) (any, error) { return v.secret, nil })
		return explain(err)
	}
	if v.remote == nil {
		return refuse(nil, "HS256 tokens are not accepted here: SUPABASE_JWT_SECRET is not set.")
	}
	empty, err := v.keys.empty(ctx)
	if err != nil {
		return atalaya.Wrap(atalaya.CodeUnavailable, err, "Supabase Auth does not answer, so the token can't be checked. Try again.")
	}
	if !empty {
		return refuse(nil, "The project signs tokens with public keys, and this one is signed with the legacy secret. Sign in again, or set SUPABASE_JWT_SECRET.")
	}
	if _, _, err := jwt.NewParser().ParseUnverified(token, c); err != nil {
		return explain(err)
	}
	if err := v.unsigned.Validate(c); err != nil {
		return explain(err)
	}
	return v.remote.check(ctx, token, c)
}

// verifyAsymmetric verifies with the project's public keys.
func (v *Verifier) verifyAsymmetric(ctx context.Context, token string, c *claims) error {
	if v.keys == nil {
		return refuse(nil, "Tokens signed with public keys are not accepted here: SUPABASE_URL is not set.")
	}
	_, err := v.asymmetric.ParseWithClaims(token, c, v.keys.keyfunc(ctx))
	if err != nil && errors.Is(err, jwt.ErrTokenUnverifiable) && !v.keys.fresh() {
		return atalaya.Wrap(atalaya.CodeUnavailable, err, "Supabase Auth does not answer, and the token's key is not known yet. Try again.")
	}
	return explain(err)
}

// checkRole refuses the project's own keys by name.
func checkRole(c claims) error {
	switch c.Role {
	case role:
		return nil
	case "anon", "service_role":
		return refuse(nil, "This is the project's "+c.Role+" key. Send the access_token of a signed-in user's session instead.")
	}
	return refuse(nil, "The token's role is not authenticated. Send the access_token of a signed-in user's session.")
}

// callerOf reads the caller out of a verified token.
func callerOf(token string, c claims) (atalaya.Caller, error) {
	if err := checkRole(c); err != nil {
		return atalaya.Caller{}, err
	}
	userID, err := atalaya.ParseUserID(c.Subject)
	if err != nil {
		return atalaya.Caller{}, refuse(err, "The token's sub is not a user id.")
	}
	if c.IsAnonymous {
		return atalaya.Caller{}, atalaya.Errorf(atalaya.CodeForbidden, "Anonymous sign-ins have no signals. Add an email address or a provider to the account, and sign in again.")
	}
	payload, err := payloadOf(token)
	if err != nil {
		return atalaya.Caller{}, refuse(err, "This is not an access token.")
	}
	return atalaya.Caller{UserID: userID, Claims: payload}, nil
}

// payloadOf decodes the claims as the token has them, for row level security.
func payloadOf(token string) (json.RawMessage, error) {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return base64.RawURLEncoding.DecodeString(payload)
}

// explain turns the library's errors into what the caller can do.
func explain(err error) error {
	var public *atalaya.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &public):
		return err
	case errors.Is(err, jwt.ErrTokenExpired):
		return refuse(err, "The access token has expired. Refresh the session and send the new one.")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return refuse(err, "The access token is not valid yet. Check the clocks.")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return refuse(err, "The access token comes from another project: its iss differs from the one this service accepts.")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return refuse(err, "The access token's aud is not authenticated. Send the access_token of a signed-in user's session.")
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return refuse(err, "The access token lacks exp, iss or aud.")
	}
	return refuse(err, "The access token's signature is not accepted. Sign in again; if it stays, this service has other keys than the project.")
}

func refuse(private error, message string) error {
	return atalaya.Wrap(atalaya.CodeUnauthorized, private, message)
}
