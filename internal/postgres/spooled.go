package postgres

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// fromSpool reports whether arrivals waited in a spool. They are never mixed with live ones.
func fromSpool(arrivals []atalaya.Arrival) bool { return arrivals[0].Spooled.User != "" }

// ageOf returns how old an arrival is, 0 for a live one. The database is given ages instead of times, since its
// clock may differ.
func ageOf(a atalaya.Arrival) time.Duration {
	if a.Spooled.User == "" {
		return 0
	}
	return max(0, time.Since(a.ReceivedAt))
}

// monthOf returns the first day of the month in which spooled arrivals came; all came in the same.
func monthOf(arrivals []atalaya.Arrival) time.Time {
	at := arrivals[0].ReceivedAt.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// findSpooledFacts is findFacts for alerts that waited in a spool. The facts are those of the time of arrival.
func findSpooledFacts(ctx context.Context, conn *pgx.Conn, arrivals []atalaya.Arrival) ([]atalaya.Facts, error) {
	n := len(arrivals)
	repeat := rows.FindSpooledRepeatsParams{Users: make([]string, n), Hashes: make([][]byte, n), Ages: make([]float64, n)}
	ids := make([]string, n)
	for i, a := range arrivals {
		repeat.Users[i], repeat.Hashes[i], repeat.Ages[i], ids[i] = string(a.Spooled.User), arrivals[i].RepeatHash[:], ageOf(a).Seconds(), string(a.SignalID)
	}
	var locked []rows.LockSpooledTenantsRow
	var repeats []rows.FindSpooledRepeatsRow
	var stored []string
	var used []rows.UsedOfMonthRow
	err := pipelined(ctx, conn, func(db rows.DBTX) error {
		q := rows.New(db)
		_, errBegin := db.Exec(ctx, "begin")
		_, errPrepare := db.Exec(ctx, prepareIngest, strconv.FormatInt(lockPatience.Milliseconds(), 10))
		var errLock, errUsed, errFind, errStored error
		locked, errLock = q.LockSpooledTenants(ctx, repeat.Users)
		used, errUsed = q.UsedOfMonth(ctx, rows.UsedOfMonthParams{Month: monthOf(arrivals), Users: repeat.Users})
		repeats, errFind = q.FindSpooledRepeats(ctx, repeat)
		stored, errStored = q.FindStored(ctx, rows.FindStoredParams{Ids: ids, Users: repeat.Users})
		return cmp.Or(errBegin, errPrepare, errLock, errUsed, errFind, errStored)
	})
	if err != nil {
		return nil, unstorable(fmt.Errorf("find the users of spooled alerts: %w", err))
	}
	tenants := make(map[atalaya.UserID]*atalaya.TenantConfig, len(locked))
	for _, row := range locked {
		t := tenantOf(row.TradingSignalsConfig, 0)
		tenants[t.UserID] = &t
	}
	for _, u := range used {
		if t := tenants[atalaya.UserID(u.UserID)]; t != nil {
			t.SignalsUsedThisMonth = u.Used
		}
	}
	return spooledFacts(arrivals, tenants, repeats, stored), nil
}

func spooledFacts(arrivals []atalaya.Arrival, tenants map[atalaya.UserID]*atalaya.TenantConfig, repeats []rows.FindSpooledRepeatsRow, stored []string) []atalaya.Facts {
	there := make(map[string]bool, len(stored))
	for _, id := range stored {
		there[id] = true
	}
	facts := make([]atalaya.Facts, len(arrivals))
	for i, a := range arrivals {
		if t := tenants[a.Spooled.User]; t != nil {
			facts[i] = atalaya.Facts{Tenant: t, Stored: there[string(a.SignalID)], TokenReplaced: t.WebhookToken != a.Token}
		}
	}
	for _, r := range repeats {
		if f := &facts[r.Place-1]; f.Tenant != nil {
			f.DuplicateOf, f.Expired, f.Recent503 = atalaya.SignalID(r.SignalID), r.Expired, r.Recent503
		}
	}
	return facts
}
