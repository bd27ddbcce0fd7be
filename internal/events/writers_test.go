package events_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/events"
	"atalaya/internal/test/testkit"
)

// page is a client that shows a user's signals as docs/live.md describes. It opens a stream, reads everything, and
// applies each batch. It keeps the notes and the result of each signal.
type page struct {
	t         *testing.T
	processes []process
	caller    atalaya.Caller
	random    *rand.Rand

	stream *events.Stream
	cursor string // of the last batch that arrived whole
	shown  map[string]string
	breaks int
	resets int
}

// errWritten ends the test's group once every writer has ended without an error.
var errWritten = errors.New("everything is written")

// connect opens a stream at a random replica.
func (p *page) connect() {
	p.t.Helper()
	s, err := p.processes[p.random.IntN(len(p.processes))].hub.Open(p.t.Context(), p.caller.UserID, p.cursor)
	if err != nil {
		p.t.Fatal(err)
	}
	p.stream = s
	if p.cursor == "" {
		p.cursor = next(p.t, s).Cursor
		p.readAll()
	}
}

// readAll reads all signals from the database.
func (p *page) readAll() {
	p.t.Helper()
	p.shown = stored(p.t, p.processes[0], p.caller)
}

// stored returns the caller's signals as the database has them.
func stored(t *testing.T, p process, caller atalaya.Caller) map[string]string {
	t.Helper()
	list, err := p.store.Signals(t.Context(), caller, atalaya.SignalFilter{}, atalaya.SignalPage{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, s := range list.Signals {
		all[string(s.ID)] = state(s)
	}
	return all
}

func state(s atalaya.Signal) string {
	notes := ""
	if s.Notes != nil {
		notes = *s.Notes
	}
	return string(s.Result) + " " + notes
}

// take applies a batch. Sometimes the connection breaks in the middle of it.
func (p *page) take(batch atalaya.LiveBatch) {
	p.t.Helper()
	breakAt := p.random.IntN(4 * (len(batch.Signals) + 1))
	if p.breaks == 0 {
		breakAt = len(batch.Signals) / 2
	}
	if batch.Reset {
		p.resets++
		p.readAll()
	}
	for i, c := range batch.Signals {
		if i == breakAt {
			p.reconnect()
			return
		}
		p.show(c)
	}
	if breakAt == len(batch.Signals) { // the last event is lost with its cursor
		p.reconnect()
		return
	}
	p.cursor = batch.Cursor
	if batch.Last {
		p.reconnect()
	}
}

func (p *page) show(c atalaya.Change) {
	p.t.Helper()
	if c.Kind == atalaya.DeletedSignal {
		delete(p.shown, c.RowID)
		return
	}
	found, err := p.processes[0].store.SignalsByID(p.t.Context(), p.caller, []atalaya.SignalID{atalaya.SignalID(c.RowID)})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range found {
		p.stream.Acknowledge(s.ID, s.UpdatedAt)
		p.shown[c.RowID] = state(s)
	}
}

func (p *page) reconnect() {
	p.t.Helper()
	p.breaks++
	p.stream.Close()
	p.connect()
}

// writer changes a user's signals in its own way, a number of times.
type writer struct {
	pool   *pgxpool.Pool
	user   atalaya.UserID
	random *rand.Rand
	api    *process // writes as the API of this replica; nil: as SQL from outside
}

func (w *writer) run(ctx context.Context, things int) error {
	for range things {
		err := w.do(ctx)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) && atalaya.CodeOf(err) != atalaya.CodeNotFound {
			return err
		}
	}
	return nil
}

// do inserts, changes or deletes one signal.
func (w *writer) do(ctx context.Context) error {
	action := w.random.IntN(6)
	if action < 2 {
		_, err := w.pool.Exec(ctx, `insert into public.trading_signals (user_id, screenshot_status, notes) values ($1, 'skipped', $2)`, string(w.user), w.text())
		if w.api != nil {
			w.api.hub.Announce(w.user)
		}
		return err
	}
	var id atalaya.SignalID
	err := w.pool.QueryRow(ctx, `select id::text from public.trading_signals where user_id = $1 order by random() limit 1`, string(w.user)).Scan(&id)
	if err != nil {
		return err
	}
	switch {
	case action == 2 && w.api != nil:
		return w.api.store.DeleteSignal(ctx, testkit.Caller(w.user), id)
	case action == 2:
		_, err = w.pool.Exec(ctx, `delete from public.trading_signals where id = $1`, id)
		return err
	case w.api != nil:
		notes := w.text()
		set := &notes
		_, err = w.api.store.UpdateSignal(ctx, testkit.Caller(w.user), id, atalaya.SignalUpdate{Notes: &set})
		return err
	}
	return w.change(ctx, id)
}

// change begins a transaction early, writes late, and sometimes rolls back. Rows that others commit meanwhile have a
// later time and an earlier commit.
func (w *writer) change(ctx context.Context, id atalaya.SignalID) error {
	takenBack := errors.New("taken back")
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_sleep(0.02)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update public.trading_signals set notes = $2, result = (array['win', 'loss', 'skip'])[1 + $3::int] where id = $1`, id, w.text(), w.random.IntN(3)); err != nil {
			return err
		}
		if w.random.IntN(4) == 0 {
			return takenBack
		}
		return nil
	})
	if errors.Is(err, takenBack) {
		return nil
	}
	return err
}

func (w *writer) text() string { return strconv.FormatUint(w.random.Uint64(), 36) }

// Whoever writes, and however often the connection breaks, the page has to end with what the database has.
func TestNoEventIsLostThatAReconnectDoesNotHeal(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{false, true} {
		for range 2 {
			seed := rand.Uint64()
			t.Run(fmt.Sprintf("alone %t, seed %d", alone, seed), func(t *testing.T) {
				t.Parallel()
				writeAndWatch(t, seed, alone)
			})
		}
	}
}

func writeAndWatch(t *testing.T, seed uint64, alone bool) {
	pool := testkit.Database(t)
	user := testkit.User(t, pool)
	here, there := newProcess(t, pool, alone), newProcess(t, pool, alone)
	p := &page{t: t, processes: []process{here, there}, caller: testkit.Caller(user), random: rand.New(rand.NewPCG(seed, 0))}
	p.connect()
	defer func() { p.stream.Close() }()

	late, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	writing, written := context.WithCancelCause(late)
	go func() {
		var all sync.WaitGroup
		failures := make([]error, 3)
		for i, api := range []*process{&here, &there, nil} {
			w := &writer{pool: pool, user: user, random: rand.New(rand.NewPCG(seed, uint64(i+1))), api: api}
			all.Go(func() { failures[i] = w.run(context.WithoutCancel(t.Context()), 60) })
		}
		all.Wait()
		written(errors.Join(errors.Join(failures...), errWritten))
	}()
	for {
		batch, err := p.stream.Next(writing)
		if err == nil {
			p.take(batch)
			continue
		}
		if err.Error() != errWritten.Error() {
			t.Fatalf("the writers do not end well: %v", err)
		}
		break
	}
	want := stored(t, here, p.caller)
	for !maps.Equal(p.shown, want) {
		batch, err := p.stream.Next(late)
		if err != nil {
			t.Fatalf("after %d breaks and %d resets the page differs from the database: %s", p.breaks, p.resets, cmp.Diff(want, p.shown))
		}
		p.take(batch)
	}
	if p.breaks == 0 || len(want) == 0 {
		t.Errorf("the test has tried too little: %d breaks, %d signals", p.breaks, len(want))
	}
}
