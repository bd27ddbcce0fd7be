package auth

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya"
)

// accounts reports some users as deleted, and counts how often it is asked.
type accounts struct {
	gone  []atalaya.UserID
	err   error
	asked int
}

func (a *accounts) Gone(_ context.Context, users []atalaya.UserID) ([]atalaya.UserID, error) {
	a.asked++
	return slices.DeleteFunc(slices.Clone(users), func(u atalaya.UserID) bool { return !slices.Contains(a.gone, u) }), a.err
}

func TestATokenOfADeletedAccountIsRefusedWithinSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		known, secret := &accounts{}, newSecret()
		v := New(Options{Issuer: "http://auth.test/auth/v1", Secret: secret, Accounts: known})
		token := sign(t, jwt.SigningMethodHS256, secret, "", jwt.MapClaims{
			"iss": "http://auth.test/auth/v1", "aud": "authenticated", "role": "authenticated", "sub": alice,
			"exp": time.Now().Add(time.Hour).Unix(),
		})
		for range 3 {
			accepted(t, v, token)
		}
		if known.asked != 1 {
			t.Errorf("the account was looked up %d times at once, want 1", known.asked)
		}
		known.gone = []atalaya.UserID{alice}
		time.Sleep(accountKept) //nolint:forbidigo // by synctest's clock
		refused(t, v, token, atalaya.CodeUnauthorized, "was deleted, or is blocked")
		known.gone, known.err = nil, errors.New("no database")
		time.Sleep(accountKept) //nolint:forbidigo // by synctest's clock
		refused(t, v, token, atalaya.CodeUnavailable, "Try again")
		known.err = nil
		accepted(t, v, token)
	})
}
