package main

import (
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"atalaya/internal/config"
	"atalaya/internal/doctor"
	"atalaya/internal/pgrun"
	runner "atalaya/internal/test/program"
)

// plainServer starts a PostgreSQL of the test's own, in which no other test has made roles.
func plainServer(t *testing.T) *pgrun.Server {
	t.Helper()
	server, err := pgrun.Start(t.Context(), pgrun.Options{DataDir: filepath.Join(runner.Folder(t), "postgres"), Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	return server
}

// execute runs statements in a database, as one string.
func execute(t *testing.T, database, statements string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), statements, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatalf("%v in %s", err, statements)
	}
}

// asRole returns the address of a database for another role.
func asRole(t *testing.T, database, role string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, "test")
	return u.String()
}

// aboutDatabase returns what doctor finds wrong before it looks at the pictures: settings and database.
func aboutDatabase(t *testing.T, settings map[string]string) string {
	t.Helper()
	cfg, err := config.Load(settings)
	if err != nil {
		t.Fatal(err)
	}
	var wrong []string
	for f := range doctor.Examine(t.Context(), cfg, slog.New(slog.DiscardHandler)) {
		if f.Part == "pictures" {
			break
		}
		if f.Severity == doctor.Wrong {
			wrong = append(wrong, f.Part+": "+f.Text)
		}
	}
	return strings.Join(wrong, "\n")
}

func TestPlainPostgreSQLIsPreparedOnceByASuperuser(t *testing.T) {
	t.Parallel()
	server := plainServer(t)
	execute(t, server.URL("postgres"), "create role service login password 'test'")
	execute(t, server.URL("postgres"), "create database signals")
	settings := goodSettings(t, asRole(t, server.URL("signals"), "service"))
	p := withSettings(t, settings)

	refused := p.run(t, "migrate")
	refused.refused(t, "the role service of DATABASE_URL is no superuser", "atalaya migrate --setup | psql -U postgres -d signals", "run `atalaya migrate` again as service")
	holds(t, refused.out, "create table if not exists auth.users", "alter role %I bypassrls", "'service'")
	holds(t, aboutDatabase(t, settings), "not prepared yet", "`atalaya migrate --setup`")

	setup := p.run(t, "migrate", "--setup").ok(t)
	for range 2 {
		execute(t, server.URL("signals"), setup)
	}
	holds(t, aboutDatabase(t, settings), "Run `atalaya migrate`")
	holds(t, p.run(t, "migrate").ok(t), "applied")
	holds(t, p.run(t, "migrate").ok(t), "nothing to do")
	if wrong := aboutDatabase(t, settings); wrong != "" {
		t.Errorf("doctor still finds %s", wrong)
	}
	holds(t, p.run(t, "user", "create", "ana@example.com").ok(t), "webhook")
}

func TestADatabaseThatASuperuserMigratedIsHandedToTheServicesRole(t *testing.T) {
	t.Parallel()
	server := plainServer(t)
	execute(t, server.URL("postgres"), "create role \"Signals' role\" login password 'test'")
	withSettings(t, goodSettings(t, server.URL("postgres"))).run(t, "migrate").ok(t)
	settings := goodSettings(t, asRole(t, server.URL("postgres"), "Signals' role"))
	p := withSettings(t, settings)

	p.run(t, "migrate").refused(t, "no superuser", "atalaya migrate --setup")
	holds(t, aboutDatabase(t, settings), "bypassrls", "atalaya migrate --setup")
	execute(t, server.URL("postgres"), p.run(t, "migrate", "--setup").ok(t))
	p.run(t, "migrate").ok(t)
	if wrong := aboutDatabase(t, settings); wrong != "" {
		t.Errorf("doctor still finds %s", wrong)
	}
	holds(t, p.run(t, "user", "create", "ana@example.com").ok(t), "webhook")
}

func TestAWrongPasswordIsNamedFirstAndInPlainWords(t *testing.T) {
	t.Parallel()
	server := plainServer(t)
	execute(t, server.URL("postgres"), "create role service login password 'another'")
	settings := goodSettings(t, asRole(t, server.URL("postgres"), "service"))
	for _, verb := range []string{"migrate", "serve"} {
		ran := withSettings(t, settings).run(t, verb)
		ran.refused(t, "the database does not accept the user and the password of DATABASE_URL: correct them")
		if strings.Contains(ran.err, "TLS") {
			t.Errorf("%s speaks of TLS: %s", verb, ran.err)
		}
	}
	found := aboutDatabase(t, settings)
	if !strings.HasPrefix(found, "database: the database does not accept the user and the password") || strings.Contains(found, "TLS") {
		t.Errorf("doctor says %s", found)
	}
}
