package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

const (
	// fetchCooldown is the least time between two fetches of jobs.
	fetchCooldown = 20 * time.Millisecond
	// fetchPoll is how soon a snoozed job is found; no notification announces it.
	fetchPoll = 500 * time.Millisecond
	// softStop is how long running captures may continue after Stop. Then they go back to the queue, uncounted.
	softStop = 20 * time.Second
	// checkSlots is how many checks of cookies a worker makes at the same time.
	checkSlots = 2
)

// CookieWork makes one check of whether a user's session is alive.
type CookieWork func(ctx context.Context, user atalaya.UserID) atalaya.JobVerdict

// CaptureWork makes one attempt at a signal's capture; last means that no retry follows.
type CaptureWork func(ctx context.Context, id atalaya.SignalID, last bool) atalaya.JobVerdict

// QueueOptions are the settings of a Queue.
type QueueOptions struct {
	Concurrency int           // captures at the same time
	JobTimeout  time.Duration // of one attempt, all included
	RescueAfter time.Duration // a job that has run longer lost its worker and is given to another
	PollOnly    bool          // do not LISTEN: behind a transaction pooler it silently delivers nothing
}

// Queue works on the jobs that the store inserts. A job is inserted in the same transaction as what it is about, so that
// neither exists without the other.
type Queue struct {
	pool    *pgxpool.Pool
	client  *river.Client[pgx.Tx]
	pilot   *fairPilot
	cancel  context.CancelFunc
	watcher sync.WaitGroup
}

// NewQueue makes a Queue; nothing runs before Start.
func NewQueue(pool *pgxpool.Pool, work CaptureWork, check CookieWork, log *slog.Logger, opt QueueOptions) (*Queue, error) {
	q := &Queue{pool: pool, pilot: newFairPilot(pool, opt.Concurrency), cancel: func() {}}
	workers := river.NewWorkers()
	captures := &worker[captureArgs]{kind: captureJobs, work: func(ctx context.Context, job *river.Job[captureArgs], last bool) atalaya.JobVerdict {
		ctx, end := q.pilot.begin(ctx, string(job.Args.UserID))
		defer end()
		return work(ctx, job.Args.SignalID, last)
	}}
	if err := river.AddWorkerSafely(workers, captures); err != nil {
		return nil, fmt.Errorf("register the worker for captures: %w", err)
	}
	checks := &worker[checkArgs]{kind: checkJobs, work: func(ctx context.Context, job *river.Job[checkArgs], _ bool) atalaya.JobVerdict {
		return check(ctx, job.Args.UserID)
	}}
	if err := river.AddWorkerSafely(workers, checks); err != nil {
		return nil, fmt.Errorf("register the worker for cookies: %w", err)
	}
	var err error
	q.client, err = river.NewClient(&fairDriver{Driver: riverpgxv5.New(pool), pilot: q.pilot}, &river.Config{
		Schema: QueueSchema,
		Queues: map[string]river.QueueConfig{
			captureJobs.queue: {MaxWorkers: opt.Concurrency},
			checkJobs.queue:   {MaxWorkers: checkSlots},
		},
		Workers:              workers,
		Logger:               log,
		JobTimeout:           opt.JobTimeout,
		RescueStuckJobsAfter: opt.RescueAfter,
		FetchCooldown:        fetchCooldown,
		FetchPollInterval:    fetchPoll,
		PollOnly:             opt.PollOnly,
		ReindexerIndexNames:  keptIndexes(),
		SoftStopTimeout:      softStop,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue: %w", err)
	}
	return q, nil
}

// keptIndexes returns River's indexes without the two that package migrate drops: reindexing an absent
// index fails.
func keptIndexes() []string {
	return slices.DeleteFunc(river.ReindexerIndexNamesDefault(), func(name string) bool {
		return slices.Contains(DroppedQueueIndexes(), name)
	})
}

// DroppedQueueIndexes returns River's GIN indexes on river_job. Nothing here searches by arguments or
// metadata, and maintaining them costs each insert more than all else together.
func DroppedQueueIndexes() []string {
	return []string{"river_job_args_index", "river_job_metadata_index"}
}

// Start begins to work on jobs. It fails if River's tables are missing.
func (q *Queue) Start(ctx context.Context) error {
	if err := rows.New(q.pool).AdoptJobs(ctx); err != nil {
		return fmt.Errorf("take over the jobs of an earlier release: %w", err)
	}
	if err := q.client.Start(ctx); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	ctx, q.cancel = context.WithCancel(ctx)
	q.watcher.Go(func() { q.pilot.watch(ctx) })
	return nil
}

// Stop takes no further jobs and waits for the running ones. After 20 s they are interrupted and go back to
// the queue uncounted. It returns when all have ended or ctx is done.
func (q *Queue) Stop(ctx context.Context) error {
	q.cancel()
	q.watcher.Wait()
	if err := q.client.Stop(ctx); err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}
