package events_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/events"
	"atalaya/internal/postgres"
	"atalaya/internal/testkit"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// process is one replica: a store and a hub on a database that others may share.
type process struct {
	store *postgres.Store
	hub   *events.Hub
}

// newProcess starts a replica; alone is one behind a transaction pooler, which hears nobody.
func newProcess(t testing.TB, pool *pgxpool.Pool, alone bool) process {
	t.Helper()
	p := process{store: testkit.Store(t, pool)}
	var replicas events.Replicas
	if !alone {
		replicas = postgres.NewReplicas(pool, rand.Text())
	}
	p.hub = events.New(p.store, replicas, slog.New(slog.DiscardHandler))
	p.store.OnCommit(p.hub.Announce)
	p.hub.Start()
	t.Cleanup(p.hub.Stop)
	return p
}

// open begins a stream; its first batch is taken.
func (p process) open(t testing.TB, user atalaya.UserID, cursor string) (s *events.Stream, first atalaya.LiveBatch) {
	t.Helper()
	s, err := p.hub.Open(t.Context(), user, cursor)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	<-s.Wake()
	return s, s.Take()
}

// until takes batches until one satisfies.
func until(t testing.TB, s *events.Stream, what string, satisfies func(atalaya.LiveBatch) bool) atalaya.LiveBatch {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case <-s.Wake():
			if batch := s.Take(); satisfies(batch) {
				return batch
			}
		case <-late:
			t.Fatalf("this was not told: %s", what)
		}
	}
}

// about finds a batch's change of a signal.
func about(b atalaya.LiveBatch, id string) (atalaya.Change, bool) {
	for _, c := range b.Signals {
		if c.RowID == id {
			return c, true
		}
	}
	return atalaya.Change{}, false
}

func told(id string, kind atalaya.ChangeKind, isNew bool) func(atalaya.LiveBatch) bool {
	return func(b atalaya.LiveBatch) bool {
		c, ok := about(b, id)
		return ok && c.Kind == kind && c.New == isNew
	}
}

// insert makes a signal as the service role does from outside.
func insert(t testing.TB, pool *pgxpool.Pool, user atalaya.UserID) string {
	t.Helper()
	var id string
	err := pool.QueryRow(t.Context(), `insert into public.trading_signals (user_id, screenshot_status) values ($1, 'skipped') returning id::text`, string(user)).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.WithoutCancel(t.Context()), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func TestAStreamTellsWhatOtherWritersDo(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user, other := testkit.User(t, pool), testkit.User(t, pool)
	stream, first := newProcess(t, pool, true).open(t, user, "")
	if first.Cursor == "" || first.Reset || len(first.Signals) > 0 {
		t.Errorf("the first batch of a new stream is %+v", first)
	}
	foreign := insert(t, pool, other)
	id := insert(t, pool, user)
	batch := until(t, stream, "a new signal", told(id, atalaya.ChangedSignal, true))
	if _, ok := about(batch, foreign); ok {
		t.Error("another user's signal is told")
	}
	exec(t, pool, `update public.trading_signals set result = 'win' where id = $1`, id)
	until(t, stream, "a change of it", told(id, atalaya.ChangedSignal, false))
	exec(t, pool, `update public.trading_signals_config set webhook_enabled = false where user_id = $1`, string(user))
	until(t, stream, "changed settings", func(b atalaya.LiveBatch) bool { return b.Config })
	exec(t, pool, `delete from public.trading_signals where id = $1`, id)
	until(t, stream, "its deletion", told(id, atalaya.DeletedSignal, false))
}
