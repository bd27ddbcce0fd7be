package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAtalayaLivesInASupabaseProjectAndEverythingForbiddenIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("node_modules"); err != nil {
		t.Fatal("the parts are not installed: npm --prefix acceptance ci")
	}
	binary := filepath.Join(t.TempDir(), "atalaya")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, "atalaya/cmd/atalaya").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	result, err := Run(t.Context(), Options{Binary: binary, Root: "..", Progress: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() {
		t.Errorf("result %+v", result)
	}
}
