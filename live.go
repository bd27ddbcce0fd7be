package atalaya

import "time"

// ChangeKind says what a Change is about.
type ChangeKind string

// The kinds.
const (
	ChangedSignal  ChangeKind = "signal"  // a signal was made or changed
	DeletedSignal  ChangeKind = "deleted" // a signal is gone
	DeletedSignals ChangeKind = "many"    // many signals are gone: the client has to read everything again
	ChangedConfig  ChangeKind = "config"  // the settings were written
)

// Change is one change of a user's rows, whoever wrote them.
type Change struct {
	Kind      ChangeKind
	UserID    UserID
	RowID     string    // the signal's id, for ChangedSignal and DeletedSignal
	At        time.Time // when the transaction that wrote it began, by the database's clock
	CreatedAt time.Time // of the signal
	// New means that, as far as its stream knows, the client has not heard of the signal yet. A client
	// that already has the signal treats the event as an update.
	New bool
	// Settings identifies a state of the settings without their counters, for ChangedConfig: two states
	// differ if it does.
	Settings string
}

// LiveBatch is the next batch of an event stream: the changes of one user's rows since the batch before.
type LiveBatch struct {
	// Reset means that the client may have missed changes and has to read everything again. The other changes of
	// the batch happened after that.
	Reset bool
	// Last means that the stream ends with this batch. The client opens another.
	Last    bool
	Signals []Change // ChangedSignal and DeletedSignal, oldest first, one for each signal
	Config  bool     // the settings changed
	// Cursor is the position after this batch. A client whose stream breaks off sends it back as
	// Last-Event-ID to resume there.
	Cursor string
}
