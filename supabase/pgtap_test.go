package supabase_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"atalaya/internal/test/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const install = "run scripts/install.sh test, or apt-get install -y postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl"

// Each file of tests/ runs with pg_prove in a migrated database of its own. pgTAP is created in the schema
// extensions, as in a Supabase project, so that public holds nothing but what the migrations put there.
func TestDatabaseKeepsItsPromises(t *testing.T) {
	t.Parallel()
	prove, err := exec.LookPath("pg_prove")
	if err != nil {
		t.Fatalf("pg_prove is not installed: %s", install)
	}
	files, err := filepath.Glob("tests/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("tests/ holds no file")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			pool := testkit.Database(t)
			if _, err := pool.Exec(t.Context(), "create extension pgtap schema extensions"); err != nil {
				t.Fatalf("pgTAP cannot be created; perhaps it is not installed (%s): %v", install, err)
			}
			at := pool.Config().ConnConfig
			cmd := exec.CommandContext(t.Context(), prove, "--comments", "--failures", file)
			cmd.Env = append(os.Environ(),
				"PGHOST="+at.Host, fmt.Sprintf("PGPORT=%d", at.Port), "PGDATABASE="+at.Database,
				"PGUSER="+at.User, "PGPASSWORD="+at.Password, "PGOPTIONS=", "PGSSLMODE=prefer")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
