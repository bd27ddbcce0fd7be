package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/supabase"
)

// insufficientPrivilege is the SQLSTATE for a right that a role lacks.
const insufficientPrivilege = "42501"

// UnpreparedError says that plain PostgreSQL has to be prepared by a superuser before the service's own role
// can migrate it.
type UnpreparedError struct {
	Role, Database string
	Err            error // what PostgreSQL said
}

// Error says who has to run what, and what to do after that.
func (e *UnpreparedError) Error() string {
	return fmt.Sprintf("the role %[1]s of DATABASE_URL is no superuser, and the database %[2]s is not prepared for it (%[3]v). "+
		"Have a superuser run the statements of `atalaya migrate --setup` there, for example `atalaya migrate --setup | psql -U postgres -d %[2]s`; then run `atalaya migrate` again as %[1]s",
		e.Role, e.Database, e.Err)
}

// Unwrap returns what PostgreSQL said.
func (e *UnpreparedError) Unwrap() error { return e.Err }

// Setup returns the statements with which a superuser prepares plain PostgreSQL for the role and the database of a
// DATABASE_URL: what a Supabase project has and PostgreSQL lacks, the role, and its rights. They may be run again.
func Setup(databaseURL string) (string, error) {
	cfg, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return "", errors.New("DATABASE_URL cannot be read") // pgx puts the password in some of its errors
	}
	role := "'" + strings.ReplaceAll(cfg.User, "'", "''") + "'"
	head := fmt.Sprintf("-- Run as a superuser in the database %s. Then run `atalaya migrate` as %s.\n", oneLine(cfg.Database), oneLine(cfg.User))
	return head + supabase.Shim + strings.ReplaceAll(supabase.Role, "$role", role), nil
}

// oneLine keeps a name inside its comment.
func oneLine(name string) string { return strings.Join(strings.Fields(name), " ") }

// unprepared returns an *UnpreparedError if err is a refusal that a superuser's preparation mends. It returns other errors
// unchanged, and every error in a Supabase project, whose roles belong to the platform.
func unprepared(ctx context.Context, pool *pgxpool.Pool, err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) || said.Code != insufficientPrivilege {
		return err
	}
	var ofPlatform bool
	asked := pool.QueryRow(ctx, "select exists (select from pg_roles where rolname in ('supabase_admin', 'supabase_auth_admin'))").Scan(&ofPlatform)
	if asked != nil || ofPlatform {
		return err
	}
	cfg := pool.Config().ConnConfig
	return &UnpreparedError{Role: cfg.User, Database: cfg.Database, Err: errors.New(said.Message)}
}
