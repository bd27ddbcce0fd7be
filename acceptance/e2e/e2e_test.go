package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"atalaya/acceptance"
	"atalaya/acceptance/built"
	"atalaya/internal/test/bouncer"
)

func TestThirtyAlertsOfThreeUsersBecomeThirtyRightPictures(t *testing.T) { //nolint:paralleltest // see runs
	runs(t, Options{})
}

// Behind a transaction pooler the program neither listens nor prepares statements. Behind a session pooler
// everything is as without one; make e2e tries that.
func TestTheSameGoesBehindATransactionPoolerOnANewerPostgreSQL(t *testing.T) { //nolint:paralleltest // see runs
	newer := filepath.Join("../..", acceptance.NewerPostgres)
	if _, err := os.Stat(newer); err != nil {
		t.Fatal("a newer PostgreSQL is not installed: npm --prefix acceptance ci")
	}
	runs(t, Options{Pooler: bouncer.Transaction, Postgres: newer})
}

// runs tests one run. Runs are not parallel, because thirty captures in a row are enough for the machine.
func runs(t *testing.T, opt Options) {
	t.Helper()
	opt.Binary, opt.Progress = built.Racing(t), os.Stderr
	result, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Alerts != 30 {
		t.Errorf("result %+v", result)
	}
}
