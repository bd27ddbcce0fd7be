package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// waitsForALock reports whether a backend of this database that runs a statement like this one waits for a lock.
const waitsForALock = `select exists (select from pg_stat_activity where datname = current_database()
	and wait_event_type = 'Lock' and query like $1)::text`

func TestAUserIsDeletedWhileItsAlertIsBeingTakenIn(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user := testkit.User(t, pool)
	deleted := make(chan error, 1)
	arrival := atalaya.Arrival{Token: testkit.Token(t, pool, user), ReceivedAt: time.Now()}
	err := store.Ingest(t.Context(), []atalaya.Arrival{arrival}, func([]atalaya.Facts) []atalaya.Decision {
		go func() {
			_, err := pool.Exec(context.WithoutCancel(t.Context()), "delete from auth.users where id = $1", user)
			deleted <- err
		}()
		// The alert goes on only when the delete has come as far as it can.
		wait.For(t, "the delete waits for the alert", func() bool {
			return value(t, pool, waitsForALock, "delete from auth.users%") == "true"
		})
		return []atalaya.Decision{{Outcome: atalaya.OutcomeAccepted, Signal: atalaya.NewSignal{
			ID: "5b5cf5e1-5c0e-4c22-9d52-2c8f3f0b7d11", ScreenshotStatus: atalaya.ScreenshotSkipped,
			Alert: atalaya.Alert{ParseStatus: atalaya.ParseText, Parsed: []byte("{}"), Timestamp: time.Now()}}}}
	})
	if err != nil {
		t.Errorf("the alert that came first: %v", err)
	}
	if err := <-deleted; err != nil {
		t.Errorf("the delete that came second: %v", err)
	}
	nothingIsLeft(t, pool, user)
}

// updateOne, deleteOne and insertOne write one signal at a time. A statement over many could deadlock with the deletion
// of a user, which locks the user's signals in an order that PostgreSQL chooses.
func (w writer) updateOne() {
	w.do("authenticated", w.userThatUpdates(), "update public.trading_signals set result = $1, profit_loss = $2::numeric where id = (select id from public.trading_signals offset $3 limit 1)",
		w.result(), w.money(), w.rng.IntN(100))
}

func (w writer) deleteOne() {
	w.do("authenticated", w.userThatUpdates(), "delete from public.trading_signals where id = (select id from public.trading_signals offset $1 limit 1)", w.rng.IntN(100))
}

func (w writer) insertOne() {
	w.do("service_role", "", "insert into public.trading_signals (user_id, result, profit_loss, timestamp) values ($1, $2, $3::numeric, $4)", w.user(), w.result(), w.money(), w.moment())
}

// userThatUpdates returns the first user, whom the test deletes, at least half of the time.
func (w writer) userThatUpdates() atalaya.UserID {
	if w.rng.IntN(2) == 0 {
		return w.users[0]
	}
	return w.user()
}

func TestAUserIsDeletedWhileEverybodyWritesItsSignals(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	users := []atalaya.UserID{testkit.User(t, pool), testkit.User(t, pool), testkit.User(t, pool)}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	exec(t, pool, `insert into public.trading_signals (user_id, result, profit_loss)
		select u, (array['win', 'loss', 'pending'])[1 + n % 3], n from unnest($1::uuid[]) u, generate_series(1, 300) n`, users)
	deleted := make(chan error, 1)
	go func() {
		err := wait.Until(t.Context(), wait.Patience, "the writers are busy with the user", func() (busy bool, err error) {
			err = pool.QueryRow(t.Context(), "select webhook_requests_count > 5 from public.trading_signals_config where user_id = $1", users[0]).Scan(&busy)
			return busy, err
		})
		if err != nil {
			deleted <- err
			return
		}
		_, err = pool.Exec(t.Context(), "delete from auth.users where id = $1", users[0])
		deleted <- err
	}()
	race(t, pool, users, seed, 150, []func(writer){writer.ingest, writer.ingest, writer.updateOne, writer.deleteOne, writer.insertOne, writer.updateOne})
	if err := <-deleted; err != nil {
		t.Errorf("the delete: %v", err)
	}
	nothingIsLeft(t, pool, users[0])
	for _, user := range users[1:] {
		compareStats(t, pool, user)
	}
}

// nothingIsLeft checks that no table has a row of a deleted user.
func nothingIsLeft(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID) {
	t.Helper()
	for _, table := range []string{"trading_signals", "trading_signals_config", "trading_signals_stats", "webhook_deliveries", "alert_keys"} {
		if n := value(t, pool, fmt.Sprintf("select count(*)::text from public.%s where user_id = $1", table), user); n != "0" {
			t.Errorf("%s has %s rows of the deleted user", table, n)
		}
	}
}
