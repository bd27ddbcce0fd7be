package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// formerMonth sets the counter of a user back by a month, and returns a moment of that month.
func formerMonth(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID, used int) time.Time {
	t.Helper()
	exec(t, pool, "update trading_signals_config set signals_used_this_month = $2, quota_month = (date_trunc('month', now() at time zone 'utc') - interval '1 month')::date where user_id = $1", user, used)
	now := time.Now().UTC()
	return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).Add(-time.Hour)
}

func TestAMonthBeginsInPartsAndSkipsLockedUsers(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	held := testkit.User(t, pool)
	exec(t, pool, "insert into auth.users (id, email) select gen_random_uuid(), 'user' || n || '@example.com' from generate_series(1, 600) n")
	exec(t, pool, "update trading_signals_config set signals_used_this_month = 7, quota_month = quota_month - interval '1 month'")
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "update trading_signals_config set default_chart_id = 'abc' where user_id = $1", held); err != nil {
		t.Fatal(err)
	}
	var sum int64
	for part := 1; ; part++ {
		n, err := store.ResetMonthlyQuotas(t.Context())
		if err != nil || n > 500 {
			t.Fatalf("part %d: %d users, %v", part, n, err)
		}
		if sum += n; n == 0 {
			break
		}
	}
	if sum != 600 {
		t.Errorf("the month has begun for %d of 600 users", sum)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := store.ResetMonthlyQuotas(t.Context()); n != 1 || err != nil {
		t.Errorf("for the user that was locked: %d, %v", n, err)
	}
	if left := value(t, pool, "select count(*)::text from trading_signals_config where signals_used_this_month <> 0"); left != "0" {
		t.Errorf("%s counters are left", left)
	}
	if kept := value(t, pool, "select count(*)::text from quota_months where used = 7"); kept != "601" {
		t.Errorf("%s counters are kept", kept)
	}
}

// A drain waits for a transaction that begins the user's new month. Its alert of the former month then sees how many
// that month has used.
func TestAnAlertOfTheFormerMonthSeesWhatIsKeptWhileItWaits(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	for try := range 20 {
		used, err := usedAfterATurn(t, pool, store)
		switch {
		case atalaya.CodeOf(err) == atalaya.CodeConflict && try < 19: // the transaction took longer than a drain waits
			continue
		case err != nil:
			t.Fatal(err)
		case used != 3:
			t.Errorf("of the former month %d are used, want 3", used)
		}
		return
	}
}

func usedAfterATurn(t *testing.T, pool *pgxpool.Pool, store *postgres.Store) (used int64, err error) {
	t.Helper()
	user := testkit.User(t, pool)
	at := formerMonth(t, pool, user, 3)
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if _, err := tx.Exec(t.Context(), "update trading_signals_config set quota_month = date_trunc('month', now() at time zone 'utc')::date, signals_used_this_month = 0 where user_id = $1", user); err != nil {
		t.Fatal(err)
	}
	arrival := atalaya.Arrival{Token: testkit.Token(t, pool, user), ReceivedAt: at, SignalID: atalaya.SignalID(uuid.NewString()), Spooled: atalaya.Spooled{User: user}}
	done := make(chan error, 1)
	go func() {
		done <- store.Ingest(context.WithoutCancel(t.Context()), []atalaya.Arrival{arrival}, func(facts []atalaya.Facts) []atalaya.Decision {
			used = facts[0].Tenant.SignalsUsedThisMonth
			return make([]atalaya.Decision, len(facts))
		})
	}()
	wait.For(t, "the drain waits for the user, or has given up", func() bool {
		if len(done) > 0 {
			return true
		}
		return value(t, pool, waitsForALock, "%LockSpooledTenants%") == "true"
	})
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = <-done
	return used, err
}

func TestAUserIsDeletedWhileItsMonthBegins(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	formerMonth(t, pool, user, 3)
	ctx := context.WithoutCancel(t.Context())
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// A site's own statement holds the settings, and a delete comes as far as it can.
	if _, err := tx.Exec(ctx, "select from trading_signals_config where user_id = $1 for update", user); err != nil {
		t.Fatal(err)
	}
	deleted := make(chan error, 1)
	go func() {
		_, err := pool.Exec(ctx, "delete from auth.users where id = $1", user)
		deleted <- err
	}()
	wait.For(t, "the delete waits for the settings", func() bool {
		return value(t, pool, waitsForALock, "delete from auth.users%") == "true"
	})
	_, turned := tx.Exec(ctx, "update trading_signals_config set quota_month = date_trunc('month', now() at time zone 'utc')::date where user_id = $1", user)
	if err := errors.Join(turned, tx.Commit(ctx)); err != nil {
		t.Errorf("the month: %v", err)
	}
	if err := <-deleted; err != nil {
		t.Errorf("the delete: %v", err)
	}
	nothingIsLeft(t, pool, user)
}
