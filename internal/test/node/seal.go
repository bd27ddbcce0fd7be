// Package node seals values as the Node service did, with Node.js itself. Its tests check that package secret opens
// them. They are not in package secret, whose own tests need nothing installed. Only tests import it.
package node

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"atalaya"
)

// sealer seals every value of standard input in the form that the Node service's public manuals describe. It uses
// Node's own crypto, so the ciphertexts do not depend on the code under test.
const sealer = `
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

// Seal returns the Node service's ciphertexts of the values.
func Seal(t testing.TB, key string, values ...string) []atalaya.Sealed {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("this test needs Node: sudo apt-get install -y nodejs")
	}
	in, err := json.Marshal(map[string]any{"key": key, "values": values})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", sealer)
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
