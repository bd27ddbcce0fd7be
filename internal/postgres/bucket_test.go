package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// openPolicies creates the policies that old guides recommend.
const openPolicies = `
	grant all on storage.objects to anon, authenticated;
	create policy "Public read" on storage.objects for select to public using (true);
	create policy "upload" on storage.objects for insert to authenticated with check (bucket_id = 'trading-screenshots');
	create policy "avatars" on storage.objects for all to anon using (bucket_id = 'avatars') with check (bucket_id = 'avatars');
	insert into storage.buckets (id, name) values ('avatars', 'avatars') on conflict do nothing;
	insert into storage.objects (bucket_id, name) values ('trading-screenshots', 'ana/secret.png'), ('avatars', 'ana.png');`

// listed returns the names that a role sees in storage.objects.
func listed(t *testing.T, pool *pgxpool.Pool, role string) (names []string) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "set local role "+role); err != nil {
			return err
		}
		rows, err := tx.Query(t.Context(), "select name from storage.objects order by 1")
		if err != nil {
			return err
		}
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestOldPoliciesDoNotOpenTheBucketOfThePictures(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	exec(t, pool, "alter table storage.objects enable row level security;"+openPolicies)
	for _, role := range []string{"anon", "authenticated"} {
		if names := listed(t, pool, role); strings.Join(names, " ") != "ana.png" {
			t.Errorf("%s lists %q", role, names)
		}
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), "set local role "+role); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), "insert into storage.objects (bucket_id, name) values ('trading-screenshots', 'bob/planted.png')")
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "row-level security") {
			t.Errorf("%s uploads into the bucket: %v", role, err)
		}
	}
	if open, err := testkit.Store(t, pool).OpenPolicies(t.Context(), "trading-screenshots"); err != nil || len(open) != 0 {
		t.Errorf("OpenPolicies returns %v, %v; want none", open, err)
	}
}

func TestABucketOfAnotherNameIsShutByMigrate(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	exec(t, pool, `alter table storage.objects enable row level security; grant select on storage.objects to anon;
		create policy "Public read" on storage.objects for select to public using (true);
		insert into storage.buckets (id, name) values ('charts', 'charts');
		insert into storage.objects (bucket_id, name) values ('charts', 'ana/secret.png')`)
	if open, err := testkit.Store(t, pool).ShutBucket(t.Context(), "charts"); err != nil || len(open) != 0 {
		t.Fatalf("ShutBucket returns %v, %v; want no open policy", open, err)
	}
	if names := listed(t, pool, "anon"); len(names) != 0 {
		t.Errorf("anon lists %q", names)
	}
}

func TestPoliciesThatMigrateCannotChangeAreNamedWithTheSQLThatNarrowsThem(t *testing.T) {
	t.Parallel()
	p := migrated(t)
	exec(t, p.platform, openPolicies)
	store := postgres.NewStore(p.owner)
	open, err := store.ShutBucket(t.Context(), "trading-screenshots")
	if err != nil || len(open) != 2 || open[0].Name != "Public read" || open[1].Name != "upload" {
		t.Fatalf("%+v, %v; want Public read and upload", open, err)
	}
	for _, policy := range open {
		exec(t, p.platform, policy.Narrow)
	}
	if names := listed(t, p.platform, "anon"); strings.Join(names, " ") != "ana.png" {
		t.Errorf("anon lists %q after the SQL was run", names)
	}
}
