package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestThirtyAlertsOfThreeUsersBecomeThirtyRightPictures(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "atalaya")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, "atalaya/cmd/atalaya").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	result, err := Run(t.Context(), Options{Binary: binary, Progress: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Alerts != 30 {
		t.Errorf("result %+v", result)
	}
}
