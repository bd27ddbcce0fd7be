package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"atalaya"
	"atalaya/internal/blob/blobtest"
	"atalaya/internal/chartsite"
	"atalaya/internal/notify/double"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
	"atalaya/internal/test/program"
)

const (
	tenants = 40
	// The limits of this run are shorter than the real ones, so that a lost worker's captures are rescued within it.
	screenshotTimeout = 15 * time.Second
	jobTimeout        = 20 * time.Second
	rescueAfter       = 25 * time.Second
	// limit is checked for each alert, but never reached.
	limit = "100000000"
)

// world is everything that the run needs.
type world struct {
	folder   string
	database *pgrun.Server
	clock    string // how far the database's clock is moved, as the library reads it
	library  string // of libfaketime
	pool     *pgxpool.Pool
	proxies  []*toxiproxy.Proxy // one for each replica, between it and the database
	storage  *storage
	gateway  *httptest.Server // the storage's address
	telegram *double.Telegram
	phones   *httptest.Server // Telegram's address
	redis    *process
	site     *process
	replicas []*process
	users    []user
	key      string // ENCRYPTION_KEY

	mayRefuse atomic.Bool // true while neither the database nor the spools can take alerts
}

type user struct {
	id    atalaya.UserID
	token string
}

func newWorld(ctx context.Context, opt options) (w *world, err error) {
	binary, err := filepath.Abs(opt.binary)
	if err != nil {
		return nil, err
	}
	w = &world{storage: &storage{Supabase: blobtest.NewSupabase()}, telegram: double.NewTelegram(nil)}
	if w.folder, err = os.MkdirTemp("", "atalaya-chaos-"); err != nil {
		return nil, err
	}
	// If this program runs as root, the database runs as another user.
	if err := os.Chmod(w.folder, 0o755); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.stop()
		}
	}()
	for _, step := range []func() error{
		func() error { return w.prepareDatabase(ctx) },
		func() error { return w.startSite(ctx, binary) },
		w.startRedis,
		func() error {
			w.gateway, w.phones = httptest.NewServer(w.storage), httptest.NewServer(slowly{w.telegram, 400 * time.Millisecond})
			return nil
		},
		func() error { return w.signUp(ctx) },
		func() error { return w.startReplicas(ctx, binary) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	say("two replicas, %d users, %d alerts a second; SCREENSHOT_TIMEOUT %s, CAPTURE_JOB_TIMEOUT %s, CAPTURE_RESCUE_AFTER %s, rate limits of "+limit,
		tenants, opt.rate, screenshotTimeout, jobTimeout, rescueAfter)
	return w, nil
}

// faketime matches the path of the library that moves a process's clock, as Debian installs it.
var faketime = "/usr/lib/*/faketime/libfaketime.so.1"

func (w *world) prepareDatabase(ctx context.Context) error {
	found, err := filepath.Glob(faketime)
	if err != nil || len(found) == 0 {
		return fmt.Errorf("there is no %s: run scripts/install.sh bench", faketime)
	}
	w.library, w.clock = found[0], "+0s"
	if err := w.startDatabase(ctx); err != nil {
		return err
	}
	plans := migrate.Plans{Free: atalaya.Unlimited, Pro: atalaya.Unlimited, Lifetime: atalaya.Unlimited, Default: atalaya.Unlimited}
	_, err = migrate.Up(ctx, w.database.URL("postgres"), plans)
	return err
}

// startDatabase starts PostgreSQL on a new port, and points the proxies to it.
func (w *world) startDatabase(ctx context.Context) error {
	var err error
	w.database, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(w.folder, "postgres"), Env: []string{
		"LD_PRELOAD=" + w.library, "FAKETIME=" + w.clock, "FAKETIME_DONT_FAKE_MONOTONIC=1",
	}})
	if err != nil {
		return err
	}
	if w.pool != nil {
		w.pool.Close()
	}
	if w.pool, err = pgxpool.New(ctx, w.database.URL("postgres")); err != nil {
		return err
	}
	for _, p := range w.proxies {
		if err := p.Update(&toxiproxy.Proxy{Listen: p.Listen, Upstream: w.upstream(), Enabled: true}); err != nil {
			return fmt.Errorf("lead a proxy to the database: %w", err)
		}
	}
	return nil
}

func (w *world) upstream() string {
	u, err := url.Parse(w.database.URL("postgres"))
	if err != nil {
		panic(err) // it is made by a program
	}
	return u.Host
}

// setClock restarts the database with a moved clock. The library could also read the clock from a file while the
// server runs. But then it allocates memory whenever the server asks for the time, even in signal handlers: a
// statement timeout once hit it in malloc, and the backend kept its locks forever.
func (w *world) setClock(ctx context.Context, by string) error {
	if err := w.database.Stop(); err != nil {
		return err
	}
	w.clock = by
	return w.startDatabase(ctx)
}

func (w *world) startSite(ctx context.Context, binary string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	w.site = &process{port: port, Program: program.Program{Path: binary, Args: []string{"chartsite", "--listen", "127.0.0.1:" + port}}}
	if err := w.site.Start(); err != nil {
		return err
	}
	return w.site.Ready(ctx, w.site.url("/_site/draws"))
}

func (w *world) startRedis() error {
	if w.redis == nil {
		path, err := exec.LookPath("redis-server")
		if err != nil {
			return fmt.Errorf("there is no redis-server: run scripts/install.sh bench: %w", err)
		}
		port, err := program.FreePort()
		if err != nil {
			return err
		}
		w.redis = &process{port: port, Program: program.Program{
			Path: path, Args: []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", w.folder},
		}}
	}
	return w.redis.Start()
}

// signUp makes users with cookies of their own, directly in the database.
func (w *world) signUp(ctx context.Context) error {
	var err error
	if w.key, err = secret.NewKey(); err != nil {
		return err
	}
	key, err := secret.ParseKey(w.key)
	if err != nil {
		return err
	}
	keyring := secret.NewKeyring(key)
	for i := range tenants {
		var u user
		if err := w.pool.QueryRow(ctx, "insert into auth.users (email) values ($1) returning id::text", fmt.Sprintf("user%d@example.com", i)).Scan(&u.id); err != nil {
			return err
		}
		session := chartsite.NewSession(fmt.Sprintf("user%d", i))
		id, err := keyring.Seal(u.id, "tv_sessionid", session.ID)
		if err != nil {
			return err
		}
		sign, err := keyring.Seal(u.id, "tv_sessionid_sign", session.Sign)
		if err != nil {
			return err
		}
		// Every second user tells no repeats, but for those of an answer that was lost.
		err = w.pool.QueryRow(ctx, `update trading_signals_config set tv_sessionid = $2, tv_sessionid_sign = $3, cookies_valid = true, screenshot_resolution = '720p',
			dedupe_window_seconds = $4 where user_id = $1 returning webhook_token`, u.id, id, sign, i%2*30).Scan(&u.token)
		if err != nil {
			return err
		}
		if err := w.addChat(ctx, keyring, i, u.id); err != nil {
			return err
		}
		w.users = append(w.users, u)
	}
	return nil
}

func (w *world) startReplicas(ctx context.Context, binary string) error {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	jwtSecret := rand.Text() + rand.Text()
	for i := range 2 {
		proxyPort, err := program.FreePort()
		if err != nil {
			return err
		}
		p := toxiproxy.NewProxy(server, fmt.Sprintf("database %d", i), "127.0.0.1:"+proxyPort, w.upstream())
		if err := p.Start(); err != nil {
			return err
		}
		w.proxies = append(w.proxies, p)
		port, err := program.FreePort()
		if err != nil {
			return err
		}
		address, err := url.Parse(w.database.URL("postgres"))
		if err != nil {
			return err
		}
		address.Host = p.Listen
		r := &process{port: port, Program: program.Program{Path: binary, Args: []string{"serve"}, Env: []string{
			"HOST=127.0.0.1", "PORT=" + port, "PUBLIC_URL=http://127.0.0.1:" + port, "METRICS_ADDR=off", "LOG_LEVEL=warn",
			"DATABASE_URL=" + address.String(), "REDIS_URL=redis://127.0.0.1:" + w.redis.port,
			"SUPABASE_URL=" + w.gateway.URL, "SUPABASE_SERVICE_ROLE_KEY=" + w.storage.ServiceKey, "SUPABASE_JWT_SECRET=" + jwtSecret,
			"TELEGRAM_API_URL=" + w.phones.URL, "ENCRYPTION_KEY=" + w.key, "TRADINGVIEW_URL=" + w.site.url(""), "WORKER_CONCURRENCY=1",
			"SCREENSHOT_TIMEOUT=" + strconv.FormatInt(screenshotTimeout.Milliseconds(), 10), "CAPTURE_JOB_TIMEOUT=" + jobTimeout.String(), "CAPTURE_RESCUE_AFTER=" + rescueAfter.String(),
			"RATE_LIMIT_PER_MINUTE=" + limit, "RATE_LIMIT_PER_HOUR=" + limit, "DAILY_LIMIT_FREE=" + limit, "DAILY_LIMIT_PRO=" + limit, "FLOOD_LIMIT_PER_MINUTE=" + limit,
			"DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1", "PLAN_PRO_QUOTA=-1", "SPOOL_DIR=" + w.spoolDir(i),
		}}}
		w.replicas = append(w.replicas, r)
		if err := w.startReplica(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) startReplica(ctx context.Context, r *process) error {
	if err := r.Start(); err != nil {
		return err
	}
	return r.Ready(ctx, r.url("/readyz"))
}

// until polls a condition of the database.
func (w *world) until(ctx context.Context, what, condition string) error {
	for deadline := time.Now().Add(time.Minute); ; {
		var met bool
		if err := w.pool.QueryRow(ctx, condition).Scan(&met); err != nil {
			return err
		}
		if met {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waited in vain until %s", what)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// end returns the last n bytes of a text.
func end(text string, n int) string { return text[max(0, len(text)-n):] }

// stop ends everything that was started.
func (w *world) stop() {
	for i, r := range w.replicas {
		if r.Ended() {
			say("replica %d has ended by itself; the last that it said:\n%s", i, end(r.Output(), 4000))
		}
		if err := r.Terminate(stopTimeout); err != nil {
			say("%v", err)
		}
	}
	for _, p := range []*process{w.redis, w.site} {
		if p != nil {
			p.Kill()
		}
	}
	for _, p := range w.proxies {
		p.Stop()
	}
	for _, s := range []*httptest.Server{w.gateway, w.phones} {
		if s != nil {
			s.CloseClientConnections()
			s.Close()
		}
	}
	if w.pool != nil {
		w.pool.Close()
	}
	if w.database != nil {
		_ = w.database.Stop()
	}
	_ = os.RemoveAll(w.folder)
}
