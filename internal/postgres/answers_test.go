package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// answersOf returns the answer to each kind of statistics.
func answersOf(t *testing.T, store *postgres.Store, user atalaya.UserID, filter atalaya.SignalFilter) (all []any) {
	t.Helper()
	ctx, caller := t.Context(), testkit.Caller(user)
	filter.Zone = "UTC"
	for _, ask := range []func() (any, error){
		func() (any, error) { return store.Statistics(ctx, caller, filter, "") },
		func() (any, error) { return store.Statistics(ctx, caller, filter, atalaya.GroupByTag) },
		func() (any, error) { return store.Equity(ctx, caller, filter, 100) },
		func() (any, error) { return store.Calendar(ctx, caller, filter, 2026) },
		func() (any, error) { return store.Histogram(ctx, caller, filter, false) },
	} {
		answer, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, answer)
	}
	return all
}

// compareAnswers compares a store's kept answers with newly computed ones.
func compareAnswers(t *testing.T, pool *pgxpool.Pool, asked *postgres.Store, user atalaya.UserID) {
	t.Helper()
	now, want := answersOf(t, asked, user, atalaya.SignalFilter{}), answersOf(t, testkit.Store(t, pool), user, atalaya.SignalFilter{})
	if !reflect.DeepEqual(now, want) {
		t.Errorf("answered %v, want %v", now, want)
	}
}

func TestAnswersAreComputedOnceUntilASignalChanges(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user, other := testkit.Store(t, pool), testkit.User(t, pool), testkit.User(t, pool)
	exec(t, pool, `insert into public.trading_signals (user_id, result, profit_loss, "timestamp", ticker) select $1::uuid, 'win', n, '2026-05-05', 'T' || n from generate_series(1, 9) n`, string(user))
	first := answersOf(t, store, user, atalaya.SignalFilter{})
	narrow := answersOf(t, store, user, atalaya.SignalFilter{Ticker: "T3"})
	if reflect.DeepEqual(first, narrow) {
		t.Fatal("a filter changes nothing")
	}

	// No session can read signals now, so these are the kept answers. Each filter has its own.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), "lock table public.trading_signals in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	if again := answersOf(t, store, user, atalaya.SignalFilter{}); !reflect.DeepEqual(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	if again := answersOf(t, store, user, atalaya.SignalFilter{Ticker: "T3"}); !reflect.DeepEqual(narrow, again) {
		t.Errorf("%v, then %v", narrow, again)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}

	fresh := func() []any { return answersOf(t, testkit.Store(t, pool), user, atalaya.SignalFilter{}) }
	for _, change := range []string{
		"insert into public.trading_signals (user_id) values ($1)",
		"update public.trading_signals set tags = '{x}' where user_id = $1 and ticker = 'T1'",
		"update public.trading_signals set result = 'loss', profit_loss = -0.1 where user_id = $1 and ticker = 'T2'",
		"update public.trading_signals set screenshot_status = 'completed', screenshot_taken_at = now() where user_id = $1 and ticker = 'T3'",
		"delete from public.trading_signals where user_id = $1 and ticker = 'T4'",
		"with gone as (delete from public.trading_signals where user_id = $1 and ticker = 'T5' returning 1) select 1",
		"insert into public.trading_signals (user_id, result, profit_loss) select $1, 'win', 1 from generate_series(1, 30)",
	} {
		exec(t, pool, change, string(user))
		now := answersOf(t, store, user, atalaya.SignalFilter{})
		if want := fresh(); !reflect.DeepEqual(now, want) {
			t.Errorf("after %s: %v, want %v", change, now, want)
		}
		if reflect.DeepEqual(now, first) {
			t.Errorf("%s changes nothing", change)
		}
		first = now
	}
	exec(t, pool, "update public.trading_signals set user_id = $2 where user_id = $1", string(user), string(other))
	for _, u := range []atalaya.UserID{user, other} {
		if now, want := answersOf(t, store, u, atalaya.SignalFilter{}), answersOf(t, testkit.Store(t, pool), u, atalaya.SignalFilter{}); !reflect.DeepEqual(now, want) {
			t.Errorf("after a move: %v, want %v", now, want)
		}
	}
	exec(t, pool, "truncate public.trading_signals cascade")
	if now := answersOf(t, store, other, atalaya.SignalFilter{})[0].(atalaya.Statistics); now.Signals != 0 {
		t.Errorf("%d signals after a truncate", now.Signals)
	}
}

// An answer that was computed before a change is committed must not be kept for the time after.
func TestAnAnswerComputedBesideAChangeIsNotKeptForIt(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	exec(t, pool, "insert into public.trading_signals (user_id, result) values ($1, 'win')", string(user))
	wins := func() int64 { return answersOf(t, store, user, atalaya.SignalFilter{})[0].(atalaya.Statistics).Wins }
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "update public.trading_signals set result = 'loss' where user_id = $1", string(user)); err != nil {
			return err
		}
		if n := wins(); n != 1 {
			t.Errorf("%d wins before the commit, want 1", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := wins(); n != 0 {
		t.Errorf("%d wins after the commit, want none", n)
	}
}

// After a change only its own month is computed again.
func TestOnlyMonthsThatChangedAreComputedAnew(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	exec(t, pool, `insert into public.trading_signals (user_id, result, profit_loss, "timestamp", created_at, ticker)
		select $1::uuid, 'win', n, at, at, 'T' || n from generate_series(1, 9) n, lateral (select '2026-01-15'::timestamptz + n * interval '1 month' as at) moments`, string(user))
	answersOf(t, store, user, atalaya.SignalFilter{})
	// Without the triggers, which would note it, the signals of all months become losses with 100 more each. Then one
	// month changes with them.
	exec(t, pool, `alter table public.trading_signals disable trigger user`)
	exec(t, pool, `update public.trading_signals set result = 'loss', profit_loss = profit_loss + 100 where user_id = $1`, string(user))
	exec(t, pool, `alter table public.trading_signals enable trigger user`)
	exec(t, pool, `update public.trading_signals set notes = 'seen' where user_id = $1 and ticker = 'T4'`, string(user))
	all := answersOf(t, store, user, atalaya.SignalFilter{})
	got, equity, days := all[0].(atalaya.Statistics), all[2].(atalaya.Equity), all[3].([]atalaya.CalendarDay)
	if got.Wins != 8 || got.Losses != 1 || got.MaxWinStreak != 5 || got.TotalProfitLoss.String() != "145" {
		t.Errorf("the statistics are %+v, want those of one changed month", got)
	}
	if n := len(equity.Points); n != 9 || equity.Points[8].Equity.String() != "145" {
		t.Errorf("the equity is %+v, want 9 points up to 145", equity)
	}
	lost := 0
	for _, d := range days {
		lost += int(d.Losses)
	}
	if lost != 1 {
		t.Errorf("the calendar is %+v, want one lost day", days)
	}
	spread := int64(0)
	for _, b := range all[4].(atalaya.Histogram).Bins {
		if b.From.IntPart() >= 100 {
			spread += b.Count
		}
	}
	if spread != 1 {
		t.Errorf("the histogram is %+v, want one changed value", all[4])
	}
}

// No version is ever used for two states of the signals, whatever changes them. Months end meanwhile, and the row of the
// statistics is lost.
func TestAVersionOfAMonthNeverComesBack(t *testing.T) {
	t.Parallel()
	const some = `user_id = $1 and id in (select id from public.trading_signals where user_id = $1 order by md5(id::text || $2::text) limit 2)`
	changes := []string{
		"insert into public.trading_signals (user_id, notes) values ($1, $2::text)",
		"insert into public.trading_signals (user_id, notes) select $1, $2::text from generate_series(1, 3)",
		`insert into public.trading_signals (user_id, "timestamp", notes) values ($1, now() - interval '40 days', $2::text)`,
		`insert into public.trading_signals (user_id, "timestamp", notes) values ($1, now() + interval '40 days', $2::text)`,
		`insert into public.trading_signals (user_id, "timestamp", created_at, notes) values ($1, now() - interval '40 days', now() - interval '40 days', $2::text)`,
		"insert into public.trading_signals (user_id, origin, notes) values ($1, 'test', $2::text)",
		"insert into public.trading_signals (user_id, result, profit_loss) values ($1, 'win', $2::int)",
		"update public.trading_signals set result = 'loss', profit_loss = -$2::int where " + some,
		"update public.trading_signals set created_at = created_at - interval '40 days' where " + some,
		"delete from public.trading_signals where " + some,
		"delete from public.trading_signals_stats where user_id = $1 and $2::int > 0",
		// As if the last signal that was counted without a version of its own had come in the month before.
		`with ended as (update public.trading_signals_stats set changed_month = changed_month - interval '1 month' where user_id = $1 and $2::int > 0 returning user_id)
			update public.signal_changes c set version = version + 1 from ended e where c.user_id = e.user_id`,
	}
	for range 2 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			pool := testkit.Database(t)
			asked, user, rng := testkit.Store(t, pool), testkit.User(t, pool), rand.New(rand.NewPCG(seed, 0))
			for step := 1; step <= 60 && !t.Failed(); step++ {
				change := changes[rng.IntN(len(changes))]
				exec(t, pool, change, string(user), fmt.Sprint(step))
				if rng.IntN(3) > 0 {
					compareAnswers(t, pool, asked, user)
				}
				if t.Failed() {
					t.Logf("step %d: %s", step, change)
				}
			}
			exec(t, pool, changes[0], string(user), "last") // which makes the row if it is lost
			compareStats(t, pool, user)
		})
	}
}
