package atalaya

import "time"

// ChangeKind says what a Change is about.
type ChangeKind string

// The kinds.
const (
	ChangedSignal  ChangeKind = "signal"  // a signal was made or changed
	DeletedSignal  ChangeKind = "deleted" // a signal is gone
	DeletedSignals ChangeKind = "many"    // many signals are gone: what was read before is to be read again
	ChangedConfig  ChangeKind = "config"  // the settings were written
)

// Change is one thing that became of a user's rows, whoever wrote them.
type Change struct {
	Kind      ChangeKind
	UserID    UserID
	RowID     string    // of ChangedSignal and DeletedSignal the signal's id
	At        time.Time // when the transaction that wrote it began, by the database's clock
	CreatedAt time.Time // of the signal
	// New says that the client has not heard of the signal yet, as far as its stream can tell. One
	// that has it already takes the event as an update.
	New bool
	// Settings tells one state of the settings from another, counters left out. Of ChangedConfig.
	Settings string
}

// LiveBatch is what an event stream tells next: what has become of one user's rows since the batch
// before it.
type LiveBatch struct {
	// Reset says that something may have been missed that cannot be told any more: the client reads
	// everything anew. The rest of the batch came after it.
	Reset bool
	// Over says that the stream ends with this batch; the client opens another.
	Over    bool
	Signals []Change // ChangedSignal and DeletedSignal, oldest first, one for each signal
	Config  bool     // the settings changed
	// Cursor is where a stream that breaks off after this batch goes on: a client sends it back as
	// Last-Event-ID.
	Cursor string
}
