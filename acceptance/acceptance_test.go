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
	result, err := Run(t.Context(), options(t, "acceptance"))
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() {
		t.Errorf("result %+v", result)
	}
}

func TestTheSameHoldsOnANewerPostgreSQL(t *testing.T) {
	t.Parallel()
	opt := options(t, "acceptance")
	opt.Postgres = filepath.Join("..", NewerPostgres)
	result, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() {
		t.Errorf("result %+v", result)
	}
}

func TestTheExampleSiteDoesInABrowserWhatItPromises(t *testing.T) {
	t.Parallel()
	result, err := RunExample(t.Context(), options(t, "acceptance", "examples/nextjs"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if result.Checks == 0 || result.Passed != result.Checks {
		t.Errorf("result %+v", result)
	}
}

func TestTheDashboardDoesInABrowserWhatItPromises(t *testing.T) {
	t.Parallel()
	opt := options(t, "acceptance", "web")
	opt.Slack = 40 // a busy machine with the race detector: make test-dashboard is strict
	result, err := RunDashboard(t.Context(), opt, t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if result.Checks == 0 || result.Passed != result.Checks {
		t.Errorf("result %+v", result)
	}
}

// options builds the program, and fails if the parts in a folder of the repository are missing.
func options(t *testing.T, folders ...string) Options {
	t.Helper()
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join("..", folder, "node_modules")); err != nil {
			t.Fatalf("the parts are not installed: npm --prefix %s ci", folder)
		}
	}
	binary := filepath.Join(t.TempDir(), "atalaya")
	build := exec.Command("go", "build", "-race", "-o", binary, "./cmd/atalaya")
	build.Dir = ".." // the program's module, not this one
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return Options{Binary: binary, Root: "..", Progress: os.Stderr}
}
