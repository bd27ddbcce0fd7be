package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"

	"atalaya/internal/postgres/rows"
)

const (
	// takeTimeout bounds the choice of the next captures.
	takeTimeout = 10 * time.Second
	// yieldCheck is how often a worker whose slots are all taken asks whether another user waits.
	yieldCheck = 500 * time.Millisecond
)

// errYield is the cause with which a capture is cancelled that holds another user's slot.
var errYield = errors.New("another user waits for the slot")

// fairDriver is River's driver with a fairPilot.
type fairDriver struct {
	*riverpgxv5.Driver
	pilot *fairPilot
}

// PluginInit implements River's interface for plugins.
func (d *fairDriver) PluginInit(*baseservice.Archetype) {}

// PluginPilot implements River's interface for plugins.
func (d *fairDriver) PluginPilot() riverpilot.Pilot { return d.pilot }

// fairPilot chooses the captures that a worker takes by nextTurns. River would take the oldest, no matter
// whose they are. Everything else is River's. The interface is River's own for its plugins and may change with a
// release, which is why the version is pinned; choosing at insertion could take neither slots nor hanging
// pages into account.
type fairPilot struct {
	riverpilot.StandardPilot
	pool  *pgxpool.Pool
	slots int

	mu      sync.Mutex
	worker  string // River's name of this worker, known from its first fetch
	running map[*runningCapture]bool
}

// runningCapture is a capture under way. yield interrupts it.
type runningCapture struct {
	capturing
	yield context.CancelCauseFunc
}

func newFairPilot(pool *pgxpool.Pool, slots int) *fairPilot {
	return &fairPilot{pool: pool, slots: slots, running: make(map[*runningCapture]bool)}
}

// JobGetAvailable implements riverpilot.Pilot.
func (p *fairPilot) JobGetAvailable(ctx context.Context, exec riverdriver.Executor, state riverpilot.ProducerState, params *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	if params.Queue != captureJobs.queue {
		return p.StandardPilot.JobGetAvailable(ctx, exec, state, params)
	}
	p.mu.Lock()
	p.worker = params.ClientID
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, takeTimeout)
	defer cancel()
	jobs, err := p.take(ctx, params.ClientID, params.MaxToLock)
	if err != nil || len(jobs) == 0 {
		return &riverdriver.JobGetAvailableResult{}, err
	}
	started, err := exec.JobGetByIDMany(ctx, &riverdriver.JobGetByIDManyParams{ID: jobs, Schema: params.Schema})
	return &riverdriver.JobGetAvailableResult{Jobs: started}, err
}

// take starts up to free jobs and returns their ids.
func (p *fairPilot) take(ctx context.Context, worker string, free int) ([]int64, error) {
	if free <= 0 {
		return nil, nil
	}
	turns, err := p.turns(ctx, worker, free)
	if err != nil {
		return nil, err
	}
	next := nextTurns(turns, p.slots, free)
	if len(next) == 0 {
		return nil, nil
	}
	jobs, err := rows.New(p.pool).TakeCaptures(ctx, rows.TakeCapturesParams{Jobs: next, Worker: worker})
	if err != nil {
		return nil, fmt.Errorf("take the next captures: %w", err)
	}
	return jobs, nil
}

// turns returns the users in the queue, each with the ids of up to most waiting jobs.
func (p *fairPilot) turns(ctx context.Context, worker string, most int) ([]turn, error) {
	list, err := rows.New(p.pool).CaptureTurns(ctx, rows.CaptureTurnsParams{Worker: worker, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("look whose captures wait: %w", err)
	}
	turns := make([]turn, len(list))
	for i, r := range list {
		turns[i] = turn{user: r.Owner, jobs: r.Jobs, since: r.Since, running: int(r.Running), hung: r.Hung, taken: r.TakenAt}
	}
	return turns, nil
}

// begin notes a capture that begins. Its context is cancelled when it has to give its slot back; end must be
// called when it is over.
func (p *fairPilot) begin(ctx context.Context, user string) (_ context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	c := &runningCapture{capturing: capturing{user: user, since: time.Now()}, yield: cancel}
	p.mu.Lock()
	p.running[c] = true
	p.mu.Unlock()
	return ctx, func() {
		p.mu.Lock()
		delete(p.running, c)
		p.mu.Unlock()
		cancel(nil)
	}
}

// watch makes captures release the slots that other users wait for, until ctx is done.
func (p *fairPilot) watch(ctx context.Context) {
	ticker := time.NewTicker(yieldCheck)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.yield(ctx)
		}
	}
}

// yield interrupts one capture if it holds another user's slot. It is not counted as an attempt.
func (p *fairPilot) yield(ctx context.Context) {
	p.mu.Lock()
	var running []capturing
	for c := range p.running {
		running = append(running, c.capturing)
	}
	worker := p.worker
	p.mu.Unlock()
	if len(running) < p.slots {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, takeTimeout)
	defer cancel()
	turns, err := p.turns(ctx, worker, 1)
	if err != nil {
		return // the next fetch meets the same error, and River logs it
	}
	yields, ok := mustYield(turns, running, p.slots, time.Now())
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.running {
		if c.capturing == yields {
			c.yield(errYield)
			return
		}
	}
}
