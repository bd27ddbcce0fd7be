package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"atalaya/internal/postgres/rows"
)

// Role is who DATABASE_URL signs in as.
type Role struct {
	Name                   string
	ServerVersion          string
	BypassesRLS            bool
	MayBecomeAuthenticated bool
}

// Role tells what the service may do in the database.
func (s *Store) Role(ctx context.Context) (Role, error) {
	var r Role
	// sqlc does not know the catalog's views, nor River's schema below.
	err := s.pool.QueryRow(ctx, `
		select r.rolname, current_setting('server_version'), r.rolbypassrls or r.rolsuper,
		       coalesce(pg_has_role(r.oid, (select a.oid from pg_roles a where a.rolname = 'authenticated'), 'member'), false)
		from pg_roles r where r.rolname = current_user`,
	).Scan(&r.Name, &r.ServerVersion, &r.BypassesRLS, &r.MayBecomeAuthenticated)
	if err != nil {
		return Role{}, fmt.Errorf("look at the database role: %w", err)
	}
	return r, nil
}

// MissingTables names the tables that the service cannot run without and that are not there. It fails
// with a *Refusal where the database answers and says no.
func (s *Store) MissingTables(ctx context.Context) ([]string, error) {
	names, err := rows.New(s.pool).MissingTables(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the tables: %w", refusal(err))
	}
	return names, nil
}

// Refusal is a database's answer that a later try would get again: it is not down, the settings are
// wrong.
type Refusal struct {
	Cure string
	Err  error
}

// Error says both.
func (r *Refusal) Error() string { return fmt.Sprintf("%v: %s", r.Err, r.Cure) }

// Unwrap gives what the database said.
func (r *Refusal) Unwrap() error { return r.Err }

// refusal tells wrong settings from a server that starts, stops or has no connection left, by the
// classes of SQLSTATE.
func refusal(err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return err
	}
	for class, cure := range map[string]string{
		"28": "check the user and the password in DATABASE_URL",
		"3D": "check the database's name at the end of DATABASE_URL",
		"42": "grant the role of DATABASE_URL what is missing, or use Supabase's role postgres",
	} {
		if strings.HasPrefix(said.Code, class) {
			return &Refusal{Cure: cure, Err: err}
		}
	}
	return err
}

// JobCounts counts the capture jobs that the queue still keeps, by where they stand.
type JobCounts struct {
	Waiting, Active, Completed, Failed, Delayed int64
}

// Total adds them up.
func (c JobCounts) Total() int64 { return c.Waiting + c.Active + c.Completed + c.Failed + c.Delayed }

// CountJobs counts the capture jobs. Finished ones are kept for a day.
func (s *Store) CountJobs(ctx context.Context) (JobCounts, error) {
	var c JobCounts
	list, err := s.pool.Query(ctx, "select state::text, count(*) from river.river_job group by state")
	if err != nil {
		return c, fmt.Errorf("count the jobs: %w", err)
	}
	defer list.Close()
	for list.Next() {
		var state string
		var jobs int64
		if err := list.Scan(&state, &jobs); err != nil {
			return c, fmt.Errorf("count the jobs: %w", err)
		}
		switch state {
		case "available", "pending":
			c.Waiting += jobs
		case "running":
			c.Active += jobs
		case "completed":
			c.Completed += jobs
		case "cancelled", "discarded":
			c.Failed += jobs
		case "retryable", "scheduled":
			c.Delayed += jobs
		}
	}
	return c, list.Err()
}
