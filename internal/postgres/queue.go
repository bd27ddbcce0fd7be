package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// riverSchema keeps River's tables away from what Supabase serves as an API.
const riverSchema = "river"

const (
	// captureAttempts is how often a capture is tried before its signal is failed.
	captureAttempts = 3
	// captureRuns is how often River starts the job at most. It is larger than captureAttempts so
	// that a job whose worker was killed in its last attempt comes back once more to settle its
	// signal, instead of being discarded with the signal left as processing.
	captureRuns = 10
	// firstBackoff is waited after the first failed attempt; it doubles with each further one.
	firstBackoff = 5 * time.Second
	// fetchCooldown is the least time between two fetches of jobs.
	fetchCooldown = 20 * time.Millisecond
	// fetchPoll is how soon a snoozed job is seen, which nobody announces.
	fetchPoll = 500 * time.Millisecond
	// softStop is how long running captures may go on after Stop, before they go back uncounted.
	softStop = 20 * time.Second
)

// captureArgs are the arguments of a capture job: the signal's id and nothing else, so that no
// secret and no stale setting can lie in the queue.
type captureArgs struct {
	SignalID atalaya.SignalID `json:"signal_id"`
}

// Kind implements river.JobArgs.
func (captureArgs) Kind() string { return "capture" }

// cookieArgs are the arguments of a check of cookies: whose, and nothing secret.
type cookieArgs struct {
	UserID atalaya.UserID `json:"user_id"`
}

// Kind implements river.JobArgs.
func (cookieArgs) Kind() string { return "cookie_check" }

// CookieWork asks whether a user's session is alive.
type CookieWork func(ctx context.Context, user atalaya.UserID) atalaya.JobVerdict

// CaptureWork makes one attempt at a signal's capture; last says that no retry follows.
type CaptureWork func(ctx context.Context, id atalaya.SignalID, last bool) atalaya.JobVerdict

// QueueOptions are the settings of a Queue.
type QueueOptions struct {
	Concurrency int           // captures at the same time
	JobTimeout  time.Duration // of one attempt, all included
	RescueAfter time.Duration // a job that has run longer lost its worker and is given to another
	PollOnly    bool          // no LISTEN: behind a transaction pooler it silently delivers nothing
}

// Queue works on the capture jobs that Ingest inserts. Its jobs live in PostgreSQL, in the same
// transaction as their signals: neither exists without the other.
type Queue struct {
	client *river.Client[pgx.Tx]
}

// NewQueue makes a Queue; nothing runs before Start.
func NewQueue(pool *pgxpool.Pool, work CaptureWork, check CookieWork, log *slog.Logger, opt QueueOptions) (*Queue, error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &captureWorker{work: work}); err != nil {
		return nil, fmt.Errorf("register the capture worker: %w", err)
	}
	if err := river.AddWorkerSafely(workers, &cookieWorker{check: check}); err != nil {
		return nil, fmt.Errorf("register the worker for cookies: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:               riverSchema,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: opt.Concurrency}},
		Workers:              workers,
		Logger:               log,
		JobTimeout:           opt.JobTimeout,
		RescueStuckJobsAfter: opt.RescueAfter,
		FetchCooldown:        fetchCooldown,
		FetchPollInterval:    fetchPoll,
		PollOnly:             opt.PollOnly,
		RetryPolicy:          backoff{},
		ReindexerIndexNames:  keptIndexes(),
		SoftStopTimeout:      softStop,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the capture queue: %w", err)
	}
	return &Queue{client: client}, nil
}

// keptIndexes are River's indexes less the two that Migrate drops: a reindex of an absent one fails.
func keptIndexes() []string {
	return slices.DeleteFunc(river.ReindexerIndexNamesDefault(), func(name string) bool {
		return slices.Contains(droppedRiverIndexes(), name)
	})
}

// droppedRiverIndexes are River's GIN indexes on river_job. Nothing here searches by arguments or
// metadata, and keeping them up to date costs each insert more than all else together.
func droppedRiverIndexes() []string {
	return []string{"river_job_args_index", "river_job_metadata_index"}
}

// Start begins to work on jobs. It fails where River's tables are missing.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.client.Start(ctx); err != nil {
		return fmt.Errorf("start the capture queue: %w", err)
	}
	return nil
}

// Stop takes no further jobs and waits for the running ones: 20 s, then they are interrupted and
// go back to the queue uncounted. It returns when all have ended or ctx is done.
func (q *Queue) Stop(ctx context.Context) error {
	if err := q.client.Stop(ctx); err != nil {
		return fmt.Errorf("stop the capture queue: %w", err)
	}
	return nil
}

// insertCaptures adds the jobs of signals to the transaction that writes the signals, and tells the
// workers once it is committed. The rows are those that River's own insert makes, which costs more
// than all else that a signal needs; a test holds them to it.
func insertCaptures(ctx context.Context, db rows.DBTX, ids []atalaya.SignalID) error {
	texts := make([]string, len(ids)) // behind a transaction pooler nothing tells pgx the parameters' types
	for i, id := range ids {
		texts[i] = string(id)
	}
	_, err := db.Exec(ctx, `
		with job as (
		  insert into river.river_job (args, kind, max_attempts)
		  select jsonb_build_object('signal_id', id), $2, $3 from unnest($1::text[]) id
		)
		select pg_notify('river.river_insert', '{"queue": "default"}')`,
		texts, captureArgs{}.Kind(), captureRuns)
	if err != nil {
		return fmt.Errorf("queue the captures: %w", err)
	}
	return nil
}

type captureWorker struct {
	river.WorkerDefaults[captureArgs]
	work CaptureWork
}

// Work makes one attempt and translates its verdict for River.
func (w *captureWorker) Work(ctx context.Context, job *river.Job[captureArgs]) error {
	return forRiver(w.work(ctx, job.Args.SignalID, job.Attempt >= captureAttempts))
}

type cookieWorker struct {
	river.WorkerDefaults[cookieArgs]
	check CookieWork
}

// Work asks once and translates the verdict for River.
func (w *cookieWorker) Work(ctx context.Context, job *river.Job[cookieArgs]) error {
	return forRiver(w.check(ctx, job.Args.UserID))
}

// forRiver says a verdict in River's words.
func forRiver(v atalaya.JobVerdict) error {
	switch v.Action {
	case atalaya.JobDone:
		return nil
	case atalaya.JobStop:
		return river.JobCancel(v.Err)
	case atalaya.JobSnooze:
		return river.JobSnooze(v.After)
	}
	return v.Err
}

// backoff waits 5 s, 10 s, 20 s … after the first, second, third failed attempt.
type backoff struct{}

// NextRetry implements river.ClientRetryPolicy.
func (backoff) NextRetry(job *rivertype.JobRow) time.Time {
	failures := max(1, len(job.Errors)+1)
	return time.Now().Add(firstBackoff << min(failures-1, 6))
}
