// Package events tells clients which rows of their users change. It finds the changes, whoever wrote
// them, and hands them to the open streams. A stream that breaks off resumes from its cursor; a gap
// that is too large becomes a reset.
//
// The package knows neither HTTP nor SQL, and remembers which rows changed, never what they hold.
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

// Rows reads changes from the database. Every error is CodeUnavailable or a defect, unless the method
// says otherwise.
type Rows interface {
	// DatabaseTime returns the time of the database's clock, which stamps the changes.
	DatabaseTime(ctx context.Context) (time.Time, error)
	// LiveStart returns that time and the state of a user's settings (see atalaya.Change.Settings), for a
	// stream that begins. It fails with CodeUnauthorized if the account was deleted.
	LiveStart(ctx context.Context, user atalaya.UserID) (at time.Time, settings string, err error)
	// Gone returns those of the users whose accounts were deleted or are banned.
	Gone(ctx context.Context, users []atalaya.UserID) ([]atalaya.UserID, error)
	// Changes returns at most limit changes of the users' rows since a time, oldest first, beginning after
	// the change after unless that is nil. more reports whether there are further ones.
	Changes(ctx context.Context, users []atalaya.UserID, since time.Time, after *atalaya.Change, limit int) (changes []atalaya.Change, more bool, err error)
}

// Replicas tells the processes on one database whose rows changed. The next sweep finds whatever it
// loses.
type Replicas interface {
	Tell(ctx context.Context, users []atalaya.UserID) error
	// Listen calls heard with the users that another process names, or with none if it means everybody.
	// It returns when it fails. It calls ready once it listens.
	Listen(ctx context.Context, ready func(), heard func(users ...atalaya.UserID)) error
}

const (
	// maxStreamsOfUser bounds the open streams of one user.
	maxStreamsOfUser = 20
	// pageSize is how many changes are read at once.
	pageSize = 2000
	// maxResumed bounds the changes that are sent to a resumed stream. With more changes, reading everything again
	// is cheaper.
	maxResumed = 1000
	// maxAge is how old a cursor may be to resume from. Deleted signals are remembered longer.
	maxAge = time.Hour
	// readTimeout bounds one look at the database.
	readTimeout = 10 * time.Second
)

// pace is how often a Hub does things.
type pace struct {
	sweep time.Duration // between two looks for what others wrote
	// overlap is how far back a sweep looks behind the one before it: a change is stamped when its
	// transaction begins and seen when that commits. No sweep finds one that took longer than overlap.
	overlap time.Duration
	gone    time.Duration // between two looks for deleted accounts
	look    time.Duration // between two looks for announced changes
	tell    time.Duration // how long changes are gathered for the other replicas
	beat    time.Duration // between two signs of life on an idle stream
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
	// swept is the database's time when the last sweep began: everything committed before it has been
	// offered to the streams. It is zero while no stream is open.
	swept time.Time
	// looks are the users whose rows changed since the last look; tells are those whose rows changed since the
	// other replicas were last told. lookAll means all users.
	looks   map[atalaya.UserID]struct{} // with open streams
	lookAll bool
	tells   map[atalaya.UserID]struct{}

	lookNow, tellNow chan struct{} // one signal waits
	listenNow        chan struct{} // signalled by the first stream: listening holds a connection
	cancel           context.CancelFunc
	running          sync.WaitGroup
}

// New makes a Hub that holds at most that many streams open. replicas may be nil, as behind a pooler
// that carries no notifications: then sweeps alone find what other processes wrote.
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

// Start begins to look for changes. It never fails: until the database answers, streams stay silent.
func (h *Hub) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	h.running.Go(func() { h.watch(ctx) })
	if h.replicas != nil {
		h.running.Go(func() { h.notifyReplicas(ctx) })
		h.running.Go(func() { h.listen(ctx) })
	}
}

// CloseStreams ends every stream and lets no other open. It does not wait for their readers.
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

// Announce tells the hub whose rows this process has changed. Call it after the commit. It never blocks.
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

// heard notes the users that another process announced.
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

// signal puts a signal into a channel with room for one, unless one waits there already.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// watch looks for changes until ctx is done: at once if changes are announced, and at intervals for changes that
// are not. Only one look runs at a time, so load makes looks larger, not more frequent.
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
			h.log.WarnContext(ctx, "event streams send nothing new until the database answers", "error", err)
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

// sweep looks at every user with a stream, and offers what changed since the last sweep.
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

// endGone ends the streams of deleted and of banned accounts, whose access tokens stay valid for a while.
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

// look offers the announced changes. It looks back to the last sweep, and further by what a transaction
// of ours takes. Sweeps find the rest.
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

// beat makes every idle stream send a sign of life.
func (h *Hub) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, streams := range h.streams {
		for s := range streams {
			signal(s.wake)
		}
	}
}

// notifyReplicas gathers the users whose rows changed and tells the other replicas, at most once in pace.tell.
func (h *Hub) notifyReplicas(ctx context.Context) {
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

// listen listens to the other replicas, from the first stream on, until ctx is done. Whenever it begins
// to listen it looks at everybody, which finds what was announced before.
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
