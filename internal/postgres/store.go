// Package postgres owns the rows. Statements live in queries/*.sql, which sqlc compiles into package rows, and in
// filtered/*.sql, which take a filter's conditions. A few others set up a session or read the catalog. One exported method
// is one transaction; no transaction type leaves the package. It knows nothing of HTTP, browsers or policy.
package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
)

// Store reads and writes the rows through one pool. DATABASE_URL's role bypasses row level security, so every statement
// of the API names its user, which a test checks. Statements of the queue, the upkeep and the dispatcher serve all users
// and find each row's user in the row.
type Store struct {
	pool *pgxpool.Pool
	// committed is the function of OnCommit, or nil.
	committed func(users ...atalaya.UserID)
	// notified is the function of OnNotify, or nil.
	notified func()
	answers  *answers
}

// NewStore takes a pool from Open. It does not touch the database.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, answers: newAnswers()} }

// inTx runs f in one read-committed transaction, and rolls it back if f fails.
func (s *Store) inTx(ctx context.Context, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, f)
}

// asCaller runs f in one transaction as the role authenticated with the caller's claims. Row level security and
// column grants then apply as in Supabase's Data API.
func (s *Store) asCaller(ctx context.Context, caller atalaya.Caller, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := takeRole(ctx, tx, caller); err != nil {
			return err
		}
		return f(tx)
	})
}

// takeRole sets the role and claims of the caller for the rest of a transaction.
func takeRole(ctx context.Context, tx pgx.Tx, caller atalaya.Caller) error {
	_, err := tx.Exec(ctx, `
		select set_config('role', 'authenticated', true),
		       set_config('request.jwt.claims', $1, true),
		       set_config('request.jwt.claim.sub', $2, true)`,
		string(caller.Claims), string(caller.UserID))
	if err != nil {
		return fmt.Errorf("take the caller's role: %w", err)
	}
	return nil
}
