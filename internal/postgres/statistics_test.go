package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// writer is one of several that write signals at once.
type writer struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *postgres.Store
	users []atalaya.UserID
	rng   *rand.Rand
}

// do runs one statement in a transaction as a role, "" for the service's own. A deadlock is a failure; a deleted user
// or row is none.
func (w writer) do(role string, user atalaya.UserID, statement string, args ...any) {
	err := pgx.BeginFunc(context.Background(), w.pool, func(tx pgx.Tx) error {
		if role != "" {
			if _, err := tx.Exec(context.Background(), "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)",
				role, fmt.Sprintf(`{"sub":%q,"role":%q}`, user, role)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(context.Background(), statement, args...)
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23503" { // the user is gone
		return
	}
	if err != nil {
		w.t.Errorf("%s as %q: %v", statement, role, err)
	}
}

func (w writer) user() atalaya.UserID { return w.users[w.rng.IntN(len(w.users))] }

func (w writer) result() string {
	return []string{"pending", "win", "loss", "breakeven", "skip"}[w.rng.IntN(5)]
}

// money returns a number with up to two decimals, or null.
func (w writer) money() any {
	if w.rng.IntN(6) == 0 {
		return nil
	}
	return fmt.Sprintf("%d.%02d", w.rng.IntN(400)-200, w.rng.IntN(100))
}

// moment returns one of a few moments, of past months and of the current one. As many are equal, ids order streaks too.
func (w writer) moment() time.Time {
	now := time.Now().UTC()
	year, month := 2026, time.January+time.Month(w.rng.IntN(4)) // streaks go on from month to month
	if w.rng.IntN(2) == 0 {
		year, month = now.Year(), now.Month()
	}
	return time.Date(year, month, 1+w.rng.IntN(5), 0, 0, 0, 0, time.UTC)
}

// pick selects the signals of a user whose ids begin with a digit, and locks them.
const pick = `id in (select id from public.trading_signals where user_id = $1 and left(id::text, 1) = $2 order by id for update)`

func (w writer) digit() string { return string("0123456789abcdef"[w.rng.IntN(16)]) }

// The four kinds of writers.
func (w writer) ingest() {
	token := ""
	user := w.user()
	if err := w.pool.QueryRow(context.Background(), "select webhook_token from public.trading_signals_config where user_id = $1", user).Scan(&token); err != nil {
		return // the user is gone
	}
	moment := w.moment()
	_, err := take(w.t, w.store, atalaya.WebhookToken(token), atalaya.NewSignal{
		Alert: atalaya.Alert{Timestamp: moment}, ScreenshotStatus: atalaya.ScreenshotSkipped})
	// For a busy user Ingest writes nothing and asks to be called again.
	for atalaya.CodeOf(err) == atalaya.CodeConflict && w.t.Context().Err() == nil {
		_, err = take(w.t, w.store, atalaya.WebhookToken(token), atalaya.NewSignal{
			Alert: atalaya.Alert{Timestamp: moment}, ScreenshotStatus: atalaya.ScreenshotSkipped})
	}
	if err != nil {
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "23503" {
			w.t.Errorf("ingest: %v", err)
		}
	}
}

func (w writer) owner() {
	user := w.user()
	if w.rng.IntN(5) == 0 {
		w.do("authenticated", user, "delete from public.trading_signals where user_id = $1 and left(id::text, 2) = $2", user, w.digit()+w.digit())
		return
	}
	w.do("authenticated", user, "update public.trading_signals set result = $3, profit_loss = $4::numeric where "+pick, user, w.digit(), w.result(), w.money())
}

func (w writer) serviceRole() {
	if w.rng.IntN(3) == 0 {
		w.do("service_role", "", `insert into public.trading_signals (user_id, result, profit_loss, timestamp)
			select $1, $2, $3::numeric, $4 from generate_series(1, 3)`, w.user(), w.result(), w.money(), w.moment())
		return
	}
	w.do("service_role", "", "update public.trading_signals set screenshot_status = 'failed', timestamp = $3 where "+pick, w.user(), w.digit(), w.moment())
}

// plain writes rows of several users with one statement, in the order of their ids. It leaves a user who
// is being deleted alone, because PostgreSQL deletes in an order of its own.
func (w writer) plain() {
	switch w.rng.IntN(3) {
	case 0:
		w.do("", "", `insert into public.trading_signals (user_id, result, profit_loss, timestamp)
			select u, $2, $3::numeric, $4 from unnest($1::uuid[]) u order by u`, w.users, w.result(), w.money(), w.moment())
	case 1:
		w.do("", "", `update public.trading_signals s set result = $2, profit_loss = $3::numeric
			from (select id from public.trading_signals where user_id = any($4) and left(id::text, 1) = $1 order by user_id, id for update) l where s.id = l.id`,
			w.digit(), w.result(), w.money(), w.users)
	default:
		w.do("", "", `delete from public.trading_signals s
			using (select id from public.trading_signals where user_id = any($2) and left(id::text, 2) = $1 order by user_id, id for update) l where s.id = l.id`,
			w.digit()+w.digit(), w.users)
	}
}

// everybody returns all kinds of writers, the usual ones twice.
func everybody() []func(writer) {
	return []func(writer){writer.ingest, writer.owner, writer.serviceRole, writer.plain, writer.ingest, writer.owner}
}

// race runs one writer of each kind at once, each for a number of steps.
func race(t *testing.T, pool *pgxpool.Pool, users []atalaya.UserID, seed uint64, steps int, kinds []func(writer)) {
	t.Helper()
	store := testkit.Store(t, pool)
	var wait sync.WaitGroup
	for i, kind := range kinds {
		wait.Go(func() {
			w := writer{t: t, pool: pool, store: store, users: users, rng: rand.New(rand.NewPCG(seed, uint64(i)))}
			for range steps {
				kind(w)
			}
		})
	}
	wait.Wait()
}

func TestStatisticsEqualARecomputationWhoeverWrote(t *testing.T) {
	t.Parallel()
	for range 3 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			pool := testkit.Database(t)
			users := []atalaya.UserID{testkit.User(t, pool), testkit.User(t, pool), testkit.User(t, pool)}
			asked := testkit.Store(t, pool)
			reader := func(w writer) {
				if _, err := asked.Statistics(context.Background(), testkit.Caller(w.user()), atalaya.SignalFilter{Zone: "UTC"}, ""); err != nil {
					w.t.Errorf("statistics: %v", err)
				}
			}
			race(t, pool, users, seed, 200, append(everybody(), reader))
			compare := func() {
				for _, user := range users {
					compareStats(t, pool, user)
					compareAnswers(t, pool, asked, user)
				}
			}
			compare()
			exec(t, pool, "delete from public.signal_sums") // as after the migration that made the table
			race(t, pool, users, seed+1, 10, everybody())
			compare()
		})
	}
}

// recomputed holds the statistics by their definition, computed in one pass over the rows.
type recomputed struct {
	total, decided, wins, losses, breakevens, current, longestWin, longestLoss int64
	profit, won, lost, largestWin, largestLoss                                 *big.Rat
	winsWithMoney, lossesWithMoney                                             int64
	latest                                                                     *time.Time
}

func recompute(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID) recomputed {
	t.Helper()
	list, err := pool.Query(t.Context(), `select result, profit_loss::text, created_at from public.trading_signals
		where user_id = $1 and origin not in ('test', 'demo') order by timestamp, id`, user)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	r := recomputed{profit: new(big.Rat), won: new(big.Rat), lost: new(big.Rat)}
	for list.Next() {
		var result string
		var money *string
		var created time.Time
		if err := list.Scan(&result, &money, &created); err != nil {
			t.Fatal(err)
		}
		r.add(result, money, created)
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *recomputed) add(result string, money *string, created time.Time) {
	r.total++
	if r.latest == nil || created.After(*r.latest) {
		r.latest = &created
	}
	var amount *big.Rat
	if money != nil {
		amount, _ = new(big.Rat).SetString(*money)
	}
	switch result {
	case "win":
		r.wins++
		r.current = max(r.current, 0) + 1
		r.longestWin = max(r.longestWin, r.current)
		if amount != nil {
			r.winsWithMoney++
			r.won.Add(r.won, amount)
			if r.largestWin == nil || amount.Cmp(r.largestWin) > 0 {
				r.largestWin = amount
			}
		}
	case "loss":
		r.losses++
		r.current = min(r.current, 0) - 1
		r.longestLoss = max(r.longestLoss, -r.current)
		if amount != nil {
			r.lossesWithMoney++
			r.lost.Add(r.lost, amount)
			if r.largestLoss == nil || amount.Cmp(r.largestLoss) < 0 {
				r.largestLoss = amount
			}
		}
	case "breakeven":
		r.breakevens++
	default:
		return
	}
	r.decided++
	if amount != nil {
		r.profit.Add(r.profit, amount)
	}
}

// ratio returns a divided by b, or nil if b is 0.
func ratio(a, b *big.Rat) *big.Rat {
	if b.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Quo(a, b)
}

func orZero(a *big.Rat) *big.Rat {
	if a == nil {
		return new(big.Rat)
	}
	return a
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// compareStats compares the kept row with the recomputation: counts exactly, quotients to the sixteen digits with which
// PostgreSQL divides.
func compareStats(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID) {
	t.Helper()
	s, err := testkit.Store(t, pool).Stats(t.Context(), testkit.Caller(user))
	if err != nil {
		t.Fatal(err)
	}
	want := recompute(t, pool, user)
	got := []int64{s.TotalSignals, s.SignalsWithResult, s.Wins, s.Losses, s.Breakevens, s.CurrentStreak, s.MaxWinStreak, s.MaxLossStreak}
	for i, n := range []int64{want.total, want.decided, want.wins, want.losses, want.breakevens, want.current, want.longestWin, want.longestLoss} {
		if got[i] != n {
			t.Errorf("count %d of %s is %d, want %d", i, user, got[i], n)
		}
	}
	factor := ratio(want.won, new(big.Rat).Abs(want.lost))
	if s.ProfitFactor.Valid != (factor != nil) {
		t.Errorf("profit factor %v, want %v", s.ProfitFactor, factor)
	}
	near := func(name string, got string, want *big.Rat) {
		value, ok := new(big.Rat).SetString(got)
		difference := new(big.Rat).Sub(orZero(value), want)
		bound := new(big.Rat).Mul(new(big.Rat).SetFrac64(1, 1e12), new(big.Rat).Add(whole(1), new(big.Rat).Abs(want)))
		if !ok || new(big.Rat).Abs(difference).Cmp(bound) > 0 {
			t.Errorf("%s of %s is %s, want %s", name, user, got, want.FloatString(18))
		}
	}
	near("total_profit_loss", s.TotalProfitLoss.String(), want.profit)
	near("avg_profit_per_win", s.AvgProfitPerWin.String(), orZero(ratio(want.won, whole(want.winsWithMoney))))
	near("avg_loss_per_loss", s.AvgLossPerLoss.String(), orZero(ratio(want.lost, whole(want.lossesWithMoney))))
	near("largest_win", s.LargestWin.String(), orZero(want.largestWin))
	near("largest_loss", s.LargestLoss.String(), orZero(want.largestLoss))
	if factor != nil {
		near("profit_factor", s.ProfitFactor.Decimal.String(), factor)
	}
	rate := orZero(ratio(whole(100*want.wins), whole(want.wins+want.losses)))
	near("win_rate", s.WinRate.String(), func() *big.Rat { r, _ := new(big.Rat).SetString(rate.FloatString(2)); return r }())
	if kept, counted := texts(t, pool, user, keptAmounts), texts(t, pool, user, countedAmounts); kept != counted {
		t.Errorf("amounts of %s are %s, want the digits of %s", user, kept, counted)
	}
	if (s.LastSignalAt == nil) != (want.latest == nil) || s.LastSignalAt != nil && !s.LastSignalAt.Equal(*want.latest) {
		t.Errorf("last_signal_at of %s is %v, want %v", user, s.LastSignalAt, want.latest)
	}
}

// keptAmounts and countedAmounts select a user's sums, averages and profit factor with every digit: as they are kept,
// and as PostgreSQL computes them over the signals.
const (
	keptAmounts = `select concat_ws(' ', total_profit_loss, avg_profit_per_win, avg_loss_per_loss, profit_factor)
		from public.trading_signals_stats where user_id = $1`
	countedAmounts = `select concat_ws(' ', coalesce(sum(profit_loss), 0), coalesce(avg(profit_loss) filter (where result = 'win'), 0),
		coalesce(avg(profit_loss) filter (where result = 'loss'), 0),
		coalesce(sum(profit_loss) filter (where result = 'win'), 0) / nullif(abs(coalesce(sum(profit_loss) filter (where result = 'loss'), 0)), 0))
		from public.trading_signals where user_id = $1 and result in ('win', 'loss', 'breakeven') and origin not in ('test', 'demo')`
)

func texts(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID, query string) (text string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), query, user).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAUserWithTenThousandSignalsIsDeletedWhileOthersWrite(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	users := []atalaya.UserID{testkit.User(t, pool), testkit.User(t, pool), testkit.User(t, pool)}
	leaving := users[0]
	exec(t, pool, `insert into public.trading_signals (user_id, result, profit_loss, screenshot_path)
		select $1::uuid, (array['win', 'loss', 'pending'])[1 + n % 3], n, $1::text || '/' || n || '.png' from generate_series(1, 10000) n`, leaving)
	compareStats(t, pool, leaving)
	done := make(chan struct{})
	go func() {
		defer close(done)
		race(t, pool, users[1:], rand.Uint64(), 20, everybody())
	}()
	exec(t, pool, "delete from auth.users where id = $1", leaving)
	<-done
	got := value(t, pool, `select concat_ws(' ', (select count(*) from trading_signals where user_id = $1), (select count(*) from trading_signals_stats where user_id = $1),
		(select count(*) from trading_signals_config where user_id = $1), (select count(*) from screenshot_removals))`, leaving)
	if got != "0 0 0 10000" {
		t.Errorf("signals, stats, settings, pictures to remove = %s; want 0 0 0 10000", got)
	}
	for _, user := range users[1:] {
		compareStats(t, pool, user)
	}
}

// Two statements add decided signals at once. Both are counted, however the trigger's statements are planned.
func TestDecidedSignalsThatAreAddedAtOnceAreAllCounted(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	for _, plan := range []string{"", "set enable_hashjoin = off", "set enable_hashjoin = off; set enable_mergejoin = off", "set enable_nestloop = off"} {
		user := testkit.User(t, pool)
		addTwoAtOnce(t, pool, user, plan)
		var kept string
		err := pool.QueryRow(t.Context(), `select concat_ws(' ', total_signals, wins, losses, total_profit_loss::float8) from public.trading_signals_stats where user_id = $1`, string(user)).Scan(&kept)
		if err != nil || kept != "2 1 1 2" {
			t.Errorf("%s: signals, wins, losses and profit are %s, want 2 1 1 2: %v", plan, kept, err)
		}
	}
}

// addTwoAtOnce adds a win, and a loss while the win's transaction is open.
func addTwoAtOnce(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID, plan string) {
	t.Helper()
	const insert = `insert into public.trading_signals (user_id, screenshot_status, result, profit_loss) values ($1, 'skipped', $2, $3)`
	first, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := first.Exec(t.Context(), insert, string(user), "win", 5); err != nil {
		t.Fatal(err)
	}
	second, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close(context.WithoutCancel(t.Context())) }()
	if _, err := second.Exec(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	pid := second.PgConn().PID()
	done := make(chan error, 1)
	go func() {
		_, err := second.Exec(t.Context(), insert, string(user), "loss", -3)
		done <- err
	}()
	wait.For(t, "the second statement waits for the first", func() bool {
		var waits bool
		err := pool.QueryRow(t.Context(), "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1", pid).Scan(&waits)
		return err == nil && waits
	})
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestAMissingStatisticsRowIsMadeWithTheNextWrite(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	for name, write := range map[string]string{
		"insert": `insert into public.trading_signals (user_id, result, profit_loss) values ($1, 'win', 5)`,
		"update": `update public.trading_signals set result = 'loss', profit_loss = -3 where user_id = $1`,
		"delete": `delete from public.trading_signals where user_id = $1 and id = (select min(id::text)::uuid from public.trading_signals where user_id = $1)`,
	} {
		exec(t, pool, `insert into public.trading_signals (user_id, result, profit_loss) values ($1, 'win', 1), ($1, 'loss', -2), ($1, 'pending', null)`, user)
		exec(t, pool, "delete from public.trading_signals_stats where user_id = $1", user)
		exec(t, pool, write, user)
		t.Log(name)
		compareStats(t, pool, user)
	}
}

func TestTheWorstNumbersOfAnAlertAreStored(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	for _, parsed := range []string{`{"price":"1e131071"}`, `{"price":1e64}`, `{"price":-1e-64}`, `{"a":"\ufffd"}`, `[[[[[]]]]]`} {
		exec(t, pool, "insert into public.trading_signals (user_id, parsed_data, raw_message) values ($1, $2::jsonb, $2)", user, parsed)
	}
	if got := value(t, pool, "select max(length(parsed_data::text))::text from public.trading_signals where user_id = $1", user); len(got) > 2 {
		t.Errorf("the longest is written with %s characters", got)
	}
}

func TestAMonthBeginsOnceUnderConcurrentResetsAndAlerts(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	user := testkit.User(t, pool)
	exec(t, pool, "update trading_signals_config set signals_used_this_month = 900, quota_month = quota_month - interval '1 month'")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 5 {
				if _, err := store.ResetMonthlyQuotas(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			w := writer{t: t, pool: pool, store: store, users: []atalaya.UserID{user}, rng: rand.New(rand.NewPCG(1, 1))}
			for range 5 {
				w.ingest()
			}
		})
	}
	wait.Wait()
	if got := value(t, pool, "select concat_ws(' ', signals_used_this_month, webhook_requests_count) from trading_signals_config where user_id = $1", user); got != "20 20" {
		t.Errorf("used and requests = %s; want 20 20", got)
	}
}
