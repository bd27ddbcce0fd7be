package postgres_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
	"atalaya/supabase"
)

// emptyPool returns the URL of an empty database, and a pool on it.
func emptyPool(t *testing.T) (string, *pgxpool.Pool) {
	t.Helper()
	url := testkit.Empty(t)
	pool, err := postgres.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return url, pool
}

func TestMigratingTwiceDoesNothingTheSecondTime(t *testing.T) {
	t.Parallel()
	url, pool := emptyPool(t)
	list, err := migrate.Status(t.Context(), url)
	if err != nil || len(list) == 0 || list[0].Applied {
		t.Fatalf("before: %v, %v; want migrations that are pending", list, err)
	}
	first, err := migrate.Up(t.Context(), url, testkit.Plans())
	if err != nil || len(first) < len(list) {
		t.Fatalf("applied %v, %v; want all %d", first, err, len(list))
	}
	second, err := migrate.Up(t.Context(), url, testkit.Plans())
	if err != nil || len(second) != 0 {
		t.Errorf("the second time applied %v, %v", second, err)
	}
	list, err = migrate.Status(t.Context(), url)
	for _, m := range list {
		if !m.Applied || err != nil {
			t.Errorf("%s is not applied, %v", m.Name, err)
		}
	}
	// The history is the Supabase CLI's own: 14 digits and the title of the file.
	if got := value(t, pool, `select string_agg(version || '_' || name, ' ' order by version) from supabase_migrations.schema_migrations where version ~ '^\d{14}$' and statements is not null`); got == "null" || len(got) < 14*len(list) {
		t.Errorf("the history is %q", got)
	}
}

func TestTheFilesRunASecondTimeWithoutHarm(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	exec(t, pool, "insert into public.trading_signals (user_id, result, profit_loss) values ($1, 'win', 5)", user)
	before := value(t, pool, "select webhook_token from public.trading_signals_config where user_id = $1", user)
	entries, err := supabase.Migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := supabase.Migrations.ReadFile("migrations/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		exec(t, pool, string(text))
	}
	exec(t, pool, supabase.Shim)
	if after := value(t, pool, "select webhook_token from public.trading_signals_config where user_id = $1", user); after != before {
		t.Error("the user's token changed")
	}
	compareStats(t, pool, user)
}

func TestReplicasThatStartTogetherMigrateOneAfterTheOther(t *testing.T) {
	t.Parallel()
	url, _ := emptyPool(t)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if _, err := migrate.Up(t.Context(), url, testkit.Plans()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

// A transaction that runs during an upgrade may lock in another order, and PostgreSQL may choose the migration to end
// the deadlock.
func TestAMigrationThatADeadlockEndsIsTriedAgain(t *testing.T) {
	t.Parallel()
	url, pool := emptyPool(t)
	if _, err := migrate.Up(t.Context(), url, testkit.Plans()); err != nil {
		t.Fatal(err)
	}
	const name = "20261201500002_signal_rules.sql"
	exec(t, pool, "delete from supabase_migrations.schema_migrations where version >= $1", name[:14])
	// Of the two sessions only the migration's looks for a deadlock, three seconds after it has begun to wait. By then
	// the other transaction waits too.
	exec(t, pool, "do $$ begin execute format('alter database %I set deadlock_timeout = %L', current_database(), '3s'); end $$")
	other, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	for _, statement := range []string{"set local deadlock_timeout = '1h'", "lock table public.trading_signals in row exclusive mode"} {
		if _, err := other.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	type outcome struct {
		applied []string
		err     error
	}
	ended := make(chan outcome, 1)
	go func() {
		applied, err := migrate.Up(t.Context(), url, testkit.Plans())
		ended <- outcome{applied, err}
	}()
	wait.For(t, "the migration waits for the other transaction", func() bool {
		return value(t, pool, "select exists (select from pg_locks where relation = 'public.trading_signals'::regclass and not granted)::text") == "true"
	})
	if _, err := other.Exec(t.Context(), "alter function public.hold_signal_rules() cost 100"); err != nil {
		t.Fatalf("the other transaction was ended instead: %v", err)
	}
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got.err != nil || !slices.Contains(got.applied, name) {
		t.Errorf("applied %q, %v; want the migration at the second try", got.applied, got.err)
	}
}

func TestThePlansFollowTheSettingsForNewUsersOnly(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	const quota = "select signals_quota::text from public.trading_signals_config where user_id = $1"
	before := testkit.User(t, pool)
	if err := migrate.Prepare(t.Context(), pool, migrate.Plans{Free: 5, Pro: 6, Lifetime: -1, Default: 7}); err != nil {
		t.Fatal(err)
	}
	after := testkit.User(t, pool)
	if a, b := value(t, pool, quota, before), value(t, pool, quota, after); a != "1000" || b != "7" {
		t.Errorf("quotas %s and %s, want 1000 and 7", a, b)
	}
}

func TestRiversIndexesExistButForTheTwoThatAreDropped(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	for _, name := range river.ReindexerIndexNamesDefault() {
		there := value(t, pool, "select (to_regclass('river.' || $1) is not null)::text", name)
		dropped := name == "river_job_args_index" || name == "river_job_metadata_index"
		if (there == "true") == dropped {
			t.Errorf("index %s is there: %s, dropped by us: %v", name, there, dropped)
		}
	}
}
