package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/test/testkit"
)

// session returns a new connection whose transaction has run a statement and stays open.
func session(t *testing.T, pool *pgxpool.Pool, application, statement string, args ...any) *pgx.Conn {
	t.Helper()
	config := pool.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] = application
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	for _, sql := range []string{"begin", statement} {
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
		args = nil
	}
	return conn
}

func TestSessionsThatHoldUsersAreNamedAndOursEnded(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	testkit.User(t, pool)
	const lock = "select from public.trading_signals_config for update"
	reader := session(t, pool, "reader", "select from public.trading_signals_config")
	migration := session(t, pool, "atalaya migrate", "update public.trading_signals_stats set wins = wins")
	if _, err := reader.Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	ours := session(t, pool, "atalaya", "select from auth.users for key share")
	theirs := session(t, pool, "psql", lock)

	list, err := store.Blockers(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]string{}
	for _, b := range list {
		if b.State != "idle in transaction" || b.Role == "" {
			t.Errorf("the blocker is %+v, want it idle in its transaction, with its role", b)
		}
		seen[uint32(b.PID)] = b.Application //nolint:gosec // a process id
		if b.Ours != (b.Application == "atalaya") {
			t.Errorf("%+v: ours is wrong", b)
		}
	}
	for conn, name := range map[*pgx.Conn]string{ours: "atalaya", theirs: "psql", migration: "atalaya migrate"} {
		if seen[conn.PgConn().PID()] != name {
			t.Errorf("%s is not named: %v", name, list)
		}
	}
	if len(list) != 3 {
		t.Errorf("%d sessions are named, want 3: %+v", len(list), list)
	}

	if n, err := store.EndOwnBlockers(t.Context(), 0); n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if err := ours.Ping(t.Context()); err == nil {
		t.Error("our own session was not ended")
	}
	for _, conn := range []*pgx.Conn{theirs, migration, reader} {
		if err := conn.Ping(t.Context()); err != nil {
			t.Errorf("a session of somebody else was ended: %v", err)
		}
	}
}
