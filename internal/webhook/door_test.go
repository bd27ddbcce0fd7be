package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/postgres"
	"atalaya/internal/test/journal"
	"atalaya/internal/test/testkit"
	"atalaya/internal/webhook"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// door is the webhook on a database of its own.
type door struct {
	*testing.T
	pool    *pgxpool.Pool
	handler http.Handler
	meter   *meter
	log     *journal.Log
}

type meter struct {
	mu       sync.Mutex
	outcomes []string
}

func (m *meter) Arrived(outcome string, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outcomes = append(m.outcomes, outcome)
}

func newDoor(t *testing.T, mode atalaya.QuotaMode) *door {
	t.Helper()
	return newDoorOn(t, testkit.Database(t), mode)
}

func newDoorOn(t *testing.T, pool *pgxpool.Pool, mode atalaya.QuotaMode) *door {
	t.Helper()
	return newDoorWith(t, pool, ingest.Policy{QuotaMode: mode}, webhook.Options{})
}

// newDoorWith makes a door with settings of its own, behind a proxy in 192.0.2.0/24.
func newDoorWith(t *testing.T, pool *pgxpool.Pool, policy ingest.Policy, opt webhook.Options) *door {
	t.Helper()
	store := postgres.NewStore(pool)
	return newDoorOver(t, pool, store, policy, opt)
}

// newDoorOver makes a door over rows of its own.
func newDoorOver(t *testing.T, pool *pgxpool.Pool, store ingest.Rows, policy ingest.Policy, opt webhook.Options) *door {
	t.Helper()
	d := &door{T: t, pool: pool, meter: &meter{}, log: &journal.Log{}}
	opt.ClientIP = webhook.ClientIP([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")})
	log := slog.New(slog.NewJSONHandler(d.log, nil))
	opened := time.Now()
	standing := func() time.Time { return opened } // so that no window ends and nothing refills meanwhile
	arrivals := ingest.New(store, ingest.Bounds{Limits: limits.New(limits.Options{Log: log, Now: standing}), Lookups: limits.NewLookups(standing),
		Asking: limits.NewFair(limits.FairOptions{Slots: 1, SlotsOfKey: 1, Waiting: 10_000, WaitingForKey: 10_000})}, policy, log)
	arrivals.Start()
	t.Cleanup(arrivals.Stop)
	d.handler = webhook.New(arrivals, d.meter, log, opt)
	return d
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (d *door) send(method, path, body string) answer {
	d.Helper()
	r := httptest.NewRequest(method, "http://atalaya.example"+path, strings.NewReader(body))
	r.Header.Set("X-Forwarded-For", "52.89.214.238")
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	d.mustBeDescribed(r, w)
	a := answer{status: w.Code, header: w.Header()}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
			d.Fatalf("the answer is no JSON: %v: %s", err, w.Body)
		}
	}
	return a
}

func (d *door) post(token atalaya.WebhookToken, body string) answer {
	d.Helper()
	return d.send(http.MethodPost, "/webhook/"+token.Reveal(), body)
}

// one reads a single value.
func one[T any](d *door, query string, args ...any) T {
	d.Helper()
	var v T
	if err := d.pool.QueryRow(d.Context(), query, args...).Scan(&v); err != nil {
		d.Fatalf("%s: %v", query, err)
	}
	return v
}

func (d *door) exec(query string, args ...any) {
	d.Helper()
	if _, err := d.pool.Exec(d.Context(), query, args...); err != nil {
		d.Fatalf("%s: %v", query, err)
	}
}

// ready makes a user whose captures are queued.
func (d *door) ready() (atalaya.UserID, atalaya.WebhookToken) {
	d.Helper()
	user := testkit.User(d, d.pool)
	d.exec(`update trading_signals_config set tv_sessionid = 'sealed', tv_sessionid_sign = 'sealed', cookies_valid = true, default_chart_id = 'Zk4Tq9Lm' where user_id = $1`, user)
	return user, testkit.Token(d, d.pool, user)
}

func TestAnAlertBecomesASignalWithCountersDeliveryAndJob(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	const body = `{"ticker":"BINANCE:BTCUSDT","price":67890.50,"direction":"LONG","interval":"60"}`
	a := d.post(token, body)
	if a.status != http.StatusOK || a.body["success"] != true || a.body["screenshot_queued"] != true || a.body["duplicate"] != false {
		t.Fatalf("answer %d %v", a.status, a.body)
	}
	for _, member := range []string{"message", "duration_ms", "timestamp"} {
		if a.body[member] == nil {
			t.Errorf("the answer has no %s", member)
		}
	}
	id := a.body["signal_id"]
	if got := one[string](d, `select concat_ws(' ', ticker, price, direction, interval, chart_id, screenshot_status, raw_message = $2) from trading_signals where id = $1 and user_id = $3`, id, body, user); got != "BINANCE:BTCUSDT 67890.50 LONG 60 Zk4Tq9Lm pending t" {
		t.Errorf("signal %q", got)
	}
	if got := one[string](d, `select concat_ws(' ', webhook_requests_count, signals_used_this_month) from trading_signals_config where user_id = $1`, user); got != "1 1" {
		t.Errorf("counters %q", got)
	}
	if got := one[string](d, `select concat_ws(' ', outcome, body_size, host(sender), body is null, convert_from(`+received+`, 'UTF8') = $2) from webhook_deliveries d where user_id = $1 and signal_id = $3`, user, body, id); got != fmt.Sprintf("accepted %d 52.89.214.238 t t", len(body)) {
		t.Errorf("delivery %q", got)
	}
	if got := one[string](d, `select args::text from river.river_job where kind = 'capture'`); got != fmt.Sprintf(`{"user_id": %q, "signal_id": %q}`, user, id) {
		t.Errorf("job arguments %s, want the ids of user and signal and nothing else", got)
	}
}

// received is the body of a delivery d, which an accepted one shares with its signal.
const received = `coalesce(d.body, (select convert_to(s.raw_message, 'UTF8') from trading_signals s where s.id = d.id))`

func TestWhateverArrivesIsKept(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	_, token := d.ready()
	bodies := []string{
		"", " \n", "null", "42", `"just a sentence"`, "{", `{"ticker":`, "\x00\x01\x02", "\xff\xfe not UTF-8", `{"price":1e131071}`,
		`{"ticker":"` + strings.Repeat("A", 300) + `","signal":"` + strings.Repeat("ñ", 5000) + `"}`, strings.Repeat("[", 20000),
		`{"a":"\u0000","b":"\ud800"}`, strings.Repeat("x", atalaya.MaxBody), `{"price":1e64}`, `{"price":-0.0000000000000000000000000000000001}`,
	}
	for _, body := range bodies {
		if a := d.post(token, body); a.status != http.StatusOK {
			t.Errorf("%.40q answered %d %v", body, a.status, a.body)
		}
	}
	if got := one[int](d, "select count(*) from trading_signals where parse_status is not null and raw_message is not null"); got != len(bodies) {
		t.Errorf("%d signals, want %d", got, len(bodies))
	}
	if got := one[int](d, "select count(*) from webhook_deliveries d where outcome = 'accepted' and length("+received+") = body_size"); got != len(bodies) {
		t.Errorf("%d deliveries with their bytes, want %d", got, len(bodies))
	}
}

func TestAnUntidyPathStillFindsTheTokenAndIsNeverRedirected(t *testing.T) {
	t.Parallel()
	d, _ := newDoorAlone(t, webhook.Options{})
	for _, path := range []string{
		"/webhook/" + known.Reveal() + "/", "//webhook///" + known.Reveal(), "/webhook/%20" + known.Reveal() + "%20", "/webhook/" + strings.ToUpper(known.Reveal()),
	} {
		if a := d.send(http.MethodPost, path, "{}"); a.status != http.StatusOK {
			t.Errorf("%s answered %d", path, a.status)
		}
	}
}

func TestRefusalsOfAKnownTokenKeepTheirDelivery(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	large := strings.Repeat("x", atalaya.MaxBody+1)

	d.exec("update trading_signals_config set signals_quota = 1 where user_id = $1", user)
	if a := d.post(token, "first"); a.status != http.StatusOK {
		t.Fatalf("the first alert answered %d", a.status)
	}
	a := d.post(token, "second")
	if a.status != http.StatusTooManyRequests || a.body["error"] != "quota_exceeded" || a.body["success"] != false || a.header.Get("Retry-After") == "" || a.body["limits"] == nil {
		t.Errorf("over the quota: %d %v, Retry-After %q", a.status, a.body, a.header.Get("Retry-After"))
	}
	if a := d.post(token, large); a.status != http.StatusRequestEntityTooLarge || a.body["error"] != "body_too_large" {
		t.Errorf("too large: %d %v", a.status, a.body)
	}
	d.exec("update trading_signals_config set webhook_enabled = false where user_id = $1", user)
	if a := d.post(token, "third"); a.status != http.StatusForbidden || a.body["error"] != "webhook_disabled" {
		t.Errorf("switched off: %d %v", a.status, a.body)
	}
	got := one[string](d, `select string_agg(concat_ws(' ', outcome, body_size, coalesce(convert_from(`+received+`, 'UTF8'), 'no body'), reason is not null), ', ' order by received_at, id) from webhook_deliveries d`)
	want := fmt.Sprintf("accepted 5 first f, quota_exceeded 6 second t, too_large %d no body t, disabled 5 third t", len(large))
	if got != want {
		t.Errorf("deliveries\n got %s\nwant %s", got, want)
	}
	if got := one[string](d, `select concat_ws(' ', webhook_requests_count, signals_used_this_month) from trading_signals_config where user_id = $1`, user); got != "4 1" {
		t.Errorf("counters %q, want every request and one signal", got)
	}
}

func TestAnUnknownTokenIs401AndLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	for range 2 {
		a := d.post("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "{}")
		if a.status != http.StatusUnauthorized || a.body["error"] != "invalid_token" || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("answer %d %v", a.status, a.body)
		}
	}
	if n := one[int](d, "select count(*) from webhook_deliveries"); n != 0 {
		t.Errorf("%d deliveries of an unknown token", n)
	}
}

func TestARotatedTokenIsRefusedAtOnceAndATokenOfAnotherFormWorks(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	d.exec("update trading_signals_config set webhook_token = 'Legacy_Token-1' where user_id = $1", user)
	if a := d.post(token, "{}"); a.status != http.StatusUnauthorized {
		t.Errorf("the old token answered %d", a.status)
	}
	if a := d.post("Legacy_Token-1", "{}"); a.status != http.StatusOK {
		t.Errorf("the token of another form answered %d", a.status)
	}
}

func TestTheMonthBeginsWithTheFirstAlert(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	d.exec("update trading_signals_config set signals_quota = 5, signals_used_this_month = 5, quota_month = quota_month - interval '3 months' where user_id = $1", user)
	if a := d.send(http.MethodGet, "/webhook/"+token.Reveal(), ""); a.body["signals_used"] != 0.0 {
		t.Errorf("GET says that %v signals are used, want 0 of the new month", a.body["signals_used"])
	}
	if a := d.post(token, "{}"); a.status != http.StatusOK {
		t.Fatalf("the first alert of the month answered %d", a.status)
	}
	if got := one[string](d, `select concat_ws(' ', signals_used_this_month, quota_month = date_trunc('month', now() at time zone 'utc')::date) from trading_signals_config where user_id = $1`, user); got != "1 t" {
		t.Errorf("used and month %q", got)
	}
}

func TestSoftQuotaStoresAndWarns(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaSoft)
	user, token := d.ready()
	d.exec("update trading_signals_config set signals_quota = 0 where user_id = $1", user)
	if a := d.post(token, "{}"); a.status != http.StatusOK || a.body["warning"] == nil {
		t.Errorf("answer %d %v, want 200 with a warning", a.status, a.body)
	}
}

func TestGetShowsTheStateAndNotTheUser(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	user, token := d.ready()
	a := d.send(http.MethodGet, "/webhook/"+token.Reveal(), "")
	if a.status != http.StatusOK || a.body["status"] != "active" || a.body["webhook_enabled"] != true || a.body["cookies_configured"] != true ||
		a.body["cookies_valid"] != true || a.body["signals_quota"] != 1000.0 || a.body["signals_used"] != 0.0 || a.body["screenshot_resolution"] != "1080p" || a.body["usage"] == nil {
		t.Errorf("answer %d %v", a.status, a.body)
	}
	if text := fmt.Sprint(a.body); strings.Contains(text, string(user)) || strings.Contains(text, token.Reveal()) {
		t.Errorf("the answer shows who the user is: %s", text)
	}
	if a := d.send(http.MethodDelete, "/webhook/"+token.Reveal(), ""); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") == "" {
		t.Errorf("DELETE answered %d", a.status)
	}
}

func TestAMissingDatabaseIs503AndNot401(t *testing.T) {
	t.Parallel()
	pool, err := postgres.Open("postgresql://nobody:nothing@127.0.0.1:1/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	d := newDoorOn(t, pool, atalaya.QuotaStrict)
	a := d.post("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "{}")
	if a.status != http.StatusServiceUnavailable || a.body["error"] != "unavailable" {
		t.Errorf("answer %d %v", a.status, a.body)
	}
	if text := fmt.Sprint(a.body); strings.Contains(text, "127.0.0.1:1") {
		t.Errorf("the answer shows the inside: %s", text)
	}
}

func TestABodyThatDoesNotArriveIs503(t *testing.T) {
	t.Parallel()
	d, behind := newDoorAlone(t, webhook.Options{})
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /webhook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", known.Reveal())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(deadline)
	}
	status := make([]byte, len("HTTP/1.1 503"))
	if _, err := conn.Read(status); err != nil || string(status) != "HTTP/1.1 503" {
		t.Errorf("answer %q, %v; want 503 while the sender is silent", status, err)
	}
	if got := behind.arrivals(); len(got) != 0 {
		t.Errorf("half a body was passed on: %+v", got)
	}
}

// net/http reads what a refusal left unread before it sends the refusal: without a deadline such a
// sender would hold its connection for ever.
func TestARefusalDoesNotWaitForABodyThatNeverArrives(t *testing.T) {
	t.Parallel()
	d, _ := newDoorAlone(t, webhook.Options{})
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	for _, tc := range []struct{ request, length, want string }{
		{"POST /webhook/" + known.Reveal(), "100000", "HTTP/1.1 413"},
		{"PUT /webhook/" + known.Reveal(), "100", "HTTP/1.1 405"},
		{"GET /webhook/" + strings.Repeat("0", 64), "100", "HTTP/1.1 401"},
		{"POST /webhook/a/b/c", "100", "HTTP/1.1 404"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n", tc.request, tc.length)
			if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			status := make([]byte, len(tc.want))
			if _, err := io.ReadFull(conn, status); err != nil || string(status) != tc.want {
				t.Errorf("answer %q, %v; want %s while the sender is silent", status, err, tc.want)
			}
		})
	}
}

func TestNoLogLineHoldsTheToken(t *testing.T) {
	t.Parallel()
	d, _ := newDoorAlone(t, webhook.Options{})
	d.post(known, "{}")
	d.send(http.MethodGet, "/webhook/"+known.Reveal()+"?x="+known.Reveal(), "")
	d.send(http.MethodPost, "/webhook/"+known.Reveal()+"/more", "{}")
	logs := d.log.String()
	if !strings.Contains(logs, "alert accepted") {
		t.Fatalf("the log does not mention the alert: %s", logs)
	}
	if strings.Contains(logs, known.Reveal()) || strings.Contains(logs, known.Reveal()[:16]) {
		t.Error("the log holds the token")
	}
}

func TestAPathWithoutATokenIsNoRoute(t *testing.T) {
	t.Parallel()
	d, _ := newDoorAlone(t, webhook.Options{})
	for _, path := range []string{"/webhook", "/webhook/", "/webhook/a/b"} {
		if a := d.send(http.MethodPost, path, "{}"); a.status != http.StatusNotFound || a.body["error"] != "not_found" {
			t.Errorf("%s answered %d %v", path, a.status, a.body)
		}
	}
}
