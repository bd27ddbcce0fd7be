package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// LiveStart returns the database's time and the user's current settings, in the form of Change. It fails with
// CodeUnauthorized if the account was deleted.
func (s *Store) LiveStart(ctx context.Context, user atalaya.UserID) (at time.Time, settings string, err error) {
	row, err := rows.New(s.pool).LiveStart(ctx, string(user))
	if err != nil {
		return time.Time{}, "", failed("begin a stream", err)
	}
	if !row.Present {
		return time.Time{}, "", atalaya.Errorf(atalaya.CodeUnauthorized, "This account was deleted.")
	}
	return row.At, row.Settings, nil
}

// Gone returns the users among those given whose accounts were deleted, softly or for good, or are banned.
func (s *Store) Gone(ctx context.Context, users []atalaya.UserID) ([]atalaya.UserID, error) {
	ids := make([]string, len(users))
	for i, user := range users {
		ids[i] = string(user)
	}
	found, err := rows.New(s.pool).GoneUsers(ctx, ids)
	if err != nil {
		return nil, failed("look for accounts that are gone", err)
	}
	gone := make([]atalaya.UserID, len(found))
	for i, id := range found {
		gone[i] = atalaya.UserID(id)
	}
	return gone, nil
}

// DatabaseTime returns the time by the database's clock.
func (s *Store) DatabaseTime(ctx context.Context) (time.Time, error) {
	at, err := rows.New(s.pool).DatabaseTime(ctx)
	if err != nil {
		return time.Time{}, failed("ask for the time", err)
	}
	return at, nil
}

// noID sorts before every id.
const noID = "00000000-0000-0000-0000-000000000000"

// Changes returns up to limit changes of the users' rows since a time or, if after is not nil, after that change, oldest
// first. more is true if further ones follow the last.
func (s *Store) Changes(ctx context.Context, users []atalaya.UserID, since time.Time, after *atalaya.Change, limit int) (changes []atalaya.Change, more bool, err error) {
	params := rows.ChangesParams{Since: since, AfterID: noID, Users: make([]string, len(users)), Most: int32(limit) + 1}
	for i, user := range users {
		params.Users[i] = string(user)
	}
	if after != nil {
		params.Since, params.AfterID = after.At, after.RowID
	}
	found, err := rows.New(s.pool).Changes(ctx, params)
	if err != nil {
		return nil, false, failed("look for changes", err)
	}
	if more = len(found) > limit; more {
		found = found[:limit]
	}
	changes = make([]atalaya.Change, len(found))
	for i, row := range found {
		changes[i] = atalaya.Change{
			Kind: atalaya.ChangeKind(row.Kind), UserID: atalaya.UserID(row.UserID), RowID: row.ID,
			At: row.At, CreatedAt: row.CreatedAt, Settings: row.Settings,
		}
	}
	return changes, more, nil
}

// SignalsByID returns those of the given signals that are the caller's, in any order.
func (s *Store) SignalsByID(ctx context.Context, caller atalaya.Caller, ids []atalaya.SignalID) ([]atalaya.Signal, error) {
	params := rows.SignalsByIDParams{UserID: string(caller.UserID), Ids: make([]string, len(ids))}
	for i, id := range ids {
		params.Ids[i] = string(id)
	}
	var signals []atalaya.Signal
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) error {
		found, err := rows.New(tx).SignalsByID(ctx, params)
		for _, row := range found {
			signals = append(signals, signalOf(row))
		}
		return err
	})
	if err != nil {
		return nil, failed("read the signals", err)
	}
	return signals, nil
}

// ForgetDeletions removes up to 5,000 records of signals that were deleted before the given time, and returns how many.
func (s *Store) ForgetDeletions(ctx context.Context, before time.Time) (int64, error) {
	n, err := rows.New(s.pool).ForgetDeletions(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget deleted signals: %w", err)
	}
	return n, nil
}

// OnCommit sets the function that is called after each commit with the users whose rows this store has changed.
// Set it before the store is used; f must not block.
func (s *Store) OnCommit(f func(users ...atalaya.UserID)) { s.committed = f }

// announce calls the function of OnCommit with the users whose rows a committed transaction has changed.
func (s *Store) announce(users ...atalaya.UserID) {
	if s.committed != nil && len(users) > 0 {
		s.committed(users...)
	}
}

const (
	// replicasChannel carries the ids of users whose rows changed, between processes on one database.
	replicasChannel = "atalaya_live"
	// maxTold is how many users one notification names; PostgreSQL bounds its payload to 8,000 bytes.
	maxTold = 200
	// everybody stands for a longer list of users.
	everybody = "*"
	// hearTimeout is how long a silent connection is believed to be alive before it is tested.
	hearTimeout = time.Minute
)

// Replicas tells the processes on one database whose rows changed. Anybody with a database login may send such messages,
// so a message only makes a process look for changes.
type Replicas struct {
	pool *pgxpool.Pool
	self string // marks, and filters out, this process's own messages
}

// NewReplicas takes the store's pool and, as self, a name that no other process has.
func NewReplicas(pool *pgxpool.Pool, self string) *Replicas { return &Replicas{pool: pool, self: self} }

// Tell tells the other processes whose rows changed. It does not use an alert's transaction, because notifications make
// transactions commit one after the other.
func (r *Replicas) Tell(ctx context.Context, users []atalaya.UserID) error {
	var payload strings.Builder
	payload.WriteString(r.self)
	if len(users) > maxTold {
		payload.WriteString(" " + everybody)
	} else {
		for _, user := range users {
			payload.WriteString(" " + string(user))
		}
	}
	err := rows.New(r.pool).TellReplicas(ctx, rows.TellReplicasParams{Channel: replicasChannel, Payload: payload.String()})
	if err != nil {
		return fmt.Errorf("tell the other replicas: %w", err)
	}
	return nil
}

// Listen calls heard with the users whose rows other processes have changed, or with none if there are too many to
// name. It uses a connection of its own, and calls ready once it listens. It returns an error when the connection
// is lost or ctx is done.
func (r *Replicas) Listen(ctx context.Context, ready func(), heard func(users ...atalaya.UserID)) error {
	conn, err := pgx.ConnectConfig(ctx, r.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+replicasChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ready()
	for {
		payload, err := hear(ctx, conn)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		if users, ok := readTold(payload, r.self); ok {
			heard(users...)
		}
	}
}

// hear waits for the next notification and returns its payload, or "" if the connection is alive and was silent.
func hear(ctx context.Context, conn *pgx.Conn) (string, error) {
	waiting, cancel := context.WithTimeout(ctx, hearTimeout)
	defer cancel()
	note, err := conn.WaitForNotification(waiting)
	switch {
	case err == nil:
		return note.Payload, nil
	case ctx.Err() != nil || waiting.Err() == nil:
		return "", err
	}
	asking, cancel := context.WithTimeout(ctx, hearTimeout)
	defer cancel()
	return "", conn.Ping(asking)
}

// readTold reads a notification. ok is false if it is our own or cannot be read.
func readTold(payload, self string) (users []atalaya.UserID, ok bool) {
	words := strings.Fields(payload)
	if len(words) < 2 || words[0] == self {
		return nil, false
	}
	if words[1] == everybody {
		return nil, true
	}
	for _, word := range words[1:] {
		user, err := atalaya.ParseUserID(word)
		if err != nil {
			return nil, false
		}
		users = append(users, user)
	}
	return users, true
}
