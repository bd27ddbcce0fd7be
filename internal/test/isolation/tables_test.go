// Package isolation tests that tenants are isolated in the database. Its tests try every table and function as
// every kind of caller, and compare what they saw with docs/security.md.
package isolation

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/test/section"
	"atalaya/internal/test/testkit"
)

var update = flag.Bool("update", false, "write docs/security.md anew") //nolint:gochecknoglobals // a test's flag

func TestMain(m *testing.M) { testkit.Main(m) }

// caller is a caller of the database: a role, and the claims of the token that PostgREST accepted.
type caller struct {
	name   string
	role   string
	claims string // %s is the user whose rows are tried
}

const stranger = "11111111-1111-4111-8111-111111111111"

func callers() []caller {
	return []caller{
		{"anon", "anon", `{"role":"anon"}`},
		{"owner", "authenticated", `{"role":"authenticated","sub":"%s"}`},
		{"another user", "authenticated", `{"role":"authenticated","sub":"` + stranger + `"}`},
		{"anonymous sign-in", "authenticated", `{"role":"authenticated","sub":"22222222-2222-4222-8222-222222222222","is_anonymous":true}`},
		{"no subject", "authenticated", `{"role":"authenticated"}`},
		{"service_role", "service_role", `{"role":"service_role"}`},
	}
}

// The outcomes.
const (
	denied  = "denied"   // the database refuses the statement
	nothing = "no row"   // it touches no row of the user's
	allowed = "own rows" // it touches the user's rows
	service = "all rows" // the service may
)

// expected returns what docs/supabase.md and the migrations promise. It is written by hand.
func expected(table, operation string, c caller) string {
	public, ours := strings.CutPrefix(table, "public.")
	switch {
	case !ours: // River's tables, and whatever else is the service's own
		return denied
	case c.role == "service_role":
		return service
	case c.role == "anon" || !slices.Contains([]string{"trading_signals", "trading_signals_config", "trading_signals_stats"}, public):
		return denied
	}
	grants := map[string][]string{
		"trading_signals": {"select", "update", "delete"}, "trading_signals_config": {"select", "update"}, "trading_signals_stats": {"select"},
	}
	if !slices.Contains(grants[public], operation) {
		return denied
	}
	if c.name != "owner" {
		return nothing
	}
	return allowed
}

func TestEveryTableKeepsItsTenantsApart(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	seed(t, pool, user)
	tables := tablesOf(t, pool)
	var rows strings.Builder
	fmt.Fprintf(&rows, "| table | operation |")
	for _, c := range callers() {
		fmt.Fprintf(&rows, " %s |", c.name)
	}
	rows.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(callers())) + "\n")
	for _, table := range tables {
		for _, operation := range []string{"select", "insert", "update", "delete"} {
			fmt.Fprintf(&rows, "| `%s` | %s |", table, operation)
			for _, c := range callers() {
				seen := try(t, pool, user, c, statement(table, operation, user))
				if want := expected(table, operation, c); seen != want {
					t.Errorf("%s: %s on %s is %s, want %s", c.name, operation, table, seen, want)
				}
				fmt.Fprintf(&rows, " %s |", seen)
			}
			rows.WriteString("\n")
		}
	}
	keep(t, "tables", rows.String())
}

// tablesOf lists every table that is ours or the queue's.
func tablesOf(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	found, err := pool.Query(t.Context(), `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('public', 'river') order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// seed inserts a row of the user into every table that has users' rows.
func seed(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID) {
	t.Helper()
	for _, s := range []string{
		"insert into trading_signals (user_id, ticker) values ($1, 'BINANCE:BTCUSDT')",
		"insert into webhook_deliveries (user_id, outcome) values ($1, 'disabled')",
		"insert into alert_keys (user_id, key, expires_at) values ($1, '\\x01', now())",
		"insert into cookie_checks (user_id) values ($1)",
		"insert into notification_channels (user_id, kind) values ($1, 'ntfy')",
		"insert into notifications (user_id, channel_id, event, key) select user_id, id, 'trouble', 'test:1' from notification_channels where user_id = $1::uuid",
		"insert into capture_turns (user_id) values ($1)",
		"insert into login_codes (code_hash, user_id, expires_at) values (decode(repeat('01', 32), 'hex'), $1, now())",
		"insert into screenshot_removals (path) values ($1 || '/x.png')",
		"insert into signal_deletions (user_id, signal_id) select $1::uuid, gen_random_uuid()",
		"insert into capture_leases (account, signal_id, expires_at) select convert_to($1, 'UTF8'), gen_random_uuid(), now()",
		"insert into capture_accounts (account) values (convert_to($1, 'UTF8'))",
		"insert into capture_states (signal_id) values ($1::uuid)",
		"insert into capture_evidence (id, user_id, signal_id, code, step, detail) select gen_random_uuid(), user_id, id, 'dialog_open', 'verdict', '' from trading_signals where user_id = $1::uuid",
	} {
		if _, err := pool.Exec(t.Context(), strings.ReplaceAll(s, "$1", "'"+string(user)+"'")); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// statement returns an operation as a front end would try it on the user's rows.
func statement(table, operation string, user atalaya.UserID) string {
	owned := fmt.Sprintf("where user_id = '%s'", user)
	switch table {
	case "public.trading_signals", "public.trading_signals_config", "public.trading_signals_stats", "public.webhook_deliveries", "public.alert_keys", "public.cookie_checks", "public.capture_evidence", "public.capture_turns":
	default:
		owned = ""
	}
	column := map[string]string{"public.trading_signals": "notes = 'x'", "public.trading_signals_config": "default_chart_id = 'x'", "public.trading_signals_stats": "wins = 9"}[table]
	switch operation {
	case "select":
		return fmt.Sprintf("select * from %s %s", table, owned)
	case "delete":
		return fmt.Sprintf("delete from %s %s", table, owned)
	case "insert":
		return fmt.Sprintf("insert into %s default values", table)
	}
	if column == "" {
		column = "%s"
	}
	return fmt.Sprintf("update %s set %s %s", table, column, owned)
}

// try runs a statement as a caller, in a transaction that is rolled back.
func try(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID, c caller, sql string) string {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if table, ok := strings.CutPrefix(sql, "update "); ok && strings.Contains(sql, " set %s") {
		name := strings.Fields(table)[0]
		var first string
		if err := tx.QueryRow(t.Context(), "select quote_ident(attname) from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum limit 1", name).Scan(&first); err != nil {
			t.Fatal(err)
		}
		sql = strings.Replace(sql, "%s", first+" = "+first, 1)
	}
	claims := strings.ReplaceAll(c.claims, "%s", string(user))
	if _, err := tx.Exec(t.Context(), "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)", c.role, claims); err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(t.Context(), sql)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && (refused.Code == "42501" || strings.Contains(refused.Message, "row-level security")):
		return denied
	case err != nil && !errors.As(err, &refused):
		t.Fatalf("%s: %v", sql, err)
	case c.role == "service_role": // a made-up row that only a constraint refuses has passed the rights
		return service
	case err != nil:
		return "reached: " + refused.Code
	case tag.RowsAffected() == 0:
		return nothing
	}
	return allowed
}

// keep compares a section of docs/security.md with what was seen, or writes it if -update is set.
func keep(t *testing.T, name, seen string) {
	t.Helper()
	section.Check(t, "../../../docs/security.md", name, seen, *update, "go test ./internal/test/isolation -update")
}
