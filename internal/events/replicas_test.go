package events_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"atalaya"
	"atalaya/internal/events"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// listening is a Replicas that says when it listens.
type listening struct {
	*postgres.Replicas
	open chan struct{}
}

func (l listening) Listen(ctx context.Context, ready func(), heard func(...atalaya.UserID)) error {
	return l.Replicas.Listen(ctx, func() { ready(); close(l.open) }, heard)
}

func TestAStreamShowsWhatAnotherReplicaWrites(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	store := testkit.Store(t, pool)
	replicas := listening{postgres.NewReplicas(pool, rand.Text()), make(chan struct{})}
	here := process{store, events.NewUnswept(store, replicas, slog.New(slog.DiscardHandler))}
	here.hub.Start()
	defer here.hub.Stop()
	there := newProcess(t, pool, false)
	stream, _ := here.open(t, user, "")
	select {
	case <-replicas.open:
	case <-time.After(patience):
		t.Fatal("the replica does not listen")
	}
	id := insert(t, pool, user) // by a writer that announces nothing
	result := atalaya.ResultWin
	if _, err := there.store.UpdateSignal(t.Context(), testkit.Caller(user), atalaya.SignalID(id), atalaya.SignalUpdate{Result: &result}); err != nil {
		t.Fatal(err)
	}
	until(t, stream, "what the other replica wrote", told(id, atalaya.ChangedSignal, true))
	if err := there.store.DeleteSignal(t.Context(), testkit.Caller(user), atalaya.SignalID(id)); err != nil {
		t.Fatal(err)
	}
	until(t, stream, "what the other replica deleted", told(id, atalaya.DeletedSignal, false))

	// With more users than a notification can name, every stream looks.
	id = insert(t, pool, user)
	many := make([]atalaya.UserID, 500)
	for i := range many {
		many[i] = testkitUserID(i)
	}
	there.hub.Announce(many...)
	until(t, stream, "a change among those of many users", told(id, atalaya.ChangedSignal, true))
}

// testkitUserID returns the id of a user that does not exist.
func testkitUserID(n int) atalaya.UserID {
	const digits = "0123456789abcdef"
	id := []byte("00000000-0000-4000-8000-000000000000")
	for i := len(id) - 1; n > 0; i-- {
		id[i], n = digits[n%16], n/16
	}
	return atalaya.UserID(id)
}

func TestOwnWritesReachStreamsWithoutASweep(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	store := testkit.Store(t, pool)
	p := process{store, events.NewUnswept(store, nil, slog.New(slog.DiscardHandler))}
	store.OnCommit(p.hub.Announce)
	p.hub.Start()
	defer p.hub.Stop()
	stream, _ := p.open(t, user, "")
	id := insert(t, pool, user)
	notes := new(string)
	*notes = "mine"
	if _, err := store.UpdateSignal(t.Context(), testkit.Caller(user), atalaya.SignalID(id), atalaya.SignalUpdate{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	until(t, stream, "an own write", told(id, atalaya.ChangedSignal, true))
	enabled := false
	if _, err := store.UpdateConfig(t.Context(), testkit.Caller(user), atalaya.ConfigUpdate{WebhookEnabled: &enabled}); err != nil {
		t.Fatal(err)
	}
	until(t, stream, "own settings", func(b atalaya.LiveBatch) bool { return b.Config })
}

func TestBehindATransactionPoolerReplicasSeeEachOthersWrites(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	here, there := newProcess(t, pool, true), newProcess(t, pool, true)
	stream, _ := here.open(t, user, "")
	id := insert(t, pool, user)
	result := atalaya.ResultLoss
	if _, err := there.store.UpdateSignal(t.Context(), testkit.Caller(user), atalaya.SignalID(id), atalaya.SignalUpdate{Result: &result}); err != nil {
		t.Fatal(err)
	}
	until(t, stream, "what the other replica wrote", told(id, atalaya.ChangedSignal, true))
}

// deaf is a Replicas that fails whenever it listens.
type deaf struct {
	mu    sync.Mutex
	tries int
	again chan struct{} // closed at the second try
}

func (*deaf) Tell(context.Context, []atalaya.UserID) error { return errors.New("nobody hears") }

func (d *deaf) Listen(context.Context, func(), func(...atalaya.UserID)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tries++; d.tries == 2 {
		close(d.again)
	}
	return errors.New("the connection is lost")
}

func TestAHubThatCannotListenStillFindsEverythingAndListensAgain(t *testing.T) { //nolint:paralleltest // other tests' goroutines would be found
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	store, way := testkit.Store(t, pool), &deaf{again: make(chan struct{})}
	before := goleak.IgnoreCurrent()
	hub := events.New(store, way, 5000, slog.New(slog.DiscardHandler))
	hub.Start()
	stream, _ := process{store, hub}.open(t, user, "")
	hub.Announce(user)
	id := insert(t, pool, user)
	until(t, stream, "a signal", told(id, atalaya.ChangedSignal, true))
	select {
	case <-way.again:
	case <-time.After(patience):
		t.Fatal("the hub does not listen again")
	}
	hub.Stop()
	hub.Stop()
	goleak.VerifyNone(t, before)
	if _, err := hub.Open(t.Context(), user, ""); atalaya.CodeOf(err) != atalaya.CodeUnavailable {
		t.Errorf("a hub that has stopped opens a stream: %v", err)
	}
	if b := until(t, stream, "its end", func(b atalaya.LiveBatch) bool { return b.Last }); b.Reset {
		t.Error("the end of the service makes the client read everything again")
	}
}
