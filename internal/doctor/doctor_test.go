package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"atalaya/internal/app"
	"atalaya/internal/blob/blobtest"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/test/bouncer"
	"atalaya/internal/test/testkit"
)

// examine collects the findings of one part by their text.
func examine(ctx context.Context, cfg config.Config) map[string][]app.Finding {
	found := make(map[string][]app.Finding)
	for f := range app.Examine(ctx, cfg, slog.New(slog.DiscardHandler)) {
		found[f.Part] = append(found[f.Part], f)
	}
	return found
}

// expect fails unless one finding of the part has the severity and holds every text.
func expect(t *testing.T, found map[string][]app.Finding, severity app.Severity, part string, texts ...string) {
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

func TestTheDoctorFindsNothingWrongWithAGoodSetup(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	found := examine(t.Context(), settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	for part, list := range found {
		for _, f := range list {
			if f.Severity != app.Fine {
				t.Errorf("%s: %s", part, f.Text)
			}
		}
	}
	expect(t, found, app.Fine, "database", "the schema is complete")
	expect(t, found, app.Fine, "database TLS", "this machine")
	expect(t, found, app.Fine, "pooler", "direct connection")
	expect(t, found, app.Fine, "clock", "agrees")
	expect(t, found, app.Fine, "secrets", "0 users")
	expect(t, found, app.Fine, "pictures", "on disk")
	expect(t, found, app.Fine, "access tokens", "local issuer")
	expect(t, found, app.Fine, "redis", "not needed")
	expect(t, found, app.Fine, "browser", "takes pictures")
	expect(t, found, app.Fine, "sandbox", "in its own")
	expect(t, found, app.Fine, "fonts", "Chinese", "emoji")
}

func TestTheDoctorFindsEverythingThatIsWrongAndItsCure(t *testing.T) {
	t.Parallel()
	empty, err := postgres.Open(testkit.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(empty.Close)
	redis := freePort(t)
	found := examine(t.Context(), settings(t, empty, map[string]string{
		"REDIS_URL": "redis://:s3cret@127.0.0.1:" + redis, "PUPPETEER_EXECUTABLE_PATH": "/nonexistent/browser",
	}))
	expect(t, found, app.Wrong, "database", "public.trading_signals", "river.river_job", "atalaya migrate")
	expect(t, found, app.Wrong, "redis", "Start it", "remove REDIS_URL")
	expect(t, found, app.Wrong, "browser", "PUPPETEER_EXECUTABLE_PATH", "/nonexistent/browser")
	expect(t, found, app.Fine, "pictures", "on disk") // one failure hides nothing
	if text := fmt.Sprint(found); strings.Contains(text, "s3cret") {
		t.Errorf("a finding holds Redis' password: %s", text)
	}
}

func TestTheDoctorTellsAMigrationThatIsMissingAndAPooler(t *testing.T) {
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
	found := examine(t.Context(), settings(t, pool, map[string]string{"DATABASE_URL": pooler.URL()}))
	expect(t, found, app.Wrong, "database", "bot_tokens.sql", "atalaya migrate")
	expect(t, found, app.Notable, "pooler", "transaction pooler", "port 5432")
}

func TestTheDoctorTellsADatabaseThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	cfg := settings(t, testkit.Database(t), map[string]string{"DATABASE_URL": "postgresql://user:s3cret@127.0.0.1:" + freePort(t) + "/postgres"})
	found := examine(t.Context(), cfg)
	expect(t, found, app.Wrong, "database", "no connection", "Check DATABASE_URL")
	if text := fmt.Sprint(found); strings.Contains(text, "s3cret") {
		t.Errorf("a finding holds the password: %s", text)
	}
}

func TestTheDoctorTellsARoleThatRowLevelSecurityHolds(t *testing.T) {
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
	t.Cleanup(func() { // after the database, which holds its grants
		if _, err := pool.Exec(context.Background(), "drop owned by "+name+"; drop role "+name); err != nil {
			t.Error(err)
		}
	})
	address, err := url.Parse(pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(name, "test")
	found := examine(t.Context(), settings(t, pool, map[string]string{"DATABASE_URL": address.String()}))
	expect(t, found, app.Wrong, "database", "row level security", "alter role "+name+" bypassrls")
	expect(t, found, app.Wrong, "database", "grant authenticated to "+name)
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
		sealed, err := secret.NewKeyring(key).Seal(user, secret.ColumnSessionID, "an id")
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
	found := examine(t.Context(), settings(t, pool, map[string]string{"ENCRYPTION_KEYS_OLD": former}))
	expect(t, found, app.Fine, "secrets", "3 users")
	expect(t, found, app.Notable, "secrets", "1 cookies", "atalaya keys rotate")
	expect(t, found, app.Wrong, "secrets", "1 cookies", "plain text")
	expect(t, found, app.Wrong, "secrets", "1 cookies", "ENCRYPTION_KEYS_OLD")
}

func TestTheDoctorMakesTheBucketAndTellsAWrongKey(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	good := settings(t, pool, p.vars(p.ServiceKey, startSite(t)))
	expect(t, examine(t.Context(), good), app.Fine, "pictures", "bucket "+bucket)
	if _, ok := p.Bucket(bucket); !ok {
		t.Error("the bucket was not made")
	}
	wrong := settings(t, pool, p.vars(p.AnonKey, startSite(t)))
	expect(t, examine(t.Context(), wrong), app.Wrong, "pictures", "SUPABASE_SERVICE_ROLE_KEY")
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
	expect(t, examine(t.Context(), settings(t, pool, vars)), app.Fine, "access tokens", server.URL)

	p := newProject(t)
	p.down.Store(true)
	vars["SUPABASE_URL"] = p.url
	expect(t, examine(t.Context(), settings(t, pool, vars)), app.Wrong, "access tokens", "500", "Check SUPABASE_URL")
	vars["SUPABASE_URL"] = "http://127.0.0.1:" + freePort(t)
	expect(t, examine(t.Context(), settings(t, pool, vars)), app.Wrong, "access tokens", "cannot be reached", "Check SUPABASE_URL")
}
