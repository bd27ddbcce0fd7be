package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"atalaya/internal/bouncer"
)

func TestThirtyAlertsOfThreeUsersBecomeThirtyRightPictures(t *testing.T) {
	runs(t, "")
}

// Behind a transaction pooler nothing listens and no statement is prepared; behind a session pooler
// everything is as without one: make e2e tries that.
func TestTheSameGoesBehindATransactionPooler(t *testing.T) {
	runs(t, bouncer.Transaction)
}

// runs does not share the machine with another run: thirty captures in a row are enough for it.
func runs(t *testing.T, pooler string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "atalaya")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, "atalaya/cmd/atalaya").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	result, err := Run(t.Context(), Options{Binary: binary, Progress: os.Stderr, Pooler: pooler})
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Alerts != 30 {
		t.Errorf("result %+v", result)
	}
}
