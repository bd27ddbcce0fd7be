package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/api"
	"atalaya/internal/postgres"
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
}

// partTimeout bounds the look at one part, so that a hanging one does not hide the others.
const partTimeout = 1500 * time.Millisecond

// report says how every part is, with a stable code for each that is not well.
func (h *health) report(ctx context.Context) api.Report {
	r := api.Report{Database: api.Up, Redis: api.NotConfigured, Worker: api.NotConfigured, BrowserPool: api.NotConfigured, Browser: api.NotConfigured}
	wrong := func(state *api.State, code string) {
		*state = api.Down
		r.Errors = append(r.Errors, code)
	}
	if err := bounded(ctx, h.pool.Ping); err != nil {
		wrong(&r.Database, "database_unreachable")
	} else if counts, err := h.store.CountJobs(ctx); err != nil {
		r.Errors = append(r.Errors, "queue_unreadable")
	} else {
		r.Queue = api.Queue{
			Waiting: counts.Waiting, Active: counts.Active, Completed: counts.Completed,
			Failed: counts.Failed, Delayed: counts.Delayed, Total: counts.Total(),
		}
	}
	if h.redis.configured() {
		r.Redis = api.Up
		if err := bounded(ctx, h.redis.ping); err != nil {
			wrong(&r.Redis, "redis_unreachable")
		}
	}
	if h.door != nil && h.door.SendersRefused() {
		r.Errors = append(r.Errors, "senders_refused")
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

func bounded(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, partTimeout)
	defer cancel()
	return f(ctx)
}
