package acceptance

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"atalaya/acceptance/built"
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
	for _, part := range DashboardParts() {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			result, err := RunDashboard(t.Context(), opt, "", part) // no pictures are kept
			if err != nil {
				t.Fatal(err)
			}
			if result.Checks == 0 || result.Passed != result.Checks {
				t.Errorf("result %+v", result)
			}
		})
	}
}

// options builds the program. It fails if the parts in a folder of the repository are missing.
func options(t *testing.T, folders ...string) Options {
	t.Helper()
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join("..", folder, "node_modules")); err != nil {
			t.Fatalf("the parts are not installed: npm --prefix %s ci", folder)
		}
	}
	return Options{Binary: built.Racing(t), Root: "..", Progress: os.Stderr}
}
