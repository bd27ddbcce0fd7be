package app

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/metrics"
	"atalaya/internal/postgres"
	"atalaya/internal/spool"
	"atalaya/internal/tradingview"
	"atalaya/internal/webhook"
)

// health looks at every part of this process.
type health struct {
	pool   *pgxpool.Pool
	store  *postgres.Store
	redis  *redisClient
	camera *Camera            // nil in a process without workers
	watch  *tradingview.Watch // over what the camera sees
	door   *webhook.Door      // nil in a process without doors
	spool  *spool.Spool       // nil without SPOOL_DIR

	capturing atomic.Int64 // captures that this process takes now
}

// counted returns work that counts the captures under way.
func (h *health) counted(work postgres.CaptureWork) postgres.CaptureWork {
	return func(ctx context.Context, id atalaya.SignalID, last bool) atalaya.JobVerdict {
		h.capturing.Add(1)
		defer h.capturing.Add(-1)
		return work(ctx, id, last)
	}
}

// partTimeout bounds the look at one part, so that a hanging one does not hide the others.
const partTimeout = 1500 * time.Millisecond

// report returns the state of every part, with a stable code for each fault.
func (h *health) report(ctx context.Context) api.Report {
	r := api.Report{Database: api.Up, Redis: api.NotConfigured, Worker: api.NotConfigured, BrowserPool: api.NotConfigured, Browser: api.NotConfigured}
	wrong := func(state *api.State, code string) {
		*state = api.Down
		r.Errors = append(r.Errors, code)
	}
	if err := bounded(ctx, h.pool.Ping); err != nil {
		wrong(&r.Database, "database_unreachable")
	} else {
		h.lookAtDatabase(ctx, &r)
	}
	h.lookAtSpool(&r)
	if h.redis.configured() {
		r.Redis = api.Up
		if err := bounded(ctx, h.redis.ping); err != nil {
			wrong(&r.Redis, "redis_unreachable")
		}
	}
	if h.door != nil && h.door.SendersRefused() {
		r.Warnings = append(r.Warnings, "senders_refused") // whoever has a webhook URL can cause it
	}
	if h.camera != nil && h.camera.SandboxLost() {
		r.Errors = append(r.Errors, "sandbox_missing")
	}
	if h.camera != nil {
		r.Worker, r.BrowserPool, r.Browser = api.Up, api.Up, api.Up
		if err := h.camera.Err(); err != nil {
			wrong(&r.Browser, "browser_unavailable")
			r.BrowserPool = api.Down
		}
		if h.watch != nil && h.watch.Changed() {
			r.Errors = append(r.Errors, "site_changed")
		}
	}
	return r
}

// blockerPatience is how long a session may hold rows of users before /health names it.
const blockerPatience = 10 * time.Second

// lookAtDatabase counts the queue, and finds sessions of others that keep rows of users locked.
func (h *health) lookAtDatabase(ctx context.Context, r *api.Report) {
	if counts, err := h.store.CountJobs(ctx); err != nil {
		r.Errors = append(r.Errors, "queue_unreadable")
	} else {
		r.Queue = api.Queue{
			Waiting: counts.Waiting, Active: counts.Active, Completed: counts.Completed,
			Failed: counts.Failed, Delayed: counts.Delayed, Total: counts.Total(),
		}
		if counts.NoWorker() {
			r.Errors = append(r.Errors, "no_worker")
		}
	}
	list, _ := h.store.Blockers(ctx, blockerPatience) // a database that cannot tell has said so above
	if theirs := slices.DeleteFunc(list, func(b atalaya.Blocker) bool { return b.Ours }); len(theirs) > 0 {
		r.Blockers, r.Errors = theirs, append(r.Errors, "users_locked")
	}
}

// queue reads the queue for a scrape of the metrics.
func (h *health) queue() (metrics.Queue, error) {
	ctx, cancel := context.WithTimeout(context.Background(), partTimeout)
	defer cancel()
	counts, err := h.store.CountJobs(ctx)
	return metrics.Queue{Waiting: counts.Waiting, Active: counts.Active, Delayed: counts.Delayed, Oldest: counts.Oldest}, err
}

func bounded(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, partTimeout)
	defer cancel()
	return f(ctx)
}
