package postgres_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/postgres"
	"atalaya/internal/testkit"
	"atalaya/supabase"
)

// project is a database shaped as a Supabase project is.
type project struct {
	url      string        // as the project's own role, which is no superuser
	owner    *pgxpool.Pool // the same role
	platform *pgxpool.Pool // the superuser, whom nobody outside the platform has
	auth     string        // the role that owns auth.users and signs users up
}

// newProject makes one. Roles belong to the server, so each test has its own under another name: the
// owner stands for postgres, which owns the database and may do to auth and storage only what it was
// granted. The grants are those of a hosted project, defaults that give too much included.
func newProject(t *testing.T) project {
	t.Helper()
	address, platform := emptyPool(t)
	exec(t, platform, supabase.Shim)
	suffix := strings.ToLower(rand.Text())
	owner, auth, storage := "owner_"+suffix, "auth_"+suffix, "storage_"+suffix
	setUp := strings.NewReplacer("$owner", owner, "$auth", auth, "$storage", storage).Replace(`
		create role $owner login password 'x' createrole createdb bypassrls replication;
		create role $auth; create role $storage;
		grant anon, authenticated, service_role to $owner;
		do $do$ begin execute format('alter database %I owner to $owner', current_database()); end $do$;
		alter schema auth owner to $auth; alter table auth.users owner to $auth; alter table auth.users enable row level security;
		alter schema storage owner to $storage; alter table storage.buckets owner to $storage; alter table storage.objects owner to $storage;
		alter table storage.buckets enable row level security; alter table storage.objects enable row level security;
		grant usage on schema auth, storage to $owner; grant all on auth.users, storage.buckets, storage.objects to $owner;
		grant usage on schema public to $auth;
		alter publication supabase_realtime owner to $owner;
		alter default privileges for role $owner in schema public grant all on tables to anon, authenticated, service_role;
		alter default privileges for role $owner in schema public grant all on functions to anon, authenticated, service_role;`)
	exec(t, platform, setUp)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(owner, "x")
	pool, err := postgres.Open(u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return project{url: u.String(), owner: pool, platform: platform, auth: auth}
}

func TestAProjectIsMigratedByARoleThatOwnsNeitherAuthNorStorage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if _, err := postgres.Migrate(t.Context(), p.url, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	if again, err := postgres.Migrate(t.Context(), p.url, testkit.Plans()); err != nil || len(again) != 0 {
		t.Errorf("the second time applied %v, %v", again, err)
	}
}
