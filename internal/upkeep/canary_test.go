package upkeep_test

import (
	"errors"
	"testing"

	"atalaya"
	"atalaya/internal/secret"
	"atalaya/internal/test/node"
	"atalaya/internal/test/testkit"
	"atalaya/internal/upkeep"
)

// storeCookies stores cookies of a new user, sealed by seal.
func (f *fixture) storeCookies(t *testing.T, seal func(user atalaya.UserID, column atalaya.SecretColumn) atalaya.Sealed) {
	t.Helper()
	user := testkit.User(t, f.pool)
	_, err := f.pool.Exec(t.Context(), "update public.trading_signals_config set tv_sessionid = $2, tv_sessionid_sign = $3 where user_id = $1",
		string(user), seal(user, atalaya.ColumnSessionID).Reveal(), seal(user, atalaya.ColumnSessionSign).Reveal())
	if err != nil {
		t.Fatal(err)
	}
}

func with(t *testing.T, ring *secret.Keyring) func(atalaya.UserID, atalaya.SecretColumn) atalaya.Sealed {
	t.Helper()
	return func(user atalaya.UserID, column atalaya.SecretColumn) atalaya.Sealed {
		sealed, err := ring.Seal(user, column, "a session")
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
}

func TestAWrongKeyIsFoundEvenIfNoSecretIsStored(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, other := newKeyring(t)
	if err := upkeep.UseKey(t.Context(), f.store, f.keyring); err != nil {
		t.Fatalf("the first key: %v", err)
	}
	for name, check := range map[string]error{
		"the same key again": upkeep.UseKey(t.Context(), f.store, f.keyring),
		"looking alone":      upkeep.CheckKey(t.Context(), f.store, f.keyring),
	} {
		if check != nil {
			t.Errorf("%s: %v", name, check)
		}
	}
	if err := upkeep.UseKey(t.Context(), f.store, other); !errors.Is(err, upkeep.ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	if err := upkeep.CheckKey(t.Context(), f.store, other); !errors.Is(err, upkeep.ErrWrongKey) {
		t.Errorf("looking with another key: %v", err)
	}
}

func TestWithoutACanaryStoredSecretsRevealAWrongKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, other := newKeyring(t)
	f.storeCookies(t, with(t, other))
	if err := upkeep.UseKey(t.Context(), f.store, f.keyring); !errors.Is(err, upkeep.ErrWrongKey) {
		t.Errorf("a key that opens nothing: %v", err)
	}
	if sealed, err := f.store.KeyCanary(t.Context()); sealed != "" || err != nil {
		t.Errorf("a wrong key left the canary %q, %v", sealed, err)
	}
	f.storeCookies(t, with(t, f.keyring)) // a damaged value of one user must not stop everybody
	if err := upkeep.UseKey(t.Context(), f.store, f.keyring); err != nil {
		t.Errorf("a key that opens one of two: %v", err)
	}
}

func TestSecretsOfTheNodeServiceRevealAWrongKeyToo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	sealed := node.Seal(t, f.keyText, "a session", "a signature")
	next := 0
	f.storeCookies(t, func(atalaya.UserID, atalaya.SecretColumn) atalaya.Sealed { next++; return sealed[next-1] })
	_, other := newKeyring(t)
	if err := upkeep.CheckKey(t.Context(), f.store, other); !errors.Is(err, upkeep.ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	if err := upkeep.UseKey(t.Context(), f.store, f.keyring); err != nil {
		t.Errorf("the Node service's key: %v", err)
	}
}

func TestAnOldKeyIsNeededUntilEverythingIsSealedAnew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if err := upkeep.UseKey(t.Context(), f.store, f.keyring); err != nil {
		t.Fatal(err)
	}
	former, err := secret.ParseKey(f.keyText)
	if err != nil {
		t.Fatal(err)
	}
	text, alone := newKeyring(t)
	current, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := upkeep.UseKey(t.Context(), f.store, secret.NewKeyring(current, former)); err != nil {
		t.Fatalf("the new key beside the old one: %v", err)
	}
	if err := upkeep.CheckKey(t.Context(), f.store, alone); !errors.Is(err, upkeep.ErrWrongKey) {
		t.Errorf("the new key alone, before a rotation: %v", err)
	}
	if err := upkeep.AcceptKey(t.Context(), f.store, alone); err != nil { // as a rotation does at its end
		t.Fatal(err)
	}
	if err := upkeep.UseKey(t.Context(), f.store, alone); err != nil {
		t.Errorf("the new key alone, afterwards: %v", err)
	}
	if err := upkeep.CheckKey(t.Context(), f.store, f.keyring); !errors.Is(err, upkeep.ErrWrongKey) {
		t.Errorf("the former key alone, afterwards: %v", err)
	}
}
