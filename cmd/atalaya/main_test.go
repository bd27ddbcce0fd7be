package main

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/joho/godotenv"

	"atalaya/internal/secret"
	"atalaya/internal/test/testkit"
)

// asProgram makes this test binary behave as atalaya.
const asProgram = "ATALAYA_TEST_AS_PROGRAM"

// TestMain lets the tests run the real program, as a process of its own: what it prints, its exit
// status and its environment are what an operator meets.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	testkit.Main(m)
}

// patience bounds one run of the program.
const patience = 2 * time.Minute

// ran is the outcome of one run of the program.
type ran struct {
	out, err string
	code     int
}

// program runs atalaya in a folder. Its environment is env with PATH, HOME and TMPDIR, nothing else.
type program struct {
	dir   string
	env   []string
	stdin string
}

func (p program) command(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}, p.env...)
	cmd.Stdin = strings.NewReader(p.stdin)
	return cmd
}

// run runs the program to its end.
func (p program) run(t *testing.T, args ...string) ran {
	t.Helper()
	if p.dir == "" {
		p.dir = t.TempDir()
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, problems bytes.Buffer
	cmd := p.command(ctx, t, args...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("atalaya %s: %v, %v\n%s", strings.Join(args, " "), err, ctx.Err(), problems.String())
	}
	return ran{out: out.String(), err: problems.String(), code: cmd.ProcessState.ExitCode()}
}

// ok returns the standard output of a run, whose exit status has to be 0.
func (r ran) ok(t *testing.T) string {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("exit status %d, want 0\n%s%s", r.code, r.out, r.err)
	}
	return r.out
}

// refused fails the test unless the exit status is 1 and standard error holds every text.
func (r ran) refused(t *testing.T, texts ...string) {
	t.Helper()
	if r.code != 1 {
		t.Errorf("exit status %d, want 1\n%s%s", r.code, r.out, r.err)
	}
	holds(t, r.err, texts...)
}

// holds fails the test if a text is missing.
func holds(t *testing.T, printed string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(printed, text) {
			t.Errorf("%q is missing from:\n%s", text, printed)
		}
	}
}

// newKey makes an ENCRYPTION_KEY at run time.
func newKey(t *testing.T) string {
	t.Helper()
	key, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// goodSettings returns complete settings of a service without a Supabase project.
func goodSettings(t *testing.T, database string) map[string]string {
	t.Helper()
	port := testkit.FreePort(t)
	return map[string]string{
		"HOST": "127.0.0.1", "PORT": port, "PUBLIC_URL": "http://127.0.0.1:" + port, "METRICS_ADDR": "off",
		"DATABASE_URL": database, "JWT_ISSUER": "http://127.0.0.1:" + port + "/auth/v1", "SUPABASE_JWT_SECRET": newKey(t),
		"ENCRYPTION_KEY": newKey(t), "PICTURES_DIR": t.TempDir(),
	}
}

// withSettings returns a program whose folder holds a .env of these settings.
func withSettings(t *testing.T, settings map[string]string) program {
	t.Helper()
	dir := t.TempDir()
	if err := godotenv.Write(settings, filepath.Join(dir, ".env")); err != nil {
		t.Fatal(err)
	}
	return program{dir: dir}
}

// closedDatabase returns the address of a database at which nothing listens.
func closedDatabase(t *testing.T) string {
	t.Helper()
	u := url.URL{Scheme: "postgresql", User: url.UserPassword("user", "s3cret"), Host: "127.0.0.1:" + testkit.FreePort(t), Path: "/postgres"}
	return u.String()
}

// writeFile returns the name of a new file that holds a text.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
