package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/ingest"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
	"atalaya/internal/webhook"
)

// signals counts a user's signals, jobs, used quota and deliveries by outcome.
func (d *door) signals(user atalaya.UserID) string {
	d.Helper()
	return one[string](d, `select concat_ws(' ',
		(select count(*) from trading_signals s where s.user_id = $1), (select count(*) from river.river_job),
		c.signals_used_this_month, c.webhook_requests_count,
		(select count(*) from webhook_deliveries w where w.user_id = $1 and w.outcome = 'duplicate' and w.signal_id is not null and w.body is not null))
		from trading_signals_config c where c.user_id = $1`, user)
}

// keyed sends an alert with an Idempotency-Key.
func (d *door) keyed(token atalaya.WebhookToken, key, body string) int {
	d.Helper()
	r := httptest.NewRequest(http.MethodPost, "/webhook/"+token.Reveal(), strings.NewReader(body))
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Code
}

func TestTheSameAlertAgainIsOneSignal(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	d.exec("update trading_signals_config set signals_quota = 1 where user_id = $1", user)
	first := d.post(token, "BINANCE:BTCUSDT buy")
	again := d.post(token, "BINANCE:BTCUSDT buy")
	if again.status != http.StatusOK || again.body["duplicate"] != true || again.body["signal_id"] != first.body["signal_id"] || again.body["screenshot_queued"] != false {
		t.Errorf("the repeat answered %d %v, want the first signal %v, also where the quota is used up", again.status, again.body, first.body["signal_id"])
	}
	if got := d.signals(user); got != "1 1 1 2 1" {
		t.Errorf("signals, jobs, used, requests, duplicates = %s; want 1 1 1 2 1", got)
	}
	if other := d.post(token, "BINANCE:BTCUSDT sell"); other.status != http.StatusTooManyRequests {
		t.Errorf("another alert answered %d, want it over the quota", other.status)
	}
}

func TestARepeatIsTheUsersOwn(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	_, one := d.ready()
	_, two := d.ready()
	if a, b := d.post(one, "same"), d.post(two, "same"); a.body["duplicate"] != false || b.body["duplicate"] != false || a.body["signal_id"] == b.body["signal_id"] {
		t.Errorf("two users' alerts of the same text: %v and %v", a.body, b.body)
	}
}

func TestARepeatAfterItsTimeIsANewSignal(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	first := d.post(token, "same")
	d.exec("update alert_keys set expires_at = now() where user_id = $1", user)
	second := d.post(token, "same")
	if second.body["duplicate"] != false || second.body["signal_id"] == first.body["signal_id"] {
		t.Errorf("after the window: %v", second.body)
	}
	if third := d.post(token, "same"); third.body["signal_id"] != second.body["signal_id"] {
		t.Errorf("the third is a repeat of %v, want of the second", third.body["signal_id"])
	}
	d.exec("delete from trading_signals where id = $1", second.body["signal_id"])
	if fourth := d.post(token, "same"); fourth.status != http.StatusOK || fourth.body["duplicate"] != false {
		t.Errorf("after the signal was deleted: %d %v", fourth.status, fourth.body)
	}
}

func TestTheTimeOfARepeatDependsOnItsAlert(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	now := time.Now().UTC().Format(time.RFC3339)
	for body, want := range map[string]string{
		"no time in it":                                 "30",
		`{"ticker":"A","time":"` + now + `"}`:           fmt.Sprint(24 * 3600),
		`{"ticker":"A","time":"2024-01-02T03:04:05Z"}`:  "30",
		`{"ticker":"A","idempotency_key":"my own key"}`: fmt.Sprint(7 * 24 * 3600),
	} {
		a := d.post(token, body)
		got := one[string](d, `select round(extract(epoch from k.expires_at - s.created_at))::text from alert_keys k join trading_signals s on s.id = k.signal_id where s.id = $1`, a.body["signal_id"])
		if got != want {
			t.Errorf("%s: kept for %s s, want %s", body, got, want)
		}
	}
	d.exec("update trading_signals_config set dedupe_window_seconds = 0 where user_id = $1", user)
	d.post(token, "switched off")
	if a := d.post(token, "switched off"); a.body["duplicate"] != false {
		t.Error("with a window of 0 the same text is a repeat")
	}
}

func TestTheSendersKeyDecidesWhetherAnAlertIsARepeat(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	d.keyed(token, "order-1", "first")
	d.keyed(token, "order-1", "second")
	d.keyed(token, "order-2", "first")
	if got := d.signals(user); got != "2 2 2 3 1" {
		t.Errorf("signals, jobs, used, requests, duplicates = %s; want 2 2 2 3 1", got)
	}
}

func TestRepeatsAreExactAcrossReplicasAndRestarts(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	replicas := []*door{newDoorOn(t, pool, atalaya.QuotaStrict), newDoorOn(t, pool, atalaya.QuotaStrict)}
	user, token := replicas[0].ready()
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() { replicas[i%2].post(token, fmt.Sprintf(`{"alert":%d}`, i/2%4)) })
	}
	wait.Wait()
	restarted := newDoorOn(t, pool, atalaya.QuotaStrict)
	restarted.post(token, `{"alert":0}`)
	if got := restarted.signals(user); got != "4 4 4 41 37" {
		t.Errorf("signals, jobs, used, requests, duplicates = %s; want 4 4 4 41 37", got)
	}
}

// forgetful is a store whose commits succeed and yet return an error.
type forgetful struct {
	*postgres.Store
	deaf atomic.Bool
}

func (f *forgetful) Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	if err := f.Store.Ingest(ctx, arrivals, decide); err != nil || !f.deaf.Load() {
		return err
	}
	return errors.New("the connection broke after the commit")
}

func (f *forgetful) IngestKnown(ctx context.Context, arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision, strict bool) (map[atalaya.UserID]int64, error) {
	used, err := f.Store.IngestKnown(ctx, arrivals, facts, decisions, strict)
	if err != nil || len(used) == 0 || !f.deaf.Load() {
		return used, err
	}
	return nil, errors.New("the connection broke after the commit")
}

func TestARetryAfterALostAnswerFindsItsSignalWhateverTheWindow(t *testing.T) {
	t.Parallel()
	for _, window := range []int{0, 3, 30} {
		pool := testkit.Database(t)
		rows := &forgetful{Store: testkit.Store(t, pool)}
		d := newDoorOver(t, pool, rows, ingest.Policy{QuotaMode: atalaya.QuotaStrict}, webhook.Options{})
		user, token := d.ready()
		d.exec("update trading_signals_config set dedupe_window_seconds = $2 where user_id = $1", user, window)
		rows.deaf.Store(true)
		if a := d.post(token, "same"); a.status != http.StatusServiceUnavailable {
			t.Fatalf("an alert whose commit returned an error was answered %d", a.status)
		}
		rows.deaf.Store(false)
		d.exec("update alert_keys set expires_at = least(expires_at, now()) - interval '5 seconds' where user_id = $1 and key <> 'trouble'", user) // as much later
		if a := d.post(token, "same"); a.status != http.StatusOK || a.body["duplicate"] != true {
			t.Errorf("window of %d s: the retry answered %d %v, want the signal that is there", window, a.status, a.body)
		}
		other := newDoorOn(t, pool, atalaya.QuotaStrict)
		wait.For(t, "other replicas can know of the 503", func() bool { return one[int](d, "select count(*) from alert_keys where key = 'trouble'") > 0 })
		if a := other.post(token, "same"); a.status != http.StatusOK || a.body["duplicate"] != true {
			t.Errorf("window of %d s: on another replica the retry answered %d %v", window, a.status, a.body)
		}
		if n := one[int](d, "select count(*) from trading_signals"); n != 1 {
			t.Errorf("window of %d s: %d signals, want 1", window, n)
		}
	}
}

func TestEqualAlertsAreSeparateSignalsIfTheWindowIsOff(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	d.exec("update trading_signals_config set dedupe_window_seconds = 0 where user_id = $1", user)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if a := d.post(token, "same"); a.status != http.StatusOK || a.body["duplicate"] != false {
				t.Errorf("answered %d %v", a.status, a.body)
			}
		})
	}
	wait.Wait()
	if got := d.signals(user); got != "20 20 20 20 0" {
		t.Errorf("signals, jobs, used, requests, duplicates = %s; want 20 20 20 20 0", got)
	}
}
