package pgrun

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folder returns a data folder that the server's own user can reach.
func folder(t *testing.T) string {
	t.Helper()
	return filepath.Join(program.Folder(t), "postgres")
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{DataDir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

// query runs a statement and returns the one text that it selects.
func query(t *testing.T, s *Server, statement string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var text string
	if err := conn.QueryRow(t.Context(), statement).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// eventuallyGone waits until no process of a group is left.
func eventuallyGone(t *testing.T, group int) {
	t.Helper()
	wait.For(t, fmt.Sprintf("no process of group %d is left", group), func() bool { return syscall.Kill(-group, 0) != nil })
}

const keep = "create table if not exists kept as select 'kept'::text as word"

func TestTheSecondStartContinuesWithTheSameData(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	if got := query(t, first, "with made as (select 1) select current_setting('listen_addresses')"); got != "127.0.0.1" {
		t.Errorf("the server listens on %s", got)
	}
	conn, err := pgx.Connect(t.Context(), first.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), keep); err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	group := first.PID()
	for range 2 { // stopping twice is harmless
		if err := first.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	eventuallyGone(t, group)
	if got := query(t, start(t, dir), "select word from kept"); got != "kept" {
		t.Errorf("the second start finds %q", got)
	}
}

func TestItStartsAfterItsFirstStartWasCutOff(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	left := dir + ".new"
	if err := os.MkdirAll(filepath.Join(left, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "PG_VERSION"), []byte("15\n"), 0o600); err != nil { // initdb's first file
		t.Fatal(err)
	}
	if got := query(t, start(t, dir), "select 'it runs'"); got != "it runs" {
		t.Errorf("the query returns %q", got)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", left, err)
	}
}

func TestAFolderOfSomethingElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	mine := filepath.Join(dir, "mine.txt")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{DataDir: dir, Fast: true}); err == nil || !strings.Contains(err.Error(), dir+" is no data folder") {
		t.Errorf("started with %v", err)
	}
	if text, err := os.ReadFile(mine); string(text) != "mine" {
		t.Errorf("the file holds %q, want it unchanged: %v", text, err)
	}
}

func TestNobodyConnectsWithoutThePassword(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	open := strings.Replace(s.URL("postgres"), s.password, "guess", 1)
	if conn, err := pgx.Connect(t.Context(), open); err == nil {
		conn.Close(t.Context())
		t.Error("another user of this machine gets in")
	}
}

func TestItStartsAfterTheServerWasKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	if err := syscall.Kill(-first.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventuallyGone(t, first.PID())
	if got := query(t, start(t, dir), "select 'up'"); got != "up" {
		t.Errorf("the query returns %q", got)
	}
}

func TestAServerThatAKilledParentLeftIsStoppedFirst(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	left := start(t, dir) // its parent is this test, but the folder does not say so
	group := left.PID()
	if got := query(t, start(t, dir), "select 'up'"); got != "up" {
		t.Errorf("the query returns %q", got)
	}
	eventuallyGone(t, group)
}

func TestTheErrorSaysThatAFolderCannotBeEntered(t *testing.T) {
	t.Parallel()
	parent := filepath.Dir(folder(t))
	// If this runs as root, the server runs as another user, who may not pass the folder. Any other user cannot create
	// anything in a folder without rights.
	mode := os.FileMode(0o700)
	if os.Geteuid() != 0 {
		mode = 0
	}
	if err := os.Chmod(parent, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(parent, 0o700) })
	s, err := Start(t.Context(), Options{DataDir: filepath.Join(parent, "postgres"), Fast: true})
	if err == nil {
		_ = s.Stop()
		t.Fatal("the server started")
	}
	if text := err.Error(); !strings.Contains(text, "ermission denied") && !strings.Contains(text, parent+" is closed to") {
		t.Errorf("the error does not say why: %s", text)
	}
}

func TestTheVersionIsReadFromTheFolder(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]int{
		"/usr/lib/postgresql/15/bin": 15, "/usr/pgsql-17/bin": 17, "/opt/homebrew/opt/postgresql@16/bin": 16,
		"/Applications/Postgres.app/Contents/Versions/18/bin": 18, "/usr/local/bin": 0,
	} {
		if got := majorOf(dir); got != want {
			t.Errorf("majorOf(%s) = %d, want %d", dir, got, want)
		}
	}
}

func TestAFolderThatIsClosedToTheServersUserIsNamed(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(filepath.Dir(folder(t)), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if err := CheckFolder(filepath.Join(closed, "a", "postgres")); err != nil {
			t.Errorf("as an ordinary user: %v, want nil: the server runs as that user", err)
		}
		return
	}
	if err := CheckFolder(filepath.Join(closed, "a", "postgres")); err == nil || !strings.HasPrefix(err.Error(), closed+" is closed") {
		t.Errorf("the error is %v, want one that names %s", err, closed)
	}
	if err := os.Chmod(closed, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := CheckFolder(filepath.Join(closed, "a", "postgres")); err != nil {
		t.Errorf("a folder that all may pass through: %v", err)
	}
}
