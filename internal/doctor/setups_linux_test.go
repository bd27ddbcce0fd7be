package doctor_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/config"
	"atalaya/internal/doctor"
	"atalaya/internal/secret"
	"atalaya/internal/test/testkit"
	"atalaya/internal/upkeep"
)

// setup holds settings that make a good setup wrong, and what the doctor has to say.
type setup struct {
	vars  map[string]string
	part  string
	cures []string // texts of the finding

	withoutRoot bool // tried without root, who may write everywhere
}

// wrongSetups returns one setup for each kind of mistake that people made.
func wrongSetups(t *testing.T, pool *pgxpool.Pool) map[string]setup {
	t.Helper()
	database := pool.Config().ConnString()
	at := func(change func(*url.URL)) map[string]string {
		u, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return map[string]string{"DATABASE_URL": u.String()}
	}
	gone := "http://127.0.0.1:" + testkit.FreePort(t)
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, []byte(`{"legend": {"row": ".row"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "pictures")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	supabase := newProject(t)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	t.Cleanup(refusing.Close)
	other, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	weak := weakRole(t, pool)
	return map[string]setup{
		"the database is not up": {at(func(u *url.URL) { u.Host = "127.0.0.1:" + testkit.FreePort(t) }), "database",
			[]string{"no connection", "connection refused", "that the server is up"}, false},
		"the password is wrong": {at(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wr0ng") }), "database",
			[]string{"does not accept the user and the password", "percent-encoded"}, false},
		"the database's name is wrong": {at(func(u *url.URL) { u.Path = "/signal" }), "database",
			[]string{"does not exist", "the last part of the URL"}, false},
		"nobody has migrated": {map[string]string{"DATABASE_URL": testkit.Empty(t)}, "database",
			[]string{"missing: public.trading_signals", "Run `atalaya migrate`"}, false},
		"row level security applies to the role": {at(func(u *url.URL) { u.User = weak }), "database",
			[]string{"alter role " + weak.Username() + " bypassrls"}, false},
		"another ENCRYPTION_KEY than before": {map[string]string{"ENCRYPTION_KEY": other}, "secrets",
			[]string{"ENCRYPTION_KEY", "ENCRYPTION_KEYS_OLD"}, false},
		"the folder of pictures is another user's": {map[string]string{"PICTURES_DIR": locked}, "pictures",
			[]string{locked, "by the user ", "permission denied", "chown -R "}, true},
		"PICTURES_DIR is a file": {map[string]string{"PICTURES_DIR": file}, "pictures",
			[]string{file, "set PICTURES_DIR to a folder"}, false},
		"the anon key in place of the service key": {supabase.vars(supabase.AnonKey), "pictures",
			[]string{"SUPABASE_SERVICE_ROLE_KEY"}, false},
		"SUPABASE_URL leads nowhere": {map[string]string{"SUPABASE_URL": gone, "SUPABASE_SERVICE_ROLE_KEY": supabase.ServiceKey, "JWT_ISSUER": ""}, "access tokens",
			[]string{"cannot be verified", "Check SUPABASE_URL"}, false},
		"Redis is configured and not there": {map[string]string{"REDIS_URL": "redis://127.0.0.1:" + testkit.FreePort(t)}, "redis",
			[]string{"Start it, or remove REDIS_URL"}, false},
		"notices without a bot": {map[string]string{"TELEGRAM_CHAT_ID": "1234567"}, "notifications",
			[]string{"TELEGRAM_CHAT_ID needs TELEGRAM_BOT_TOKEN"}, false},
		"the chart site is behind a firewall": {map[string]string{"TRADINGVIEW_URL": gone}, "chart site",
			[]string{gone, "connection refused", "the firewall"}, false},
		"the chart site refuses this machine": {map[string]string{"TRADINGVIEW_URL": refusing.URL}, "chart site",
			[]string{"answers 403", "atalaya tradingview check"}, false},
		"TRADINGVIEW_NAMES names nothing": {map[string]string{"TRADINGVIEW_NAMES": file}, "names",
			[]string{"legend.row is no name", "atalaya tradingview names"}, false},
		"the browser is not there": {map[string]string{"PUPPETEER_EXECUTABLE_PATH": "/nonexistent/browser"}, "browser",
			[]string{"PUPPETEER_EXECUTABLE_PATH", "/nonexistent/browser"}, false},
		"the browser is another program": {map[string]string{"PUPPETEER_EXECUTABLE_PATH": "/bin/true"}, "browser",
			[]string{"/bin/true", "PUPPETEER_EXECUTABLE_PATH"}, false},
	}
}

// weakRole creates a role that may read the tables, under row level security.
func weakRole(t *testing.T, pool *pgxpool.Pool) *url.Userinfo {
	t.Helper()
	name := "weak_" + pool.Config().ConnConfig.Database
	for _, statement := range []string{
		"create role " + name + " login password 'test'", "grant authenticated to " + name,
		"grant usage on schema public, river, supabase_migrations to " + name,
		"grant all on all tables in schema public, river, supabase_migrations to " + name,
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	dropRole(t, pool, name)
	return url.UserPassword(name, "test")
}

func TestTheDoctorNamesTheCureOfEveryWrongSetup(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	good := map[string]string{"TRADINGVIEW_URL": chartSite(t, http.StatusOK), "ENCRYPTION_KEY": usedKey(t, pool)}
	for name, s := range wrongSetups(t, pool) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vars := map[string]string{}
			for _, more := range []map[string]string{good, s.vars} {
				for key, value := range more {
					vars[key] = value
				}
			}
			found := firstFault(t, testkit.Settings(t, pool, vars), s.withoutRoot)
			if found.Part != s.part {
				t.Errorf("the first fault is %s: %s; want one of %s", found.Part, found.Text, s.part)
			}
			for _, cure := range s.cures {
				if !strings.Contains(found.Text, cure) {
					t.Errorf("%q is missing from the finding: %s: %s", cure, found.Part, found.Text)
				}
			}
			if strings.Contains(found.Text, "wr0ng") || strings.Contains(found.Text, "TLS") {
				t.Errorf("the finding says too much: %s", found.Text)
			}
		})
	}
}

// usedKey returns an ENCRYPTION_KEY that a service has used with this database.
func usedKey(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := upkeep.UseKey(t.Context(), testkit.Store(t, pool), secret.NewKeyring(key)); err != nil {
		t.Fatal(err)
	}
	return text
}

// firstFault returns the first finding on a setup that is not fine. It skips findings about the machine, which no
// setting changes, and the one that there is no spool.
func firstFault(t *testing.T, cfg config.Config, asNobody bool) (found doctor.Finding) {
	t.Helper()
	examined := make(chan doctor.Finding)
	go func() {
		defer close(examined)
		if err := withoutRoot(asNobody); err != nil {
			examined <- doctor.Finding{Part: "test", Text: err.Error()}
			return
		}
		for f := range doctor.Examine(t.Context(), cfg, slog.New(slog.DiscardHandler)) {
			if f.Severity != doctor.Fine && !slices.Contains([]string{"browser's user", "sandbox", "spool"}, f.Part) {
				examined <- f
				return
			}
		}
	}()
	return <-examined
}

// withoutRoot takes root's power over other users' files from this goroutine, if wanted. The goroutine keeps its thread
// until it ends.
func withoutRoot(wanted bool) error {
	if !wanted || os.Geteuid() != 0 {
		return nil
	}
	runtime.LockOSThread()
	const nobody = 65534
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); errno != 0 {
		return errors.Join(errors.New("setfsuid"), errno)
	}
	return nil
}
