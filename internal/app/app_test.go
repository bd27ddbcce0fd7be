package app_test

import (
	"bytes"
	"context"
	"image/png"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/blob/blobtest"
	"atalaya/internal/chartsite"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

func TestAnAlertBecomesAPictureAndStoppingLeavesNothingBehind(t *testing.T) { //nolint:paralleltest // other tests' goroutines would be found
	pool, site := testkit.Database(t), startSite(t)
	before := goleak.IgnoreCurrent()
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": site}))
	s.signUp(t, pool, chartsite.NewSession("ana"))
	r := s.send(t)
	if !r.ScreenshotQueued {
		t.Fatalf("the webhook answered %+v, want a queued screenshot", r)
	}
	done := s.settled(t, r.SignalID, "completed")
	if done.Width != 1200 || done.Height != 683 || !strings.HasPrefix(done.URL, s.cfg.PublicURL+"/pictures/") {
		t.Errorf("the signal says %+v, want the picture that the page takes of its chart, below /pictures/", done)
	}
	status, picture, err := s.call(http.MethodGet, done.URL, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("the picture's address answers %d: %v", status, err)
	}
	if size, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil || size.Width != done.Width || size.Height != done.Height {
		t.Errorf("the picture is %dx%d: %v", size.Width, size.Height, err)
	}
	if status, wrong := s.health(t); status != "healthy" || len(wrong) != 0 {
		t.Errorf("/health says %s %v, want healthy", status, wrong)
	}
	session := chartsite.NewSession("ana")
	for name, text := range map[string]string{
		"the cookie": session.ID, "its sign": session.Sign, "the access token": s.token,
		"the webhook token": s.hook[strings.LastIndex(s.hook, "/")+1:], "the key": s.cfg.EncryptionKey.Reveal(),
	} {
		if strings.Contains(s.log.String(), text) {
			t.Error(name + " is in the log")
		}
	}
	s.stop(t)
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

func TestMissingTablesAreReportedWithTheirCureAndNothingStaysBehind(t *testing.T) { //nolint:paralleltest // as above
	pool, err := postgres.Open(testkit.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a, err := app.New(testkit.Settings(t, pool, nil), app.Roles{Web: true, Worker: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	err = a.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "atalaya migrate") || !strings.Contains(err.Error(), "public.trading_signals") {
		t.Errorf("Run returns %v, want the missing table and `atalaya migrate`", err)
	}
}

func TestADatabaseThatRefusesIsNotWaitedFor(t *testing.T) { //nolint:paralleltest // as above
	pool := testkit.Database(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for cure, change := range map[string]func(*url.URL){
		"correct them; special characters": func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "s3cret") },
		"does not exist: check its name":   func(u *url.URL) { u.Path = "/elsewhere" },
	} {
		address, err := url.Parse(pool.Config().ConnString())
		if err != nil {
			t.Fatal(err)
		}
		change(address)
		a, err := app.New(testkit.Settings(t, pool, map[string]string{"DATABASE_URL": address.String()}), app.Roles{Web: true, Worker: true}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), cure) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Run returns %v, want an error with the cure %q and without the password", err, cure)
		}
	}
}

func TestATakenPortEndsTheServiceAndWhatItHasStarted(t *testing.T) { //nolint:paralleltest // as above
	pool := testkit.Database(t)
	cfg := testkit.Settings(t, pool, nil)
	taken, err := net.Listen("tcp", cfg.ListenAddress())
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a, err := app.New(cfg, app.Roles{Web: true, Worker: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "choose another port") {
		t.Errorf("Run returns %v, want the taken port and its cure", err)
	}
}

func TestAServiceThatCannotBeBuiltHoldsNothing(t *testing.T) { //nolint:paralleltest // as above
	pool := testkit.Database(t)
	cfg := testkit.Settings(t, pool, map[string]string{"PUPPETEER_EXECUTABLE_PATH": "/nonexistent/browser"})
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	_, err := app.New(cfg, app.Roles{Web: true, Worker: true}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "PUPPETEER_EXECUTABLE_PATH") {
		t.Errorf("New returns %v, want an error that names PUPPETEER_EXECUTABLE_PATH", err)
	}
}

func TestTheServiceStartsWithoutItsDatabaseAndWorksWhenItIsThere(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	operator, err := postgres.Open(testkit.Server(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(operator.Close)
	allow := func(yes string) {
		t.Helper()
		if _, err := operator.Exec(t.Context(), "alter database "+pool.Config().ConnConfig.Database+" with allow_connections "+yes); err != nil {
			t.Fatal(err)
		}
	}
	cfg := testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)})
	allow("false")
	s := launch(t, cfg)
	s.await(t, "the service answers", func() bool {
		status, _, err := s.call(http.MethodGet, "/livez", nil)
		return err == nil && status == http.StatusOK
	})
	if status, wrong := s.health(t); status != "unhealthy" || !cmp.Equal(wrong, []string{"database_unreachable"}) {
		t.Errorf("/health says %s %v, want unhealthy and database_unreachable", status, wrong)
	}
	status, _, err := s.call(http.MethodPost, "/webhook/"+strings.Repeat("a", 64), "x")
	if err != nil || status != http.StatusServiceUnavailable {
		t.Errorf("the webhook answers %d %v, want 503, after which TradingView sends again", status, err)
	}
	if !strings.Contains(s.log.String(), "Check DATABASE_URL") {
		t.Error("the log does not say how to mend DATABASE_URL")
	}
	allow("true")
	s.await(t, "the service is ready", s.ready)
	s.signUp(t, pool, chartsite.NewSession("fran"))
	s.settled(t, s.send(t).SignalID, "completed")
}

func TestAServiceThatStillWaitsForItsDatabaseStops(t *testing.T) { //nolint:paralleltest // other tests' goroutines would be found
	pool := testkit.Database(t)
	cfg := testkit.Settings(t, pool, map[string]string{"DATABASE_URL": "postgresql://user:s3cret@127.0.0.1:" + testkit.FreePort(t) + "/postgres"})
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := launch(t, cfg)
	s.await(t, "the service answers", func() bool {
		status, _, err := s.call(http.MethodGet, "/livez", nil)
		return err == nil && status == http.StatusOK
	})
	s.stop(t)
	if strings.Contains(s.log.String(), "s3cret") {
		t.Error("the password is in the log")
	}
}

func TestARedisThatIsDownOnlyDegrades(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"REDIS_URL": "redis://127.0.0.1:" + testkit.FreePort(t)}))
	if status, wrong := s.health(t); status != "degraded" || !cmp.Equal(wrong, []string{"redis_unreachable"}) {
		t.Errorf("/health says %s %v, want degraded and redis_unreachable", status, wrong)
	}
	if text := s.log.String(); !strings.Contains(text, "could not connect to Redis") || !strings.Contains(text, "connection refused") || !strings.Contains(text, "remove REDIS_URL and REDIS_HOST") {
		t.Errorf("the log does not say that Redis is down and what to do:\n%s", text)
	}
}

func TestExpiredCookiesEndTheCaptureAndAskForNewOnes(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	s.signUp(t, pool, chartsite.NewSession("expired-bruno"))
	r := s.send(t)
	if got := s.settled(t, r.SignalID, "failed"); got.Error != "session_expired" {
		t.Errorf("the screenshot failed as %q, want session_expired", got.Error)
	}
	var config struct {
		Data struct {
			CookiesValid bool `json:"cookies_valid"`
		}
	}
	s.get(t, http.MethodGet, "/api/config", nil, &config)
	if config.Data.CookiesValid {
		t.Error("cookies_valid is still true after TradingView refused the cookies")
	}
	next := s.send(t)
	if next.ScreenshotQueued {
		t.Error("the next alert was answered screenshot_queued: true, with cookies that are known to be refused")
	}
	if !strings.Contains(next.Message, "session has expired. Store new cookies.") {
		t.Errorf("the next alert was answered %q, without the cure", next.Message)
	}
	if got := s.signal(t, next.SignalID); got.Error != "session_expired" {
		t.Errorf("the next signal says %+v, want session_expired", got)
	}
	session := chartsite.NewSession("bruno")
	s.configure(t, map[string]any{"tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign})
	for _, id := range []string{r.SignalID, next.SignalID} {
		s.await(t, "new cookies retake what the old ones have failed", func() bool { return s.signal(t, id).Status == "completed" })
	}
}

func TestASignalWithoutAScreenshotSaysWhy(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t)}))
	expect := func(code, message string) {
		t.Helper()
		r := s.send(t)
		if r.ScreenshotQueued || !strings.Contains(r.Message, message) {
			t.Errorf("the webhook answers %+v, want no screenshot and %q", r, message)
		}
		if got := s.signal(t, r.SignalID); got.Status != "skipped" || got.Error != code {
			t.Errorf("the signal says %+v, want skipped and %s", got, code)
		}
	}
	s.signUp(t, pool, atalaya.TVSession{})
	expect("no_cookies", "cookies are not stored yet")
	session := chartsite.NewSession("gina")
	s.configure(t, map[string]any{"tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign, "default_chart_id": nil})
	expect("no_chart", "neither the alert nor your settings name a chart")
	s.configure(t, map[string]any{"default_chart_id": "Zk4Tq9Lm", "capture_enabled": false})
	expect("capture_off", "captures are switched off")
}

// project is Supabase's double behind a switch that makes its storage fail.
type project struct {
	*blobtest.Supabase
	url  string
	down atomic.Bool
}

func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{Supabase: blobtest.NewSupabase()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.down.Load() {
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// vars returns the settings of a service that stores its pictures in the project.
func (p *project) vars(key, site string) map[string]string {
	return map[string]string{
		"SUPABASE_URL": p.url, "SUPABASE_SERVICE_ROLE_KEY": key, "PICTURES_DIR": "", "JWT_ISSUER": "", "TRADINGVIEW_URL": site,
	}
}

const bucket = "trading-screenshots"

// object returns the picture behind a public address.
func (p *project) object(address string) (blobtest.Object, bool) {
	path, found := strings.CutPrefix(address, p.url+"/storage/v1/object/public/"+bucket+"/")
	if !found {
		return blobtest.Object{}, false
	}
	return p.Object(bucket, path)
}

func TestWithSupabaseTheBucketIsMadeAndPicturesEndThere(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	s := run(t, testkit.Settings(t, pool, p.vars(p.ServiceKey, startSite(t))))
	if b, ok := p.Bucket(bucket); !ok || !b.Public {
		t.Errorf("the bucket is %+v, there %v; want a public one", b, ok)
	}
	s.signUp(t, pool, chartsite.NewSession("carla"))
	done := s.settled(t, s.send(t).SignalID, "completed")
	object, ok := p.object(done.URL)
	if !ok || object.ContentType != "image/png" {
		t.Fatalf("nothing is stored behind %q", done.URL)
	}
	if size, err := png.DecodeConfig(bytes.NewReader(object.Data)); err != nil || size.Width != 1200 {
		t.Errorf("what is stored is no picture of the right size: %v", err)
	}
}

func TestAStorageThatFailsOnlyDelaysThePicture(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	s := run(t, testkit.Settings(t, pool, p.vars(p.ServiceKey, startSite(t))))
	s.signUp(t, pool, chartsite.NewSession("dora"))
	p.down.Store(true)
	id := s.send(t).SignalID
	s.await(t, "the signal waits with storage_unavailable", func() bool {
		got := s.signal(t, id)
		return got.Status == "pending" && got.Error == "storage_unavailable"
	})
	p.down.Store(false)
	if done := s.settled(t, id, "completed"); done.Error != "" {
		t.Errorf("a completed screenshot still says %q", done.Error)
	} else if _, ok := p.object(done.URL); !ok {
		t.Errorf("nothing is stored behind %q", done.URL)
	}
}

func TestAStorageThatRefusesEndsTheCaptureAndIsReportedAtStart(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	p.MakeBucket(blobtest.Bucket{ID: bucket, Name: bucket, Public: true})
	s := run(t, testkit.Settings(t, pool, p.vars(p.AnonKey, startSite(t)))) // the most frequent mistake
	if !strings.Contains(s.log.String(), "SUPABASE_SERVICE_ROLE_KEY") {
		t.Error("the log at start does not name SUPABASE_SERVICE_ROLE_KEY")
	}
	s.signUp(t, pool, chartsite.NewSession("emma"))
	if got := s.settled(t, s.send(t).SignalID, "failed"); got.Error != "storage_rejected" || got.URL != "" {
		t.Errorf("the signal says %+v, want storage_rejected and no address", got)
	}
}

func TestTheServiceStartsWhileItsStorageIsDown(t *testing.T) {
	t.Parallel()
	pool, p := testkit.Database(t), newProject(t)
	p.down.Store(true)
	s := run(t, testkit.Settings(t, pool, p.vars(p.ServiceKey, startSite(t))))
	if !strings.Contains(s.log.String(), "pictures cannot be stored yet") {
		t.Error("the log does not say that the storage is down")
	}
}

func TestReadersThatHoldEveryConnectionKeepNoAlertWaiting(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	// By default one user may hold half of the API's connections. Here one may hold all.
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": startSite(t), "MAX_REQUESTS_PER_USER": "20"}))
	s.signUp(t, pool, chartsite.NewSession("ana"))
	// A table that no alert touches is locked. More requests wait for it than the API has connections.
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), "lock table cookie_checks in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() { _, _, _ = s.call(http.MethodPost, "/api/config/cookies/check", nil) })
	}
	s.await(t, "the readers wait", func() bool {
		var n int
		err := pool.QueryRow(t.Context(), "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").Scan(&n)
		return err == nil && n >= 8
	})
	s.send(t) // fails if the answer is not 200
	if err := tx.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	readers.Wait()
}
