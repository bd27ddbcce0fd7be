// Package spool keeps alerts on the disk while the database cannot store them. One file, which belongs to one
// process, holds sealed alerts in order of arrival for each user. It also holds hashes of the tokens that the
// database knew, so that a process that starts without its database knows whose alerts to keep. Package ingest
// decides when an alert goes in and what becomes of it afterwards; this package knows neither settings nor SQL.
//
// An alert that Append has accepted is on the disk: it survives the process and the machine, but not the disk.
package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"atalaya"
)

// Sealer encrypts records for the place where they are stored, and hashes tokens with a key.
type Sealer interface {
	SealRecord(place, plain []byte) ([]byte, error)
	OpenRecord(place, sealed []byte) ([]byte, error)
	// TokenHashes returns 32 bytes for each key of the ring, the current one's first.
	TokenHashes(token string) [][]byte
}

// Options configure a Spool.
type Options struct {
	Dir      string // made with mode 0700
	MaxBytes int64  // of the file, at least MinBytes
	Sealer   Sealer
	Log      *slog.Logger
}

// fileName is the name of the spool's file in its folder.
const fileName = "spool.db"

const (
	// lockPatience is how long Open waits for a process that is ending.
	lockPatience = 5 * time.Second
	// growBy is how much the file grows at a time, in bytes. The file's bound is kept to this precision.
	growBy = 256 << 10
	// MinBytes is the least that MaxBytes may be.
	MinBytes = 4 << 20
	// timesFree bounds one user's alerts to this many times the free room: four fifths of the room for a single
	// user, and less if others have alerts there. So a user who sends without end leaves room for the others.
	timesFree = 4
	// A user whose alerts take more than smallShare bytes gets no more once all take largePart of the room: many who
	// send without end leave the rest to those who send little.
	smallShare = 256 << 10
	largePart  = 0.75
	// pagesPart is how much of the room alerts may take by their size: pages that are not full, and those that
	// list free ones, take the rest.
	pagesPart = 0.875
)

// The buckets of the file.
var (
	alertsBucket = []byte("alerts") // by key, see record.go
	asideBucket  = []byte("aside")  // what could not be stored, under the same keys
	tokensBucket = []byte("tokens") // by hash, see tokens.go
)

var (
	// ErrLocked means that another process has the spool.
	ErrLocked = errors.New("another process uses this spool")
	// ErrFull means that the spool, or a user's share of it, has no room left.
	ErrFull = errors.New("the spool is full")
	// errTorn means that the file is damaged.
	errTorn = errors.New("the spool's file is damaged")
)

// Spool is the open file. It is safe for concurrent use.
type Spool struct {
	opt  Options
	log  *slog.Logger
	db   *bbolt.DB
	torn []string // files that were moved aside, now or before

	waiting atomic.Int64 // alerts in the file
	failing atomic.Pointer[error]

	mu    sync.Mutex
	bytes int64 // of all alerts, as cost has it
	users map[atalaya.UserID]*queue
	turns []atalaya.UserID // every user with alerts, in the order in which they are served
	aside int

	tokens tokens
}

// queue is what waits of one user.
type queue struct {
	alerts      int
	bytes       int64
	first, last int64 // arrivals, in microseconds of the Unix clock
}

// Open opens the spool of a folder, and makes it if there is none. It fails with ErrLocked while another
// process has it. A file that is damaged is moved aside; what is whole in it is taken over.
func Open(opt Options) (*Spool, error) {
	if err := prepareFolder(opt.Dir); err != nil {
		return nil, err
	}
	s := &Spool{opt: opt, log: opt.Log, users: make(map[atalaya.UserID]*queue)}
	s.tokens.pending = make(map[string]atalaya.UserID)
	path := filepath.Join(opt.Dir, fileName)
	if err := resume(path); err != nil {
		return nil, err
	}
	db, err := openSound(path, opt.MaxBytes)
	switch {
	case errors.Is(err, errTorn):
		if db, err = s.salvage(path, err); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	}
	s.db = db
	if err := dropLeftover(path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("read the spool: %w", err), db.Close())
	}
	s.torn, _ = filepath.Glob(filepath.Join(opt.Dir, TornPattern))
	s.tokens.start(s.flushTokens)
	return s, nil
}

// prepareFolder makes the folder, for its owner alone.
func prepareFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the spool's folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at the spool's folder: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("keep the spool's folder from others: %w; give it to the service's user, mode 0700", err)
		}
	}
	return nil
}

// openFile opens the file as bbolt does. A file that makes bbolt panic is errTorn.
func openFile(path string, maxBytes int64, patience time.Duration) (db *bbolt.DB, err error) {
	var file *os.File
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: patience, MaxSize: int(maxBytes), FreelistType: bbolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode fs.FileMode) (*os.File, error) {
				var err error
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
		})
		return err
	})
	switch {
	case err == nil:
		db.AllocSize = growBy
		return db, nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w", errTorn, err)
	case errors.Is(err, errTorn) && file != nil: // bbolt panicked with the file open, and locked
		_ = file.Close()
	}
	return nil, err
}

// guard runs f, which reads or writes the mapped file. If a page cannot be read or is nonsense, guard fails with errTorn
// instead of ending the process.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if defect := recover(); defect != nil {
			err = fmt.Errorf("%w: %v", errTorn, defect)
		}
	}()
	return f()
}

// load counts the alerts that wait, after moving those that were set aside back to be tried again.
func (s *Spool) load() error {
	return s.update(s.opt.MaxBytes, func(tx *bbolt.Tx) error {
		alerts, err := tx.CreateBucketIfNotExists(alertsBucket)
		if err != nil {
			return err
		}
		aside, err := tx.CreateBucketIfNotExists(asideBucket)
		if err != nil {
			return err
		}
		tokens, err := tx.CreateBucketIfNotExists(tokensBucket)
		if err != nil {
			return err
		}
		s.tokens.known = tokens.Stats().KeyN
		if err := takeBack(alerts, aside); err != nil {
			return err
		}
		return alerts.ForEach(func(key, value []byte) error {
			user, at, err := readKey(key)
			if err != nil {
				return err
			}
			s.count(user, at, cost(value))
			return nil
		})
	})
}

// takeBack moves the alerts that were set aside back among the others.
func takeBack(alerts, aside *bbolt.Bucket) error {
	var keys [][]byte
	if err := aside.ForEach(func(key, value []byte) error {
		keys = append(keys, append([]byte(nil), key...))
		return alerts.Put(key, value)
	}); err != nil {
		return err
	}
	for _, key := range keys {
		if err := aside.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// count notes an alert that is in the file.
func (s *Spool) count(user atalaya.UserID, at int64, bytes int64) {
	q := s.users[user]
	if q == nil {
		q = &queue{first: at}
		s.users[user], s.turns = q, append(s.turns, user)
	}
	q.alerts, q.bytes, q.first, q.last = q.alerts+1, q.bytes+bytes, min(q.first, at), max(q.last, at)
	s.bytes += bytes
	s.waiting.Add(1)
}

// room is what alerts and tokens may take of the file, in bytes. The rest is for taking them out: bbolt writes a
// page that changes to another place.
func (s *Spool) room() int64 { return s.opt.MaxBytes - min(s.opt.MaxBytes/4, 8<<20) }

// update runs one transaction, in which the file may grow to most bytes, and records whether the file can be written. It
// fails with ErrFull if the file would have to grow further.
func (s *Spool) update(most int64, f func(*bbolt.Tx) error) error {
	err := guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			s.db.MaxSize = int(most) // only ever read and written by the one transaction that writes
			return f(tx)
		})
	})
	if errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return fmt.Errorf("%w: its file has SPOOL_MAX_BYTES", ErrFull)
	}
	if err == nil {
		s.failing.Store(nil)
	} else if !errors.Is(err, ErrFull) {
		s.failing.Store(&err)
	}
	return err
}

// view runs one read-only transaction, and records damage that it meets.
func (s *Spool) view(f func(*bbolt.Tx) error) error {
	err := guard(func() error { return s.db.View(f) })
	if errors.Is(err, errTorn) {
		s.failing.Store(&err)
	}
	return err
}

// Close writes what was learned of tokens and closes the file.
func (s *Spool) Close() error {
	s.tokens.stop()
	err := s.flushTokens()
	return errors.Join(err, s.db.Close())
}

// Status describes the state of the spool.
type Status struct {
	Alerts   int
	Users    int       // how many users these alerts belong to
	Oldest   time.Time // when the first of them arrived; zero without any
	Aside    int       // alerts that could not be stored, and are tried again at the next start
	Bytes    int64     // of the file
	MaxBytes int64
	Tokens   int      // how many tokens it knows
	Torn     []string // damaged files that were moved aside
	Failing  error    // why the file could last not be read or written; nil if it could
}

// Status returns the state of the spool.
func (s *Spool) Status() Status {
	st := Status{MaxBytes: s.opt.MaxBytes, Torn: s.torn}
	if info, err := os.Stat(s.db.Path()); err == nil {
		st.Bytes = info.Size()
	}
	if failing := s.failing.Load(); failing != nil {
		st.Failing = *failing
	}
	st.Tokens = s.tokens.count()
	s.mu.Lock()
	defer s.mu.Unlock()
	st.Alerts, st.Users, st.Aside = int(s.waiting.Load()), len(s.users), s.aside
	for _, q := range s.users {
		if first := time.UnixMicro(q.first).UTC(); st.Oldest.IsZero() || first.Before(st.Oldest) {
			st.Oldest = first
		}
	}
	return st
}
