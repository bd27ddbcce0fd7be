package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"atalaya/supabase"
)

// Plans are the monthly quotas that the settings give; -1 has no end.
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

// Migrate brings the database up to date: the shim where it is no Supabase project, our migrations,
// River's, and the quotas of the plans. It gives the names of what it applied; doing it again does
// nothing.
func Migrate(ctx context.Context, databaseURL string, plans Plans) ([]string, error) {
	pool, err := Open(databaseURL)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	var applied []string
	err = alone(ctx, pool, func() error {
		if applied, err = migrate(ctx, pool); err != nil {
			return err
		}
		return writePlans(ctx, pool, plans)
	})
	return applied, err
}

// Prepare does at start what needs no migration of ours: the job queue's own tables, and the quotas
// of the plans.
func (s *Store) Prepare(ctx context.Context, plans Plans) error {
	return alone(ctx, s.pool, func() error {
		if _, err := migrateRiver(ctx, s.pool); err != nil {
			return err
		}
		return writePlans(ctx, s.pool, plans)
	})
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

// applyShim makes what plain PostgreSQL lacks of a Supabase project.
func applyShim(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	var present bool
	if err := pool.QueryRow(ctx, "select to_regclass('auth.users') is not null").Scan(&present); err != nil {
		return false, fmt.Errorf("look for a Supabase project's tables: %w", err)
	}
	if present {
		return false, nil
	}
	if _, err := pool.Exec(ctx, supabase.Shim); err != nil {
		return false, fmt.Errorf("make what plain PostgreSQL lacks (DATABASE_URL's role has to be a superuser for this once): %w", err)
	}
	return true, nil
}

// mayMigrate tells with its cure what DATABASE_URL's role lacks: half of the migrations are no use.
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

// applyMigrations applies ours, each in a transaction of its own.
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
	results, err := provider.Up(ctx)
	var applied []string
	for _, r := range results {
		applied = append(applied, r.Source.Path)
	}
	if err != nil {
		return applied, fmt.Errorf("apply the migrations: %w", err)
	}
	return applied, nil
}

// MigrationStatus tells which of our migrations the database has.
func MigrationStatus(ctx context.Context, databaseURL string) ([]Migration, error) {
	pool, err := Open(databaseURL)
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

// migrateRiver makes the job queue's own tables, and drops its two indexes that only cost here.
func migrateRiver(ctx context.Context, pool *pgxpool.Pool) ([]string, error) {
	if _, err := pool.Exec(ctx, "create schema if not exists "+riverSchema); err != nil {
		return nil, fmt.Errorf("make the schema of the job queue: %w", err)
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: riverSchema, Logger: slog.New(slog.DiscardHandler)})
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
	for _, index := range droppedRiverIndexes() {
		if _, err := pool.Exec(ctx, "drop index if exists "+riverSchema+"."+index); err != nil {
			return applied, fmt.Errorf("drop the job queue's index %s: %w", index, err)
		}
	}
	if _, err := pool.Exec(ctx, fixedSearchPath); err != nil {
		return applied, fmt.Errorf("fix the search path of the job queue's function: %w", err)
	}
	return applied, nil
}

// fixedSearchPath mends the one function of River's that the Supabase advisors warn of: it names
// nothing outside pg_catalog. Done once, since changing a function empties plans that are kept.
const fixedSearchPath = `
	do $$
	begin
	  if exists (select from pg_proc where oid = to_regprocedure('` + riverSchema + `.river_job_state_in_bitmask(bit, ` + riverSchema + `.river_job_state)')
	             and proconfig is null) then
	    alter function ` + riverSchema + `.river_job_state_in_bitmask(bit, ` + riverSchema + `.river_job_state) set search_path = '';
	  end if;
	end
	$$`

// writePlans keeps the quotas of the settings where the trigger on new users reads them.
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

// history is goose's version table in the form of the Supabase CLI's, so that both tools see the
// same migrations as applied.
type history struct{}

var _ database.Store = history{}

// Tablename implements database.Store.
func (history) Tablename() string { return "supabase_migrations.schema_migrations" }

// CreateVersionTable implements database.Store. goose notes a version 0 of its own, which Insert
// leaves out: the CLI would take it for a migration that it lacks.
func (history) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `
		create schema if not exists supabase_migrations;
		create table if not exists supabase_migrations.schema_migrations (version text primary key);
		alter table supabase_migrations.schema_migrations
			add column if not exists statements text[], add column if not exists name text`)
	return err
}

// TableExists tells goose that the table may be there although it did not make it. One that an old
// CLI made lacks two columns, which CreateVersionTable adds.
func (history) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	var columns int
	err := db.QueryRowContext(ctx, `
		select count(*) from pg_attribute
		where attrelid = to_regclass('supabase_migrations.schema_migrations')
		  and attname in ('version', 'statements', 'name') and not attisdropped`).Scan(&columns)
	return columns == 3, err
}

// Insert implements database.Store.
func (history) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	if req.Version == 0 {
		return nil
	}
	_, err := db.ExecContext(ctx, "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, '{}')",
		versionText(req.Version), titleOf(req.Version))
	return err
}

// Delete implements database.Store; there are no down migrations that would need it.
func (history) Delete(context.Context, database.DBTxConn, int64) error {
	return database.ErrNotImplemented
}

// GetMigration implements database.Store.
func (history) GetMigration(ctx context.Context, db database.DBTxConn, version int64) (*database.GetMigrationResult, error) {
	var found bool
	err := db.QueryRowContext(ctx, "select exists (select from supabase_migrations.schema_migrations where version = $1)", versionText(version)).Scan(&found)
	if err != nil {
		return nil, err
	}
	if !found && version != 0 {
		return nil, database.ErrVersionNotFound
	}
	return &database.GetMigrationResult{IsApplied: true}, nil
}

// GetLatestVersion implements database.Store.
func (h history) GetLatestVersion(ctx context.Context, db database.DBTxConn) (int64, error) {
	list, err := h.ListMigrations(ctx, db)
	if err != nil {
		return 0, err
	}
	return list[0].Version, nil
}

// ListMigrations implements database.Store. A shared history holds the project's own migrations
// too; only ours are told.
func (history) ListMigrations(ctx context.Context, db database.DBTxConn) ([]*database.ListMigrationsResult, error) {
	list, err := db.QueryContext(ctx, "select version from supabase_migrations.schema_migrations order by version desc")
	if err != nil {
		return nil, err
	}
	defer list.Close()
	var results []*database.ListMigrationsResult
	for list.Next() {
		var text string
		if err := list.Scan(&text); err != nil {
			return nil, err
		}
		version, err := strconv.ParseInt(text, 10, 64)
		if err == nil && titleOf(version) != "" {
			results = append(results, &database.ListMigrationsResult{Version: version, IsApplied: true})
		}
	}
	return append(results, &database.ListMigrationsResult{Version: 0, IsApplied: true}), list.Err()
}

func versionText(version int64) string { return fmt.Sprintf("%014d", version) }

// titleOf gives the title in the file name of one of our migrations, "" where we have none of that
// version.
func titleOf(version int64) string {
	entries, err := fs.ReadDir(supabase.Migrations, "migrations")
	if err != nil {
		return ""
	}
	i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), versionText(version)+"_") })
	if i < 0 {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(entries[i].Name(), versionText(version)+"_"), ".sql")
}
