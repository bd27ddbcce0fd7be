package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"atalaya"
	"atalaya/internal/postgres"
	"atalaya/internal/test/wait"
)

// replicas are doors on one database, each with a pool and a committer of its own.
func replicas(t *testing.T, n int) []*door {
	t.Helper()
	first := newDoor(t, atalaya.QuotaStrict)
	doors := []*door{first}
	for len(doors) < n {
		pool, err := postgres.Open(first.pool.Config().ConnString())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		doors = append(doors, newDoorOn(t, pool, atalaya.QuotaStrict))
	}
	return doors
}

// A 503 is sent again, as TradingView does: on a busy machine the replicas wait for one another too long.
func TestAQuotaIsExactOverReplicas(t *testing.T) {
	t.Parallel()
	doors := replicas(t, 4)
	user, token := doors[0].ready()
	doors[0].exec("update trading_signals_config set signals_quota = 1000 where user_id = $1", user)
	var mu sync.Mutex
	answers := map[int]int{}
	var wait sync.WaitGroup
	for sender := range 100 {
		wait.Go(func() {
			for i := range 50 {
				body := fmt.Sprintf("alert %d of %d", i, sender)
				a := doors[sender%len(doors)].post(token, body)
				for tries := 1; a.status == http.StatusServiceUnavailable && tries < 100; tries++ {
					a = doors[sender%len(doors)].post(token, body)
				}
				mu.Lock()
				answers[a.status]++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if answers[http.StatusOK] != 1000 || answers[http.StatusTooManyRequests] != 4000 {
		t.Errorf("5000 alerts on a quota of 1000 were answered %v", answers)
	}
	got := one[string](doors[0], `select concat_ws(' ', (select count(*) from trading_signals), (select count(*) from river.river_job),
		c.signals_used_this_month, t.total_signals, (select count(*) from webhook_deliveries where outcome = 'accepted'),
		(select count(*) = c.webhook_requests_count and count(*) >= 5000 from webhook_deliveries))
		from trading_signals_config c join trading_signals_stats t using (user_id) where c.user_id = $1`, user)
	// An answer that was lost after its commit makes another delivery of the same alert.
	if want := "1000 1000 1000 1000 1000 t"; got != want {
		t.Errorf("signals, jobs, used, statistics, accepted, as many deliveries as requests = %s; want %s", got, want)
	}
}

func TestAUsersSignalsKeepTheOrderOfTheirAlerts(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	_, other := d.ready()
	var wait sync.WaitGroup
	for range 8 { // keeps the committer busy, so that alerts are committed together
		wait.Go(func() {
			for i := range 40 {
				d.post(other, fmt.Sprint(i))
			}
		})
	}
	for i := range 60 {
		if a := d.post(token, fmt.Sprintf("%03d", i)); a.status != http.StatusOK {
			t.Fatalf("alert %d answered %d", i, a.status)
		}
	}
	wait.Wait()
	got := one[string](d, "select string_agg(raw_message, ' ' order by created_at, id) from trading_signals where user_id = $1", user)
	if !isSorted(strings.Fields(got)) {
		t.Errorf("by created_at and id the signals are %s", got)
	}
}

func isSorted(words []string) bool {
	for i := 1; i < len(words); i++ {
		if words[i-1] >= words[i] {
			return false
		}
	}
	return len(words) == 60
}

func TestALockedUserDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	stuck, stuckToken := d.ready()
	_, free := d.ready()
	tx, err := d.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "select from trading_signals_config where user_id = $1 for update", stuck); err != nil {
		t.Fatal(err)
	}
	var senders sync.WaitGroup
	for i := range 10 {
		senders.Go(func() {
			if a := d.post(stuckToken, fmt.Sprint(i)); a.status != http.StatusServiceUnavailable {
				t.Errorf("the locked user's alert answered %d", a.status)
			}
		})
		senders.Go(func() {
			if a := d.post(free, fmt.Sprint(i)); a.status != http.StatusOK {
				t.Errorf("another user's alert answered %d %v", a.status, a.body)
			}
		})
	}
	senders.Wait()
	if err := tx.Rollback(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if n := one[int](d, "select count(*) from trading_signals where user_id = $1", stuck); n != 0 {
		t.Errorf("%d alerts were stored that had been answered 503", n)
	}
	wait.For(t, "the user's alerts are accepted again", func() bool { return d.post(stuckToken, "after").status == http.StatusOK })
}

func TestAnAlertThatTheDatabaseRefusesFailsAlone(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	// No reading makes the database refuse a signal, so the test makes it refuse this ticker.
	d.exec("alter table trading_signals add constraint refused check (ticker <> 'BINANCE:REFUSED')")
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			ticker := "BINANCE:BTCUSDT"
			if i%8 == 0 {
				ticker = "BINANCE:REFUSED"
			}
			if a := d.post(token, fmt.Sprintf(`{"ticker":%q,"n":%d}`, ticker, i)); a.status != http.StatusOK {
				t.Errorf("alert %d answered %d %v", i, a.status, a.body)
			}
		})
	}
	wait.Wait()
	got := one[string](d, `select concat_ws(' ', count(*), count(ticker), count(*) filter (where parse_status = 'text' and raw_message like '%REFUSED%'))
		from trading_signals where user_id = $1`, user)
	if got != "40 35 5" {
		t.Errorf("signals, with a ticker, kept unread = %s; want 40 35 5", got)
	}
}
