package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// QueueSchema keeps River's tables away from the schemas that Supabase serves as an API.
const QueueSchema = "river"

// jobKind is how the jobs of one kind are run. Each kind has a queue, and so slots, of its own: no kind
// waits for another.
type jobKind struct {
	queue    string
	attempts int           // after which the work is told that it is the last
	runs     int           // after which River discards the job
	backoff  time.Duration // after the first failed attempt; it doubles with each further one
}

// The kinds. River runs a job more often than it is attempted: a job whose worker was killed in its last
// attempt comes back to settle its signal, instead of being discarded with the signal left as processing.
var (
	captureJobs = jobKind{queue: "captures", attempts: 3, runs: 10, backoff: 5 * time.Second}
	checkJobs   = jobKind{queue: "checks", attempts: 3, runs: 3, backoff: 5 * time.Second}
)

// captureArgs are the arguments of a capture job: only whose signal it is, so that the queue holds no secret and
// no stale setting. The user is there for the queue's fairness.
type captureArgs struct {
	SignalID atalaya.SignalID `json:"signal_id"`
	UserID   atalaya.UserID   `json:"user_id"`
}

// Kind implements river.JobArgs.
func (captureArgs) Kind() string { return "capture" }

// checkArgs are the arguments of a check of cookies: whose, and nothing secret.
type checkArgs struct {
	UserID atalaya.UserID `json:"user_id"`
}

// Kind implements river.JobArgs.
func (checkArgs) Kind() string { return "cookie_check" }

// worker runs the jobs of one kind.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	kind jobKind
	work func(ctx context.Context, job *river.Job[T], last bool) atalaya.JobVerdict
}

// Work makes one attempt and translates its verdict for River.
func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	switch v := w.work(ctx, job, job.Attempt >= w.kind.attempts); v.Action {
	case atalaya.JobDone:
		return nil
	case atalaya.JobStop:
		return river.JobCancel(v.Err)
	case atalaya.JobSnooze:
		return river.JobSnooze(v.After)
	default:
		return v.Err
	}
}

// NextRetry doubles the kind's backoff with each failed attempt.
func (w *worker[T]) NextRetry(job *river.Job[T]) time.Time { return w.kind.nextRetry(job.JobRow) }

func (k jobKind) nextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(k.backoff << min(len(job.Errors), 6))
}

// queuedCapture is a signal whose capture is to be queued.
type queuedCapture struct {
	signal atalaya.SignalID
	user   atalaya.UserID
	due    time.Time // zero: now
}

// insertCaptures adds the jobs of signals to the transaction that writes the signals.
func insertCaptures(ctx context.Context, db rows.DBTX, captures []queuedCapture) error {
	p := rows.InsertCapturesParams{Runs: int32(captureJobs.runs)}
	for _, c := range captures {
		p.Signals, p.Users, p.Due = append(p.Signals, string(c.signal)), append(p.Users, string(c.user)), append(p.Due, c.due)
	}
	if err := rows.New(db).InsertCaptures(ctx, p); err != nil {
		return fmt.Errorf("queue the captures: %w", err)
	}
	return nil
}

// requeueCaptures queues captures of the user's signals that wait again.
func requeueCaptures(ctx context.Context, tx pgx.Tx, user atalaya.UserID, signals []string) error {
	jobless, err := rows.New(tx).RequeueCaptures(ctx, rows.RequeueCapturesParams{Signals: signals, UserID: string(user)})
	if err != nil {
		return fmt.Errorf("queue the captures again: %w", err)
	}
	captures := make([]queuedCapture, len(jobless))
	for i, id := range jobless {
		captures[i] = queuedCapture{signal: atalaya.SignalID(id), user: user}
	}
	if len(captures) == 0 {
		return nil
	}
	return insertCaptures(ctx, tx, captures)
}

// insertCookieCheck queues a check in a transaction that holds the user's settings or check. One check of
// a user waits at a time.
func insertCookieCheck(ctx context.Context, tx pgx.Tx, user atalaya.UserID) error {
	q := rows.New(tx)
	if err := q.RequestCookieCheck(ctx, string(user)); err != nil {
		return err
	}
	return q.InsertCookieCheck(ctx, rows.InsertCookieCheckParams{UserID: string(user), Runs: int32(checkJobs.runs)})
}

// claimable is further ahead than any busy account snoozes its captures. A job that is scheduled later is
// another's claim, or waits for a slot of the user's limits.
const claimable = 5 * time.Second

// ClaimCapture claims the user's oldest waiting capture. If the claim has not ended after held, the capture's own job
// runs. It leaves out captures that failed before, need the browser to themselves or are
// claimed. ok is false if none is left, or if another user waits for a slot.
func (s *Store) ClaimCapture(ctx context.Context, user atalaya.UserID, held time.Duration) (claim atalaya.CaptureClaim, ok bool, err error) {
	row, err := rows.New(s.pool).ClaimCapture(ctx, rows.ClaimCaptureParams{
		UserID: string(user), Claimable: claimable.Seconds(), Held: held.Seconds(),
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.CaptureClaim{}, false, nil
	}
	if err != nil {
		return atalaya.CaptureClaim{}, false, fmt.Errorf("claim the user's next capture: %w", err)
	}
	return atalaya.CaptureClaim{SignalID: atalaya.SignalID(row.SignalID), UserID: user, Job: row.Job}, true, nil
}

// EndClaim ends a claim. If done, its job is completed, else it may run now. A job that runs already is
// left alone.
func (s *Store) EndClaim(ctx context.Context, claim atalaya.CaptureClaim, done bool) error {
	q := rows.New(s.pool)
	var err error
	if done {
		err = q.FinishClaim(ctx, rows.FinishClaimParams{Job: claim.Job, UserID: string(claim.UserID)})
	} else {
		err = q.ReturnClaim(ctx, rows.ReturnClaimParams{Job: claim.Job, UserID: string(claim.UserID)})
	}
	if err != nil {
		return fmt.Errorf("end the claim of a capture: %w", err)
	}
	return nil
}

// MarkHung notes whether the user's last attempt at a capture ran into its time limit. While other users wait, the users
// whose last attempt did share one slot.
func (s *Store) MarkHung(ctx context.Context, user atalaya.UserID, hung bool) error {
	if err := rows.New(s.pool).MarkHung(ctx, rows.MarkHungParams{UserID: string(user), Hung: hung}); err != nil {
		return fmt.Errorf("note how the user's capture ended: %w", err)
	}
	return nil
}

// JobCounts counts the capture jobs in the queue by state.
type JobCounts struct {
	Waiting, Active, Completed, Failed, Delayed int64

	Oldest time.Duration // how long the first waiting job has been due
	idle   bool          // no attempt has begun within noWorkerAfter
}

// noWorkerAfter is how long captures have to wait, with none started, until NoWorker returns true.
const noWorkerAfter = time.Minute

// NoWorker reports whether captures wait and no worker takes them.
func (c JobCounts) NoWorker() bool { return c.idle && c.Active == 0 && c.Oldest > noWorkerAfter }

// Total returns the number of jobs in all states.
func (c JobCounts) Total() int64 { return c.Waiting + c.Active + c.Completed + c.Failed + c.Delayed }

// CountJobs counts the capture jobs. Finished ones are kept for a day.
func (s *Store) CountJobs(ctx context.Context) (JobCounts, error) {
	var c JobCounts
	list, err := rows.New(s.pool).CountJobs(ctx, captureJobs.queue)
	if err != nil {
		return c, fmt.Errorf("count the jobs: %w", err)
	}
	c.idle = true
	for _, row := range list {
		c.idle = c.idle && row.BegunSeconds > noWorkerAfter.Seconds()
		switch row.State {
		case "available", "pending":
			c.Waiting += row.Jobs
			c.Oldest = max(c.Oldest, time.Duration(row.DueSeconds*float64(time.Second)))
		case "running":
			c.Active += row.Jobs
		case "completed":
			c.Completed += row.Jobs
		case "cancelled", "discarded":
			c.Failed += row.Jobs
		case "retryable", "scheduled":
			c.Delayed += row.Jobs
		}
	}
	return c, nil
}
