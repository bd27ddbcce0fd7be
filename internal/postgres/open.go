package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The most connections of each pool of a process. Readers have a pool of their own, so that they delay neither alerts,
// whose senders give up after 3 s, nor captures, nor the check of the database's health. A small Supabase project allows
// 60 connections in all, and the front ends need theirs. Alerts need two for commits, one for the spool's commit and one
// for requests for a webhook's state.
const (
	// ReadersSize is how many the API's requests share.
	ReadersSize = 8
	alertsSize  = 4
	workersSize = 6 // captures with their queue, its listener, upkeep
	healthSize  = 1
	deskSize    = 2 // the operator's door
)

// applicationName is the application_name of our sessions.
const applicationName = "atalaya"

// Open makes a pool for a DATABASE_URL, for readers. It does not connect yet: a service that starts
// before its database is up waits for it. Behind a transaction pooler prepared statements are not used.
func Open(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, ReadersSize) }

// OpenReserved makes a pool for the alerts alone.
func OpenReserved(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, alertsSize) }

// OpenWorkers makes a pool for captures and upkeep.
func OpenWorkers(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, workersSize) }

// OpenHealth makes a pool of one connection, for the look at the database's health.
func OpenHealth(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, healthSize) }

// OpenDesk makes a pool for the operator's door.
func OpenDesk(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, deskSize) }

// OpenUnbounded makes a pool for migrations, whose statements may take as long as they need.
func OpenUnbounded(databaseURL string) (*pgxpool.Pool, error) {
	cfg, err := configure(databaseURL, ReadersSize)
	if err != nil {
		return nil, err
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = applicationName + " migrate"
	return pgxpool.NewWithConfig(context.Background(), cfg)
}

func open(databaseURL string, size int32) (*pgxpool.Pool, error) {
	cfg, err := configure(databaseURL, size)
	if err != nil {
		return nil, err
	}
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		sendUUIDsInBinary(conn)
		if TransactionPooler(databaseURL) { // there a session is shared with strangers
			return nil
		}
		return limitSession(ctx, conn)
	}
	return pgxpool.NewWithConfig(context.Background(), cfg)
}

// limitSession makes the server end statements and transactions that run too long, so that a process that is gone
// or stuck keeps no user locked. None of our statements takes nearly as long. A setting in DATABASE_URL wins.
func limitSession(ctx context.Context, conn *pgx.Conn) error {
	for name, value := range map[string]string{
		"statement_timeout": "60s", "idle_in_transaction_session_timeout": "30s",
		"client_connection_check_interval": "5s", // while a statement runs
		"tcp_user_timeout":                 "30s",
	} {
		if _, given := conn.Config().RuntimeParams[name]; given {
			continue
		}
		_, err := conn.Exec(ctx, "select set_config($1, $2, false)", pgx.QueryExecModeExec, name, value)
		var refused *pgconn.PgError
		if err != nil && !errors.As(err, &refused) { // some systems have no such check
			return fmt.Errorf("bound the session: %w", err)
		}
	}
	return nil
}

func configure(databaseURL string, size int32) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		// pgx puts the URL, with its password, in some of its errors.
		return nil, fmt.Errorf("DATABASE_URL cannot be read: it has the form postgresql://user:password@host:5432/postgres, with special characters of the password percent-encoded")
	}
	cfg.MaxConns = size
	cfg.ConnConfig.Tracer = sqlTracer{}
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.RuntimeParams["application_name"] = applicationName
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	delete(cfg.ConnConfig.RuntimeParams, "pgbouncer") // a hint to clients, which no server knows
	if TransactionPooler(databaseURL) {
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		delete(cfg.ConnConfig.RuntimeParams, "timezone") // a pooler refuses start-up parameters it does not track
	}
	return cfg, nil
}

// TransactionPooler reports whether a DATABASE_URL leads to a pooler in transaction mode: Supabase's
// port 6543, or pgbouncer=true as other clients spell it.
func TransactionPooler(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return false
	}
	return u.Port() == "6543" || strings.EqualFold(u.Query().Get("pgbouncer"), "true")
}
