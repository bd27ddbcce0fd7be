// Package app is the composition root: it builds every part from the settings, and owns the order
// in which they start and stop. It is the only package that sees all the others.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/config"
	"atalaya/internal/events"
	"atalaya/internal/metrics"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
)

// Roles say which parts of the service a process runs.
type Roles struct {
	Web    bool // the doors: webhook, API
	Worker bool // captures and upkeep
}

// App is the service, built and not yet started.
type App struct {
	cfg     config.Config
	roles   Roles
	log     *slog.Logger
	metrics *metrics.Metrics

	pool    *pgxpool.Pool
	store   *postgres.Store
	keyring *secret.Keyring
	events  *events.Hub

	held   []func() error // releases what New has made, which is there whether or not Run starts
	parts  []part
	failed chan error // of a part that ended by itself
}

// part is something that runs: start must not block, stop waits until it has ended.
type part struct {
	name  string
	start func(context.Context) error
	stop  func() error
}

// New builds the service. It connects to nothing yet; Run releases what it holds.
func New(cfg config.Config, roles Roles, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, roles: roles, log: log, metrics: metrics.New(), failed: make(chan error, 4)}
	var err error
	if a.keyring, err = Keyring(cfg); err != nil {
		return nil, err
	}
	if a.pool, err = postgres.Open(cfg.DatabaseURL.Reveal()); err != nil {
		return nil, err
	}
	a.hold(func() error { a.pool.Close(); return nil })
	if a.store, err = postgres.NewStore(a.pool); err == nil {
		err = a.assemble()
	}
	if err != nil {
		return nil, errors.Join(err, a.release())
	}
	return a, nil
}

// hold notes what release undoes.
func (a *App) hold(undo func() error) { a.held = append(a.held, undo) }

// release lets go of what New has made, the last first.
func (a *App) release() error {
	var problems []error
	for _, undo := range slices.Backward(a.held) {
		problems = append(problems, undo())
	}
	return errors.Join(problems...)
}

// Run starts every part in order, runs until ctx is done or a part fails, and stops them in the
// opposite order: first the doors, then the captures, then what they stand on.
func (a *App) Run(ctx context.Context) error {
	var started []part
	stop := func() error {
		var problems []error
		for _, p := range slices.Backward(started) {
			if err := p.stop(); err != nil {
				problems = append(problems, fmt.Errorf("stop %s: %w", p.name, err))
			}
		}
		return errors.Join(append(problems, a.release())...)
	}
	for _, p := range a.parts {
		if err := p.start(ctx); err != nil {
			return errors.Join(fmt.Errorf("start %s: %w", p.name, err), stop())
		}
		started = append(started, p)
	}
	a.log.InfoContext(ctx, "ready", "public_url", a.cfg.PublicURL, "web", a.roles.Web, "worker", a.roles.Worker)
	var failure error
	select {
	case <-ctx.Done():
		a.log.Info("stopping: requests have 3 s, captures 20 s")
	case failure = <-a.failed:
	}
	return errors.Join(failure, stop())
}

// startTimeout bounds each look at the outside at start: the database's schema, the bucket.
const startTimeout = 10 * time.Second
