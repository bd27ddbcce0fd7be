package app

import (
	"context"
	"net/http"
	"sync"
	"time"

	"riverqueue.com/riverui"

	"atalaya"
	"atalaya/internal/limits"
	"atalaya/internal/operator"
	"atalaya/internal/postgres"
	"atalaya/internal/webhook"
)

// riverPath is the path of River's page at the operator's door.
const riverPath = "/river"

// maxOperators bounds the connections of the operator's door: a browser has six.
const maxOperators = 64

// buildOperator makes the operator's door if its token is set. Its connections to the database are its own.
func (a *App) buildOperator() error {
	if a.cfg.AdminToken == "" {
		return nil
	}
	pool, err := a.openPool(postgres.OpenDesk)
	if err != nil {
		return err
	}
	desk, err := postgres.NewQueueDesk(pool, a.log)
	if err != nil {
		return err
	}
	desk.OnCommit(a.events.Announce)
	page, err := riverui.NewHandler(&riverui.HandlerOpts{Endpoints: riverui.NewEndpoints(desk.Client(), nil), Logger: a.log, Prefix: riverPath})
	if err != nil {
		return err
	}
	river := newRiverPage(page)
	a.closers = append(a.closers, end(river.stop))
	store := a.storeOn(pool)
	plans := Plans(a.cfg)
	door, err := operator.New(operator.Options{
		Token: a.cfg.AdminToken.Reveal(), ClientIP: webhook.ClientIP(a.cfg.TrustedProxies), Rows: store, Queue: desk, River: river, Guesses: limits.NewGuesses(time.Now), Now: time.Now, Log: a.log,
		Figures: operatorFigures{store, desk, a.health, operator.Browser{Worker: a.roles.Worker, MaxCaptures: a.cfg.WorkerConcurrency, CaptureMillis: a.cfg.ScreenshotTimeoutMS}},
		Quotas:  map[atalaya.Plan]int64{atalaya.PlanFree: plans.Free, atalaya.PlanPro: plans.Pro, atalaya.PlanLifetime: plans.Lifetime},
	})
	if err != nil {
		return err
	}
	a.operatorDoor = newServer(a.cfg.AdminAddr, bounds{limits.NewConnections(limits.ConnectionOptions{All: maxOperators, OfAddress: maxOperators}), a.cfg.WriteTimeout}, door, a.log, a.failed)
	return nil
}

// riverPage is River's page. It starts counting in the background at the first request.
type riverPage struct {
	page  *riverui.Handler
	begin func() error
	stop  func()
}

func newRiverPage(page *riverui.Handler) *riverPage {
	ctx, cancel := context.WithCancel(context.Background())
	return &riverPage{page: page, begin: sync.OnceValue(func() error { return page.Start(ctx) }), stop: cancel}
}

// ServeHTTP implements http.Handler.
func (p *riverPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p.begin(); err != nil {
		http.Error(w, "River's page does not start", http.StatusInternalServerError)
		return
	}
	p.page.ServeHTTP(w, r)
}

// operatorFigures implements operator.Figures.
type operatorFigures struct {
	store   *postgres.Store
	desk    *postgres.QueueDesk
	health  *health
	browser operator.Browser
}

// Signals counts the signals of all users.
func (f operatorFigures) Signals(ctx context.Context) (atalaya.SignalFigures, error) {
	return f.store.SignalFigures(ctx, time.Now().UTC().Truncate(24*time.Hour))
}

// Jobs counts the capture jobs. What waits in a paused queue is paused.
func (f operatorFigures) Jobs(ctx context.Context) (operator.JobCounts, error) {
	counts, err := f.store.CountJobs(ctx)
	if err != nil {
		return operator.JobCounts{}, err
	}
	jobs := operator.JobCounts{
		Waiting: counts.Waiting, Active: counts.Active, Completed: counts.Completed, Failed: counts.Failed, Delayed: counts.Delayed, Total: counts.Total(),
	}
	paused, err := f.desk.CapturesPaused(ctx)
	if paused {
		jobs.Paused, jobs.Waiting = jobs.Waiting, 0
	}
	return jobs, err
}

// Browser describes this process's browser.
func (f operatorFigures) Browser() operator.Browser {
	b := f.browser
	b.Running, b.Active = f.health.camera != nil && f.health.camera.Running(), f.health.capturing.Load()
	return b
}
