package postgres_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// callerStatements run as the role authenticated with the caller's claims. They do what a user may also do through
// Supabase's Data API.
var callerStatements = []string{
	"ChangeSignals", "CountSignals", "CountSignalsByResult", "CountTrials", "Course", "DeleteSignal", "DeleteSignals",
	"EditTargets", "Expected", "Figures", "GetConfig", "GetSignal", "GetStats", "Histogram", "InsertOwnConfig", "ListSignals", "Rates", "SearchFloor", "SignalsByID", "Streak",
	"Tape", "Trades", "UpdateConfig", "UpdateSignal", "Values",
}

// serviceStatements run as the service for one user, whose id they carry. GetConfig runs both ways.
var serviceStatements = []string{"GetConfig", "ReplaceWebhookToken", "SignalMonths", "SignalsVersion", "UpdateServiceSettings"}

// comparesUser matches a statement as it is sent, or the value of an insert's first column, the user.
var comparesUser = regexp.MustCompile(`\buser_id = (?:@user_id|\$\d+)|insert into public\.trading_signals_config \(user_id\)`)

var statementName = regexp.MustCompile(`-- name: (\w+) :`)

// roleTracer records under which role each named statement runs, for a pool of one connection.
type roleTracer struct {
	mu     sync.Mutex
	caller bool
	ran    map[string]map[string]bool // role -> statement names
	open   []string                   // statements as the caller whose text has no comparison of user_id
}

func (r *roleTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch sql := strings.ToLower(q.SQL); {
	case strings.HasPrefix(sql, "begin"), sql == "commit", sql == "rollback", strings.Contains(sql, "role none"):
		r.caller = false
	case strings.Contains(sql, "set_config('role', 'authenticated'"):
		r.caller = true
	}
	for _, name := range statementName.FindAllStringSubmatch(q.SQL, -1) { // a statement may be put together from several
		role := "service"
		if r.caller {
			role = "authenticated"
			if strings.Contains(q.SQL, "public.") && !comparesUser.MatchString(q.SQL) {
				r.open = append(r.open, name[1])
			}
		}
		r.ran[role][name[1]] = true
	}
	return ctx
}

func (*roleTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestTheAPIsStatementsRunAsTheCallerButForTheListedOnes(t *testing.T) {
	t.Parallel()
	tracer := &roleTracer{ran: map[string]map[string]bool{"authenticated": {}, "service": {}}}
	config := testkit.Database(t).Config()
	config.MaxConns = 1
	config.ConnConfig.Tracer = tracer
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	if _, err := pool.Exec(t.Context(), `delete from public.trading_signals_config where user_id = $1`, string(user)); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `insert into public.trading_signals (user_id, result, profit_loss, screenshot_status, "timestamp")
		select $1, 'win', case n % 2 when 0 then -5 else 9 end, 'skipped', '2026-01-15'::date + n * interval '1 month' from generate_series(1, 5) n`, string(user)); err != nil {
		t.Fatal(err)
	}
	clear(tracer.ran["service"])
	useEverything(t, store, user)

	if diff := cmp.Diff(callerStatements, slices.Sorted(maps.Keys(tracer.ran["authenticated"]))); diff != "" {
		t.Errorf("as the caller: %s", diff)
	}
	if diff := cmp.Diff(serviceStatements, slices.Sorted(maps.Keys(tracer.ran["service"]))); diff != "" {
		t.Errorf("as the service: %s", diff)
	}
	if len(tracer.open) > 0 {
		t.Errorf("as the caller, without the caller's id: %s", tracer.open)
	}
}

// useEverything calls every method that the API calls.
func useEverything(t *testing.T, store *postgres.Store, user atalaya.UserID) {
	t.Helper()
	ctx, caller := t.Context(), testkit.Caller(user)
	id := atalaya.SignalID("00000000-0000-0000-0000-000000000001")
	token, result := new(atalaya.Sealed), atalaya.ResultWin
	_, configErr := store.Config(ctx, caller)
	_, updateErr := store.UpdateConfig(ctx, caller, atalaya.ConfigUpdate{TelegramBotToken: token})
	_, rotateErr := store.RotateWebhookToken(ctx, caller)
	_, statsErr := store.Stats(ctx, caller)
	_, listErr := store.Signals(ctx, caller, atalaya.SignalFilter{Ticker: "X", Query: "x"}, atalaya.SignalPage{Limit: 1})
	_, countErr := store.Signals(ctx, caller, atalaya.SignalFilter{Result: atalaya.ResultSkip}, atalaya.SignalPage{Limit: 1})
	_, allErr := store.Signals(ctx, caller, atalaya.SignalFilter{}, atalaya.SignalPage{Limit: 1})
	_, someErr := store.SignalsByID(ctx, caller, []atalaya.SignalID{id})
	_, figuresErr := store.Statistics(ctx, caller, atalaya.SignalFilter{Zone: "UTC"}, atalaya.GroupBySession)
	_, streakErr := store.Statistics(ctx, caller, atalaya.SignalFilter{Counted: atalaya.CountedCurrentStreak}, "")
	_, equityErr := store.Equity(ctx, caller, atalaya.SignalFilter{}, 100)
	_, calendarErr := store.Calendar(ctx, caller, atalaya.SignalFilter{Zone: "UTC"}, 2026)
	_, histogramErr := store.Histogram(ctx, caller, atalaya.SignalFilter{}, true) // of no value
	_, binsErr := store.Histogram(ctx, caller, atalaya.SignalFilter{}, false)
	_, editErr := store.EditSignals(ctx, caller, atalaya.SignalsEdit{Filter: &atalaya.SignalFilter{}, Expected: 5, Set: atalaya.SignalUpdate{Result: &result}})
	_, deleteErr := store.EditSignals(ctx, caller, atalaya.SignalsEdit{Filter: &atalaya.SignalFilter{}, Expected: 5, Delete: true})
	_, _, tradesErr := store.Trades(ctx, caller, atalaya.SignalFilter{})
	for _, err := range []error{streakErr, tradesErr, editErr, deleteErr, figuresErr, equityErr, calendarErr, histogramErr, binsErr, allErr, someErr, configErr, updateErr, rotateErr, statsErr, listErr, countErr} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, getErr := store.Signal(ctx, caller, id)
	_, setErr := store.UpdateSignal(ctx, caller, id, atalaya.SignalUpdate{Result: &result})
	for _, err := range []error{getErr, setErr, store.DeleteSignal(ctx, caller, id)} {
		if atalaya.CodeOf(err) != atalaya.CodeNotFound {
			t.Fatalf("an absent signal: %v", err)
		}
	}
}

// Every statement of the API names its user, even under row level security.
func TestEveryStatementOfTheAPINamesItsUser(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("queries/api_*.sql")
	more, _ := filepath.Glob("filtered/*.sql")
	files = append(files, more...)
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := statementName.Split(string(text), -1)
		names := statementName.FindAllStringSubmatch(string(text), -1)
		for i, name := range names {
			if strings.Contains(parts[i+1], "public.") && !strings.Contains(parts[i+1], "@user_id") {
				t.Errorf("%s: %s does not name its user", file, name[1])
			}
			if !slices.Contains(callerStatements, name[1]) && !slices.Contains(serviceStatements, name[1]) {
				t.Errorf("%s: %s is in neither list", file, name[1])
			}
		}
	}
}

// Row level security and column grants keep users apart by themselves, even if a statement names another user.
func TestTheCallersRoleAloneKeepsUsersApart(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	alice, mallory := testkit.User(t, pool), testkit.User(t, pool)
	var id string
	if err := pool.QueryRow(t.Context(), `insert into public.trading_signals (user_id, screenshot_status) values ($1, 'skipped') returning id`, string(alice)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	// The caller says mallory, and the statement's parameter says alice.
	for _, sql := range []string{
		`select id::text from public.trading_signals where user_id = $1`,
		`select id::text from public.trading_signals_config where user_id = $1`,
		`select id::text from public.trading_signals_stats where user_id = $1`,
		`update public.trading_signals set result = 'win' where user_id = $1 returning id::text`,
		`update public.trading_signals_config set webhook_enabled = false where user_id = $1 returning id::text`,
		`delete from public.trading_signals where user_id = $1 returning id::text`,
	} {
		err := asCaller(t, pool, mallory, func(tx pgx.Tx) error {
			var found string
			return tx.QueryRow(t.Context(), sql, string(alice)).Scan(&found)
		})
		if err == nil || err.Error() != pgx.ErrNoRows.Error() {
			t.Errorf("%s: %v, want no row", sql, err)
		}
	}
	for _, sql := range []string{
		`update public.trading_signals_config set signals_quota = -1 where user_id = $1`,
		`update public.trading_signals_config set webhook_token = 'x' where user_id = $1`,
		`update public.trading_signals_config set tv_sessionid = 'x' where user_id = $1`,
		`insert into public.trading_signals (user_id) values ($1)`,
		`select body from public.webhook_deliveries where user_id = $1`,
	} {
		err := asCaller(t, pool, mallory, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), sql, string(mallory))
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v, want permission denied", sql, err)
		}
	}
	if _, err := testkit.Store(t, pool).Signal(t.Context(), testkit.Caller(alice), atalaya.SignalID(id)); err != nil {
		t.Errorf("alice's signal: %v", err)
	}
}

// asCaller runs f as the caller's role, without the store.
func asCaller(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID, f func(pgx.Tx) error) error {
	t.Helper()
	return pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)`,
			string(testkit.Caller(user).Claims))
		if err != nil {
			return err
		}
		return f(tx)
	})
}
