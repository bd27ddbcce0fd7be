package events_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/events"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// process is one replica: a store and a hub on a database that others may share.
type process struct {
	store *postgres.Store
	hub   *events.Hub
}

// newProcess starts a replica. If alone is true, it uses the database as through a transaction pooler, and hears no
// other replica.
func newProcess(t testing.TB, pool *pgxpool.Pool, alone bool) process {
	t.Helper()
	var replicas events.Replicas
	if alone {
		pool = pooled(t, pool)
	} else {
		replicas = postgres.NewReplicas(pool, rand.Text())
	}
	p := process{store: testkit.Store(t, pool)}
	p.hub = events.New(p.store, replicas, 5000, slog.New(slog.DiscardHandler))
	p.store.OnCommit(p.hub.Announce)
	p.hub.Start()
	t.Cleanup(p.hub.Stop)
	return p
}

// pooled opens another pool on the same database, with a URL that says that it is a transaction pooler.
func pooled(t testing.TB, pool *pgxpool.Pool) *pgxpool.Pool {
	t.Helper()
	u, err := url.Parse(pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("pgbouncer", "true")
	u.RawQuery = query.Encode()
	if !postgres.TransactionPooler(u.String()) {
		t.Fatal("the URL is not taken for a transaction pooler")
	}
	pool, err = postgres.Open(u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// open opens a stream and takes its first batch.
func (p process) open(t testing.TB, user atalaya.UserID, cursor string) (s *events.Stream, first atalaya.LiveBatch) {
	t.Helper()
	s, err := p.hub.Open(t.Context(), user, cursor)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, next(t, s)
}

// next returns the next batch of a stream.
func next(t testing.TB, s *events.Stream) atalaya.LiveBatch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	batch, err := s.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// until takes batches until one satisfies a condition, and returns it.
func until(t testing.TB, s *events.Stream, what string, satisfies func(atalaya.LiveBatch) bool) atalaya.LiveBatch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		batch, err := s.Next(ctx)
		if err != nil {
			t.Fatalf("no batch had this: %s: %v", what, err)
		}
		if satisfies(batch) {
			return batch
		}
	}
}

// about returns the change of a signal in a batch.
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

// insert inserts a signal as the service role.
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

func TestAStreamCarriesWhatOtherWritersDo(t *testing.T) {
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
		t.Error("another user's signal is in the batch")
	}
	exec(t, pool, `update public.trading_signals set result = 'win' where id = $1`, id)
	until(t, stream, "a change of it", told(id, atalaya.ChangedSignal, false))
	exec(t, pool, `update public.trading_signals_config set webhook_enabled = false where user_id = $1`, string(user))
	until(t, stream, "changed settings", func(b atalaya.LiveBatch) bool { return b.Config })
	exec(t, pool, `delete from public.trading_signals where id = $1`, id)
	until(t, stream, "its deletion", told(id, atalaya.DeletedSignal, false))
}

func TestAStreamContinuesAtItsCursor(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	p := newProcess(t, pool, true)
	changed, gone := insert(t, pool, user), insert(t, pool, user)
	exec(t, pool, `update public.trading_signals set created_at = '2020-01-01', updated_at = '2020-01-01'`)
	stream, first := p.open(t, user, "")
	stream.Close()
	made := insert(t, pool, user)
	exec(t, pool, `update public.trading_signals set result = 'win' where id = $1`, changed)
	exec(t, pool, `delete from public.trading_signals where id = $1`, gone)
	_, again := p.open(t, user, first.Cursor)
	for id, is := range map[string]func(atalaya.LiveBatch) bool{
		"what was made":    told(made, atalaya.ChangedSignal, true),
		"what was changed": told(changed, atalaya.ChangedSignal, false),
		"what was deleted": told(gone, atalaya.DeletedSignal, false),
	} {
		if !is(again) {
			t.Errorf("%s is not in the first batch: %+v", id, again)
		}
	}
	if again.Reset || !again.Config { // the client may have old settings
		t.Errorf("the batch is %+v", again)
	}
}

func TestAStreamThatMissedTooMuchBeginsWithAReset(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	p := newProcess(t, pool, true)
	stream, first := p.open(t, user, "")
	stream.Close()
	exec(t, pool, `insert into public.trading_signals (user_id, screenshot_status) select $1, 'skipped' from generate_series(1, $2::int)`, string(user), events.MaxResumed)
	for _, cursor := range []string{first.Cursor, "1", "x", "1e9", "-1", "9999999999999999", "99999999999999999999"} {
		stream, batch := p.open(t, user, cursor)
		if !batch.Reset {
			t.Errorf("after %q the stream does not begin with a reset", cursor)
		}
		stream.Close()
	}
}

func TestManyDeletedSignalsCauseAReset(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	exec(t, pool, `insert into public.trading_signals (user_id, screenshot_status) select $1, 'skipped' from generate_series(1, 501)`, string(user))
	stream, _ := newProcess(t, pool, true).open(t, user, "")
	exec(t, pool, `delete from public.trading_signals where user_id = $1`, string(user))
	batch := until(t, stream, "a reset", func(b atalaya.LiveBatch) bool { return b.Reset })
	if batch.Last {
		t.Error("the stream ends")
	}
	// The reset comes once, although the sweeps of the next seconds find the deletions again.
	id := insert(t, pool, user)
	until(t, stream, "a signal after that", func(b atalaya.LiveBatch) bool {
		if b.Reset {
			t.Error("the reset comes again")
		}
		return told(id, atalaya.ChangedSignal, true)(b)
	})
}

func TestAStreamThatIsNotReadHoldsLittleAndEnds(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user, other := testkit.User(t, pool), testkit.User(t, pool)
	p := newProcess(t, pool, true)
	idle, _ := p.open(t, user, "")
	reader, _ := p.open(t, other, "")
	exec(t, pool, `insert into public.trading_signals (user_id, screenshot_status) select $1, 'skipped' from generate_series(1, $2::int)`, string(user), events.MaxPending+1)
	id := insert(t, pool, other) // comes after all of those were offered
	until(t, reader, "a later signal", told(id, atalaya.ChangedSignal, true))
	if batch := next(t, idle); !batch.Last || !batch.Reset || len(batch.Signals) > 0 {
		t.Errorf("the batch has %d signals, reset %t, last %t", len(batch.Signals), batch.Reset, batch.Last)
	}
}

func TestCountersInTheSettingsCauseNoBatch(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	stream, _ := newProcess(t, pool, true).open(t, user, "")
	exec(t, pool, `update public.trading_signals_config set webhook_requests_count = 7, signals_used_this_month = 7 where user_id = $1`, string(user))
	id := insert(t, pool, user)
	until(t, stream, "a signal", func(b atalaya.LiveBatch) bool {
		if b.Config {
			t.Error("a counter counts as changed settings")
		}
		return told(id, atalaya.ChangedSignal, true)(b)
	})
}

func TestTheStreamsOfEachUserAreLimited(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user, other := testkit.User(t, pool), testkit.User(t, pool)
	p := newProcess(t, pool, true)
	var last *events.Stream
	for range events.MaxStreamsOfUser {
		last, _ = p.open(t, user, "")
	}
	if _, err := p.hub.Open(t.Context(), user, ""); atalaya.CodeOf(err) != atalaya.CodeRateLimited {
		t.Errorf("one more: %v", err)
	}
	p.open(t, other, "")
	last.Close()
	last.Close()
	p.open(t, user, "")
}
