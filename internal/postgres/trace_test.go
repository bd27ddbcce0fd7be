package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// Alerts must not pay for a collector that is not configured.
func TestAStatementOutsideOfATraceAllocatesNothing(t *testing.T) { //nolint:paralleltest // allocations are counted
	var tracer pgx.QueryTracer = sqlTracer{}
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() {
		within := tracer.TraceQueryStart(ctx, nil, pgx.TraceQueryStartData{SQL: "-- name: LockTenants :many\nselect 1"})
		tracer.TraceQueryEnd(within, nil, pgx.TraceQueryEndData{})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAStatementIsNamedWithoutItsValues(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"-- name: LockTenants :many\nselect 1": "LockTenants", "begin": "begin", "COMMIT": "commit", "select 'hunter2'": "select",
		"'hunter2'": "statement", "": "", "  update x set y = $1": "update",
	} {
		if got := statementName(sql); got != want {
			t.Errorf("%q is called %q, want %q", sql, got, want)
		}
	}
}
