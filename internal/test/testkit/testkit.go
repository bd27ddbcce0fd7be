// Package testkit gives each test a real database, and users in it. Only tests import it.
package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
)

// template is the migrated database that every test's own is cloned from.
const template = "template_atalaya"

// shared is one PostgreSQL for a test binary, started by the first test that asks.
type shared struct {
	once   sync.Once
	server *pgrun.Server
	folder string
	err    error
	clone  sync.Mutex // PostgreSQL makes one clone of a template at a time
}

var one shared //nolint:gochecknoglobals // a test binary has one server; Main ends it

// Main runs a package's tests, stops the server that they shared, and exits. TestMain calls it.
func Main(m *testing.M) {
	code := m.Run()
	if one.server != nil {
		if err := one.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	_ = os.RemoveAll(one.folder)
	os.Exit(code)
}

// start runs the server and makes the template.
func (s *shared) start() {
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		if s.folder, s.err = os.MkdirTemp("", "atalaya-test-"); s.err != nil {
			return
		}
		// The server runs as another user if the tests run as root.
		if s.err = os.Chmod(s.folder, 0o755); s.err != nil {
			return
		}
		if s.server, s.err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(s.folder, "postgres"), Fast: true}); s.err != nil {
			return
		}
		if s.err = s.exec(ctx, "create database "+template); s.err != nil {
			return
		}
		_, s.err = migrate.Up(ctx, s.server.URL(template), Plans())
	})
}

func (s *shared) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.server.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// Plans are the quotas that the template is migrated with.
func Plans() migrate.Plans {
	return migrate.Plans{Free: 1000, Pro: 15000, Lifetime: atalaya.Unlimited, Default: 1000}
}

// Server returns the URL of the shared server's own database, for tests that make databases.
func Server(t testing.TB) string {
	t.Helper()
	one.start()
	if one.err != nil {
		t.Fatalf("start PostgreSQL for the tests: %v", one.err)
	}
	return one.server.URL("postgres")
}

// Empty returns the URL of a new database without anything in it.
func Empty(t testing.TB) string {
	t.Helper()
	return newDatabase(t, "template1")
}

// Database returns a pool on a migrated database of the test's own.
func Database(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(newDatabase(t, template))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func newDatabase(t testing.TB, from string) string {
	t.Helper()
	server := Server(t)
	name := "test_" + strings.ToLower(rand.Text())
	one.clone.Lock()
	err := one.exec(t.Context(), "create database "+name+" template "+from)
	one.clone.Unlock()
	if err != nil {
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := one.exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Store returns a store on a pool.
func Store(t testing.TB, pool *pgxpool.Pool) *postgres.Store {
	t.Helper()
	store := postgres.NewStore(pool)
	return store
}

// User makes a user with settings and statistics.
func User(t testing.TB, pool *pgxpool.Pool) atalaya.UserID {
	t.Helper()
	var id string
	err := pool.QueryRow(t.Context(), "insert into auth.users (email) values ($1) returning id::text",
		strings.ToLower(rand.Text())+"@example.com").Scan(&id)
	if err != nil {
		t.Fatalf("make a user: %v", err)
	}
	return atalaya.UserID(id)
}

// Caller returns a signed-in user as the API has it.
func Caller(user atalaya.UserID) atalaya.Caller {
	return atalaya.Caller{UserID: user, Claims: fmt.Appendf(nil, `{"role":"authenticated","sub":%q}`, user)}
}

// Token returns a user's webhook token.
func Token(t testing.TB, pool *pgxpool.Pool, user atalaya.UserID) atalaya.WebhookToken {
	t.Helper()
	var token string
	err := pool.QueryRow(t.Context(), "select webhook_token from public.trading_signals_config where user_id = $1", user).Scan(&token)
	if err != nil {
		t.Fatalf("read the user's token: %v", err)
	}
	return atalaya.WebhookToken(token)
}
