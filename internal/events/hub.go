// Package events tells programs what becomes of their users' rows: it finds what changed, whoever
// wrote it, and hands it to the streams that are open. The database is the truth: a stream that
// breaks off goes on from its cursor, and what cannot be told any more is told as a reset. It knows
// neither HTTP nor SQL, and holds no row longer than it takes to tell of it.
package events

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"atalaya"
)

// Rows is where changes are read. Every failure is CodeUnavailable or a defect.
type Rows interface {
	// DatabaseTime gives the time by the clock that changes are stamped with.
	DatabaseTime(ctx context.Context) (time.Time, error)
	// LiveStart gives that time, and the state of a user's settings, for a stream that begins. It fails with
	// CodeUnauthorized if the account was deleted.
	LiveStart(ctx context.Context, user atalaya.UserID) (at time.Time, settings string, err error)
	// Gone returns those of the users whose accounts were deleted.
	Gone(ctx context.Context, users []atalaya.UserID) ([]atalaya.UserID, error)
	// Changes gives what changed of the users' rows since a time, oldest first; where there is more
	// than limit, more is true and the rest comes after the last one.
	Changes(ctx context.Context, users []atalaya.UserID, since time.Time, after *atalaya.Change, limit int) (changes []atalaya.Change, more bool, err error)
}

// Replicas carries whose rows changed between the processes on one database. What it loses is found
// by the next sweep.
type Replicas interface {
	Tell(ctx context.Context, users []atalaya.UserID) error
	// Listen calls heard with the users that another process tells of, none for everybody, until it
	// fails. ready is called when it hears.
	Listen(ctx context.Context, ready func(), heard func(users ...atalaya.UserID)) error
}

const (
	// maxStreamsOfUser bounds what one user holds open.
	maxStreamsOfUser = 20
	// pageSize is how many changes are read at once.
	pageSize = 2000
	// maxResumed is how much is told to a stream that goes on; above it, reading anew is cheaper.
	maxResumed = 1000
	// maxAge is the oldest cursor that a stream goes on from: deleted signals are remembered longer.
	maxAge = time.Hour
	// readTimeout bounds one look at the database.
	readTimeout = 10 * time.Second
)

// pace is how often things happen.
type pace struct {
	sweep time.Duration // between two looks for what others wrote
	// overlap is how far back a sweep looks behind the one before it: a change is stamped when its
	// transaction begins and seen when that commits. One that took longer is found by nobody.
	overlap time.Duration
	gone    time.Duration // between two looks for deleted accounts
	look    time.Duration // between two looks at what this service is said to have written
	tell    time.Duration // how long changes are gathered for the other replicas
	beat    time.Duration // between two signs of life of an idle stream
	listen  time.Duration // before listening is tried again
}

func usualPace() pace {
	return pace{
		sweep: time.Second, gone: 3 * time.Second, overlap: 10 * time.Second, look: 50 * time.Millisecond,
		tell: 75 * time.Millisecond, beat: 15 * time.Second, listen: 2 * time.Second,
	}
}

// Hub finds changes for the streams of one process. Announce may be called before Start.
type Hub struct {
	rows     Rows
	replicas Replicas // nil: sweeps alone find what other processes wrote
	log      *slog.Logger
	pace     pace
	most     int // streams that are open at a time

	mu      sync.Mutex
	streams map[atalaya.UserID]map[*Stream]struct{}
	open    int
	closed  bool
	// swept is the database's time when the last sweep began: all that committed before it has been
	// offered to the streams. Zero while none is open.
	swept time.Time
	// looks and tells are the users whose rows changed, since the last look and the last telling;
	// lookAll stands for everybody.
	looks   map[atalaya.UserID]struct{}
	lookAll bool
	tells   map[atalaya.UserID]struct{}

	lookNow, tellNow chan struct{} // one signal waits
	listenNow        chan struct{} // as above, from the first stream on: listening holds a connection
	cancel           context.CancelFunc
	running          sync.WaitGroup
}

// New makes a Hub for so many streams at a time. Without replicas, as behind a pooler that does not carry
// notifications, it neither tells nor listens.
func New(rows Rows, replicas Replicas, streams int, log *slog.Logger) *Hub {
	return newHub(rows, replicas, streams, log, usualPace())
}

func newHub(rows Rows, replicas Replicas, streams int, log *slog.Logger, p pace) *Hub {
	return &Hub{
		rows: rows, replicas: replicas, log: log, pace: p, most: streams,
		streams: map[atalaya.UserID]map[*Stream]struct{}{},
		looks:   map[atalaya.UserID]struct{}{}, tells: map[atalaya.UserID]struct{}{},
		lookNow: make(chan struct{}, 1), tellNow: make(chan struct{}, 1), listenNow: make(chan struct{}, 1),
		cancel: func() {},
	}
}

// Start begins to look for changes. It does not fail: without the database there is nothing to tell.
func (h *Hub) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	h.running.Go(func() { h.watch(ctx) })
	if h.replicas != nil {
		h.running.Go(func() { h.tell(ctx) })
		h.running.Go(func() { h.listen(ctx) })
	}
}

// CloseStreams ends every stream and lets no other begin. It does not wait for their readers.
func (h *Hub) CloseStreams() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, streams := range h.streams {
		for s := range streams {
			s.end()
		}
	}
}

// Stop ends the streams and what Start began. It may be called twice.
func (h *Hub) Stop() {
	h.CloseStreams()
	h.cancel()
	h.running.Wait()
}

// Announce says whose rows this process has changed, after the commit. It never blocks.
func (h *Hub) Announce(users ...atalaya.UserID) {
	h.mu.Lock()
	look := false
	for _, user := range users {
		if len(h.streams[user]) > 0 {
			h.looks[user] = struct{}{}
			look = true
		}
		if h.replicas != nil {
			h.tells[user] = struct{}{}
		}
	}
	h.mu.Unlock()
	if look {
		signal(h.lookNow)
	}
	if h.replicas != nil {
		signal(h.tellNow)
	}
}

// heard notes what another process told.
func (h *Hub) heard(users ...atalaya.UserID) {
	h.mu.Lock()
	for _, user := range users {
		if len(h.streams[user]) > 0 {
			h.looks[user] = struct{}{}
		}
	}
	h.lookAll = h.lookAll || len(users) == 0
	look := h.lookAll || len(h.looks) > 0
	h.mu.Unlock()
	if look {
		signal(h.lookNow)
	}
}

// signal leaves one signal where none waits.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// watch looks for changes until ctx is done: at once where some are announced, and again and again
// for what nobody announces. One look is under way at a time, so that load makes looks larger and not
// more.
func (h *Hub) watch(ctx context.Context) {
	sweep, beat := time.NewTicker(h.pace.sweep), time.NewTicker(h.pace.beat)
	gone := time.NewTicker(h.pace.gone)
	defer sweep.Stop()
	defer beat.Stop()
	defer gone.Stop()
	rest := time.NewTimer(0) // between two looks
	defer rest.Stop()
	var lookNow <-chan struct{}
	down := false
	note := func(err error) {
		if err != nil && !down && ctx.Err() == nil {
			h.log.WarnContext(ctx, "event streams tell nothing new until the database answers", "error", err)
		}
		down = err != nil
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
			lookNow = h.lookNow
		case <-lookNow:
			note(h.look(ctx))
			lookNow = nil
			rest.Reset(h.pace.look)
		case <-sweep.C:
			note(h.sweep(ctx))
		case <-gone.C:
			note(h.endGone(ctx))
		case <-beat.C:
			h.beat()
		}
	}
}

// sweep offers what changed of the rows of every user with a stream since the last sweep.
func (h *Hub) sweep(ctx context.Context) error {
	h.mu.Lock()
	users, swept := slices.Collect(maps.Keys(h.streams)), h.swept
	h.mu.Unlock()
	if len(users) == 0 || swept.IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	now, err := h.rows.DatabaseTime(ctx)
	if err != nil {
		return err
	}
	if err := h.read(ctx, users, swept.Add(-h.pace.overlap)); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.swept.Equal(swept) { // else every stream was closed meanwhile
		h.swept = now
	}
	for _, streams := range h.streams {
		for s := range streams {
			s.forget(now.Add(-2 * h.pace.overlap))
		}
	}
	return nil
}

// endGone ends the streams of accounts that were deleted: their tokens are good for a while, and their rows
// are gone.
func (h *Hub) endGone(ctx context.Context) error {
	h.mu.Lock()
	users := slices.Collect(maps.Keys(h.streams))
	h.mu.Unlock()
	if len(users) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	gone, err := h.rows.Gone(ctx, users)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, user := range gone {
		for s := range h.streams[user] {
			s.end()
		}
	}
	return nil
}

// look offers what is announced. It looks back no further than the last sweep and as much again as
// a transaction of ours takes: sweeps find the rest.
func (h *Hub) look(ctx context.Context) error {
	h.mu.Lock()
	users, since := slices.Collect(maps.Keys(h.looks)), h.swept.Add(-h.pace.sweep)
	if h.lookAll {
		users = slices.Collect(maps.Keys(h.streams))
	}
	clear(h.looks)
	h.lookAll = false
	idle := h.swept.IsZero()
	h.mu.Unlock()
	if len(users) == 0 || idle {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return h.read(ctx, users, since)
}

// read offers the users' changes since a time to their streams.
func (h *Hub) read(ctx context.Context, users []atalaya.UserID, since time.Time) error {
	var after *atalaya.Change
	for {
		changes, more, err := h.rows.Changes(ctx, users, since, after, pageSize)
		if err != nil {
			return err
		}
		h.offer(changes, since)
		if !more {
			return nil
		}
		after = &changes[len(changes)-1]
	}
}

func (h *Hub) offer(changes []atalaya.Change, since time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range changes {
		for s := range h.streams[c.UserID] {
			s.offer(c, since)
		}
	}
}

// beat lets every stream show that it is alive.
func (h *Hub) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, streams := range h.streams {
		for s := range streams {
			signal(s.wake)
		}
	}
}

// tell gathers the users whose rows changed and tells the other replicas, at most once in pace.tell.
func (h *Hub) tell(ctx context.Context) {
	gather := time.NewTimer(h.pace.tell)
	defer gather.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.tellNow:
		}
		gather.Reset(h.pace.tell)
		select {
		case <-ctx.Done():
			return
		case <-gather.C:
		}
		h.mu.Lock()
		users := slices.Collect(maps.Keys(h.tells))
		clear(h.tells)
		h.mu.Unlock()
		if len(users) == 0 {
			continue
		}
		telling, cancel := context.WithTimeout(ctx, readTimeout)
		if err := h.replicas.Tell(telling, users); err != nil && ctx.Err() == nil {
			h.log.DebugContext(ctx, "other replicas see these changes a second later", "error", err)
		}
		cancel()
	}
}

// listen hears the other replicas from the first stream on until ctx is done. What was told while it did not hear is found by
// a look at everybody.
func (h *Hub) listen(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-h.listenNow:
	}
	again := time.NewTimer(h.pace.listen)
	defer again.Stop()
	for {
		err := h.replicas.Listen(ctx, func() { h.heard() }, h.heard)
		if ctx.Err() != nil {
			return
		}
		h.log.DebugContext(ctx, "changes of other replicas are seen a second later until listening works again", "error", err)
		again.Reset(h.pace.listen)
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}
