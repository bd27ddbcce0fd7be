package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// QueueDesk lists and changes the queue's jobs for the operator. It runs none.
type QueueDesk struct {
	store  *Store
	client *river.Client[pgx.Tx]
}

// NewQueueDesk takes a pool from Open. It does not touch the database.
func NewQueueDesk(pool *pgxpool.Pool, log *slog.Logger) (*QueueDesk, error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: QueueSchema, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("prepare the queue's desk: %w", err)
	}
	return &QueueDesk{store: NewStore(pool), client: client}, nil
}

// OnCommit sets the function that is called with the users whose signals a retry has changed.
func (d *QueueDesk) OnCommit(f func(users ...atalaya.UserID)) { d.store.OnCommit(f) }

// Client returns River's client, for River's own page.
func (d *QueueDesk) Client() *river.Client[pgx.Tx] { return d.client }

// JobStates lists River's states of a job.
func JobStates() []string {
	return []string{"available", "cancelled", "completed", "discarded", "pending", "retryable", "running", "scheduled"}
}

// Jobs returns up to f.Limit jobs, the newest first.
func (d *QueueDesk) Jobs(ctx context.Context, f atalaya.JobFilter) ([]atalaya.Job, error) {
	if len(f.States) == 0 {
		f.States = JobStates()
	}
	list, err := rows.New(d.store.pool).ListJobs(ctx, rows.ListJobsParams{Queue: f.Queue, States: f.States, Signal: string(f.Signal), Most: int32(f.Limit)})
	if err != nil {
		return nil, fmt.Errorf("list the jobs: %w", err)
	}
	jobs := make([]atalaya.Job, len(list))
	for i, r := range list {
		jobs[i] = atalaya.Job{
			ID: r.ID, Kind: r.Kind, Queue: r.Queue, State: r.State, Attempt: int(r.Attempt), MaxAttempts: int(r.MaxAttempts),
			SignalID: atalaya.SignalID(r.SignalID), UserID: atalaya.UserID(r.Owner), Ticker: r.Ticker,
			CreatedAt: r.CreatedAt, ScheduledAt: r.ScheduledAt, AttemptedAt: r.AttemptedAt, FinalizedAt: r.FinalizedAt, Error: r.Error,
		}
	}
	return jobs, nil
}

// Queues lists the queues that a worker has ever served, with their jobs.
func (d *QueueDesk) Queues(ctx context.Context) ([]atalaya.JobQueue, error) {
	const most = 100
	found, err := d.client.QueueList(ctx, river.NewQueueListParams().First(most))
	if err != nil {
		return nil, fmt.Errorf("list the queues: %w", err)
	}
	queues := make([]atalaya.JobQueue, len(found.Queues))
	for i, queue := range found.Queues {
		queues[i] = atalaya.JobQueue{Name: queue.Name, PausedAt: queue.PausedAt, Jobs: map[string]int64{}}
		counts, err := rows.New(d.store.pool).CountJobs(ctx, queue.Name)
		if err != nil {
			return nil, fmt.Errorf("count the jobs: %w", err)
		}
		for _, c := range counts {
			queues[i].Jobs[c.State] += c.Jobs
		}
	}
	return queues, nil
}

// CapturesPaused reports whether the queue of captures is paused. A queue that no worker has made yet is not.
func (d *QueueDesk) CapturesPaused(ctx context.Context) (bool, error) {
	queue, err := d.client.QueueGet(ctx, captureJobs.queue)
	switch {
	case errors.Is(err, river.ErrNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look at the queue of captures: %w", err)
	}
	return queue.PausedAt != nil, nil
}

// Reopen sets the failed captures of ended jobs to pending. Otherwise the jobs would find nothing to do when they are run
// again.
func (d *QueueDesk) Reopen(ctx context.Context, jobs []int64) error {
	users, err := rows.New(d.store.pool).ReopenOfJobs(ctx, jobs)
	if err != nil {
		return fmt.Errorf("reopen the captures: %w", err)
	}
	for _, user := range users {
		d.store.announce(atalaya.UserID(user))
	}
	return nil
}

// Retry runs a job now, even if it has ended. A failed capture is taken again, whatever its age. It fails
// with CodeNotFound if there is no such job.
func (d *QueueDesk) Retry(ctx context.Context, job int64) error {
	if err := d.Reopen(ctx, []int64{job}); err != nil {
		return err
	}
	_, err := d.client.JobRetry(ctx, job)
	return deskError("retry the job", err, "there is no job %d; finished ones are kept for a day", job)
}

// Cancel ends a job, and interrupts a running one. The signal of a waiting capture ends as too_late. It fails with
// CodeNotFound if there is no such job.
func (d *QueueDesk) Cancel(ctx context.Context, job int64) error {
	_, err := d.client.JobCancel(ctx, job)
	return deskError("cancel the job", err, "there is no job %d; finished ones are kept for a day", job)
}

// Pause keeps workers from starting jobs of a queue until Resume. Running jobs continue. It fails with
// CodeNotFound if no worker has ever served such a queue.
func (d *QueueDesk) Pause(ctx context.Context, queue string) error {
	return deskError("pause the queue", d.client.QueuePause(ctx, queue, nil), "there is no queue %q", queue)
}

// Resume ends a Pause.
func (d *QueueDesk) Resume(ctx context.Context, queue string) error {
	return deskError("resume the queue", d.client.QueueResume(ctx, queue, nil), "there is no queue %q", queue)
}

// deskError turns River's "not found" into CodeNotFound, and wraps other errors.
func deskError(doing string, err error, missing string, args ...any) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, river.ErrNotFound):
		return atalaya.Errorf(atalaya.CodeNotFound, missing, args...)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
