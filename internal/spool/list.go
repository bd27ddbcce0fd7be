package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"atalaya"
)

// Entry is one alert as List shows it.
type Entry struct {
	User     atalaya.UserID
	At       time.Time // of its arrival
	Signal   atalaya.SignalID
	BodySize int64
	Aside    bool
	Err      error // why the alert cannot be read; the members before it hold all the same, but Signal and BodySize
}

// copies is how often List copies a file that is being written meanwhile.
const copies = 5

// List calls each with every alert of a folder, in the order of users and arrivals. The process that has the spool
// may go on with it: List reads a copy, in a temporary folder.
func List(ctx context.Context, opt Options, each func(Entry)) error {
	var failure error
	for range copies {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var entries []Entry
		if entries, failure = listCopy(opt); failure == nil {
			for _, e := range entries {
				each(e)
			}
			return nil
		}
		if !errors.Is(failure, errTorn) {
			return failure
		}
	}
	return fmt.Errorf("%w; the service takes over what is whole when it starts", failure)
}

// listCopy reads a copy of the file, which fails with errTorn if the file was written during the copying.
func listCopy(opt Options) (entries []Entry, err error) {
	folder, err := os.MkdirTemp("", "atalaya-spool-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, fileName)
	switch err := copyFile(filepath.Join(opt.Dir, fileName), path); {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("copy the spool: %w", err)
	}
	db, err := openSound(path, 0)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	s := &Spool{opt: opt, log: opt.Log, db: db}
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) (err error) {
			entries, err = s.entries(tx)
			return err
		})
	})
	return entries, err
}

func (s *Spool) entries(tx *bbolt.Tx) (entries []Entry, err error) {
	for _, name := range [][]byte{alertsBucket, asideBucket} {
		bucket := tx.Bucket(name)
		if bucket == nil {
			continue
		}
		err := bucket.ForEach(func(key, value []byte) error {
			user, at, err := readKey(key)
			if err != nil {
				return err
			}
			e := Entry{User: user, At: time.UnixMicro(at).UTC(), Aside: bytes.Equal(name, asideBucket)}
			a, err := s.open(user, at, key, value)
			e.Signal, e.BodySize, e.Err = a.SignalID, a.BodySize, err
			entries = append(entries, e)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
