package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/secret"
	"atalaya/internal/test/node"
)

const ana atalaya.UserID = "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11"

// newKey returns a key and its text.
func newKey(t *testing.T) (secret.Key, string) {
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

func TestWhatTheNodeServiceSealedOpens(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	newer, _ := newKey(t)
	values := []string{"", "x", strings.Repeat("k", 32), "v3:c29tZSBiYXNlNjQ=", "señal ✓ 信号", strings.Repeat("long ", 1000)}
	sealed := node.Seal(t, text, values...)
	for name, ring := range map[string]*secret.Keyring{
		"with the current key": secret.NewKeyring(key),
		"with a former key":    secret.NewKeyring(newer, key),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, s := range sealed {
				if form := secret.FormOf(s); form != secret.FormNode {
					t.Errorf("form %s, want node", form)
				}
				if ring.Current(s) {
					t.Error("a value of the Node service counts as current")
				}
				plain, err := ring.Open(ana, atalaya.ColumnSessionID, s)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, plain)
			}
			if diff := cmp.Diff(values, got); diff != "" {
				t.Errorf("the values (-sealed +opened):\n%s", diff)
			}
		})
	}
}

func TestADamagedOrForeignValueOfTheNodeServiceDoesNotOpen(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	other, _ := newKey(t)
	sealed := node.Seal(t, text, "value")[0]

	if _, err := secret.NewKeyring(other).Open(ana, atalaya.ColumnSessionID, sealed); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("with another key: %v, want ErrUnreadable", err)
	}
	ring := secret.NewKeyring(key)
	// One byte of each part: every byte would cost 50 ms.
	for part, at := range map[string]int{"salt": 5, "iv": 70, "tag": 90, "ciphertext": 98} {
		changed := []byte(sealed)
		if changed[2*at] == '0' {
			changed[2*at] = '1'
		} else {
			changed[2*at] = '0'
		}
		if _, err := ring.Open(ana, atalaya.ColumnSessionID, atalaya.Sealed(changed)); !errors.Is(err, secret.ErrUnreadable) {
			t.Errorf("with its %s changed: %v, want ErrUnreadable", part, err)
		}
	}
	if _, err := ring.Open(ana, atalaya.ColumnSessionID, sealed[:len(sealed)-2]); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("cut short: %v, want ErrUnreadable", err)
	}
}

func TestAValueOfTheNodeServiceIsRotatedIntoOurOwnForm(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	ring := secret.NewKeyring(key)
	plain, err := ring.Open(ana, atalaya.ColumnSessionSign, node.Seal(t, text, "v1:YWJj")[0])
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := ring.Seal(ana, atalaya.ColumnSessionSign, plain)
	if err != nil {
		t.Fatal(err)
	}
	if !ring.Current(sealed) {
		t.Error("the rotated value is not current")
	}
	if got, err := ring.Open(ana, atalaya.ColumnSessionSign, sealed); err != nil || got != "v1:YWJj" {
		t.Errorf("got %q, %v", got, err)
	}
}
