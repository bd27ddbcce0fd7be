package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
)

type queueCommand struct {
	List   queueListCommand   `cmd:"" help:"List the queues, and the jobs that are not done."`
	Retry  queueRetryCommand  `cmd:"" help:"Run a job now. A capture that failed is taken again, whatever its age."`
	Cancel queueCancelCommand `cmd:"" help:"End a job; a running one is interrupted. The signal of a capture that waited ends as too_late."`
	Pause  queuePauseCommand  `cmd:"" help:"Start no job of a queue until it is resumed. Running jobs continue."`
	Resume queueResumeCommand `cmd:"" help:"Resume a paused queue."`
}

// withDesk opens the queue for one verb.
func withDesk(ctx context.Context, c *cli, f func(*postgres.QueueDesk) error) error {
	return withStore(ctx, c, func(cfg config.Config, _ *postgres.Store) error {
		pool, err := postgres.OpenDesk(cfg.DatabaseURL.Reveal())
		if err != nil {
			return err
		}
		defer pool.Close()
		desk, err := postgres.NewQueueDesk(pool, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return f(desk)
	})
}

type queueListCommand struct {
	State []string `help:"States: available, cancelled, completed, discarded, pending, retryable, running, scheduled. Without it all but completed." placeholder:"STATE"`
	Queue string   `help:"Jobs of one queue." placeholder:"NAME"`
	Limit int      `default:"100" help:"How many jobs at most, the newest first."`
	JSON  bool     `help:"Print one JSON object for each job."`
}

// jobLine is a job as queue list --json prints it. Scripts read it: members may be added, never renamed.
type jobLine struct {
	ID          int64            `json:"id"`
	Kind        string           `json:"kind"`
	Queue       string           `json:"queue"`
	State       string           `json:"state"`
	Attempt     int              `json:"attempt"`
	MaxAttempts int              `json:"max_attempts"`
	SignalID    atalaya.SignalID `json:"signal_id,omitempty"`
	UserID      atalaya.UserID   `json:"user_id,omitempty"`
	Ticker      string           `json:"ticker,omitempty"`
	CreatedAt   time.Time        `json:"created_at"`
	ScheduledAt time.Time        `json:"scheduled_at"`
	AttemptedAt *time.Time       `json:"attempted_at"`
	FinalizedAt *time.Time       `json:"finalized_at"`
	Error       string           `json:"error,omitempty"`
}

// Run implements the verb.
func (q *queueListCommand) Run(ctx context.Context, c *cli, std streams) error {
	states, err := q.states()
	if err != nil {
		return err
	}
	return withDesk(ctx, c, func(desk *postgres.QueueDesk) error {
		jobs, err := desk.Jobs(ctx, atalaya.JobFilter{Queue: q.Queue, States: states, Limit: q.Limit})
		if err != nil {
			return err
		}
		if q.JSON {
			lines := json.NewEncoder(std.out)
			for _, job := range jobs {
				if err := lines.Encode(jobLine(job)); err != nil {
					return err
				}
			}
			return nil
		}
		queues, err := desk.Queues(ctx)
		if err != nil {
			return err
		}
		return printQueue(std, queues, jobs)
	})
}

// states returns the states to list.
func (q *queueListCommand) states() ([]string, error) {
	var open []string
	known := map[string]bool{}
	for _, state := range postgres.JobStates() {
		known[state] = true
		if state != "completed" {
			open = append(open, state)
		}
	}
	for _, state := range q.State {
		if !known[state] {
			return nil, fmt.Errorf("--state %s: it can be %s", state, strings.Join(postgres.JobStates(), ", "))
		}
	}
	if len(q.State) > 0 {
		return q.State, nil
	}
	return open, nil
}

func printQueue(std streams, queues []atalaya.JobQueue, jobs []atalaya.Job) error {
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "QUEUE\tSTATE\tWAITING\tRUNNING\tDELAYED\tFAILED\tDONE")
	for _, queue := range queues {
		state := "runs"
		if queue.PausedAt != nil {
			state = "paused since " + queue.PausedAt.UTC().Format(time.RFC3339)
		}
		n := queue.Jobs
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", queue.Name, state, n["available"]+n["pending"], n["running"],
			n["retryable"]+n["scheduled"], n["cancelled"]+n["discarded"], n["completed"])
	}
	fmt.Fprintln(table, "\nJOB\tKIND\tSTATE\tATTEMPT\tDUE\tTICKER\tSIGNAL\tUSER\tERROR")
	for _, job := range jobs {
		fmt.Fprintf(table, "%d\t%s\t%s\t%d of %d\t%s\t%s\t%s\t%s\t%s\n", job.ID, job.Kind, job.State, job.Attempt, job.MaxAttempts,
			job.ScheduledAt.UTC().Format(time.RFC3339), job.Ticker, job.SignalID, job.UserID, strings.Join(strings.Fields(job.Error), " "))
	}
	return table.Flush()
}

type queueRetryCommand struct {
	Job int64 `arg:"" help:"The job's number."`
}

// Run implements the verb.
func (q *queueRetryCommand) Run(ctx context.Context, c *cli, std streams) error {
	return intervene(ctx, c, std, "job "+strconv.FormatInt(q.Job, 10)+" runs again", func(desk *postgres.QueueDesk) error { return desk.Retry(ctx, q.Job) })
}

type queueCancelCommand struct {
	Job int64 `arg:"" help:"The job's number."`
}

// Run implements the verb.
func (q *queueCancelCommand) Run(ctx context.Context, c *cli, std streams) error {
	return intervene(ctx, c, std, "job "+strconv.FormatInt(q.Job, 10)+" is cancelled", func(desk *postgres.QueueDesk) error { return desk.Cancel(ctx, q.Job) })
}

type queuePauseCommand struct {
	Queue string `arg:"" help:"captures or checks."`
}

// Run implements the verb.
func (q *queuePauseCommand) Run(ctx context.Context, c *cli, std streams) error {
	return intervene(ctx, c, std, "queue "+q.Queue+" is paused; alerts are still stored", func(desk *postgres.QueueDesk) error { return desk.Pause(ctx, q.Queue) })
}

type queueResumeCommand struct {
	Queue string `arg:"" help:"captures or checks."`
}

// Run implements the verb.
func (q *queueResumeCommand) Run(ctx context.Context, c *cli, std streams) error {
	return intervene(ctx, c, std, "queue "+q.Queue+" runs", func(desk *postgres.QueueDesk) error { return desk.Resume(ctx, q.Queue) })
}

// intervene does one thing to the queue and says that it is done.
func intervene(ctx context.Context, c *cli, std streams, done string, f func(*postgres.QueueDesk) error) error {
	return withDesk(ctx, c, func(desk *postgres.QueueDesk) error {
		if err := f(desk); err != nil {
			return err
		}
		_, err := fmt.Fprintln(std.out, done)
		return err
	})
}
