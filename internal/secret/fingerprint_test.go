package secret_test

import (
	"bytes"
	"testing"

	"atalaya/internal/secret"
)

func TestAFingerprintDependsOnSecretAndKey(t *testing.T) {
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
	if !bytes.Equal(one.Fingerprint("session"), one.Fingerprint("session")) {
		t.Error("the same secret has two fingerprints")
	}
	if bytes.Equal(one.Fingerprint("session"), one.Fingerprint("session2")) || bytes.Equal(one.Fingerprint("session"), two.Fingerprint("session")) {
		t.Error("another secret, or another key, has the same fingerprint")
	}
	if bytes.Contains(one.Fingerprint("session"), []byte("session")) {
		t.Error("the fingerprint contains the secret")
	}
}
