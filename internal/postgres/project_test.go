package postgres_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/test/testkit"
	"atalaya/supabase"
)

// project is a database with the roles and rights of a Supabase project.
type project struct {
	url      string        // as the project's own role, which is no superuser
	owner    *pgxpool.Pool // the same role
	platform *pgxpool.Pool // the superuser, whom nobody outside the platform has
	auth     string        // the role that owns auth.users and signs users up
}

// newProject creates a project. Roles belong to the server, so each test has its own under other names. The owner
// stands for postgres, which owns the database and may do in auth and storage only what it was granted. The grants are
// those of a hosted project, with its defaults that give too much.
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

// migrated creates a project and applies the migrations.
func migrated(t *testing.T) project {
	t.Helper()
	p := newProject(t)
	if _, err := migrate.Up(t.Context(), p.url, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	return p
}

// asAuth runs a statement as the role that signs users up, which has no rights in public.
func (p project) asAuth(t *testing.T, sql string, args ...any) (id string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), p.platform, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "set local role "+p.auth); err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), sql, args...).Scan(&id)
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return id
}

func TestAProjectSignsUpAndServesUsersAndLetsThemGo(t *testing.T) {
	t.Parallel()
	p := migrated(t)
	if got := value(t, p.platform, "select string_agg(table_name, ' ') from information_schema.role_table_grants where grantee = $1 and table_schema = 'public'", p.auth); got != "null" {
		t.Fatalf("the role that signs users up has rights in %s", got)
	}
	user := atalaya.UserID(p.asAuth(t, "insert into auth.users (email) values ('ana@example.com') returning id::text"))
	store, caller := testkit.Store(t, p.owner), testkit.Caller(user)
	exec(t, p.owner, `update trading_signals_config set tv_sessionid = 'sealed-id', tv_sessionid_sign = 'sealed-sign', cookies_valid = true where user_id = $1`, user)

	one, two := arrive(t, p.owner, store, user), arrive(t, p.owner, store, user)
	complete(t, store, one, "one.png")
	win := atalaya.ResultWin
	if _, err := store.UpdateSignal(t.Context(), caller, one, atalaya.SignalUpdate{Result: &win}); err != nil {
		t.Errorf("record a result: %v", err)
	}
	if err := store.DeleteSignal(t.Context(), caller, two); err != nil {
		t.Errorf("delete a signal: %v", err)
	}
	if stats, err := store.Stats(t.Context(), caller); err != nil || stats.TotalSignals != 1 || stats.Wins != 1 {
		t.Errorf("statistics %+v, %v", stats, err)
	}
	if config, err := store.RotateWebhookToken(t.Context(), caller); err != nil || config.SignalsUsedThisMonth != 2 {
		t.Errorf("settings %+v, %v", config, err)
	}
	if err := store.CaptureAgain(t.Context(), caller, one, always); err != nil {
		t.Errorf("capture again: %v", err)
	}
	for name, work := range map[string]func() error{
		"the months":     func() error { _, err := store.ResetMonthlyQuotas(t.Context()); return err },
		"the deliveries": func() error { _, err := store.ForgetDeliveries(t.Context(), time.Now()); return err },
		"the pictures":   func() error { _, err := store.ExpirePictures(t.Context(), nil); return err },
		"the stranded":   func() error { _, err := store.FailStrandedCaptures(t.Context(), time.Now()); return err },
		"the captures":   func() error { return store.SweepCaptures(t.Context()) },
		"the repeats":    func() error { _, err := store.ForgetRepeats(t.Context()); return err },
		"the removals":   func() error { _, err := store.ClaimRemovals(t.Context()); return err },
	} {
		if err := work(); err != nil {
			t.Errorf("upkeep of %s: %v", name, err)
		}
	}
	p.asAuth(t, "delete from auth.users where id = $1 returning id::text", user)
	nothingIsLeft(t, p.owner, user)
}

func TestAProjectThatKeepsTriggersOfUsersToItselfSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	exec(t, p.platform, "do $do$ begin execute format('revoke trigger on auth.users from %I', (select pg_get_userbyid(datdba) from pg_database where datname = current_database())); end $do$")
	_, err := migrate.Up(t.Context(), p.url, testkit.Plans())
	if err == nil || !strings.Contains(err.Error(), "grant trigger on auth.users") {
		t.Errorf("migrating fails with %v, want the grant that is missing", err)
	}
}

func TestAProjectIsMigratedByARoleThatOwnsNeitherAuthNorStorage(t *testing.T) {
	t.Parallel()
	p := migrated(t)
	if again, err := migrate.Up(t.Context(), p.url, testkit.Plans()); err != nil || len(again) != 0 {
		t.Errorf("the second time applied %v, %v", again, err)
	}
}
