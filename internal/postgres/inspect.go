package postgres

import (
	"context"
	"fmt"

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
	// sqlc does not know the catalog's views.
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
