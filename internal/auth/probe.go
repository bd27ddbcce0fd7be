package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

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

// fetchKeys returns how many keys the project publishes that verify signatures.
func fetchKeys(ctx context.Context, o Options) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.AuthURL+keysPath, nil)
	if err != nil {
		return 0, err
	}
	if o.APIKey != "" {
		request.Header.Set("apikey", o.APIKey)
	}
	client := withoutRedirects(o.Client)
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeysBytes))
	if err != nil {
		return 0, err
	}
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("Supabase Auth answers %d for its keys", response.StatusCode) //nolint:staticcheck // a name
	}
	return countKeys(body)
}
