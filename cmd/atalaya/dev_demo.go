package main

import (
	"context"
	"log/slog"
	"time"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/demo"
	"atalaya/internal/postgres"
)

const (
	demoSignals  = 300
	demoPictures = 36
	demoSeed     = 4
)

// addDemoData stores invented signals of the demo user, unless there are some.
func addDemoData(ctx context.Context, store *postgres.Store, user atalaya.UserID) error {
	some, err := store.Signals(ctx, callerOf(user), atalaya.SignalFilter{Origin: atalaya.OriginDemo}, atalaya.SignalPage{Limit: 1})
	if err != nil || len(some.Signals) > 0 {
		return err
	}
	return store.AddDemoSignals(ctx, user, demo.Signals(time.Now(), demoSignals, demoSeed))
}

// illustrate queues captures of the newest demo signals in the background, until enough were tried. stop ends it and
// waits.
func illustrate(ctx context.Context, cfg config.Config, user atalaya.UserID, log *slog.Logger) (stop func(), err error) {
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer pool.Close()
		store := postgres.NewStore(pool)
		idle := time.NewTicker(time.Second)
		defer idle.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-idle.C:
			}
			more, err := illustrateNext(ctx, store, user)
			if err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "no capture of a demo signal could be queued; trying again", "error", err)
			}
			if err == nil && !more {
				return
			}
		}
	}()
	return func() { cancel(); <-done }, nil
}

// illustrateNext asks for one picture if no capture waits or runs, so that no alert ever waits behind more
// than one of them. more is false once enough were tried, or the demo signals are gone.
func illustrateNext(ctx context.Context, store *postgres.Store, user atalaya.UserID) (more bool, err error) {
	jobs, err := store.CountJobs(ctx)
	if err != nil || jobs.Waiting+jobs.Active > 0 {
		return true, err
	}
	id, err := store.NextDemoPicture(ctx, user, demoPictures)
	if atalaya.CodeOf(err) == atalaya.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	// The user's limits do not apply to it, and it does not count in them.
	err = store.CaptureAgain(ctx, callerOf(user), id, func(atalaya.RecaptureFacts) error { return nil })
	if atalaya.CodeOf(err) == atalaya.CodeNotFound { // removed meanwhile
		err = nil
	}
	return true, err
}
