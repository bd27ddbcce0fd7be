package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"atalaya"
)

// Entry is one alert as List shows it.
type Entry struct {
	User     atalaya.UserID
	At       time.Time // when it arrived, UTC
	Signal   atalaya.SignalID
	BodySize int64 // bytes
	Aside    bool  // it could not be stored, and is tried again at the next start
	Err      error // why the alert cannot be read; Signal and BodySize are unset then
}

const (
	// looks is how many times List tries to read a file that is being written.
	looks = 5
	// lookAgain is the time between two tries.
	lookAgain = 20 * time.Millisecond
)

// List calls each with every alert of a folder, in the order of users and arrivals. The process that has the spool
// may go on using it: List locks, copies and changes nothing. If the file is written all the time, List shows what was
// there at about the same moment. A folder without a spool has no alerts. List fails if the file is damaged or ctx is
// done.
func List(ctx context.Context, opt Options, each func(Entry)) error {
	for look := 1; ; look++ {
		entries, err := listFile(opt, look == looks)
		switch {
		case err == nil:
			for _, e := range entries {
				each(e)
			}
			return nil
		case !errors.Is(err, errTorn) && !errors.Is(err, errChanged):
			return err
		case look == looks:
			return fmt.Errorf("%w; the service takes over what is whole when it starts", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}

// listFile reads the file once. It fails with errTorn if the file is not consistent and, unless changing is allowed, with
// errChanged if it was written meanwhile.
func listFile(opt Options, changing bool) (entries []Entry, err error) {
	file, err := os.Open(filepath.Join(opt.Dir, fileName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the spool: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	r, err := readMetas(file, info.Size())
	if err != nil {
		return nil, err
	}
	s := &Spool{opt: opt}
	for _, name := range [][]byte{alertsBucket, asideBucket} {
		err := r.bucket(name, func(key, value []byte) error {
			e, err := s.entry(key, value)
			e.Aside = bytes.Equal(name, asideBucket)
			entries = append(entries, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if changing {
		return entries, nil
	}
	return entries, r.unchanged(info.Size())
}

func (s *Spool) entry(key, value []byte) (Entry, error) {
	user, at, err := readKey(key)
	if err != nil {
		return Entry{}, err
	}
	if inner, _, ok := unframe(value); !ok || !bytes.Equal(inner, key) {
		return Entry{}, fmt.Errorf("%w: an alert does not stand where it belongs", errTorn)
	}
	e := Entry{User: user, At: time.UnixMicro(at).UTC()}
	a, err := s.open(user, at, key, value)
	e.Signal, e.BodySize, e.Err = a.SignalID, a.BodySize, err
	return e, nil
}
