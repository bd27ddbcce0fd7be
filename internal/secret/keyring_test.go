package secret_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"atalaya"
	"atalaya/internal/secret"
)

const (
	ana  atalaya.UserID = "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11"
	beto atalaya.UserID = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
)

// newKey returns a new key: no key is in the source.
func newKey(t testing.TB) (secret.Key, string) {
	t.Helper()
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

func seal(t testing.TB, ring *secret.Keyring, user atalaya.UserID, column atalaya.SecretColumn, plain string) atalaya.Sealed {
	t.Helper()
	sealed, err := ring.Seal(user, column, plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestASealedValueOpensOnlyForItsUserAndColumn(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	ring := secret.NewKeyring(key)
	columns := []atalaya.SecretColumn{atalaya.ColumnSessionID, atalaya.ColumnSessionSign, atalaya.ColumnBotToken}
	rapid.Check(t, func(t *rapid.T) {
		plain := string(rapid.SliceOf(rapid.Byte()).Draw(t, "plain"))
		user := rapid.SampledFrom([]atalaya.UserID{ana, beto}).Draw(t, "user")
		column := rapid.SampledFrom(columns).Draw(t, "column")
		sealed, err := ring.Seal(user, column, plain)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range []atalaya.UserID{ana, beto} {
			for _, c := range columns {
				got, err := ring.Open(u, c, sealed)
				if u == user && c == column {
					if err != nil || got != plain {
						t.Fatalf("for its own user and column: got %q, %v; sealed %q", got, err, plain)
					}
				} else if !errors.Is(err, secret.ErrUnreadable) || got != "" {
					t.Fatalf("for another user or column: got %q, %v; want ErrUnreadable", got, err)
				}
			}
		}
	})
}

func TestASealedValueIsPrintableHidesThePlainOneAndNeverRepeats(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	ring := secret.NewKeyring(key)
	const plain = "a-session-id-of-thirty-two-chars"
	first, second := seal(t, ring, ana, atalaya.ColumnSessionID, plain), seal(t, ring, ana, atalaya.ColumnSessionID, plain)
	if first == second {
		t.Error("sealing twice gave the same ciphertext")
	}
	if strings.Contains(first.Reveal(), plain) {
		t.Error("the ciphertext holds the value")
	}
	for _, c := range first {
		if c <= ' ' || c > '~' {
			t.Errorf("the ciphertext holds %q", c)
		}
	}
}

func TestEveryChangedByteOfACiphertextIsNoticed(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	ring := secret.NewKeyring(key)
	// Lengths 0 to 3 give every remainder of base64, whose last character has unused bits.
	for length := range 4 {
		plain := strings.Repeat("s", length)
		sealed := seal(t, ring, ana, atalaya.ColumnSessionID, plain)
		for i := range len(sealed) {
			for bit := range 8 {
				changed := []byte(sealed)
				changed[i] ^= 1 << bit
				if got, err := ring.Open(ana, atalaya.ColumnSessionID, atalaya.Sealed(changed)); err == nil {
					t.Fatalf("byte %d with bit %d flipped opened as %q", i, bit, got)
				}
			}
		}
	}
}

func TestACutOrPaddedCiphertextDoesNotOpen(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	ring := secret.NewKeyring(key)
	sealed := seal(t, ring, ana, atalaya.ColumnSessionID, "value")
	for i := range len(sealed) {
		if _, err := ring.Open(ana, atalaya.ColumnSessionID, sealed[:i]); err == nil {
			t.Fatalf("cut to %d characters it opened", i)
		}
	}
	for _, more := range []atalaya.Sealed{"\n", "\r\n", " ", "=", "A", ".", "\x00"} {
		if _, err := ring.Open(ana, atalaya.ColumnSessionID, sealed+more); !errors.Is(err, secret.ErrUnreadable) {
			t.Errorf("with %q behind: %v, want ErrUnreadable", more, err)
		}
	}
}

func TestAFormerKeyStillOpensAndTheCurrentOneSeals(t *testing.T) {
	t.Parallel()
	former, _ := newKey(t)
	current, _ := newKey(t)
	before := secret.NewKeyring(former)
	during := secret.NewKeyring(current, former)
	after := secret.NewKeyring(current)

	old := seal(t, before, ana, atalaya.ColumnSessionID, "value")
	if !before.Current(old) || during.Current(old) {
		t.Error("Current does not distinguish the former key from the current one")
	}
	got, err := during.Open(ana, atalaya.ColumnSessionID, old)
	if err != nil || got != "value" {
		t.Fatalf("with the former key in the ring: got %q, %v", got, err)
	}
	rotated := seal(t, during, ana, atalaya.ColumnSessionID, got)
	if !during.Current(rotated) || !after.Current(rotated) {
		t.Error("a value that was sealed again is not current")
	}
	if got, err := after.Open(ana, atalaya.ColumnSessionID, rotated); err != nil || got != "value" {
		t.Errorf("after rotation: got %q, %v", got, err)
	}
	_, err = after.Open(ana, atalaya.ColumnSessionID, old)
	if !errors.Is(err, secret.ErrUnknownKey) || !strings.Contains(err.Error(), former.ID()) {
		t.Errorf("without the former key: %v, want ErrUnknownKey that names %s", err, former.ID())
	}
}

func TestAValueWithTheIDOfAnotherKeyDoesNotOpen(t *testing.T) {
	t.Parallel()
	one, _ := newKey(t)
	two, _ := newKey(t)
	ring := secret.NewKeyring(one, two)
	sealed := seal(t, ring, ana, atalaya.ColumnSessionID, "value")
	forged := atalaya.Sealed(strings.Replace(sealed.Reveal(), one.ID(), two.ID(), 1))
	if _, err := ring.Open(ana, atalaya.ColumnSessionID, forged); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("got %v, want ErrUnreadable", err)
	}
}

func TestFormOfRecognizesEveryForm(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	ring := secret.NewKeyring(key)
	node := strings.Repeat("0a", 96)
	for _, c := range []struct {
		name, value string
		want        secret.Form
	}{
		{"ours", seal(t, ring, ana, atalaya.ColumnBotToken, "x").Reveal(), secret.FormOwn},
		{"of a later release", "at2.whatever", secret.FormOwn},
		{"the Node service's, empty", node, secret.FormNode},
		{"the Node service's", node + "ff", secret.FormNode},
		{"half a byte more", node + "f", secret.FormPlain},
		{"a header cut short", node[2:], secret.FormPlain},
		{"upper-case hex", strings.ToUpper(node), secret.FormPlain},
		{"a cookie", strings.Repeat("a1", 16), secret.FormPlain},
		{"a bot token", "123456789:AAnotARealTokenButOfItsLooks-_00000", secret.FormPlain},
		{"nothing", "", secret.FormPlain},
	} {
		if got := secret.FormOf(atalaya.Sealed(c.value)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := ring.Plain(atalaya.Sealed(c.value)); got != (c.want == secret.FormPlain) {
			t.Errorf("%s: Plain = %t", c.name, got)
		}
	}
	if _, err := ring.Open(ana, atalaya.ColumnSessionID, "at2.whatever"); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("a later release's value: %v, want ErrUnreadable", err)
	}
}

func TestPlainTextIsRefusedWithoutBeingRepeated(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	const cookie = "plain-cookie-value-nobody-may-see"
	_, err := secret.NewKeyring(key).Open(ana, atalaya.ColumnSessionID, cookie)
	if !errors.Is(err, secret.ErrPlainText) {
		t.Errorf("got %v, want ErrPlainText", err)
	}
	if strings.Contains(fmt.Sprintf("%+v", err), cookie) {
		t.Errorf("the error repeats the value: %v", err)
	}
}

func TestNoErrorHoldsAnyPartOfAValue(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	ring := secret.NewKeyring(key)
	rapid.Check(t, func(t *rapid.T) {
		// Longer than any word of a message, so that a match is a leak.
		body := rapid.SliceOfN(rapid.Byte(), 48, 96).Draw(t, "body")
		text := base64.RawURLEncoding.EncodeToString(body)
		form := rapid.SampledFrom([]string{"at1.%s", "at1." + key.ID() + ".%s", "at9.%s", "%s"}).Draw(t, "form")
		_, err := ring.Open(ana, atalaya.ColumnSessionID, atalaya.Sealed(fmt.Sprintf(form, text)))
		if err == nil {
			t.Fatal("noise opened")
		}
		for i := 0; i+16 <= len(text); i += 8 {
			if strings.Contains(err.Error(), text[i:i+16]) {
				t.Fatalf("the error holds a part of the value: %v", err)
			}
		}
	})
}

func TestSealingNeedsAKeyAUserAndAColumn(t *testing.T) {
	t.Parallel()
	key, _ := newKey(t)
	for name, err := range map[string]error{
		"no key":    sealError(secret.NewKeyring(secret.Key{}, key), ana, atalaya.ColumnSessionID),
		"no user":   sealError(secret.NewKeyring(key), "", atalaya.ColumnSessionID),
		"no column": sealError(secret.NewKeyring(key), ana, ""),
	} {
		if err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	if secret.NewKeyring(secret.Key{}).Current("at1..x") {
		t.Error("a keyring without a key calls a value current")
	}
}

func sealError(ring *secret.Keyring, user atalaya.UserID, column atalaya.SecretColumn) error {
	_, err := ring.Seal(user, column, "value")
	return err
}
