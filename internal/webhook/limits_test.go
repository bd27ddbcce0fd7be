package webhook_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/ingest"
	"atalaya/internal/test/testkit"
	"atalaya/internal/webhook"
)

func TestALimitOfScreenshotsHoldsBackCapturesAndNoAlert(t *testing.T) {
	t.Parallel()
	d := newDoorWith(t, testkit.Database(t), ingest.Policy{QuotaMode: atalaya.QuotaStrict, CapturesPerHour: 3}, webhook.Options{})
	user, token := d.ready()
	for i := range 5 {
		a := d.post(token, fmt.Sprint(i))
		if a.status != http.StatusOK || a.body["screenshot_queued"] != (i < 3) {
			t.Errorf("alert %d answered %d %v", i, a.status, a.body)
		}
		if got := a.header.Get("X-RateLimit-Limit") + " " + a.header.Get("X-RateLimit-Remaining"); got != fmt.Sprint("3 ", max(0, 2-i)) {
			t.Errorf("alert %d: X-RateLimit-Limit and -Remaining are %s", i, got)
		}
		if reset, err := strconv.ParseInt(a.header.Get("X-RateLimit-Reset"), 10, 64); err != nil || time.Unix(reset, 0).Truncate(time.Hour) != time.Unix(reset, 0) {
			t.Errorf("alert %d: X-RateLimit-Reset is %q, want the end of an hour", i, a.header.Get("X-RateLimit-Reset"))
		}
	}
	got := one[string](d, `select string_agg(screenshot_status || coalesce(' ' || screenshot_error, ''), ', ' order by created_at) from trading_signals where user_id = $1`, user)
	if want := "pending, pending, pending, skipped rate_limited, skipped rate_limited"; got != want {
		t.Errorf("the screenshots are %s; want %s", got, want)
	}
	if n := one[int](d, "select count(*) from river.river_job"); n != 3 {
		t.Errorf("%d captures are queued, want 3", n)
	}
}

func TestThirtyAlertsAtTheCloseOfABarGetThirtyScreenshots(t *testing.T) {
	t.Parallel()
	d := newDoorWith(t, testkit.Database(t), ingest.Policy{MaxAge: 15 * time.Minute, CapturesPerMinute: 10}, webhook.Options{})
	_, token := d.ready()
	later := 0
	for i := range 30 {
		a := d.post(token, fmt.Sprint(i))
		if a.body["screenshot_queued"] != true {
			t.Errorf("alert %d answered %v", i, a.body)
		}
		after, ok := a.body["screenshot_after"].(string)
		if !ok {
			continue
		}
		later++
		if at, err := time.Parse(time.RFC3339, after); err != nil || at.Second() != 0 || time.Until(at) > 4*time.Minute {
			t.Errorf("alert %d waits for its screenshot until %q, want the begin of a minute soon", i, after)
		}
	}
	if later < 10 {
		t.Errorf("%d of 30 screenshots wait, with 10 a minute", later)
	}
	if got := one[string](d, "select concat_ws(' ', count(*), count(distinct date_trunc('minute', scheduled_at)) >= 3) from river.river_job"); got != "30 t" {
		t.Errorf("jobs, and whether they are spread over minutes: %s; want 30 t", got)
	}
}

func TestADuplicateUsesNoScreenshotOfTheLimit(t *testing.T) {
	t.Parallel()
	d := newDoorWith(t, testkit.Database(t), ingest.Policy{CapturesPerHour: 2}, webhook.Options{})
	_, token := d.ready()
	for range 3 {
		d.post(token, "same")
	}
	if a := d.post(token, "another"); a.body["screenshot_queued"] != true {
		t.Errorf("after two repeats of one alert another one answered %v", a.body)
	}
}

func TestTheDailyLimitIsThatOfThePlan(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	d := newDoorWith(t, pool, ingest.Policy{CapturesPerDay: map[atalaya.Plan]int64{atalaya.PlanFree: 1, atalaya.PlanPro: 2, atalaya.PlanLifetime: 2}}, webhook.Options{})
	for name, tc := range map[string]struct {
		set    string
		queued int
	}{
		"free":            {"user_plan = 'free'", 1},
		"pro":             {"user_plan = 'pro'", 2},
		"lifetime":        {"user_plan = 'lifetime', signals_quota = 500", 2},
		"quota of no end": {"user_plan = 'free', signals_quota = -1", 4},
	} {
		user, token := d.ready()
		d.exec("update trading_signals_config set "+tc.set+" where user_id = $1", user)
		queued := 0
		for i := range 4 {
			if d.post(token, fmt.Sprint(i)).body["screenshot_queued"] == true {
				queued++
			}
		}
		if queued != tc.queued {
			t.Errorf("%s: %d screenshots queued, want %d", name, queued, tc.queued)
		}
	}
}

func TestAFloodIsRefusedAndOneOfItASecondIsKept(t *testing.T) {
	t.Parallel()
	d := newDoorWith(t, testkit.Database(t), ingest.Policy{QuotaMode: atalaya.QuotaStrict, FloodPerMinute: 5}, webhook.Options{})
	user, token := d.ready()
	_, other := d.ready()
	start, refused := time.Now(), 0
	for i := range 60 {
		a := d.post(token, fmt.Sprint(i))
		if a.status == http.StatusOK {
			continue
		}
		refused++
		if after, err := strconv.Atoi(a.header.Get("Retry-After")); a.status != http.StatusTooManyRequests || a.body["error"] != "rate_limit_exceeded" || err != nil || after < 1 || after > 60 || a.header.Get("X-RateLimit-Remaining") != "0" {
			t.Fatalf("alert %d answered %d %v with Retry-After %q", i, a.status, a.body, a.header.Get("Retry-After"))
		}
	}
	seconds := int(time.Since(start)/time.Second) + 2 // begun ones
	minutes := 1
	if time.Now().Truncate(time.Minute) != start.Truncate(time.Minute) {
		minutes = 2
	}
	if stored := one[int](d, "select count(*) from trading_signals where user_id = $1", user); stored != 60-refused || stored > 5*minutes {
		t.Errorf("%d alerts are stored and %d refused, the limit is 5", stored, refused)
	}
	kept := one[int](d, "select count(*) from webhook_deliveries where user_id = $1 and outcome = 'rate_limited' and reason <> '' and body is not null", user)
	if kept < 1 || kept > seconds {
		t.Errorf("%d deliveries of the refused are kept within %d seconds", kept, seconds)
	}
	if a := d.post(other, "x"); a.status != http.StatusOK {
		t.Errorf("another user's alert answered %d", a.status)
	}
	id := one[string](d, "select id::text from webhook_deliveries where user_id = $1 and outcome = 'rate_limited' limit 1", user)
	if id == "" {
		t.Error("nothing of the flood can be replayed")
	}
}

func TestGuessersAreHeldBackWithoutBeingToldAndOwnersAreNot(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	_, known := d.ready()
	_, unseen := d.ready()
	if a := d.post(known, "first"); a.status != http.StatusOK {
		t.Fatalf("the owner's alert answered %d", a.status)
	}
	guess := func(i int) int {
		return d.send(http.MethodPost, fmt.Sprintf("/webhook/%064x", i), "x").status
	}
	tried := 0
	for ; guess(tried) == http.StatusUnauthorized; tried++ {
		if tried > 5000 {
			t.Fatal("a guesser is never held back")
		}
	}
	if status := guess(tried + 1); status != http.StatusServiceUnavailable {
		t.Errorf("a guess too many answered %d", status)
	}
	if a := d.post(known, "second"); a.status != http.StatusOK {
		t.Errorf("the owner, from the same address as the guesser, answered %d", a.status)
	}
	if a := d.post(unseen, "x"); a.status != http.StatusServiceUnavailable {
		t.Errorf("a token that was not seen before answered %d, want 503, after which it is sent again", a.status)
	}
}

func TestOnlyListedSendersMaySendIfTheOperatorListsAny(t *testing.T) {
	t.Parallel()
	d := newDoorWith(t, testkit.Database(t), ingest.Policy{}, webhook.Options{Senders: []netip.Prefix{netip.MustParsePrefix("52.89.214.238/32")}})
	_, token := d.ready()
	if a := d.post(token, "x"); a.status != http.StatusOK {
		t.Errorf("TradingView's alert answered %d", a.status)
	}
	r := httptest.NewRequest(http.MethodPost, "/webhook/"+token.Reveal(), strings.NewReader("y"))
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "TRADINGVIEW_IPS") {
		t.Errorf("a stranger's alert answered %d %s", w.Code, w.Body)
	}
}

func TestTheLegacyWebhookTakesItsKeyFromTheQuery(t *testing.T) {
	t.Parallel()
	d := newDoorWith(t, testkit.Database(t), ingest.Policy{QuotaMode: atalaya.QuotaStrict}, webhook.Options{Legacy: true})
	user, token := d.ready()
	d.exec("update trading_signals_config set default_chart_id = null where user_id = $1", user)
	for i, tc := range []struct{ path, query, body, want string }{
		{"/webhook", "&chart=AbCd1234&ticker=BINANCE:BTCUSDT&delivery=asap&jsonRequest=true", `{"price":1}`, "BINANCE:BTCUSDT AbCd1234 asap"},
		{"/v1/webhook", "&chart=AbCd1234&ticker=%7B%7Bticker%7D%7D", "hello", "AbCd1234 together"},
		{"//v1//webhook/", "&chart=AbCd1234&ticker=NASDAQ:TSLA", `{"ticker":"NYSE:IBM","chart_id":"Zk4Tq9Lm","delivery_mode":"asap"}`, "NYSE:IBM Zk4Tq9Lm together"},
		{"/webhook", "&delivery=ASAP", `[{"price":2},{"delivery_mode":"together"}]`, "asap"},
		{"/webhook", "&chart=../../etc&delivery=never", "", "together"},
	} {
		a := d.send(http.MethodPost, tc.path+"?key="+token.Reveal()+tc.query, tc.body)
		mode := tc.want[strings.LastIndex(tc.want, " ")+1:]
		if a.status != http.StatusOK || a.body["success"] != true || a.body["delivery_mode"] != mode || a.body["had_screenshot"] != false || a.body["duration_ms"] == nil || a.body["signal_id"] != nil {
			t.Errorf("%d: answered %d %v", i, a.status, a.body)
		}
		got := one[string](d, `select concat_ws(' ', ticker, chart_id, delivery_mode) from trading_signals where user_id = $1 order by created_at desc limit 1`, user)
		if got != tc.want {
			t.Errorf("%d: the signal is %q, want %q", i, got, tc.want)
		}
	}
	for _, query := range []string{"", "?key=", "?key=" + strings.Repeat("0", 64)} {
		if a := d.send(http.MethodPost, "/webhook"+query, "x"); a.status != http.StatusUnauthorized {
			t.Errorf("%q answered %d, want 401", query, a.status)
		}
	}
	if strings.Contains(d.log.String(), token.Reveal()) {
		t.Errorf("the log holds the key: %s", d.log.String())
	}
}

func TestTheLegacyWebhookIsClosedUnlessTheOperatorOpensIt(t *testing.T) {
	t.Parallel()
	d, _ := newDoorAlone(t, webhook.Options{})
	if a := d.send(http.MethodPost, "/webhook?key="+known.Reveal(), "x"); a.status != http.StatusNotFound {
		t.Errorf("answered %d, want 404", a.status)
	}
}
