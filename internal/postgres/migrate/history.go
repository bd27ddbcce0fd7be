package migrate

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3/database"

	"atalaya/supabase"
)

// history is goose's version table in the form of the Supabase CLI's, so that both tools see the
// same migrations as applied.
type history struct{}

var _ database.Store = history{}

// Tablename implements database.Store.
func (history) Tablename() string { return "supabase_migrations.schema_migrations" }

// CreateVersionTable implements database.Store. goose records a version 0 of its own, which Insert leaves out: the
// CLI would take it for a migration that it lacks.
func (history) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `
		create schema if not exists supabase_migrations;
		create table if not exists supabase_migrations.schema_migrations (version text primary key);
		alter table supabase_migrations.schema_migrations
			add column if not exists statements text[], add column if not exists name text`)
	return err
}

// TableExists implements database.Store. It returns false for the table of an old CLI, which lacks two columns, so that
// CreateVersionTable adds them.
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

// Delete implements database.Store. There are no down migrations, so it always fails.
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

// ListMigrations implements database.Store. A shared history also holds the project's own migrations; it returns
// only ours.
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

// titleOf returns the title in the file name of our migration of a version, "" if there is none.
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
