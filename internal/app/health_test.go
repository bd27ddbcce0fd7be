package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/config"
	"atalaya/internal/metrics"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
	"atalaya/internal/tradingview"
	"atalaya/internal/webhook"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// closedPort returns an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func newHealth(t *testing.T, cfg config.Config) *health {
	t.Helper()
	pool := testkit.Database(t)
	redis, err := newRedis(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.close() })
	return &health{pool: pool, store: testkit.Store(t, pool), redis: redis}
}

func TestAHealthyProcessReportsNoErrors(t *testing.T) {
	t.Parallel()
	h := newHealth(t, config.Config{})
	want := api.Report{
		Database: api.Up, Redis: api.NotConfigured, Worker: api.NotConfigured,
		BrowserPool: api.NotConfigured, Browser: api.NotConfigured,
	}
	if diff := cmp.Diff(want, h.report(t.Context())); diff != "" {
		t.Errorf("without workers (-want +got):\n%s", diff)
	}
	h.camera = &Camera{}
	want.Worker, want.BrowserPool, want.Browser = api.Up, api.Up, api.Up
	if diff := cmp.Diff(want, h.report(t.Context())); diff != "" {
		t.Errorf("with workers (-want +got):\n%s", diff)
	}
}

func TestABrowserThatDoesNotStartIsReportedUntilItDoes(t *testing.T) {
	t.Parallel()
	h := newHealth(t, config.Config{})
	h.camera = &Camera{}
	trouble := errors.New("no browser")
	h.camera.trouble.Store(&trouble)
	r := h.report(t.Context())
	if r.Browser != api.Down || r.BrowserPool != api.Down || !cmp.Equal(r.Errors, []string{"browser_unavailable"}) {
		t.Errorf("the report is %+v, want the browser down as browser_unavailable", r)
	}
	h.camera.trouble.Store(nil)
	if r := h.report(t.Context()); r.Browser != api.Up || len(r.Errors) != 0 {
		t.Errorf("after the next good page the report is %+v, want the browser up", r)
	}
}

func TestARedisThatIsConfiguredAndDownIsReported(t *testing.T) {
	t.Parallel()
	host, port, err := net.SplitHostPort(closedPort(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, vars := range map[string]map[string]string{
		"by URL":  {"REDIS_URL": "redis://:secret@" + net.JoinHostPort(host, port)},
		"by host": {"REDIS_HOST": host, "REDIS_PORT": port, "REDIS_PASSWORD": "secret"},
	} {
		cfg, _ := config.Load(vars) // what else is missing does not matter here
		h := newHealth(t, cfg)
		r := h.report(t.Context())
		if r.Redis != api.Down || r.Database != api.Up || !cmp.Equal(r.Errors, []string{"redis_unreachable"}) {
			t.Errorf("%s: the report is %+v, want redis down as redis_unreachable and nothing else", name, r)
		}
	}
}

func TestARedisURLThatCannotBeReadIsRefusedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	_, err := newRedis(config.Config{RedisURL: "redis://:s3cret@host:6379/notanumber"})
	if err == nil || !strings.Contains(err.Error(), "REDIS_URL") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error is %v, want one that names REDIS_URL and no password", err)
	}
}

func TestADatabaseThatIsGoneIsReportedAndIsFoundAgain(t *testing.T) {
	t.Parallel()
	h := newHealth(t, config.Config{})
	name := h.pool.Config().ConnConfig.Database
	if r := h.report(t.Context()); r.Database != api.Up {
		t.Fatalf("the report is %+v before", r)
	}
	operator, err := postgres.Open(testkit.Server(t))
	if err != nil {
		t.Fatal(err)
	}
	defer operator.Close()
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := operator.Exec(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("alter database " + name + " with allow_connections false")
	exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
	h.pool.Reset() // the pool pings only connections that were idle for a second
	if r := h.report(t.Context()); r.Database != api.Down || !cmp.Equal(r.Errors, []string{"database_unreachable"}) {
		t.Errorf("the report is %+v, want the database down as database_unreachable", r)
	}
	exec("alter database " + name + " with allow_connections true")
	if r := h.report(t.Context()); r.Database != api.Up || len(r.Errors) != 0 {
		t.Errorf("the report is %+v, want the database back", r)
	}
}

func TestASiteThatHasChangedIsReportedUntilItIsReadAgain(t *testing.T) {
	t.Parallel()
	h := newHealth(t, config.Config{})
	h.camera, h.watch = &Camera{}, tradingview.NewWatch(slog.New(slog.DiscardHandler))
	meter := metrics.New()
	observe := watched(config.Config{}, meter, h.watch).Sighted
	see := func(times int, s tradingview.Sighting) {
		for i := range times {
			s.Account = uint64(i % 4)
			observe(s)
		}
	}
	see(9, tradingview.Sighting{Source: atalaya.SourceViewport, Refused: "no_api", Missing: []string{"api.root"}})
	if r := h.report(t.Context()); len(r.Errors) != 0 {
		t.Errorf("nine captures change the site: %v", r.Errors)
	}
	see(3, tradingview.Sighting{Refused: "other"})
	if r := h.report(t.Context()); !cmp.Equal(r.Errors, []string{"site_changed"}) {
		t.Errorf("the errors are %v, want site_changed", r.Errors)
	}
	see(120, tradingview.Sighting{Source: atalaya.SourceClient})
	if r := h.report(t.Context()); len(r.Errors) != 0 {
		t.Errorf("the errors are %v after 120 good captures", r.Errors)
	}

	page := httptest.NewRecorder()
	meter.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`atalaya_picture_sources_total{source="client"} 120`, `atalaya_picture_sources_total{source="viewport"} 9`,
		`atalaya_picture_sources_total{source="none"} 3`, `atalaya_picture_refusals_total{reason="no_api"} 9`,
		`atalaya_page_names_missing_total{name="api.root"} 9`,
	} {
		if !strings.Contains(page.Body.String(), line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
}

func TestADatabaseWithoutTheQueuesTablesIsReported(t *testing.T) {
	t.Parallel()
	pool, err := postgres.Open(testkit.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	h := &health{pool: pool, store: testkit.Store(t, pool), redis: &redisClient{}}
	if r := h.report(t.Context()); r.Database != api.Up || !cmp.Equal(r.Errors, []string{"queue_unreadable"}) {
		t.Errorf("the report is %+v, want queue_unreadable", r)
	}
}

func TestAHangingPartDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts by its backlog, and never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	h := newHealth(t, config.Config{RedisURL: config.Secret((&url.URL{Scheme: "redis", Host: silent.Addr().String()}).String())})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r := h.report(ctx)
	if ctx.Err() != nil || r.Redis != api.Down || r.Database != api.Up {
		t.Errorf("the report is %+v, context %v; want redis down and the database up", r, ctx.Err())
	}
}

func TestASessionOfOthersThatKeepsUsersLockedIsNamed(t *testing.T) {
	t.Parallel()
	h := newHealth(t, config.Config{})
	testkit.User(t, h.pool)
	config := h.pool.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] = "an operator's psql"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{"begin", "select from public.trading_signals_config for update"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var r api.Report
	wait.For(t, "a blocker is named", func() bool {
		r = h.report(t.Context())
		return len(r.Blockers) > 0
	})
	if len(r.Blockers) != 1 || r.Blockers[0].Application != "an operator's psql" || !slices.Contains(r.Errors, "users_locked") {
		t.Fatalf("the report is %+v, want the one blocker and users_locked", r)
	}
	if _, err := conn.Exec(t.Context(), "rollback"); err != nil {
		t.Fatal(err)
	}
	if r := h.report(t.Context()); len(r.Blockers) != 0 || slices.Contains(r.Errors, "users_locked") {
		t.Errorf("after the session's end the report is %+v", r)
	}
}

// A user, or anybody who knows a webhook URL, can send alerts from refused senders.
func TestAUserCannotDegradeTheServiceByOwnAlerts(t *testing.T) {
	t.Parallel()
	h := newHealth(t, config.Config{})
	token := testkit.Token(t, h.pool, testkit.User(t, h.pool))
	intake := refusing{}
	h.door = webhook.New(intake, metrics.New(), slog.New(slog.DiscardHandler), webhook.Options{
		ClientIP: webhook.ClientIP(nil), Senders: []netip.Prefix{netip.MustParsePrefix("52.89.214.238/32")},
	})
	h.door.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/webhook/"+token.Reveal(), strings.NewReader("x")))
	r := h.report(t.Context())
	if !slices.Contains(r.Warnings, "senders_refused") || len(r.Errors) != 0 {
		t.Errorf("the report is %+v, want the warning senders_refused and no error", r)
	}
}

// refusing refuses every alert for its sender.
type refusing struct{ webhook.Ingest }

func (refusing) Accept(_ context.Context, a atalaya.Arrival) (atalaya.Receipt, error) {
	if !a.SenderRefused {
		return atalaya.Receipt{}, errors.New("its sender is allowed")
	}
	return atalaya.Receipt{Outcome: atalaya.OutcomeRefusedSender}, nil
}
