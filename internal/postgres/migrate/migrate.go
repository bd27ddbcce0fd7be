// Package migrate brings a database up to date: the shim for plain PostgreSQL, our migrations and
// those of the job queue. It is the only package that knows goose.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"atalaya/internal/postgres"
	"atalaya/supabase"
)

// Plans are the monthly quotas of the settings; -1 means unlimited.
type Plans struct {
	Free, Pro, Lifetime, Default int64
}

// Migration is one migration and whether the database has it.
type Migration struct {
	Name    string
	Applied bool
}

// migrationLock keeps replicas that start together from migrating at the same time: any number that
// no other program is likely to lock.
const migrationLock = 0x6174616c617961

// Up brings the database up to date: the shim if it is no Supabase project, our migrations, River's,
// the time zones that the server knows, and the quotas of the plans. It returns the names of what it applied.
// Running it again does nothing. It fails with an *UnpreparedError if a superuser has to prepare the database
// first.
func Up(ctx context.Context, databaseURL string, plans Plans) ([]string, error) {
	pool, err := postgres.OpenUnbounded(databaseURL)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	var applied []string
	err = alone(ctx, pool, func() error {
		if applied, err = migrate(ctx, pool); err != nil {
			return err
		}
		if _, err := pool.Exec(ctx, "select public.keep_time_zones()"); err != nil {
			return fmt.Errorf("keep the time zones: %w", err)
		}
		return writePlans(ctx, pool, plans)
	})
	return applied, unprepared(ctx, pool, err)
}

// Prepare does what every start needs besides our migrations: it creates the job queue's tables and writes the
// quotas of the plans.
func Prepare(ctx context.Context, pool *pgxpool.Pool, plans Plans) error {
	err := alone(ctx, pool, func() error {
		if _, err := migrateRiver(ctx, pool); err != nil {
			return err
		}
		return writePlans(ctx, pool, plans)
	})
	return unprepared(ctx, pool, err)
}

// alone runs f while no other process migrates this database. The lock lives in a transaction, which
// a transaction pooler keeps on one connection.
func alone(ctx context.Context, pool *pgxpool.Pool, f func() error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return fmt.Errorf("wait for another migration to end: %w", err)
		}
		return f()
	})
}

// migrate applies what is missing, up to the first failure.
func migrate(ctx context.Context, pool *pgxpool.Pool) (applied []string, err error) {
	shimmed, err := applyShim(ctx, pool)
	if err != nil {
		return nil, err
	}
	if shimmed {
		applied = append(applied, "shim for plain PostgreSQL")
	}
	ours, err := applyMigrations(ctx, pool)
	applied = append(applied, ours...)
	if err != nil {
		return applied, err
	}
	rivers, err := migrateRiver(ctx, pool)
	return append(applied, rivers...), err
}

// applyShim creates what a Supabase project has and plain PostgreSQL lacks. It returns false if there was nothing to do.
func applyShim(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	var present bool
	if err := pool.QueryRow(ctx, "select to_regclass('auth.users') is not null").Scan(&present); err != nil {
		return false, fmt.Errorf("look for a Supabase project's tables: %w", err)
	}
	if present {
		return false, nil
	}
	if _, err := pool.Exec(ctx, supabase.Shim); err != nil {
		return false, fmt.Errorf("make what plain PostgreSQL lacks: %w", err)
	}
	return true, nil
}

// mayMigrate returns an error that names the cure if DATABASE_URL's role lacks a right that migrations need. It is called
// before any is applied.
func mayMigrate(ctx context.Context, pool *pgxpool.Pool) error {
	var role, lacks string
	err := pool.QueryRow(ctx, `
		select quote_ident(current_user), concat_ws('; ',
		  case when not has_table_privilege('auth.users', 'trigger') then format('grant trigger on auth.users to %I', current_user) end,
		  case when not has_table_privilege('auth.users', 'references') then format('grant references on auth.users to %I', current_user) end,
		  case when not has_schema_privilege('public', 'create') then format('grant create on schema public to %I', current_user) end,
		  case when to_regnamespace('river') is null and not has_database_privilege(current_database(), 'create') then format('grant create on database %I to %I', current_database(), current_user) end)`).Scan(&role, &lacks)
	if err != nil {
		return fmt.Errorf("look what the role of DATABASE_URL may do: %w", err)
	}
	if lacks != "" {
		return fmt.Errorf("the role %s may not make the tables; in a Supabase project use the role postgres, elsewhere have the owner run: %s", role, lacks)
	}
	return nil
}

// newProvider makes goose read our migrations and keep its history where the Supabase CLI does.
func newProvider(pool *pgxpool.Pool) (*goose.Provider, *sql.DB, error) {
	files, err := fs.Sub(supabase.Migrations, "migrations")
	if err != nil {
		return nil, nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	provider, err := goose.NewProvider("", db, files, goose.WithStore(history{}), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read the migrations: %w", err), db.Close())
	}
	return provider, db, nil
}

// applyMigrations applies our migrations, each in its own transaction.
func applyMigrations(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	provider, db, err := newProvider(pool)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if pending, err := provider.HasPending(ctx); err != nil || !pending {
		return nil, err
	}
	if err := mayMigrate(ctx, pool); err != nil {
		return nil, err
	}
	var applied []string
	for try := 1; ; try++ {
		results, err := provider.Up(ctx)
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			results = partial.Applied
		}
		for _, r := range results {
			applied = append(applied, r.Source.Path)
		}
		if err == nil {
			return applied, nil
		}
		if try == maxTries || !collided(err) {
			return applied, fmt.Errorf("apply the migrations: %w", err)
		}
	}
}

// maxTries bounds the tries of migrations that meet others' transactions. PostgreSQL makes the second one wait before it
// ends it, so no pause is needed between them.
const maxTries = 20

// collided reports whether PostgreSQL aborted a migration because of another transaction: by a deadlock, or because both
// changed the same function. The latter has no SQLSTATE of its own, so the message tells. Nothing of the migration was
// kept, so it can be tried again.
func collided(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) &&
		(refused.Code == "40P01" || refused.Code == "XX000" && refused.Message == "tuple concurrently updated")
}

// Status lists our migrations and says which of them the database has.
func Status(ctx context.Context, databaseURL string) ([]Migration, error) {
	pool, err := postgres.OpenUnbounded(databaseURL)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	provider, db, err := newProvider(pool)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	list, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the history of migrations: %w", err)
	}
	var migrations []Migration
	for _, m := range list {
		migrations = append(migrations, Migration{Name: m.Source.Path, Applied: m.State == goose.StateApplied})
	}
	return migrations, nil
}

// migrateRiver applies the job queue's own migrations, and drops its two indexes that are useless here.
func migrateRiver(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	// Even "if not exists" needs the right to create schemas, so the statement looks first.
	if _, err := pool.Exec(ctx, `do $$ begin
		if to_regnamespace('`+postgres.QueueSchema+`') is null then create schema `+postgres.QueueSchema+`; end if;
	end $$`); err != nil {
		return nil, fmt.Errorf("make the schema of the job queue: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: postgres.QueueSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue's migrations: %w", err)
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return nil, fmt.Errorf("migrate the job queue: %w", err)
	}
	var applied []string
	for _, v := range result.Versions {
		applied = append(applied, "job queue "+strconv.Itoa(v.Version))
	}
	for _, index := range postgres.DroppedQueueIndexes() {
		if _, err := pool.Exec(ctx, "drop index if exists "+postgres.QueueSchema+"."+index); err != nil {
			return applied, fmt.Errorf("drop the job queue's index %s: %w", index, err)
		}
	}
	if _, err := pool.Exec(ctx, fixedSearchPath); err != nil {
		return applied, fmt.Errorf("fix the search path of the job queue's function: %w", err)
	}
	return applied, nil
}

// fixedSearchPath fixes the search path of the one function of River's that the Supabase advisors warn of. The function
// names nothing outside pg_catalog. It is altered only once, because altering a function discards cached plans.
const fixedSearchPath = `
	do $$
	begin
	  if exists (select from pg_proc where oid = to_regprocedure('` + postgres.QueueSchema + `.river_job_state_in_bitmask(bit, ` + postgres.QueueSchema + `.river_job_state)')
	             and proconfig is null) then
	    alter function ` + postgres.QueueSchema + `.river_job_state_in_bitmask(bit, ` + postgres.QueueSchema + `.river_job_state) set search_path = '';
	  end if;
	end
	$$`

// writePlans stores the quotas of the plans where the trigger on new users reads them.
func writePlans(ctx context.Context, pool *pgxpool.Pool, p Plans) error {
	_, err := pool.Exec(ctx, `
		insert into public.plans (name, signals_quota)
		values ('default', $1), ('free', $2), ('pro', $3), ('lifetime', $4)
		on conflict (name) do update set signals_quota = excluded.signals_quota
		where plans.signals_quota <> excluded.signals_quota`, p.Default, p.Free, p.Pro, p.Lifetime)
	if err != nil {
		return fmt.Errorf("write the plans: %w", err)
	}
	return nil
}
