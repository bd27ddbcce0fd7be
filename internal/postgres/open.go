package postgres

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// poolSize and reservedSize are the connections that the two pools of a process hold at most: a small
// Supabase project has 60 in all, and River's listener and the front ends need theirs. Two commits of
// alerts may be under way at once, and somebody may ask for the state of a webhook.
const (
	poolSize     = 8
	reservedSize = 3
)

// Open makes a pool for a DATABASE_URL. It does not connect yet: a service that starts before its
// database is up waits for it. Behind a transaction pooler prepared statements are not used.
func Open(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, poolSize) }

// OpenReserved makes a small pool beside that of Open, for the alerts alone: readers who keep all other
// connections busy must not keep alerts waiting, whose senders give up after 3 s.
func OpenReserved(databaseURL string) (*pgxpool.Pool, error) { return open(databaseURL, reservedSize) }

func open(databaseURL string, size int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		// pgx puts the URL, with its password, in some of its errors.
		return nil, fmt.Errorf("DATABASE_URL cannot be read: it has the form postgresql://user:password@host:5432/postgres, with special characters of the password percent-encoded")
	}
	cfg.MaxConns = size
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.RuntimeParams["application_name"] = "atalaya"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	delete(cfg.ConnConfig.RuntimeParams, "pgbouncer") // a hint to clients, which no server knows
	if TransactionPooler(databaseURL) {
		cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		delete(cfg.ConnConfig.RuntimeParams, "timezone") // a pooler refuses start-up parameters it does not track
	}
	return pgxpool.NewWithConfig(context.Background(), cfg)
}

// TransactionPooler says whether a DATABASE_URL leads to a pooler in transaction mode: Supabase's
// port 6543, or pgbouncer=true as other clients spell it.
func TransactionPooler(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return false
	}
	return u.Port() == "6543" || strings.EqualFold(u.Query().Get("pgbouncer"), "true")
}
