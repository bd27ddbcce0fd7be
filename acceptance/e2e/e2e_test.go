package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"atalaya/acceptance"
	"atalaya/internal/test/bouncer"
)

func TestThirtyAlertsOfThreeUsersBecomeThirtyRightPictures(t *testing.T) { //nolint:paralleltest // see runs
	runs(t, Options{})
}

// Behind a transaction pooler nothing listens and no statement is prepared; behind a session pooler
// everything is as without one: make e2e tries that.
func TestTheSameGoesBehindATransactionPoolerOnANewerPostgreSQL(t *testing.T) { //nolint:paralleltest // see runs
	newer := filepath.Join("../..", acceptance.NewerPostgres)
	if _, err := os.Stat(newer); err != nil {
		t.Fatal("a newer PostgreSQL is not installed: npm --prefix acceptance ci")
	}
	runs(t, Options{Pooler: bouncer.Transaction, Postgres: newer})
}

// runs does not share the machine with another run: thirty captures in a row are enough for it.
func runs(t *testing.T, opt Options) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "atalaya")
	build := exec.Command("go", "build", "-race", "-o", binary, "./cmd/atalaya")
	build.Dir = "../.." // the program's module, not this one
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	opt.Binary, opt.Progress = binary, os.Stderr
	result, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Alerts != 30 {
		t.Errorf("result %+v", result)
	}
}
