package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

func TestSessionsHaveLimitsUnlessTheirURLSetsOthers(t *testing.T) {
	t.Parallel()
	const limits = `select concat_ws(' ', current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
		current_setting('client_connection_check_interval'))`
	if got := value(t, testkit.Database(t), limits); got != "1min 30s 5s" {
		t.Errorf("a session has the limits %s, want 1min 30s 5s", got)
	}
	pool, err := postgres.Open(testkit.Empty(t) + "&statement_timeout=7s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if got := value(t, pool, limits); got != "7s 30s 5s" {
		t.Errorf("with a limit in DATABASE_URL a session has the limits %s, want 7s 30s 5s", got)
	}
}

// Requests that hold every connection for reads leave those of alerts, captures and health free.
func TestReadersTakeNoConnectionOfOthers(t *testing.T) {
	t.Parallel()
	database := testkit.Empty(t)
	readers, err := postgres.Open(database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(readers.Close)
	for range readers.Config().MaxConns {
		conn, err := readers.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Release()
	}
	for name, open := range map[string]func(string) (*pgxpool.Pool, error){
		"alerts": postgres.OpenReserved, "workers": postgres.OpenWorkers, "health": postgres.OpenHealth,
	} {
		pool, err := open(database)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		if err := pool.Ping(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
