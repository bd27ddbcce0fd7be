package node_test

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/secret"
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

// nodeSealer seals every value of standard input in the form that the contract and the Node service's public
// manuals describe. It uses Node's own crypto, so the ciphertexts do not depend on the code under test.
const nodeSealer = `
const crypto = require('crypto');
const {key, values} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const sealed = values.map((value) => {
  const salt = crypto.randomBytes(64), iv = crypto.randomBytes(16);
  const derived = crypto.pbkdf2Sync(Buffer.from(key, 'hex'), salt, 100000, 32, 'sha512');
  const cipher = crypto.createCipheriv('aes-256-gcm', derived, iv);
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), text]).toString('hex');
});
process.stdout.write(JSON.stringify(sealed));
`

// sealWithNode returns the Node service's ciphertexts of the values.
func sealWithNode(t *testing.T, key string, values ...string) []atalaya.Sealed {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("this test needs Node: sudo apt-get install -y nodejs")
	}
	in, err := json.Marshal(map[string]any{"key": key, "values": values})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", nodeSealer)
	cmd.Stdin = strings.NewReader(string(in)) // not an argument: other processes can read those
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, problems.String())
	}
	var sealed []atalaya.Sealed
	if err := json.Unmarshal(out, &sealed); err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestWhatTheNodeServiceSealedOpens(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	newer, _ := newKey(t)
	values := []string{"", "x", strings.Repeat("k", 32), "v3:c29tZSBiYXNlNjQ=", "señal ✓ 信号", strings.Repeat("long ", 1000)}
	sealed := sealWithNode(t, text, values...)
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
				t.Errorf("(-sealed +opened)\n%s", diff)
			}
		})
	}
}

func TestADamagedOrForeignValueOfTheNodeServiceDoesNotOpen(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	other, _ := newKey(t)
	sealed := sealWithNode(t, text, "value")[0]

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
	plain, err := ring.Open(ana, atalaya.ColumnSessionSign, sealWithNode(t, text, "v1:YWJj")[0])
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
