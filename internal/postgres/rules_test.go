package postgres_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"atalaya/internal/test/testkit"
)

func TestTheRulesOfTheAcceptanceRunNameEveryDefect(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	rules, err := os.ReadFile("../../acceptance/rules.sql")
	if err != nil {
		t.Fatal(err)
	}
	for finding, defect := range map[string]string{
		"": "select 1",
		"a definer function that users may call: f()": `create function public.f() returns int language sql security definer set search_path = '' as 'select 1';
			grant execute on function public.f() to authenticated`,
		"a definer function that users may call: g()": `create function public.g() returns int language sql security definer set search_path = '' as 'select 1';
			revoke all on function public.g() from public; grant execute on function public.g() to anon`,
		"a mutable search_path: f()":                    "create function public.f() returns int language sql as 'select 1'",
		"a policy that lists a public bucket: all see":  "create policy \"all see\" on storage.objects for select using (bucket_id = 'trading-screenshots')",
		"a foreign key without an index: t t_user_fkey": "create table public.t (u uuid constraint t_user_fkey references auth.users (id)); alter table public.t enable row level security",
		"a foreign key without an index: t t_channel_fkey": `create table public.t (c uuid, u uuid, constraint t_channel_fkey foreign key (c, u) references public.notification_channels (id, user_id));
			create index t_user_idx on public.t (u); alter table public.t enable row level security`,
		"an auth function outside a subselect: trading_signals own": `create policy own on public.trading_signals for select to authenticated using (auth.uid() = user_id)`,
		"a table without row level security: t":                     "create table public.t (id int)",
	} {
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for statement := range strings.SplitSeq(defect, ";\n") {
			if _, err := tx.Exec(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		rows, err := tx.Query(t.Context(), string(rules))
		if err != nil {
			t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if finding == "" && len(found) > 0 || finding != "" && !slices.Contains(found, finding) {
			t.Errorf("after %q the rules find %q, want %q", defect, found, finding)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
