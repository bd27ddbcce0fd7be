package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"atalaya/internal/api"
	"atalaya/internal/config"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/metrics"
	"atalaya/internal/postgres"
	"atalaya/internal/spool"
)

// OpenSpool opens the spool in SPOOL_DIR. It returns nil if that is not set. Its errors name the cure.
func OpenSpool(cfg config.Config, log *slog.Logger) (*spool.Spool, error) {
	if cfg.SpoolDir == "" {
		return nil, nil
	}
	keys, err := Keyring(cfg)
	if err != nil {
		return nil, err
	}
	s, err := spool.Open(spool.Options{Dir: cfg.SpoolDir, MaxBytes: cfg.SpoolMax, Sealer: keys, Log: log})
	switch {
	case errors.Is(err, spool.ErrLocked):
		return nil, fmt.Errorf("SPOOL_DIR %s: %w. Give each replica a folder of its own, or stop the other process", cfg.SpoolDir, err)
	case err != nil:
		return nil, fmt.Errorf("SPOOL_DIR %s: %w. Give the folder to the user that runs the service, and free some space", cfg.SpoolDir, err)
	}
	return s, nil
}

// openSpool makes this process keep alerts while the database is away.
func (a *App) openSpool() (err error) {
	if a.spool, err = OpenSpool(a.cfg, a.log); err != nil || a.spool == nil {
		return err
	}
	a.closers = append(a.closers, a.spool.Close)
	a.intake.KeepIn(a.spool)
	a.health.spool = a.spool
	a.metrics.WatchSpool(func() metrics.Spool {
		st := a.spool.Status()
		return metrics.Spool{Alerts: st.Alerts, Aside: st.Aside, Bytes: st.Bytes, MaxBytes: st.MaxBytes, Age: ageOf(st.Oldest), Failing: st.Failing != nil}
	})
	return nil
}

// DrainSpool stores the alerts that a spool holds, without a running service. stored counts those that do not wait any
// more, also those that were set aside.
func DrainSpool(ctx context.Context, cfg config.Config, s *spool.Spool, log *slog.Logger) (stored int, err error) {
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	redis, err := newRedis(cfg)
	if err != nil {
		return 0, err
	}
	defer redis.close()
	bounds := ingest.Bounds{Limits: limits.New(limits.Options{Redis: redis.client, Log: log}), Lookups: limits.NewLookups(time.Now)}
	intake := ingest.New(postgres.NewStore(pool), bounds, Policy(cfg), log)
	intake.KeepIn(s)
	return intake.Drain(ctx), nil
}

// ageOf returns how long ago a moment was, 0 for the zero Time.
func ageOf(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return max(0, time.Since(t))
}

// lookAtSpool adds to the report what waits in the spool, and what an operator has to mend.
func (h *health) lookAtSpool(r *api.Report) {
	if h.spool == nil {
		return
	}
	st := h.spool.Status()
	r.Spool = &api.Spool{Alerts: st.Alerts, Users: st.Users, OldestSeconds: int64(ageOf(st.Oldest).Seconds()), Aside: st.Aside, Bytes: st.Bytes, MaxBytes: st.MaxBytes}
	if st.Alerts > 0 {
		r.Errors = append(r.Errors, "spooling")
	}
	if st.Aside > 0 {
		r.Errors = append(r.Errors, "spool_aside")
	}
	if r.Spool.Failing = st.Failing != nil; r.Spool.Failing {
		r.Errors = append(r.Errors, "spool_failing")
	}
	if len(st.Torn) > 0 {
		r.Warnings = append(r.Warnings, "spool_torn")
	}
}
