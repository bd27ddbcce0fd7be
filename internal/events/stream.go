package events

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"atalaya"
)

const (
	// maxPending bounds the changes that wait for a slow reader, maxTold the records of what was sent.
	// Above either the stream ends with a reset.
	maxPending = 2000
	maxTold    = 5000
)

// Stream carries the changes of one user's rows to one client. Its reader calls Next for a batch, sends
// it, and calls Acknowledge for each signal. The stream only remembers which rows changed, not what
// they hold.
type Stream struct {
	hub  *Hub
	user atalaya.UserID
	wake chan struct{}
	from time.Time // the database's time when the stream began

	mu      sync.Mutex
	pending map[string]atalaya.Change // by row id; nil while nothing waits
	told    map[string]telling        // by row id
	reset   bool
	over    bool
	config  bool
	// settings is the state of the settings that the client was sent, "" if it was sent none.
	settings string
}

// telling is the state of a row that the client was last sent.
type telling struct {
	at   time.Time
	gone bool // deleted: nothing comes after it
}

func tellingOf(c atalaya.Change) telling {
	return telling{at: c.At, gone: c.Kind == atalaya.DeletedSignal}
}

// OpenStreams returns how many streams are open.
func (h *Hub) OpenStreams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open
}

// Open begins a stream of the changes of a user's rows. cursor is that of the last batch that the client
// received, or "" if the client reads everything once the stream is open. Open fails with CodeRateLimited
// if the user has too many streams, CodeUnauthorized if the account was deleted, else CodeUnavailable.
// The caller closes the stream.
func (h *Hub) Open(ctx context.Context, user atalaya.UserID, cursor string) (*Stream, error) {
	s := &Stream{hub: h, user: user, wake: make(chan struct{}, 1)}
	// The stream is registered before the past is read, so that no change falls between the two.
	if err := h.add(s); err != nil {
		return nil, err
	}
	if err := s.begin(ctx, cursor); err != nil {
		s.Close()
		return nil, err
	}
	signal(s.wake) // the first batch says where the stream begins
	return s, nil
}

func (h *Hub) add(s *Stream) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return atalaya.Errorf(atalaya.CodeUnavailable, "The service is stopping. Connect again.")
	case h.open >= h.most:
		return atalaya.Errorf(atalaya.CodeUnavailable, "Too many event streams are open. Try again later.")
	case len(h.streams[s.user]) >= maxStreamsOfUser:
		return atalaya.Errorf(atalaya.CodeRateLimited, "You have %d event streams open, which is the most. Close some.", maxStreamsOfUser)
	}
	if h.streams[s.user] == nil {
		h.streams[s.user] = map[*Stream]struct{}{}
	}
	h.streams[s.user][s] = struct{}{}
	h.open++
	signal(h.listenNow)
	return nil
}

// begin finds out where the stream begins, and reads the changes that its client has missed.
func (s *Stream) begin(ctx context.Context, cursor string) error {
	now, settings, err := s.hub.rows.LiveStart(ctx, s.user)
	if err != nil {
		return err
	}
	s.hub.mu.Lock()
	s.from = now
	if s.hub.swept.IsZero() { // it is the first
		s.hub.swept = now
	}
	s.hub.mu.Unlock()
	since := now
	if cursor == "" {
		s.mu.Lock()
		s.settings = settings
		s.mu.Unlock()
	} else {
		var ok bool
		since, ok = readCursor(cursor)
		if !ok || since.After(now) || now.Sub(since) > maxAge {
			s.missed()
			return nil
		}
	}
	since = since.Add(-s.hub.pace.overlap)
	changes, more, err := s.hub.rows.Changes(ctx, []atalaya.UserID{s.user}, since, nil, maxResumed)
	switch {
	case err != nil:
		return err
	case cursor == "":
		s.skip(changes)
	case more:
		s.missed()
	default:
		for _, c := range changes {
			s.offer(c, since)
		}
	}
	return nil
}

// skip marks changes as told: the next sweep finds them, but a client that reads everything now sees
// them anyway.
func (s *Stream) skip(changes []atalaya.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range changes {
		s.remember(c.RowID, tellingOf(c))
	}
}

// missed makes the next batch a reset, after which the client reads everything again.
func (s *Stream) missed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset = true
}

// Close ends the stream. It may be called twice.
func (s *Stream) Close() {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, open := h.streams[s.user][s]; !open {
		return
	}
	delete(h.streams[s.user], s)
	h.open--
	if len(h.streams[s.user]) == 0 {
		delete(h.streams, s.user)
	}
	if h.open == 0 {
		h.swept = time.Time{}
	}
}

// Next waits for the next batch until ctx is done, and then fails with its cause. Every 15 s or so it
// returns an empty batch, for which the reader sends a sign of life. The reader sends a batch, with its
// cursor not before its changes, before it calls Next again.
func (s *Stream) Next(ctx context.Context) (atalaya.LiveBatch, error) {
	select {
	case <-ctx.Done():
		return atalaya.LiveBatch{}, context.Cause(ctx)
	case <-s.wake:
		return s.take(), nil
	}
}

func (s *Stream) take() atalaya.LiveBatch {
	// The cursor first: the changes up to it have been offered by now.
	batch := atalaya.LiveBatch{Cursor: s.cursor()}
	s.mu.Lock()
	defer s.mu.Unlock()
	batch.Reset, batch.Last, batch.Config = s.reset, s.over, s.config
	s.reset, s.config = false, false
	if len(s.pending) == 0 {
		return batch
	}
	batch.Signals = make([]atalaya.Change, 0, len(s.pending))
	for id, c := range s.pending {
		batch.Signals = append(batch.Signals, c)
		s.remember(id, tellingOf(c))
	}
	s.pending = nil
	slices.SortFunc(batch.Signals, func(a, b atalaya.Change) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.RowID, b.RowID))
	})
	return batch
}

// Acknowledge records the updated_at with which a signal of the last batch was sent. It may be newer
// than the change in the batch, if the signal changed again before it was read.
func (s *Stream) Acknowledge(id atalaya.SignalID, updatedAt time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if told, known := s.told[string(id)]; known && !told.gone {
		s.told[string(id)] = telling{at: updatedAt}
	}
}

// offer queues a change, found by a look at everything since the given time, unless the client was
// already sent it.
func (s *Stream) offer(c atalaya.Change, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over:
		return
	case c.Kind == atalaya.ChangedConfig:
		if c.Settings == s.settings {
			return
		}
		s.settings, s.config = c.Settings, true
	default:
		told, known := s.told[c.RowID]
		waiting, waits := s.pending[c.RowID]
		if known && told.covers(c) || waits && tellingOf(waiting).covers(c) {
			return
		}
		c.New = c.Kind == atalaya.ChangedSignal && (waiting.New || !known && !c.CreatedAt.Before(since))
		s.note(c)
	}
	signal(s.wake)
}

// covers reports whether the client already has a change. Times are compared for equality only: of two
// transactions that write the same row, the later to commit may be the earlier to begin.
func (t telling) covers(c atalaya.Change) bool {
	return t.gone || c.Kind != atalaya.DeletedSignal && t.at.Equal(c.At)
}

func (s *Stream) note(c atalaya.Change) {
	switch {
	case len(s.pending) >= maxPending, len(s.told) >= maxTold:
		s.drop()
	case c.Kind == atalaya.DeletedSignals:
		s.remember(c.RowID, tellingOf(c))
		s.reset = true
	default:
		if s.pending == nil {
			s.pending = map[string]atalaya.Change{}
		}
		s.pending[c.RowID] = c
	}
}

func (s *Stream) remember(id string, t telling) {
	if s.told == nil {
		s.told = map[string]telling{}
	}
	s.told[id] = t
}

// drop ends the stream with a reset. Waiting changes are discarded, and the client reads everything again on
// another stream.
func (s *Stream) drop() {
	s.reset, s.over = true, true
	s.pending, s.told = nil, nil
}

// end tells the reader to close the stream.
func (s *Stream) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	signal(s.wake)
}

// forget drops the records of what was sent before a time that no sweep looks back to.
func (s *Stream) forget(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, told := range s.told {
		if told.at.Before(before) {
			delete(s.told, id)
		}
	}
	if len(s.told) == 0 {
		s.told = nil // an idle stream holds no table
	}
}

// cursor returns where a stream continues after everything that it was offered: the time of the last sweep in
// microseconds, which every replica understands.
func (s *Stream) cursor() string {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	at := s.hub.swept
	if s.from.After(at) {
		at = s.from
	}
	return strconv.FormatInt(at.UnixMicro(), 10)
}

func readCursor(text string) (time.Time, bool) {
	if len(text) > 17 {
		return time.Time{}, false
	}
	micros, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMicro(micros), err == nil && micros > 0
}
