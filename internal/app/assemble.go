package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/auth"
	"atalaya/internal/blob"
	"atalaya/internal/capture"
	"atalaya/internal/config"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/upkeep"
	"atalaya/internal/webhook"
)

// The seams: what each step and door asks for, and what satisfies it.
var (
	_ ingest.Rows      = (*postgres.Store)(nil)
	_ capture.Rows     = (*postgres.Store)(nil)
	_ upkeep.Rows      = (*postgres.Store)(nil)
	_ api.Store        = (*postgres.Store)(nil)
	_ webhook.Ingest   = (*ingest.Service)(nil)
	_ api.Intake       = (*ingest.Service)(nil)
	_ capture.Camera   = visits{}
	_ capture.Keys     = (*secret.Keyring)(nil)
	_ upkeep.Keyring   = (*secret.Keyring)(nil)
	_ api.Sealer       = (*secret.Keyring)(nil)
	_ api.Verifier     = (*auth.Verifier)(nil)
	_ capture.Pictures = pictures{}
	_ upkeep.Pictures  = pictures{}
	_ api.Pictures     = diskPictures{}
	_ api.Addresses    = (*addresses)(nil)
)

// Keyring makes the keyring of the settings.
func Keyring(cfg config.Config) (*secret.Keyring, error) {
	current, err := secret.ParseKey(cfg.EncryptionKey.Reveal())
	if err != nil {
		return nil, fmt.Errorf("ENCRYPTION_KEY: %w", err)
	}
	var old []secret.Key
	for _, text := range cfg.EncryptionKeysOld {
		key, err := secret.ParseKey(text.Reveal())
		if err != nil {
			return nil, fmt.Errorf("ENCRYPTION_KEYS_OLD: %w", err)
		}
		old = append(old, key)
	}
	return secret.NewKeyring(current, old...), nil
}

// Pictures opens the storage of the settings: a folder where PICTURES_DIR is set, else Supabase
// Storage. One of the two is nil.
func Pictures(cfg config.Config) (disk *blob.Disk, bucket *blob.Supabase, err error) {
	if cfg.PicturesDir != "" {
		disk, err = openDisk(cfg)
		return disk, nil, err
	}
	bucket, err = blob.NewSupabase(blob.SupabaseOptions{
		URL: cfg.SupabaseURL, Key: cfg.SupabaseServiceRoleKey.Reveal(), Bucket: cfg.StorageBucket,
		Private: cfg.SignedURLs,
	})
	return nil, bucket, err
}

func openDisk(cfg config.Config) (*blob.Disk, error) {
	base := cfg.PublicURL + "/pictures"
	if !cfg.SignedURLs {
		return blob.OpenDisk(cfg.PicturesDir, base)
	}
	keyring, err := Keyring(cfg)
	if err != nil {
		return nil, err
	}
	return blob.OpenSignedDisk(cfg.PicturesDir, base, keyring.AddressKey())
}

// assemble makes the parts in the order in which they start.
func (a *App) assemble() error {
	disk, bucket, err := Pictures(a.cfg)
	if err != nil {
		return err
	}
	var store blob.Store = disk
	if bucket != nil {
		store = bucket
		a.hold(bucket.Close)
	} else {
		a.hold(disk.Close)
	}
	redis, err := newRedis(a.cfg)
	if err != nil {
		return err
	}
	a.hold(redis.close)
	h := &health{pool: a.pool, store: a.store, redis: redis}
	a.addEvents()
	if a.roles.Worker {
		if bucket != nil {
			a.addBucket(bucket)
		}
		if err := a.assembleWorker(pictures{store: store, private: a.cfg.SignedURLs}, h); err != nil {
			return err
		}
	} else {
		a.addDatabaseWork(a.prepareDatabase, func() error { return nil })
	}
	a.add("the look at Redis", func(ctx context.Context) error { a.checkRedis(ctx, redis); return nil }, func() error { return nil })
	if a.roles.Web {
		if err := a.assembleWeb(disk, newAddresses(store, a.cfg, a.log), h, redis); err != nil {
			return err
		}
	}
	return a.assembleMetrics()
}

func (a *App) add(name string, start func(context.Context) error, stop func() error) {
	a.parts = append(a.parts, part{name: name, start: start, stop: stop})
}

func (a *App) addDatabaseWork(begin func(context.Context) error, end func() error) {
	w := newDatabaseWork(begin, end, a.log, a.failed)
	a.add("the database", w.start, w.stop)
}

// addBucket makes the bucket where it is missing, before the first capture needs it, and closes a
// public one where addresses are to be signed. A storage that does not answer keeps nothing from
// starting: alerts are stored without it.
func (a *App) addBucket(bucket *blob.Supabase) {
	a.add("the bucket", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, startTimeout)
		defer cancel()
		closed, err := bucket.CloseBucket(ctx)
		if closed {
			a.log.InfoContext(ctx, "the bucket was public and is private now, as STORAGE_SIGNED_URLS wants it; addresses that were handed out before stop working", "bucket", a.cfg.StorageBucket)
		}
		if err != nil {
			a.log.WarnContext(ctx, "pictures cannot be stored yet; `atalaya doctor` tries the same. Check SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY", "error", err)
		}
		return nil
	}, func() error { return nil })
}

// assembleWorker makes the browser, the captures and the upkeep.
func (a *App) assembleWorker(p pictures, h *health) error {
	camera, err := NewCamera(CameraOptions{
		Site: a.cfg.TradingViewURL, ExtraHosts: a.cfg.TradingViewExtraHosts,
		Executable: a.cfg.BrowserPath, Timeout: a.cfg.ScreenshotTimeout(),
	}, a.log)
	if err != nil {
		return err
	}
	a.hold(func() error { camera.Stop(); return nil })
	captures := capture.New(a.store, a.keyring, visits{camera}, p, a.metrics, a.log, capture.Options{
		MaxAge: a.cfg.CaptureMaxAge, Lease: a.cfg.CaptureJobTimeout, PerDay: a.cfg.CaptureDailyCap,
		Burst: a.cfg.CaptureJobTimeout - a.cfg.ScreenshotTimeout(), // its last capture may take that long
	})
	queue, err := postgres.NewQueue(a.pool, captures.Run, captures.CheckCookies, a.log, postgres.QueueOptions{
		Concurrency: a.cfg.WorkerConcurrency, JobTimeout: a.cfg.CaptureJobTimeout, RescueAfter: a.cfg.CaptureRescueAfter,
		PollOnly: postgres.TransactionPooler(a.cfg.DatabaseURL.Reveal()),
	})
	if err != nil {
		return err
	}
	keeper := upkeep.New(a.store, p, a.keyring, a.metrics, a.log, upkeep.Options{
		PictureRetention:  a.cfg.PictureRetention(),
		DeliveryRetention: time.Duration(a.cfg.DeliveryRetentionDays) * 24 * time.Hour,
		StrandedAfter:     a.cfg.CaptureMaxAge + 2*a.cfg.CaptureRescueAfter,
	})
	h.camera = camera
	a.addDatabaseWork(func(ctx context.Context) error {
		if err := a.prepareDatabase(ctx); err != nil {
			return err
		}
		// The queue's own context must not end with the signal: its Stop gives captures their 20 s.
		return queue.Start(context.WithoutCancel(ctx))
	}, func() error { return queue.Stop(context.Background()) })
	a.add("the upkeep", func(context.Context) error { keeper.Start(); return nil }, func() error { keeper.Stop(); return nil })
	return nil
}

// assembleWeb makes the doors. The webhook's stands before the API's router, which would redirect
// paths that it finds untidy: TradingView does not follow.
func (a *App) assembleWeb(disk *blob.Disk, seen *addresses, h *health, redis *redisClient) error {
	verifier := auth.New(auth.Options{
		Issuer: a.cfg.JWTIssuer, Secret: []byte(a.cfg.JWTSecret.Reveal()), AuthURL: a.cfg.AuthURL(),
		APIKey: a.cfg.SupabaseAnonKey.Reveal(), Client: &http.Client{Timeout: 5 * time.Second}, Log: a.log,
	})
	limiter := limits.New(limits.Options{Redis: redis.client, Log: a.log})
	reserved, err := a.reservedStore()
	if err != nil {
		return err
	}
	arrivals := ingest.New(reserved, limiter, limits.NewLookups(time.Now), Policy(a.cfg), a.log)
	door := webhook.New(arrivals, a.metrics, a.log, webhook.Options{
		ClientIP: webhook.ClientIP(a.cfg.TrustedProxies), Senders: a.cfg.TradingViewIPs, Legacy: a.cfg.LegacyWebhook,
	})
	options := api.Options{
		Store: a.store, Intake: arrivals, Verifier: verifier, Sealer: a.keyring, Health: h.report,
		PublicURL: a.cfg.PublicURL, AllowedOrigins: a.cfg.AllowedOrigins, RequireConsent: a.cfg.RequireConsent,
		QuotaMode: a.cfg.QuotaMode, Version: Version(), Log: a.log, Streams: a.openStream, Addresses: seen,
	}
	if disk != nil {
		options.Pictures = diskPictures{disk}
	}
	programs := api.New(options)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if door.Owns(r.URL.Path) {
			door.ServeHTTP(w, r)
			return
		}
		programs.ServeHTTP(w, r)
	})
	a.add("the token verifier", verifier.Start, func() error { verifier.Stop(); return nil })
	a.add("the intake of alerts", func(context.Context) error { arrivals.Start(); return nil }, func() error { arrivals.Stop(); return nil })
	a.addServer("the HTTP server", a.cfg.ListenAddress(), a.cfg.MaxConnections, handler)
	a.closeStreams()
	return nil
}

// reservedStore has database connections of its own, for the alerts.
func (a *App) reservedStore() (*postgres.Store, error) {
	pool, err := postgres.OpenReserved(a.cfg.DatabaseURL.Reveal())
	if err != nil {
		return nil, err
	}
	a.hold(func() error { pool.Close(); return nil })
	store, err := postgres.NewStore(pool)
	if err != nil {
		return nil, err
	}
	store.OnCommit(a.events.Announce)
	return store, nil
}

// assembleMetrics serves Prometheus' page on a listener of its own, away from the world.
func (a *App) assembleMetrics() error {
	if a.cfg.MetricsAddr == "" {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler())
	a.addServer("the metrics server", a.cfg.MetricsAddr, mostScrapers, mux)
	return nil
}

func (a *App) addServer(name, address string, connections int, handler http.Handler) {
	var s *server
	a.add(name, func(context.Context) (err error) {
		if s, err = listen(address, connections, handler, a.log, a.failed); err == nil {
			s.start()
		}
		return err
	}, func() error { return s.stop() })
}

// prepareDatabase tells at once, with the cure, where the migrations have not been applied, and makes
// what needs no migration: the job queue's tables and the quotas of the plans. It fails with
// errNoDatabase where the database does not answer, and at once where it refuses.
func (a *App) prepareDatabase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	missing, err := a.store.MissingTables(ctx)
	var refused *postgres.Refusal
	switch {
	case errors.As(err, &refused):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", errNoDatabase, err)
	}
	if len(missing) > 0 && strings.HasPrefix(missing[0], "public.") {
		return errors.New("the database has no " + missing[0] + ": run `atalaya migrate` with the same settings (or `supabase db push`)")
	}
	return a.store.Prepare(ctx, Plans(a.cfg))
}

// Policy is what the settings say about alerts.
func Policy(cfg config.Config) ingest.Policy {
	return ingest.Policy{
		QuotaMode: cfg.QuotaMode, MaxAge: cfg.CaptureMaxAge, FloodPerMinute: cfg.FloodLimitPerMinute,
		CapturesPerMinute: cfg.RateLimitPerMinute, CapturesPerHour: cfg.RateLimitPerHour,
		CapturesPerDay: map[atalaya.Plan]int64{
			atalaya.PlanFree: cfg.DailyLimitFree, atalaya.PlanPro: cfg.DailyLimitPro, atalaya.PlanLifetime: cfg.DailyLimitPro,
		},
	}
}

// Plans are the quotas that the database gives to new users and plan changes.
func Plans(cfg config.Config) postgres.Plans {
	return postgres.Plans{Free: cfg.PlanFreeQuota, Pro: cfg.PlanProQuota, Lifetime: cfg.PlanLifetimeQuota, Default: cfg.DefaultQuota}
}

// checkRedis tells at once where a configured Redis does not answer.
func (a *App) checkRedis(ctx context.Context, redis *redisClient) {
	if !redis.configured() {
		return
	}
	if err := bounded(ctx, redis.ping); err != nil {
		a.log.WarnContext(ctx, "could not connect to Redis; the service works without it. Start it (`redis-cli ping` has to say PONG), or remove REDIS_URL and REDIS_HOST", "error", err)
	}
}
