package postgres_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// capture holds the arguments of a capture job.
type capture struct {
	SignalID string `json:"signal_id"`
	UserID   string `json:"user_id"`
}

// Kind implements river.JobArgs.
func (capture) Kind() string { return "capture" }

func TestTheJobOfASignalEqualsTheOneThatRiverInserts(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	id, err := take(t, testkit.Store(t, pool), testkit.Token(t, pool, user), atalaya.NewSignal{
		Alert: atalaya.Alert{ChartID: "Zk4Tq9Lm", Timestamp: time.Now()}, ScreenshotStatus: atalaya.ScreenshotPending})
	if err != nil {
		t.Fatal(err)
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: "river"})
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := client.InsertTx(t.Context(), tx, capture{SignalID: string(id), UserID: string(user)}, &river.InsertOpts{MaxAttempts: 10, Queue: "captures"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The id is another, and River takes times from the program's clock: only whether they are due and new is compared.
	rows, err := pool.Query(t.Context(), `select to_jsonb(j) - array['id', 'created_at', 'scheduled_at'] ||
		jsonb_build_object('due', scheduled_at <= now(), 'made', created_at > now() - interval '1 minute') from river.river_job j order by id`)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	if err != nil || len(jobs) != 2 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	if diff := cmp.Diff(string(jobs[1]), string(jobs[0])); diff != "" {
		t.Errorf("the job (-River's own +ours):\n%s", diff)
	}
}

func TestWorkersAreNotifiedOfACaptureOnceItIsCommitted(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	conn, err := pgx.Connect(t.Context(), pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `listen "river.river_insert"`); err != nil {
		t.Fatal(err)
	}
	if _, err := take(t, testkit.Store(t, pool), testkit.Token(t, pool, user), atalaya.NewSignal{
		Alert: atalaya.Alert{ChartID: "Zk4Tq9Lm", Timestamp: time.Now()}, ScreenshotStatus: atalaya.ScreenshotPending}); err != nil {
		t.Fatal(err)
	}
	told, err := conn.WaitForNotification(t.Context())
	if err != nil || told.Payload != `{"queue": "captures"}` {
		t.Errorf("notified %+v, %v", told, err)
	}
}
