package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Way is how the tokens of a project are verified.
type Way int

// The ways.
const (
	ByKeys   Way = iota // with its public keys
	BySecret            // with the legacy secret, and public keys if there are any
	ByAuth              // by asking Supabase Auth
)

// Probe returns how tokens would be verified, and fails if they could not be. It fetches the public keys. If Auth
// has to be asked, Probe asks it about a token that nobody has signed, which only Auth refuses.
func Probe(ctx context.Context, o Options) (Way, error) {
	keys, err := fetchKeys(ctx, o)
	switch {
	case err != nil:
		return 0, err
	case len(o.Secret) > 0:
		return BySecret, nil
	case keys > 0:
		return ByKeys, nil
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"role": role, "aud": audience}).SignedString([]byte("nobody's secret, of thirty-two bytes"))
	if err != nil {
		return 0, err
	}
	if _, err := newRemote(o).ask(ctx, token); !errors.Is(err, errRefused) {
		return 0, fmt.Errorf("Supabase Auth gives no verdict on a token: %w", err) //nolint:staticcheck // a name
	}
	return ByAuth, nil
}

// IssuerOf returns the iss that Auth writes into its tokens, "" if it writes none. known is false if Auth does not
// say, as older versions do not.
func IssuerOf(ctx context.Context, o Options) (issuer string, known bool) {
	got, err := get(ctx, o, "/.well-known/openid-configuration")
	if err != nil || got.status != http.StatusOK {
		return "", false
	}
	var said struct {
		Issuer *string `json:"issuer"`
	}
	if json.Unmarshal(got.body, &said) != nil || said.Issuer == nil {
		return "", false
	}
	return *said.Issuer, true
}

// ReturnAddress returns where Auth sends a browser whose sign-in asks to return to an address: there if the project
// allows it, else to its site. It is "" if Auth does not say. ReturnAddress opens the link of a mail that nobody sent.
func ReturnAddress(ctx context.Context, o Options, address string) string {
	got, err := get(ctx, o, "/verify?type=magiclink&token=pkce_nobody&redirect_to="+url.QueryEscape(address))
	if err != nil || got.status != http.StatusSeeOther {
		return ""
	}
	location, _, _ := strings.Cut(got.location, "?")
	location, _, _ = strings.Cut(location, "#")
	return location
}

// fetchKeys returns how many keys the project publishes that verify signatures.
func fetchKeys(ctx context.Context, o Options) (int, error) {
	got, err := get(ctx, o, keysPath)
	if err != nil {
		return 0, err
	}
	if got.status != http.StatusOK {
		return 0, fmt.Errorf("Supabase Auth answers %d for its keys", got.status) //nolint:staticcheck // a name
	}
	return countKeys(got.body)
}

// reply is an answer of Auth.
type reply struct {
	status   int
	location string // of a redirect
	body     []byte
}

// get asks Auth and follows no redirect.
func get(ctx context.Context, o Options, path string) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.AuthURL+path, nil)
	if err != nil {
		return reply{}, err
	}
	if o.APIKey != "" {
		request.Header.Set("apikey", o.APIKey)
	}
	client := withoutRedirects(o.Client)
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeysBytes))
	return reply{response.StatusCode, response.Header.Get("Location"), body}, err
}
