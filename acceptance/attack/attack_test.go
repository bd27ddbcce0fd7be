package attack

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The machine runs other tests beside: the times of make attack are multiplied here, and stand in its last
// line. 3 seconds for an alert are what TradingView waits.
func TestEveryAttackHolds(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "atalaya")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/atalaya")
	build.Dir = "../.." // the program's module, not this one
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	result, err := Run(t.Context(), Options{Binary: binary, Progress: os.Stderr, Slack: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() {
		t.Errorf("result %+v", result)
	}
}
