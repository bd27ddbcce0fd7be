// Package operations tests what docs/operations.md tells an operator to do: back up and restore, upgrade, run
// replicas. The commands are read from the page and run word for word.
package operations_test

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/acceptance/built"
	"atalaya/internal/auth"
	"atalaya/internal/pgrun"
	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

const (
	root     = "../.."
	issuer   = "http://127.0.0.1/auth/v1"
	patience = 3 * time.Minute // a busy machine takes its time
)

// world is what the program needs: a database, a chart site and settings.
type world struct {
	binary   string
	settings map[string]string
	pool     *pgxpool.Pool
	database *pgrun.Server
	tokens   *auth.Issuer
}

// newWorld starts a database and a chart site, and writes the settings. The database is not migrated yet.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{binary: built.Program(t)}
	w.database, w.pool = startDatabase(t)
	secret := newKey()
	var err error
	if w.tokens, err = auth.NewIssuer(issuer, []byte(secret)); err != nil {
		t.Fatal(err)
	}
	port := program.Port(t)
	site := &program.Program{Path: w.binary, Args: []string{"chartsite", "--listen", "127.0.0.1:" + port}}
	if err := site.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(site.Kill)
	pictures := filepath.Join(t.TempDir(), "pictures")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	w.settings = map[string]string{
		"HOST": "127.0.0.1", "PUBLIC_URL": "http://127.0.0.1:1", "METRICS_ADDR": "off", "JWT_ISSUER": issuer, "SUPABASE_JWT_SECRET": secret, "ENCRYPTION_KEY": newKey(),
		"DATABASE_URL": w.database.URL("postgres"), "TRADINGVIEW_URL": "http://127.0.0.1:" + port, "PICTURES_DIR": pictures,
		"RATE_LIMIT_PER_MINUTE": "1000", "RATE_LIMIT_PER_HOUR": "10000", "DAILY_LIMIT_FREE": "10000", "DEFAULT_QUOTA": "-1", "PLAN_FREE_QUOTA": "-1",
		"WORKER_CONCURRENCY": "1",
	}
	return w
}

func startDatabase(t *testing.T) (*pgrun.Server, *pgxpool.Pool) {
	t.Helper()
	folder := program.Folder(t)
	database, err := pgrun.Start(t.Context(), pgrun.Options{DataDir: filepath.Join(folder, "postgres"), Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Stop() })
	pool, err := pgxpool.New(t.Context(), database.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return database, pool
}

func newKey() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// environment returns the settings as NAME=value, with those of over in their place.
func (w *world) environment(over map[string]string) (list []string) {
	all := maps.Clone(w.settings)
	maps.Copy(all, over)
	for name, value := range all {
		list = append(list, name+"="+value)
	}
	return list
}

// verb runs a command of the program and returns its output.
func (w *world) verb(t *testing.T, binary string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env, cmd.Dir = append(os.Environ(), w.environment(nil)...), t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("atalaya %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// replica is one running process of the program.
type replica struct {
	*program.Program
	url string
}

// serve starts a process and waits until it is ready.
func (w *world) serve(t *testing.T, binary, roles string, over map[string]string) replica {
	t.Helper()
	vars := map[string]string{"PORT": program.Port(t)}
	maps.Copy(vars, over)
	url := "http://127.0.0.1:" + vars["PORT"]
	p := &program.Program{Path: binary, Args: []string{"serve", "--roles", roles}, Env: w.environment(vars), Dir: t.TempDir()}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", roles, p.Output()[max(0, len(p.Output())-4000):])
		}
	})
	if strings.Contains(roles, "web") {
		if err := p.Ready(t.Context(), url+"/readyz"); err != nil {
			t.Fatal(err)
		}
	}
	return replica{p, url}
}

// stop ends a process as an operator does.
func (r replica) stop(t *testing.T) {
	t.Helper()
	if err := r.Terminate(patience); err != nil {
		t.Errorf("a process did not end well: %v\n%s", err, r.Output()[max(0, len(r.Output())-2000):])
	}
}

// user is one user, as the outside sees one.
type user struct{ id, hook, token string } // hook is the path

// newUser makes a user whose captures need no cookies.
func (w *world) newUser(t *testing.T, name string) (u user) {
	t.Helper()
	var token string
	err := w.pool.QueryRow(t.Context(), "insert into auth.users (email) values ($1) returning id::text", name+"@example.com").Scan(&u.id)
	if err == nil {
		err = w.pool.QueryRow(t.Context(), "update public.trading_signals_config set capture_without_cookies = true, dedupe_window_seconds = 3600 where user_id = $1 returning webhook_token", u.id).Scan(&token)
	}
	if err != nil {
		t.Fatal(err)
	}
	u.hook = "/webhook/" + token
	if u.token, err = w.tokens.Token(atalaya.UserID(u.id), name+"@example.com", time.Hour); err != nil {
		t.Fatal(err)
	}
	return u
}

// get returns what an address answers, and fails unless the status is 200.
func get(t *testing.T, url, token string) map[string]any {
	t.Helper()
	status, answer, err := web.Ask(t.Context(), http.MethodGet, url, token, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s answered %d %v: %v", url, status, answer, err)
	}
	return answer
}

// alertOf returns an alert that differs from others by its price.
func alertOf(price int) map[string]any {
	return map[string]any{"ticker": "BINANCE:BTCUSDT", "price": price, "direction": "LONG", "interval": "60"}
}

// count returns the number that a query selects.
func (w *world) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := w.pool.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// settled waits until no screenshot is under way, and fails unless all of them are there.
func (w *world) settled(t *testing.T, want int) {
	t.Helper()
	wait.For(t, "every screenshot is settled", func() bool {
		return w.count(t, "select count(*) from public.trading_signals where screenshot_status in ('pending', 'processing')") == 0
	})
	if n := w.count(t, "select count(*) from public.trading_signals where screenshot_status = 'completed'"); n != want {
		t.Fatalf("%d of %d screenshots are there", n, want)
	}
}

// commands returns the shell commands under a heading of docs/operations.md.
func commands(t *testing.T, heading string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n"+heading+"\n")
	_, block, hasBlock := strings.Cut(section, "\n```sh\n")
	block, _, ends := strings.Cut(block, "\n```")
	if !found || !hasBlock || !ends {
		t.Fatalf("docs/operations.md has no commands under %q", heading)
	}
	return block
}

// shell runs commands of the page in a folder of their own, with the program in PATH.
func (w *world) shell(t *testing.T, script string, vars map[string]string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = append(append(os.Environ(), w.environment(vars)...), "PATH="+filepath.Dir(w.binary)+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\nfailed: %v\n%s", script, err, out)
	}
	return string(out)
}
