package doctor_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/auth/authtest"
	"atalaya/internal/blob/blobtest"
	"atalaya/internal/config"
	"atalaya/internal/doctor"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/test/bouncer"
	"atalaya/internal/test/testkit"
)

// examine collects the findings of one part by their text.
func examine(ctx context.Context, cfg config.Config) map[string][]doctor.Finding {
	found := make(map[string][]doctor.Finding)
	for f := range doctor.Examine(ctx, cfg, slog.New(slog.DiscardHandler)) {
		found[f.Part] = append(found[f.Part], f)
	}
	return found
}

// expect fails the test unless a finding of the part has the severity and contains every text.
func expect(t *testing.T, found map[string][]doctor.Finding, severity doctor.Severity, part string, texts ...string) {
	t.Helper()
next:
	for _, f := range found[part] {
		for _, text := range texts {
			if f.Severity != severity || !strings.Contains(f.Text, text) {
				continue next
			}
		}
		return
	}
	t.Errorf("no finding of severity %d on %s says %q; there are %+v", severity, part, texts, found[part])
}

func TestMain(m *testing.M) { testkit.Main(m) }

const bucket = "trading-screenshots"

// project is a double of Supabase without keys for access tokens.
type project struct {
	*blobtest.Supabase
	url string
}

func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{Supabase: blobtest.NewSupabase()}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// vars returns the settings of a service that stores its pictures in the project.
func (p *project) vars(key string) map[string]string {
	return map[string]string{"SUPABASE_URL": p.url, "SUPABASE_SERVICE_ROLE_KEY": key, "PICTURES_DIR": "", "JWT_ISSUER": ""}
}

func TestTheDoctorFindsNothingWrongWithAGoodSetup(t *testing.T) {
	t.Parallel()
	pool, spool := testkit.Database(t), filepath.Join(t.TempDir(), "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	found := examine(t.Context(), testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": chartSite(t, http.StatusOK), "SPOOL_DIR": spool}))
	for part, list := range found {
		for _, f := range list {
			if f.Severity != doctor.Fine {
				t.Errorf("%s: %s", part, f.Text)
			}
		}
	}
	expect(t, found, doctor.Fine, "database", "the schema is complete")
	expect(t, found, doctor.Fine, "database TLS", "this machine")
	expect(t, found, doctor.Fine, "pooler", "direct connection")
	expect(t, found, doctor.Fine, "clock", "agrees")
	expect(t, found, doctor.Fine, "secrets", "0 users")
	expect(t, found, doctor.Fine, "job queue", "may work on its tables")
	expect(t, found, doctor.Fine, "spool", spool)
	expect(t, found, doctor.Fine, "pictures", "on disk")
	expect(t, found, doctor.Fine, "access tokens", "local issuer")
	expect(t, found, doctor.Fine, "redis", "not needed")
	expect(t, found, doctor.Fine, "notifications", "no user has a channel yet")
	expect(t, found, doctor.Fine, "browsers", "/app/", "ALLOWED_ORIGINS")
	expect(t, found, doctor.Fine, "chart site", "answers 200")
	expect(t, found, doctor.Fine, "browser", "takes pictures")
	expect(t, found, doctor.Fine, "sandbox", "in its sandbox")
	expect(t, found, doctor.Fine, "fonts", "Chinese", "emoji")
	expect(t, found, doctor.Fine, "names", "built-in names")
	expect(t, found, doctor.Fine, "selectors", "all of them")
}

// chartSite returns the address of a site that answers every request with a status.
func chartSite(t *testing.T, status int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTheDoctorAsksTheChartSite(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	gone := httptest.NewServer(nil)
	gone.Close()
	for site, c := range map[string]struct {
		severity doctor.Severity
		texts    []string
	}{
		chartSite(t, http.StatusForbidden):          {doctor.Notable, []string{"answers 403", "tradingview check"}},
		chartSite(t, http.StatusServiceUnavailable): {doctor.Notable, []string{"answers 503", "wait"}},
		gone.URL: {doctor.Wrong, []string{gone.URL, "connection refused", "TRADINGVIEW_URL"}},
	} {
		found := examine(t.Context(), testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": site, "ALLOWED_ORIGINS": "https://app.example.com"}))
		expect(t, found, c.severity, "chart site", c.texts...)
		expect(t, found, doctor.Fine, "browsers", "https://app.example.com")
	}
}

func TestTheDoctorReportsWhichPageSideNamesAreReplaced(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	for _, c := range []struct {
		file     string
		severity doctor.Severity
		part     string
		texts    []string
	}{
		{`{"legend": {"series": ".row"}, "api": {"root": "Api"}}`, doctor.Notable, "names", []string{"api.root, legend.series", "names.json"}},
		{`{}`, doctor.Notable, "names", []string{"unset TRADINGVIEW_NAMES"}},
		{`{"legend": {"row": ".row"}}`, doctor.Wrong, "names", []string{"legend.row is no name", "atalaya tradingview names"}},
		{`{"legend": {"series": "a:nonsense(b)"}}`, doctor.Wrong, "selectors", []string{"legend.series", "names.json"}},
	} {
		file := filepath.Join(t.TempDir(), "names.json")
		if err := os.WriteFile(file, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		found := examine(t.Context(), testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_NAMES": file}))
		expect(t, found, c.severity, c.part, c.texts...)
	}
}

func TestTheDoctorFindsEverythingThatIsWrongAndItsCure(t *testing.T) {
	t.Parallel()
	empty, err := postgres.Open(testkit.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(empty.Close)
	redis := testkit.FreePort(t)
	found := examine(t.Context(), testkit.Settings(t, empty, map[string]string{
		"REDIS_URL": "redis://:s3cret@127.0.0.1:" + redis, "PUPPETEER_EXECUTABLE_PATH": "/nonexistent/browser",
	}))
	expect(t, found, doctor.Wrong, "database", "public.trading_signals", "river.river_job", "atalaya migrate")
	expect(t, found, doctor.Wrong, "redis", "Start it", "remove REDIS_URL")
	expect(t, found, doctor.Wrong, "browser", "PUPPETEER_EXECUTABLE_PATH", "/nonexistent/browser")
	expect(t, found, doctor.Fine, "pictures", "on disk") // a failure hides no other finding
	if text := fmt.Sprint(found); strings.Contains(text, "s3cret") {
		t.Errorf("a finding holds Redis' password: %s", text)
	}
}

func TestTheDoctorReportsAMigrationThatIsMissingAndAPooler(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	if _, err := pool.Exec(t.Context(), "delete from supabase_migrations.schema_migrations where name = 'bot_tokens'"); err != nil {
		t.Fatal(err)
	}
	pooler, err := bouncer.Start(t.Context(), bouncer.Transaction, pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pooler.Stop)
	found := examine(t.Context(), testkit.Settings(t, pool, map[string]string{"DATABASE_URL": pooler.URL()}))
	expect(t, found, doctor.Wrong, "database", "bot_tokens.sql", "atalaya migrate")
	expect(t, found, doctor.Notable, "pooler", "transaction pooler", "port 5432")
}

func TestTheDoctorReportsADatabaseThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	cfg := testkit.Settings(t, testkit.Database(t), map[string]string{"DATABASE_URL": "postgresql://user:s3cret@127.0.0.1:" + testkit.FreePort(t) + "/postgres"})
	found := examine(t.Context(), cfg)
	expect(t, found, doctor.Wrong, "database", "no connection", "in DATABASE_URL")
	if text := fmt.Sprint(found); strings.Contains(text, "s3cret") {
		t.Errorf("a finding holds the password: %s", text)
	}
}

func TestTheDoctorReportsARoleUnderRowLevelSecurity(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	name := "weak_" + pool.Config().ConnConfig.Database
	for _, statement := range []string{
		"create role " + name + " login password 'test'",
		"grant usage on schema public, river to " + name,
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	dropRole(t, pool, name)
	address, err := url.Parse(pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(name, "test")
	found := examine(t.Context(), testkit.Settings(t, pool, map[string]string{"DATABASE_URL": address.String()}))
	expect(t, found, doctor.Wrong, "database", "row level security", "alter role "+name+" bypassrls")
	expect(t, found, doctor.Wrong, "database", "grant authenticated to "+name)
}

// dropRole drops a role at the end of the test, before the database with its grants is dropped.
func dropRole(t *testing.T, pool *pgxpool.Pool, name string) {
	t.Helper()
	t.Cleanup(func() {
		if _, err := pool.Exec(context.Background(), "drop owned by "+name+"; drop role "+name); err != nil {
			t.Error(err)
		}
	})
}

func TestTheDoctorCountsSecretsByWhatTheyNeed(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	former, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	formerKey, err := secret.ParseKey(former)
	if err != nil {
		t.Fatal(err)
	}
	lost, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	lostKey, err := secret.ParseKey(lost)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []secret.Key{formerKey, lostKey} {
		user := testkit.User(t, pool)
		sealed, err := secret.NewKeyring(key).Seal(user, atalaya.ColumnSessionID, "an id")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pool.Exec(t.Context(), "update public.trading_signals_config set tv_sessionid = $2 where user_id = $1", user, sealed); err != nil {
			t.Fatal(err)
		}
	}
	plain := testkit.User(t, pool)
	if _, err := pool.Exec(t.Context(), "update public.trading_signals_config set tv_sessionid = 'plain' where user_id = $1", plain); err != nil {
		t.Fatal(err)
	}
	found := examine(t.Context(), testkit.Settings(t, pool, map[string]string{"ENCRYPTION_KEYS_OLD": former}))
	expect(t, found, doctor.Fine, "secrets", "3 users")
	expect(t, found, doctor.Notable, "secrets", "1 cookies", "atalaya keys rotate")
	expect(t, found, doctor.Wrong, "secrets", "1 cookies", "plain text")
	expect(t, found, doctor.Wrong, "secrets", "1 stored cookies", "ENCRYPTION_KEYS_OLD")
}

func TestTheDoctorCreatesTheBucketAndReportsAWrongKey(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	good := testkit.Settings(t, pool, p.vars(p.ServiceKey))
	expect(t, examine(t.Context(), good), doctor.Fine, "pictures", "bucket "+bucket)
	if _, ok := p.Bucket(bucket); !ok {
		t.Error("the bucket was not created")
	}
	wrong := testkit.Settings(t, pool, p.vars(p.AnonKey))
	expect(t, examine(t.Context(), wrong), doctor.Wrong, "pictures", "SUPABASE_SERVICE_ROLE_KEY")
}

func TestTheDoctorAsksSupabaseAuthForItsIssuerAndWhereSignInsReturnTo(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	storage := blobtest.NewSupabase()
	var project *authtest.Project
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/auth/v1/.well-known/jwks.json":
			_, _ = w.Write([]byte(`{"keys":[]}`))
		case strings.HasPrefix(r.URL.Path, "/auth/v1/"):
			project.ServeHTTP(w, r)
		default:
			storage.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	cfg := testkit.Settings(t, pool, map[string]string{
		"SUPABASE_URL": server.URL, "SUPABASE_SERVICE_ROLE_KEY": storage.ServiceKey, "SUPABASE_ANON_KEY": storage.AnonKey, "JWT_ISSUER": "",
	})
	callback := cfg.PublicURL + "/app/callback"
	examined := func(o authtest.Options, allowed string) map[string][]doctor.Finding {
		o.APIKey = storage.AnonKey
		project = authtest.New(o)
		project.Allow(allowed)
		found := map[string][]doctor.Finding{}
		for f := range doctor.Examine(t.Context(), cfg, slog.New(slog.DiscardHandler)) {
			if found[f.Part] = append(found[f.Part], f); f.Part == "sign-in" {
				break // what follows starts a browser
			}
		}
		return found
	}
	right := examined(authtest.Options{Issuer: cfg.JWTIssuer}, callback)
	expect(t, right, doctor.Fine, "access tokens", server.URL)
	expect(t, right, doctor.Fine, "sign-in", "lead back to "+callback)
	none := examined(authtest.Options{SiteURL: "https://shop.example.com/"}, "https://shop.example.com/app/callback")
	expect(t, none, doctor.Wrong, "access tokens", "no iss", "GOTRUE_JWT_ISSUER="+cfg.JWTIssuer)
	expect(t, none, doctor.Notable, "sign-in", "lead to https://shop.example.com/", "add "+callback)
	expect(t, examined(authtest.Options{Issuer: "https://auth.example.com/auth/v1"}, callback), doctor.Wrong, "access tokens", "JWT_ISSUER=https://auth.example.com/auth/v1")
}

func TestTheDoctorTriesTheKeysOfSupabaseAuth(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	storage := blobtest.NewSupabase()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/auth/v1/.well-known/jwks.json" {
			_, _ = w.Write([]byte(`{"keys":[]}`))
			return
		}
		storage.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	vars := map[string]string{"SUPABASE_URL": server.URL, "SUPABASE_SERVICE_ROLE_KEY": storage.ServiceKey}
	expect(t, examine(t.Context(), testkit.Settings(t, pool, vars)), doctor.Fine, "access tokens", server.URL)

	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "out of order", http.StatusInternalServerError)
	}))
	t.Cleanup(broken.Close)
	vars["SUPABASE_URL"] = broken.URL
	expect(t, examine(t.Context(), testkit.Settings(t, pool, vars)), doctor.Wrong, "access tokens", "500", "Check SUPABASE_URL")
	vars["SUPABASE_URL"] = "http://127.0.0.1:" + testkit.FreePort(t)
	expect(t, examine(t.Context(), testkit.Settings(t, pool, vars)), doctor.Wrong, "access tokens", "cannot be verified", "connection refused", "Check SUPABASE_URL")
}
