package app

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/auth"
	"atalaya/internal/capture"
	"atalaya/internal/certificate"
	"atalaya/internal/dashboard"
	"atalaya/internal/events"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/metrics"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/operator"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/spool"
	"atalaya/internal/trace"
	"atalaya/internal/tradingview"
	"atalaya/internal/upkeep"
	"atalaya/internal/webhook"
)

// The seams: the interface of each step and door, and the type that satisfies it.
var (
	_ ingest.Rows        = (*postgres.Store)(nil)
	_ ingest.Spool       = (*spool.Spool)(nil)
	_ spool.Sealer       = (*secret.Keyring)(nil)
	_ capture.Signals    = (*postgres.Store)(nil)
	_ capture.Accounts   = (*postgres.Store)(nil)
	_ capture.Claims     = (*postgres.Store)(nil)
	_ capture.Sessions   = (*postgres.Store)(nil)
	_ upkeep.Rows        = (*postgres.Store)(nil)
	_ events.Rows        = (*postgres.Store)(nil)
	_ events.Replicas    = (*postgres.Replicas)(nil)
	_ api.Store          = (*postgres.Store)(nil)
	_ webhook.Ingest     = (*ingest.Service)(nil)
	_ api.Intake         = apiIntake{}
	_ api.Stream         = (*events.Stream)(nil)
	_ capture.Camera     = visits{}
	_ capture.Keys       = (*secret.Keyring)(nil)
	_ upkeep.Keyring     = (*heldKeyring)(nil)
	_ upkeep.Canaries    = (*postgres.Store)(nil)
	_ api.Sealer         = (*heldKeyring)(nil)
	_ api.Verifier       = (*auth.Verifier)(nil)
	_ auth.Accounts      = (*postgres.Store)(nil)
	_ capture.Pictures   = (*Storage)(nil)
	_ upkeep.Pictures    = (*Storage)(nil)
	_ api.Pictures       = diskPictures{}
	_ api.Addresses      = (*addresses)(nil)
	_ notify.Rows        = (*postgres.Store)(nil)
	_ notify.ChannelRows = (*postgres.Store)(nil)
	_ notify.WatchRows   = (*postgres.Store)(nil)
	_ notify.Sealer      = (*heldKeyring)(nil)
	_ notify.Meter       = (*metrics.Metrics)(nil)
	_ api.Meter          = (*metrics.Metrics)(nil)
	_ notify.Backlog     = (*metrics.Metrics)(nil)
	_ notify.Chats       = (*channel.Telegram)(nil)
	_ api.Desk           = (*notify.Desk)(nil)
	_ api.Outbox         = (*postgres.Store)(nil)
	_ dashboard.Codes    = (*postgres.Store)(nil)
	_ dashboard.Issuer   = (*auth.Issuer)(nil)
	_ dashboard.Sealer   = (*secret.Keyring)(nil)
	_ dashboard.Verifier = (*auth.Verifier)(nil)
	_ dashboard.Pace     = refreshPace{}
	_ operator.Rows      = (*postgres.Store)(nil)
	_ operator.Queue     = (*postgres.QueueDesk)(nil)
	_ operator.Figures   = operatorFigures{}
	_ operator.Guesses   = (*limits.Lookups)(nil)
)

// services are the pieces that a process is made of. Those of a role that it does not have are nil.
type services struct {
	pool    *pgxpool.Pool // for readers: the API, event streams
	store   *postgres.Store
	keyring *heldKeyring
	storage *Storage
	redis   *redisClient
	metrics *metrics.Metrics
	health  *health
	tracer  *trace.Tracer // nil if nothing is traced

	events   *events.Hub
	database *databaseWork
	upkeep   *upkeep.Upkeep
	verifier *auth.Verifier
	intake   *ingest.Service
	spool    *spool.Spool // nil without SPOOL_DIR
	doors    *server
	plain    *server              // port 80 of a domain of its own, else nil
	domain   *certificate.Manager // of that domain, else nil
	scrapes  *server
	// operatorDoor is nil without ADMIN_TOKEN.
	operatorDoor *server
	desk         *notify.Desk
	limiter      *limits.Limiter
	notify       *notify.Service
	operator     notify.Operator // nil if TELEGRAM_CHAT_ID is not set
}

// build makes every piece that this process needs. Pieces that hold something open add what closes it to a.closers.
func (a *App) build() (err error) {
	keys, err := Keyring(a.cfg)
	if err != nil {
		return err
	}
	a.keyring = &heldKeyring{Keyring: keys}
	if a.pool, err = postgres.Open(a.cfg.DatabaseURL.Reveal()); err != nil {
		return err
	}
	a.closers = append(a.closers, func() error { a.pool.Close(); return nil })
	a.store = postgres.NewStore(a.pool)
	if a.storage, err = OpenStorage(a.cfg); err != nil {
		return err
	}
	a.closers = append(a.closers, a.storage.Close)
	if a.redis, err = newRedis(a.cfg); err != nil {
		return err
	}
	a.closers = append(a.closers, a.redis.close)
	a.limiter = limits.New(limits.Options{Redis: a.redis.client, Log: a.log})
	a.metrics = metrics.New()
	if a.tracer, err = newTracer(a.cfg, a.log); err != nil {
		return err
	}
	if a.tracer != nil {
		a.closers = append(a.closers, a.stopTracer) // sends what is left
	}
	looks, err := a.openPool(postgres.OpenHealth)
	if err != nil {
		return err
	}
	a.health = &health{pool: looks, store: postgres.NewStore(looks), redis: a.redis}
	a.metrics.WatchQueue(a.health.queue)
	a.events = a.newEvents()
	a.metrics.WatchStreams(a.events.OpenStreams)
	a.metrics.Built(Version(), a.roles.String())
	a.database = newDatabaseWork(a.prepareDatabase, func() error { return nil }, a.log, a.failed)
	if err := a.buildNotify(); err != nil {
		return err
	}
	if a.roles.Worker {
		if err := a.buildWorker(); err != nil {
			return err
		}
	}
	if a.roles.Web {
		if err := a.buildWeb(); err != nil {
			return err
		}
	}
	if err := a.buildOperator(); err != nil {
		return err
	}
	page := http.NewServeMux()
	page.Handle("GET /metrics", a.metrics.Handler())
	a.scrapes = newServer(a.cfg.MetricsAddr, bounds{limits.NewConnections(limits.ConnectionOptions{All: maxScrapers, OfAddress: maxScrapers}), a.cfg.WriteTimeout}, page, a.log, a.failed) // on a listener of its own, away from the world
	return nil
}

// newEvents creates the hub of this process. A process that only takes screenshots has one too, to announce the
// signals that it changes. Behind a transaction pooler it announces nothing, since no process could listen.
func (a *App) newEvents() *events.Hub {
	var replicas events.Replicas
	if !postgres.TransactionPooler(a.cfg.DatabaseURL.Reveal()) {
		replicas = postgres.NewReplicas(a.pool, rand.Text())
	}
	hub := events.New(a.store, replicas, a.cfg.MaxConnections/2, a.log)
	a.store.OnCommit(hub.Announce)
	return hub
}

// buildWorker makes the browser, the captures with their queue, and the upkeep.
func (a *App) buildWorker() error {
	watch := tradingview.NewWatch(a.log)
	camera, err := NewCamera(watched(a.cfg, a.metrics, watch), a.log)
	if err != nil {
		return err
	}
	a.health.watch = watch
	a.closers = append(a.closers, end(camera.Stop))
	a.health.camera = camera
	pool, err := a.openPool(postgres.OpenWorkers)
	if err != nil {
		return err
	}
	store := a.storeOn(pool)
	rows := capture.Rows{Signals: store, Accounts: store, Claims: store, Sessions: store}
	site, pictures, begin := traceCaptures(a.tracer, visits{camera}, a.storage)
	captures := capture.New(rows, a.keyring, site, pictures, a.metrics, a.log, capture.Options{
		MaxAge: a.cfg.CaptureMaxAge, Lease: a.cfg.CaptureJobTimeout, PerDay: a.cfg.CaptureDailyCap,
		Burst:      a.cfg.CaptureJobTimeout - a.cfg.ScreenshotTimeout(), // its last capture may take that long
		HangsAfter: a.cfg.ScreenshotTimeout() * 9 / 10, Trace: begin,
	})
	queue, err := postgres.NewQueue(pool, a.health.counted(captures.Run), captures.CheckCookies, a.log, postgres.QueueOptions{
		Concurrency: a.cfg.WorkerConcurrency, JobTimeout: a.cfg.CaptureJobTimeout, RescueAfter: a.cfg.CaptureRescueAfter,
		PollOnly: postgres.TransactionPooler(a.cfg.DatabaseURL.Reveal()),
	})
	if err != nil {
		return err
	}
	a.upkeep = upkeep.New(store, a.storage, a.keyring, a.metrics, a.log, upkeep.Options{
		PictureRetention:  a.cfg.PictureRetention(),
		DeliveryRetention: time.Duration(a.cfg.DeliveryRetentionDays) * 24 * time.Hour,
		Spooling:          func() bool { return a.spool != nil && a.spool.Waiting() > 0 },
		StrandedAfter:     a.cfg.CaptureMaxAge + 2*a.cfg.CaptureRescueAfter,
		Watch:             notify.NewWatch(store, a.operator, a.metrics, a.log).Round,
	})
	mayCapture := true
	a.database = newDatabaseWork(func(ctx context.Context) error {
		if err := a.prepareDatabase(ctx); err != nil {
			return err
		}
		if mayCapture = !camera.SandboxMissing(ctx); !mayCapture {
			a.log.ErrorContext(ctx, "no captures are taken: the browser has no sandbox on this system; "+SandboxCure+". BROWSER_SANDBOX=off takes them without it")
			return nil
		}
		// The queue's own context must not end with the signal: its Stop gives captures their 20 s.
		return queue.Start(context.WithoutCancel(ctx))
	}, func() error {
		if !mayCapture {
			return nil
		}
		return queue.Stop(context.Background())
	}, a.log, a.failed)
	return nil
}

// buildWeb builds the doors and the parts behind them.
func (a *App) buildWeb() error {
	tokens := AuthOptions(a.cfg)
	tokens.Turns, tokens.Accounts, tokens.Log = limits.NewFair(askingAuth), a.store, a.log
	a.verifier = auth.New(tokens)
	reserved, err := a.openPool(postgres.OpenReserved)
	if err != nil {
		return err
	}
	shared := ingest.Bounds{
		Limits: a.limiter, Lookups: limits.NewLookups(time.Now), Asking: limits.NewFair(lookingUp), Reading: limits.NewFair(readings(a.cfg)),
	}
	a.intake = ingest.New(traceAlerts(a.tracer, a.storeOn(reserved)), shared, Policy(a.cfg), a.log)
	if err := a.openSpool(); err != nil {
		return err
	}
	clientIP := webhook.ClientIP(a.cfg.TrustedProxies)
	alerts := webhook.New(a.intake, a.metrics, a.log, webhook.Options{
		ClientIP: clientIP, Senders: a.cfg.TradingViewIPs, Legacy: a.cfg.LegacyWebhook,
	})
	a.health.door = alerts
	programs := api.New(api.Options{
		Store: a.store, Intake: apiIntake{ingest.New(traceAlerts(a.tracer, a.store), shared, Policy(a.cfg), a.log), a.intake}, Verifier: a.verifier, Sealer: a.keyring, Health: a.health.report,
		Streams: a.openStream, Pictures: a.storage.server, Addresses: newAddresses(a.storage, a.cfg.SignedURLTTL, a.log),
		Turns: limits.NewFair(requestsOfUsers(a.cfg)), Heavy: limits.NewFair(heavyReads), PublicURL: a.cfg.PublicURL, AllowedOrigins: a.cfg.AllowedOrigins, RequireConsent: a.cfg.RequireConsent,
		QuotaMode: a.cfg.QuotaMode, Version: Version(), Log: a.log, Desk: a.desk, Outbox: a.store, Meter: a.metrics, Paths: webhook.OpenAPI,
	})
	people, err := a.newDashboard(a.limiter)
	if err != nil {
		return err
	}
	// Before every router, which would redirect paths that it finds untidy: TradingView does not follow.
	hook := door{owns: alerts.Owns, handler: markAlerts(alerts)}
	rest := door{owns: everything, handler: a.shareRequests(clientIP, programs)}
	doors := mux{hook, {owns: people.Owns, handler: a.shareRequests(clientIP, people)}, rest}
	shares := bounds{limits.NewConnections(limits.ConnectionOptions{
		All: a.cfg.MaxConnections, OfAddress: a.cfg.MaxConnectionsOfAddress, Exempt: a.cfg.TrustedProxies,
	}), a.cfg.WriteTimeout}
	a.doors = newServer(a.cfg.ListenAddress(), shares, doors, a.log, a.failed)
	if a.cfg.Domain == "" {
		return nil
	}
	return a.buildDomain(shares, hook, rest)
}

// apiIntake is the way in for callers of the API. It uses the readers' connections, so that no alert waits for
// it. Only the test alert goes the way of a real one.
type apiIntake struct {
	*ingest.Service
	alerts *ingest.Service
}

// Test implements api.Intake.
func (i apiIntake) Test(ctx context.Context, t atalaya.TenantConfig) (atalaya.Receipt, error) {
	return i.alerts.Test(ctx, t)
}

// openPool opens connections for one purpose, which nothing else can take.
func (a *App) openPool(open func(databaseURL string) (*pgxpool.Pool, error)) (*pgxpool.Pool, error) {
	pool, err := open(a.cfg.DatabaseURL.Reveal())
	if err == nil {
		a.closers = append(a.closers, end(pool.Close))
	}
	return pool, err
}

// storeOn makes a store that announces whose rows it changes.
func (a *App) storeOn(pool *pgxpool.Pool) *postgres.Store {
	store := postgres.NewStore(pool)
	store.OnCommit(a.events.Announce)
	if a.notify != nil {
		store.OnNotify(a.notify.Wake)
	}
	return store
}

// openStream begins an event stream of the API's.
func (a *App) openStream(ctx context.Context, user atalaya.UserID, cursor string) (api.Stream, error) {
	return a.events.Open(ctx, user, cursor)
}
