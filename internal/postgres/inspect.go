package postgres

import (
	"context"
	"fmt"

	"atalaya/internal/postgres/rows"
)

// Role is the database role of DATABASE_URL and what it may do.
type Role struct {
	Name                   string
	ServerVersion          string
	BypassesRLS            bool
	MayBecomeAuthenticated bool
	Superuser              bool
	// Prepared means that the roles of a Supabase project exist, such as authenticated.
	Prepared bool
}

// Role returns the role that the service signs in as. It fails with a *Refusal if the database refuses to answer.
func (s *Store) Role(ctx context.Context) (Role, error) {
	var r Role
	// sqlc does not know the catalog's views.
	err := s.pool.QueryRow(ctx, `
		select r.rolname, current_setting('server_version'), r.rolbypassrls or r.rolsuper,
		       coalesce(pg_has_role(r.oid, (select a.oid from pg_roles a where a.rolname = 'authenticated'), 'member'), false),
		       exists (select from pg_roles a where a.rolname = 'authenticated'), r.rolsuper
		from pg_roles r where r.rolname = current_user`,
	).Scan(&r.Name, &r.ServerVersion, &r.BypassesRLS, &r.MayBecomeAuthenticated, &r.Prepared, &r.Superuser)
	if err != nil {
		return Role{}, Explain(fmt.Errorf("look at the database role: %w", err))
	}
	return r, nil
}

// QueueOwner returns the role that owns the job queue's table, and whether ours may add and take jobs. There has
// to be such a table.
func (s *Store) QueueOwner(ctx context.Context) (owner string, usable bool, err error) {
	err = s.pool.QueryRow(ctx, `
		select pg_get_userbyid(c.relowner),
		       has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select, insert') and has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete')
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = $1 and c.relname = 'river_job'`, QueueSchema).Scan(&owner, &usable)
	if err != nil {
		return "", false, fmt.Errorf("look at the job queue's table: %w", err)
	}
	return owner, usable, nil
}

// MissingTables returns which of some tables that the service needs the database lacks. Tables of later migrations are not
// among them. It fails with a *Refusal if the database refuses to answer.
func (s *Store) MissingTables(ctx context.Context) ([]string, error) {
	names, err := rows.New(s.pool).MissingTables(ctx)
	if err != nil {
		return nil, Explain(fmt.Errorf("look for the tables: %w", err))
	}
	return names, nil
}
