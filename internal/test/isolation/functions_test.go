package isolation

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"atalaya/internal/test/testkit"
)

// servicesOwn are the functions that only the service role may call.
var servicesOwn = []string{"increment_webhook_usage", "recompute_trading_stats", "reset_monthly_signal_quotas"}

// functionsOf lists every function with a call that has nulls for arguments. Only whether the call is allowed
// matters.
const functionsOf = `
	select format('%I.%I', n.nspname, p.proname), format('select %s.%I(%s)', quote_ident(n.nspname), p.proname,
	       array_to_string(array(select format('null::%s', a::regtype) from unnest(p.proargtypes) a), ', '))
	from pg_proc p join pg_namespace n on n.oid = p.pronamespace
	where n.nspname in ('public', 'river') and p.prokind = 'f'
	  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
	order by 1, 2`

func TestEveryFunctionIsClosedToUsers(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	type function struct{ Name, Call string }
	list, err := pool.Query(t.Context(), functionsOf)
	if err != nil {
		t.Fatal(err)
	}
	functions, err := pgx.CollectRows(list, pgx.RowToStructByPos[function])
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| function |")
	for _, c := range callers() {
		fmt.Fprintf(&table, " %s |", c.name)
	}
	table.WriteString("\n| --- |" + strings.Repeat(" --- |", len(callers())) + "\n")
	for _, f := range functions {
		fmt.Fprintf(&table, "| `%s` |", f.Name)
		for _, c := range callers() {
			want, seen := denied, try(t, pool, user, c, f.Call)
			if c.role == "service_role" && slices.Contains(servicesOwn, strings.TrimPrefix(f.Name, "public.")) {
				want = service
			}
			if seen != want {
				t.Errorf("%s: %s is %s, want %s", c.name, f.Call, seen, want)
			}
			fmt.Fprintf(&table, " %s |", seen)
		}
		table.WriteString("\n")
	}
	keep(t, "functions", table.String())
}
