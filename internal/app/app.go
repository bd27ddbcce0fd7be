// Package app is the composition root: it builds every part from the settings, and owns the order
// in which they start and stop. It is the only package that sees all the others.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"atalaya/internal/config"
)

// Roles say which parts of the service a process runs.
type Roles struct {
	Web    bool // the doors: webhook, API
	Worker bool // captures and upkeep
}

// String names the roles, as --roles takes them.
func (r Roles) String() string {
	switch {
	case r.Web && r.Worker:
		return "web,worker"
	case r.Web:
		return "web"
	}
	return "worker"
}

// App is the service, built and not yet started.
type App struct {
	cfg   config.Config
	roles Roles
	log   *slog.Logger

	services
	// Migrate applies the migrations before anything else is asked of the database.
	Migrate bool
	// Ready is called once every part has started; it may be nil.
	Ready func()

	closers []func() error // of what New has opened, which is there whether or not Run starts
	failed  chan error     // of a part that ended by itself
}

// part is something that runs as long as the service does. Start must not block, and Stop returns
// when the part has ended; either may be nil.
type part struct {
	in    bool // whether this process has it
	name  string
	Start func(context.Context) error
	Stop  func() error
}

// parts lists every part in the order in which they start. They stop in the opposite order: first the captures,
// which may take their time, while alerts are still taken; then the doors, then the parts that those use.
func (a *App) parts() []part {
	web, worker := a.roles.Web, a.roles.Worker
	domain := a.domain != nil
	return []part{
		{web, "the HTTP server", a.doors.listen, a.doors.close}, // first: a taken port is told before anything runs
		{domain, "the plain HTTP server", a.plain.listen, a.plain.close},
		{a.cfg.MetricsAddr != "", "the metrics server", a.scrapes.listen, a.scrapes.close},
		{a.operatorDoor != nil, "the operator's door", a.operatorDoor.listen, a.operatorDoor.close},
		{true, "the capability to listen", begin(giveUpPorts), nil},
		{true, "the events", begin(a.events.Start), end(a.events.Stop)},
		{worker, "the picture storage", a.preparePictures, nil},
		{true, "the database", a.database.start, a.database.stop}, // with the queue of captures
		{worker, "the upkeep", begin(a.upkeep.Start), end(a.upkeep.Stop)},
		{worker, "the notifications", begin(a.notify.Start), end(a.notify.Stop)},
		{true, "the look at Redis", a.checkRedis, nil},
		{web, "the token verifier", a.verifier.Start, end(a.verifier.Stop)},
		{web, "the intake of alerts", begin(a.intake.Start), end(a.intake.Stop)},
		{web, "the HTTP server", begin(a.doors.serve), a.doors.stop},
		{domain, "the plain HTTP server", begin(a.plain.serve), a.plain.stop},
		{domain, "the certificate", a.domain.Start, nil},            // its challenges are answered by these two
		{web, "the event streams", nil, end(a.events.CloseStreams)}, // before the server, which would wait for them
		{a.cfg.MetricsAddr != "", "the metrics server", begin(a.scrapes.serve), a.scrapes.stop},
		{a.operatorDoor != nil, "the operator's door", begin(a.operatorDoor.serve), a.operatorDoor.stop},
		{worker, "the captures", nil, a.database.stop}, // whose queue began with the database
	}
}

// begin and end fit parts that cannot fail into the list.
func begin(start func()) func(context.Context) error {
	return func(context.Context) error { start(); return nil }
}

func end(stop func()) func() error { return func() error { stop(); return nil } }

// New builds the service. It connects to nothing yet; Run releases what it holds.
func New(cfg config.Config, roles Roles, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, roles: roles, log: log, failed: make(chan error, 4)}
	if err := a.build(); err != nil {
		return nil, errors.Join(err, a.release())
	}
	return a, nil
}

// release closes what New has opened, the last first.
func (a *App) release() error {
	var problems []error
	for _, closeOne := range slices.Backward(a.closers) {
		problems = append(problems, closeOne())
	}
	return errors.Join(problems...)
}

// Run starts every part in order, runs until ctx is done or a part fails, and stops them in the
// opposite order.
func (a *App) Run(ctx context.Context) error {
	defer roomyHeap(os.Getenv)()
	var started []part
	stop := func() error {
		var problems []error
		for _, p := range slices.Backward(started) {
			if p.Stop == nil {
				continue
			}
			if err := p.Stop(); err != nil {
				problems = append(problems, fmt.Errorf("stop %s: %w", p.name, err))
			}
		}
		return errors.Join(append(problems, a.release())...)
	}
	for _, p := range a.parts() {
		if !p.in {
			continue
		}
		if p.Start != nil {
			if err := p.Start(ctx); err != nil {
				return errors.Join(fmt.Errorf("start %s: %w", p.name, err), stop())
			}
		}
		started = append(started, p)
	}
	a.log.InfoContext(ctx, "ready", "public_url", a.cfg.PublicURL, "web", a.roles.Web, "worker", a.roles.Worker)
	if a.Ready != nil {
		a.Ready()
	}
	var failure error
	select {
	case <-ctx.Done():
		a.log.Info("stopping: captures have 20 s, while alerts are taken, and then requests 3 s")
	case failure = <-a.failed:
	}
	return errors.Join(failure, stop())
}

// startTimeout bounds each look at the outside at start: the database's schema, the bucket.
const startTimeout = 10 * time.Second
