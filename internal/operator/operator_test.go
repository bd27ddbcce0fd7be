package operator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/limits"
	"atalaya/internal/operator"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/webhook"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const token = "an operator's token of this test, long enough"

// scene is the operator's door on a database of its own. A stand-in for River's page counts its requests. Package app
// looks at the real page with a browser.
type scene struct {
	t     *testing.T
	pool  *pgxpool.Pool
	store *postgres.Store
	door  http.Handler
	log   *bytes.Buffer
	river atomic.Int64
	clock atomic.Int64 // seconds since now
	fails atomic.Bool  // whether counting signals fails
}

type figures struct{ *scene }

func (f figures) Signals(ctx context.Context) (atalaya.SignalFigures, error) {
	if f.fails.Load() {
		return atalaya.SignalFigures{}, context.DeadlineExceeded
	}
	return f.store.SignalFigures(ctx, time.Now().Add(-time.Hour))
}

func (f figures) Jobs(ctx context.Context) (operator.JobCounts, error) {
	c, err := f.store.CountJobs(ctx)
	return operator.JobCounts{Waiting: c.Waiting, Active: c.Active, Completed: c.Completed, Failed: c.Failed, Delayed: c.Delayed, Total: c.Total()}, err
}

func (figures) Browser() operator.Browser {
	return operator.Browser{Worker: true, Running: true, MaxCaptures: 2, Active: 1, CaptureMillis: 60000}
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, pool: testkit.Database(t), log: &bytes.Buffer{}}
	s.store = testkit.Store(t, s.pool)
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	desk, err := postgres.NewQueueDesk(s.pool, log)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	s.door, err = operator.New(operator.Options{
		Token: token, ClientIP: webhook.ClientIP([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}), Rows: s.store, Queue: desk, Figures: figures{s}, Log: log, Guesses: limits.NewGuesses(time.Now),
		Quotas: map[atalaya.Plan]int64{atalaya.PlanFree: 1000, atalaya.PlanPro: 15000, atalaya.PlanLifetime: -1},
		Now:    func() time.Time { return began.Add(time.Duration(s.clock.Load()) * time.Second) },
		River:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { s.river.Add(1); fmt.Fprint(w, "River") }),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends a request, which change may alter.
func (s *scene) ask(method, path, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.door.ServeHTTP(w, r)
	return w
}

func bearer(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }

// data sends a GET with the token and returns the members of the answer.
func (s *scene) data(path string) (answer map[string]any) {
	s.t.Helper()
	w := s.ask("GET", path, "", bearer)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer["success"] != true {
		s.t.Fatalf("%s answers %d %s: %v", path, w.Code, w.Body, err)
	}
	return answer
}

func (s *scene) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.pool.Exec(s.t.Context(), query, args...); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
}

// signal stores a signal of a user.
func (s *scene) signal(user atalaya.UserID) atalaya.SignalID {
	s.t.Helper()
	id := uuid.NewString()
	s.exec("insert into public.trading_signals (id, user_id, ticker) values ($1, $2, 'BINANCE:BTCUSDT')", id, user)
	return atalaya.SignalID(id)
}

func (s *scene) failure(user atalaya.UserID, signal atalaya.SignalID, code atalaya.CaptureCode, thumbnail []byte) {
	s.t.Helper()
	err := s.store.KeepEvidence(s.t.Context(), atalaya.CaptureTask{SignalID: signal, UserID: user}, &atalaya.CaptureError{
		Code: code, Step: "verdict", Detail: "<b>seen</b>", Evidence: &atalaya.CaptureEvidence{Step: "verdict", Seen: []byte(`{"status":404}`), Thumbnail: thumbnail}})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestNobodyEntersWithoutTheToken(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	user := testkit.User(t, s.pool)
	for path, refused := range map[string]int{
		"/": 303, "/users": 303, "/captures": 303, "/sessions": 303, "/channels": 303, "/river/": 303, "/users/" + string(user) + "/deliveries": 303,
		"/admin/users": 401, "/admin/captures": 401, "/admin/sessions": 401, "/admin/channels": 401, "/admin/metrics": 401, "/admin/pool-status": 401,
		"/admin/queue-stats": 401, "/river/api/jobs": 401, "/admin/users/" + string(user) + "/deliveries": 401, "/admin/captures/" + uuid.NewString() + "/picture": 401,
	} {
		if w := s.ask("GET", path, "", nil); w.Code != refused {
			t.Errorf("GET %s without a token answers %d, want %d", path, w.Code, refused)
		}
		forged := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "atalaya_operator", Value: token}) }
		if w := s.ask("GET", path, "", forged); w.Code != refused {
			t.Errorf("GET %s with a forged cookie answers %d, want %d", path, w.Code, refused)
		}
	}
	if s.river.Load() != 0 {
		t.Error("River's page was reached without the token")
	}
	for _, wrong := range []string{"wrong", token + "x", token[1:]} {
		w := s.ask("GET", "/admin/users", "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+wrong) })
		if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "not the ADMIN_TOKEN") {
			t.Errorf("a wrong token is answered %d %s", w.Code, w.Body)
		}
	}
	if w := s.ask("GET", "/users", "", bearer); w.Code != http.StatusOK {
		t.Errorf("with the token /users answers %d", w.Code)
	}
	if w := s.ask("GET", "/river/", "", bearer); w.Code != http.StatusOK || s.river.Load() != 1 {
		t.Errorf("with the token River's page answers %d", w.Code)
	}
	if strings.Contains(s.log.String(), token) {
		t.Error("the token is in the log")
	}
}

func TestAGuesserWithManyAddressesKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for i := range 100 {
		s.ask("GET", "/admin/users", "", func(r *http.Request) {
			r.RemoteAddr = fmt.Sprintf("[2001:db8:0:%x::1]:1000", i)
			r.Header.Set("Authorization", "Bearer guess")
		})
	}
	if w := s.ask("GET", "/admin/users", "", func(r *http.Request) { bearer(r); r.RemoteAddr = "203.0.113.7:1000" }); w.Code != http.StatusOK {
		t.Errorf("the right token from an address that guesses nothing is answered %d", w.Code)
	}
}

func TestOlderFiguresAreShownIfTheyAreNotCountedInTime(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.fails.Store(true)
	if w := s.ask("GET", "/admin/metrics", "", bearer); w.Code < 500 {
		t.Errorf("without any figures it answers %d", w.Code)
	}
	s.fails.Store(false)
	s.signal(testkit.User(t, s.pool))
	total := func() any { return s.data("/admin/metrics")["database"].(map[string]any)["totalSignals"] }
	if total() != 1.0 {
		t.Fatalf("%v signals, want 1", total())
	}
	s.signal(testkit.User(t, s.pool))
	s.fails.Store(true)
	s.clock.Add(61)
	if total() != 1.0 {
		t.Errorf("while they cannot be counted %v signals are shown, want 1", total())
	}
	if w := s.ask("GET", "/", "", bearer); w.Code != http.StatusOK {
		t.Errorf("the first page answers %d", w.Code)
	}
	s.fails.Store(false)
	s.clock.Add(61)
	if total() != 2.0 {
		t.Errorf("once they are counted again %v signals are shown, want 2", total())
	}
}

func TestGuessesOfTheTokenAreHeldBackByAddress(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	from := func(address, secret string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr = address; r.Header.Set("Authorization", "Bearer "+secret) }
	}
	last := 0
	for range 50 {
		if last = s.ask("GET", "/admin/users", "", from("203.0.113.7:1000", "guess")).Code; last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Fatalf("50 guesses end with %d", last)
	}
	if w := s.ask("GET", "/admin/users", "", from("203.0.113.7:1001", token)); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("the right token from an address that is held back is answered %d", w.Code)
	}
	behindProxy := func(client string) func(*http.Request) {
		return func(r *http.Request) { from("192.0.2.1:1000", "guess")(r); r.Header.Set("X-Forwarded-For", client) }
	}
	for range 6 {
		s.ask("GET", "/admin/users", "", behindProxy("203.0.113.9"))
	}
	if w := s.ask("GET", "/admin/users", "", behindProxy("203.0.113.9")); w.Code != http.StatusTooManyRequests {
		t.Errorf("the seventh guess through a proxy is answered %d", w.Code)
	}
	if w := s.ask("GET", "/admin/users", "", func(r *http.Request) { behindProxy("203.0.113.10")(r); bearer(r) }); w.Code != http.StatusOK {
		t.Errorf("the right token through the guesser's proxy is answered %d", w.Code)
	}
	for range 50 {
		if w := s.ask("GET", "/admin/users", "", from("203.0.113.8:1000", token)); w.Code != http.StatusOK {
			t.Fatalf("the right token from another address is answered %d", w.Code)
		}
	}
}

// signedIn signs a browser in and returns its cookie.
func (s *scene) signedIn(change func(*http.Request)) *http.Cookie {
	s.t.Helper()
	form := url.Values{"token": {token}}.Encode()
	w := s.ask("POST", "/sign-in", form, func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if change != nil {
			change(r)
		}
	})
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		s.t.Fatalf("signing in answers %d %s", w.Code, w.Body)
	}
	return w.Result().Cookies()[0]
}

func TestABrowserSignsInAndOut(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.signedIn(nil)
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/" || strings.Contains(c.Value, token) {
		t.Errorf("the cookie is %+v", c)
	}
	if secure := s.signedIn(func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }); !secure.Secure {
		t.Error("behind a proxy with TLS the cookie is not Secure")
	}
	if w := s.ask("GET", "/icon.svg", "", nil); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("the icon answers %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	with := func(r *http.Request) { r.AddCookie(c) }
	if w := s.ask("GET", "/", "", with); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "captures waiting") {
		t.Errorf("the first page answers %d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/admin/users", "", with); w.Code != http.StatusOK {
		t.Errorf("a signed-in browser is answered %d", w.Code)
	}
	foreign := func(r *http.Request) { with(r); r.Header.Set("Sec-Fetch-Site", "cross-site") }
	for _, path := range []string{"/sign-out", "/river/api/jobs/cancel"} {
		if w := s.ask("POST", path, "{}", foreign); w.Code != http.StatusForbidden {
			t.Errorf("another site's POST %s is answered %d", path, w.Code)
		}
	}
	if s.ask("GET", "/", "", with).Code != http.StatusOK {
		t.Error("another site signed the browser out")
	}
	if w := s.ask("POST", "/sign-out", "", with); w.Code != http.StatusSeeOther {
		t.Errorf("signing out answers %d", w.Code)
	}
	if w := s.ask("GET", "/", "", with); w.Code != http.StatusSeeOther {
		t.Errorf("after signing out the cookie is answered %d", w.Code)
	}
	c = s.signedIn(nil)
	s.clock.Store(int64((12 * time.Hour).Seconds()))
	if w := s.ask("GET", "/", "", with); w.Code != http.StatusSeeOther {
		t.Errorf("after twelve hours the cookie is answered %d", w.Code)
	}
	w := s.ask("POST", "/sign-in", url.Values{"token": {"wrong"}}.Encode(), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `role="alert"`) || len(w.Result().Cookies()) != 0 {
		t.Errorf("a wrong token at the page is answered %d %s", w.Code, w.Body)
	}
}

func TestDeliveriesAreReadOnlyByTheirUsersConsent(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ana, bruno := testkit.User(t, s.pool), testkit.User(t, s.pool)
	for user, body := range map[atalaya.UserID]string{ana: "of ana", bruno: "of bruno"} {
		s.exec(`insert into public.webhook_deliveries (id, user_id, body, body_size, outcome) values (gen_random_uuid(), $1, $2, 6, 'quota_exceeded')`, user, []byte(body))
	}
	path := "/admin/users/" + string(ana) + "/deliveries"
	if w := s.ask("GET", path, "", bearer); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "support_access") || strings.Contains(w.Body.String(), "of ana") {
		t.Errorf("without consent the deliveries are answered %d %s", w.Code, w.Body)
	}
	allow := true
	if _, err := s.store.UpdateConfig(t.Context(), testkit.Caller(ana), atalaya.ConfigUpdate{SupportAccess: &allow}); err != nil {
		t.Fatal(err)
	}
	list := fmt.Sprint(s.data(path)["data"])
	if !strings.Contains(list, "of ana") || strings.Contains(list, "of bruno") {
		t.Errorf("by consent of ana the deliveries are %s", list)
	}
	if w := s.ask("GET", "/users/"+string(ana)+"/deliveries", "", bearer); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "of ana") {
		t.Errorf("the page of deliveries answers %d", w.Code)
	}
	if w := s.ask("GET", "/admin/users/"+string(bruno)+"/deliveries", "", bearer); w.Code != http.StatusForbidden {
		t.Errorf("another user's deliveries are answered %d", w.Code)
	}
	if !strings.Contains(s.log.String(), "by the user's consent") {
		t.Error("the log does not say that deliveries were read")
	}
	if w := s.ask("GET", "/admin/users/"+uuid.NewString()+"/deliveries", "", bearer); w.Code != http.StatusNotFound {
		t.Errorf("the deliveries of an unknown user are answered %d", w.Code)
	}
}

func TestListsShowNoSecret(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ana := testkit.User(t, s.pool)
	s.exec("update public.trading_signals_config set tv_sessionid = 'sealed-id', tv_sessionid_sign = 'sealed-sign', cookies_valid = false, telegram_bot_token = 'sealed-bot' where user_id = $1", ana)
	s.exec(`insert into public.notification_channels (user_id, kind, status, code, secret, settings) values ($1, 'discord', 'broken', 'webhook_gone', 'sealed-secret', '{"url": "https://discord.example/hook"}')`, ana)
	secrets := []string{"sealed-", "discord.example", testkit.Token(t, s.pool, ana).Reveal()}
	for path, want := range map[string]string{"users": string(ana), "sessions": "refused", "channels": "webhook_gone", "captures": "Failed captures"} {
		w := s.ask("GET", "/"+path, "", bearer)
		page := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("/%s answers %d without %q: %s", path, w.Code, want, page)
		}
		list := fmt.Sprint(s.data("/admin/" + path))
		for _, secret := range secrets {
			if strings.Contains(page+list, secret) {
				t.Errorf("/%s shows %q", path, secret)
			}
		}
	}
	for _, path := range []string{"/users?limt=5", "/admin/captures?codes=blocked", "/admin/sessions?before=2026-01-01T00:00:00Z"} {
		if w := s.ask("GET", path, "", bearer); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "does not know the parameter") {
			t.Errorf("%s answers %d %s, want 422 for the parameter", path, w.Code, w.Body)
		}
	}
	session := s.data("/admin/sessions")["data"].([]any)[0].(map[string]any)
	if session["user_id"] != string(ana) || session["cookies_valid"] != false || session["check"] != "" {
		t.Errorf("the session is listed as %v", session)
	}
}

func TestFailedCapturesAreListedByCodeWithTheirCureAndPicture(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ana, bruno := testkit.User(t, s.pool), testkit.User(t, s.pool)
	signal := s.signal(ana)
	png := []byte("\x89PNG\r\n\x1a\npicture")
	s.failure(ana, signal, atalaya.CaptureChartNotFound, png)
	s.failure(ana, signal, atalaya.CaptureChartNotFound, nil)
	s.failure(bruno, s.signal(bruno), atalaya.CaptureNoData, nil)
	all := s.data("/admin/captures")
	code := all["codes"].([]any)[0].(map[string]any)
	if code["code"] != "chart_not_found" || code["attempts"] != 2.0 || code["users"] != 1.0 || code["cure"] != "Check chart_id: the part of the address after /chart/." {
		t.Errorf("the most frequent code is %v", code)
	}
	if all["count"] != 3.0 || len(all["data"].([]any)) != 3 {
		t.Errorf("%v attempts are listed", len(all["data"].([]any)))
	}
	found := s.data("/admin/captures?code=chart_not_found")["data"].([]any)
	if len(found) != 2 {
		t.Fatalf("%d attempts with the code are listed", len(found))
	}
	newest, oldest := found[0].(map[string]any), found[1].(map[string]any)
	if newest["picture"] != nil || oldest["signal_id"] != string(signal) || fmt.Sprint(oldest["seen"]) != "map[status:404]" {
		t.Errorf("listed are %v and %v", newest, oldest)
	}
	if w := s.ask("GET", oldest["picture"].(string), "", bearer); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || !bytes.Equal(w.Body.Bytes(), png) {
		t.Errorf("the picture answers %d %s", w.Code, w.Header())
	}
	for _, none := range []string{newest["id"].(string), uuid.NewString(), "x"} {
		if w := s.ask("GET", "/admin/captures/"+none+"/picture", "", bearer); w.Code != http.StatusNotFound {
			t.Errorf("a picture that is not kept answers %d", w.Code)
		}
	}
	page := s.ask("GET", "/captures?code=chart_not_found", "", bearer).Body.String()
	if !strings.Contains(page, oldest["picture"].(string)) || strings.Contains(page, "<b>seen</b>") {
		t.Errorf("the page is %s", page)
	}
	part := s.data("/admin/captures?limit=1")
	if next := s.data("/admin/captures" + part["next"].(string))["data"].([]any); next[0].(map[string]any)["id"] == part["data"].([]any)[0].(map[string]any)["id"] {
		t.Error("the next part begins with what was shown")
	}
	if page := s.ask("GET", "/captures?limit=1", "", bearer).Body.String(); !strings.Contains(page, `<a href="`+strings.ReplaceAll(part["next"].(string), "&", "&amp;")+`">`) {
		t.Errorf("the page does not lead to %s: %s", part["next"], page)
	}
}

func TestTheDoorNeedsALongToken(t *testing.T) {
	t.Parallel()
	for _, short := range []string{"", strings.Repeat("a", operator.MinToken-1)} {
		if _, err := operator.New(operator.Options{Token: short, Now: time.Now}); err == nil {
			t.Errorf("a token of %d characters opens the door", len(short))
		}
	}
}

func TestTheOperatorSetsAPlan(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ana, bruno := testkit.User(t, s.pool), testkit.User(t, s.pool)
	path := "/admin/users/" + string(ana) + "/plan"
	for body, want := range map[string]int{`{"plan":"gold"}`: 422, `{`: 422, `{"plan":"pro","quota":-2}`: 422, `{"plan":"pro"}`: 200} {
		if w := s.ask("PUT", path, body, bearer); w.Code != want {
			t.Errorf("%s is answered %d %s, want %d", body, w.Code, w.Body, want)
		}
	}
	if w := s.ask("PUT", "/admin/users/"+uuid.NewString()+"/plan", `{"plan":"pro"}`, bearer); w.Code != http.StatusNotFound {
		t.Errorf("the plan of an unknown user is answered %d", w.Code)
	}
	plans := map[string]string{}
	for _, u := range s.data("/admin/users")["data"].([]any) {
		u := u.(map[string]any)
		plans[u["user_id"].(string)] = fmt.Sprint(u["plan"], " ", u["signals_quota"])
	}
	if want := map[string]string{string(ana): "pro 15000", string(bruno): "free 1000"}; !maps.Equal(plans, want) {
		t.Errorf("the users' plans are %v, want %v", plans, want)
	}
}

func TestRetryAtRiversPageTakesAFailedCaptureAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	ana := testkit.User(t, s.pool)
	signal, other := s.signal(ana), s.signal(ana)
	var job int64
	for _, id := range []atalaya.SignalID{other, signal} {
		s.exec("update public.trading_signals set screenshot_status = 'failed', screenshot_error = 'site_error' where id = $1", id)
		err := s.pool.QueryRow(t.Context(), `insert into river.river_job (args, kind, queue, max_attempts, state, finalized_at)
			values (jsonb_build_object('signal_id', $1::text, 'user_id', $2::text), 'capture', 'captures', 10, 'cancelled', now()) returning id`, id, ana).Scan(&job)
		if err != nil {
			t.Fatal(err)
		}
	}
	if w := s.ask("POST", "/river/api/jobs/retry", fmt.Sprintf(`{"ids":["%d"]}`, job), bearer); w.Code != http.StatusOK || s.river.Load() != 1 {
		t.Errorf("retry answers %d %s", w.Code, w.Body)
	}
	for id, want := range map[atalaya.SignalID]atalaya.ScreenshotStatus{signal: atalaya.ScreenshotPending, other: atalaya.ScreenshotFailed} {
		if got, err := s.store.Signal(t.Context(), testkit.Caller(ana), id); err != nil || got.ScreenshotStatus != want {
			t.Errorf("the signal is %s, want %s: %v", got.ScreenshotStatus, want, err)
		}
	}
	if w := s.ask("POST", "/river/api/jobs/retry", `{"ids":["x"]}`, bearer); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("nonsense is answered %d", w.Code)
	}
}
