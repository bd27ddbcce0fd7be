package secret_test

import (
	"errors"
	"testing"

	"atalaya/internal/secret"
)

func TestASessionOpensOnlyWithItsOwnKey(t *testing.T) {
	t.Parallel()
	ring := func() *secret.Keyring {
		text, err := secret.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		key, err := secret.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		return secret.NewKeyring(key)
	}
	one, two := ring(), ring()
	sealed, err := one.SealSession([]byte("session"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := one.OpenSession(sealed); err != nil || string(plain) != "session" {
		t.Errorf("opened %q, %v", plain, err)
	}
	changed := []byte(sealed)
	changed[len(changed)/2] ^= 1
	for _, bad := range []string{"", "x", "!!", string(changed), sealed[:20]} {
		if _, err := one.OpenSession(bad); !errors.Is(err, secret.ErrUnreadable) {
			t.Errorf("opening %q: %v", bad, err)
		}
	}
	if _, err := two.OpenSession(sealed); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("another key: %v", err)
	}
}
