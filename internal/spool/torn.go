package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"atalaya"
)

const (
	// TornPattern matches the files that were moved aside.
	TornPattern = "torn-*.db"
	// salvageWithin is the age up to which alerts of a damaged file are recovered. Free pages still hold alerts
	// that were stored long ago. The database recognises younger ones by their ids and stores none twice.
	salvageWithin = 7 * 24 * time.Hour
	// salvageWindow is how many bytes of a damaged file are searched at a time. maxRecord is longer than any value.
	salvageWindow = 8 << 20
	maxRecord     = 2*atalaya.MaxBody + 64<<10
)

// openSound opens the file, and fails with errTorn if it is damaged. bbolt would silently use the meta page before
// a damaged one, and so lose a whole group of alerts.
func openSound(path string, maxBytes int64) (*bbolt.DB, error) {
	db, err := openFile(path, maxBytes, lockPatience)
	if err != nil {
		return nil, err
	}
	if err = checkMetas(path); err == nil {
		err = guard(func() error { return db.View(walk) })
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// walk reads every page that is in use, and then lets bbolt compare the pages with the list of free ones.
func walk(tx *bbolt.Tx) error {
	for _, name := range [][]byte{alertsBucket, asideBucket, tokensBucket} {
		bucket := tx.Bucket(name)
		if bucket == nil { // made with the file's first transaction
			continue
		}
		var last []byte
		if err := bucket.ForEach(func(key, value []byte) error {
			if bytes.Compare(last, key) >= 0 {
				return fmt.Errorf("%w: its keys are out of order", errTorn)
			}
			last = key
			if bytes.Equal(name, tokensBucket) {
				return nil
			}
			if inner, _, ok := unframe(value); !ok || !bytes.Equal(inner, key) {
				return fmt.Errorf("%w: an alert does not stand where it belongs", errTorn)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	var first error
	for err := range tx.Check() {
		if first == nil {
			first = fmt.Errorf("%w: %w", errTorn, err)
		}
	}
	return first
}

// The fields of bbolt's meta pages, the first two of a file, that show whether they are intact.
const (
	metaOffset   = 16 // after the page's header
	metaSize     = 64
	metaChecked  = metaSize - 8 // bytes that the checksum at the end covers
	metaMagic    = 0xED0CDAED
	metaPageSize = 8
	metaRoot     = 16 // offset of the page of the bucket of buckets
	metaPages    = 40 // offset of the number of pages
	metaChange   = 48 // offset of the number of the transaction
)

// checkMetas fails with errTorn unless both meta pages are whole and the file has all pages that they count.
func checkMetas(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil {
		_, err = wholeMetas(file, info.Size())
	}
	return err
}

// wholeMetas returns both meta pages of a file of fileSize bytes. It fails as checkMetas does.
func wholeMetas(file io.ReaderAt, fileSize int64) (metas [2][]byte, err error) {
	pageSize := int64(os.Getpagesize())
	for i := range metas {
		meta := make([]byte, metaSize)
		if _, err := file.ReadAt(meta, int64(i)*pageSize+metaOffset); err != nil {
			return metas, fmt.Errorf("%w: it has no meta page %d", errTorn, i)
		}
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:metaChecked])
		if binary.NativeEndian.Uint32(meta) != metaMagic || binary.NativeEndian.Uint64(meta[metaChecked:]) != sum.Sum64() {
			return metas, fmt.Errorf("%w: meta page %d is not whole", errTorn, i)
		}
		size := int64(binary.NativeEndian.Uint32(meta[metaPageSize:]))
		if size != pageSize || int64(binary.NativeEndian.Uint64(meta[metaPages:]))*size > fileSize {
			return metas, fmt.Errorf("%w: it is cut short", errTorn)
		}
		metas[i] = meta
	}
	return metas, nil
}

// salvage replaces a damaged file by one of the alerts and tokens that are whole in it, and keeps the damaged one
// aside. The new file is made beside it and takes its place once it is complete. If the process dies before that, the
// next Open starts over, or finishes the work.
func (s *Spool) salvage(path string, why error) (*bbolt.DB, error) {
	now, fresh := time.Now().UTC(), path+newSuffix
	db, err := openFresh(fresh)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(fresh); errors.Is(err, os.ErrNotExist) { // another process was faster
		return nil, errors.Join(ErrLocked, db.Close())
	}
	found, err := s.takeOver(db, path, now)
	if err = errors.Join(err, db.Close()); err != nil { // the damaged file stays as it is; without its alerts nothing may begin
		return nil, fmt.Errorf("take over what is whole in %s: %w", path, err)
	}
	moved := filepath.Join(filepath.Dir(path), "torn-"+now.Format("20060102T150405.000000Z")+".db")
	if err := os.Rename(path, moved); err != nil {
		return nil, fmt.Errorf("%w; it cannot be moved aside: %w", why, err)
	}
	if err := putInPlace(path); err != nil {
		return nil, err
	}
	s.log.Error("the spool's file was damaged. It was moved aside, and its intact alerts were recovered: compare the counts with the last /health, then remove it",
		"file", moved, "alerts", found.alerts, "too_old", found.old, "tokens", found.tokens, "why", why)
	return openSound(path, s.opt.MaxBytes)
}

// newSuffix ends the name of the file that salvage is making.
const newSuffix = ".new"

// openFresh opens the file for what is salvaged. What an interrupted salvage has left in it may stay: it comes from the
// same damaged file.
func openFresh(path string) (*bbolt.DB, error) {
	db, err := openFile(path, 0, lockPatience) // without a bound: all that was kept has to fit
	if errors.Is(err, errTorn) {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		return openFile(path, 0, lockPatience)
	}
	return db, err
}

// putInPlace ends a salvage: the new file gets the name of the damaged one, which has been moved aside.
func putInPlace(path string) error {
	if err := os.Rename(path+newSuffix, path); err != nil {
		return fmt.Errorf("put the spool's new file in its place: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// dropLeftover removes what an interrupted salvage has left, once a sound file is open, and syncs the folder.
func dropLeftover(path string) error {
	if err := os.Remove(path + newSuffix); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// resume finishes a salvage that was interrupted before its file got its name.
func resume(path string) error {
	_, err := os.Stat(path)
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(path + newSuffix); errors.Is(err, os.ErrNotExist) {
		return nil // the first start
	}
	return putInPlace(path) // it was complete before the damaged file was moved
}

// syncFolder writes a folder's names to the disk, so that they survive a power failure.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("write the spool's folder: %w", err)
	}
	return nil
}

// salvaged counts what was found in a damaged file: alerts recovered, alerts that are too old, and tokens.
type salvaged struct{ alerts, old, tokens int }

// takeOver copies the intact alerts and tokens of a damaged file to db. It also copies alerts from free pages: the
// database recognises those that it has.
func (s *Spool) takeOver(db *bbolt.DB, path string, now time.Time) (found salvaged, err error) {
	file, err := os.Open(path)
	if err != nil {
		return found, err
	}
	defer file.Close()
	window, rest := make([]byte, salvageWindow), 0
	for {
		n, err := io.ReadFull(file, window[rest:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return found, err
		}
		part := window[:rest+n]
		if err := db.Update(func(tx *bbolt.Tx) error { return s.copyWhole(tx, part, now, &found) }); err != nil {
			return found, err
		}
		if last {
			err := db.View(func(tx *bbolt.Tx) error {
				found.alerts, found.tokens = tx.Bucket(alertsBucket).Stats().KeyN, tx.Bucket(tokensBucket).Stats().KeyN
				return nil
			})
			return found, err
		}
		rest = copy(window, part[len(part)-maxRecord:]) // what begins there may end in the next part
	}
}

// copyWhole copies the alerts and tokens that lie whole in part, a piece of the damaged file.
func (s *Spool) copyWhole(tx *bbolt.Tx, part []byte, now time.Time, found *salvaged) error {
	alerts, err := tx.CreateBucketIfNotExists(alertsBucket)
	if err != nil {
		return err
	}
	tokens, err := tx.CreateBucketIfNotExists(tokensBucket)
	if err != nil {
		return err
	}
	for at := range occurrences(part, alertFrame) {
		key, sealed, ok := unframe(part[at:])
		if !ok || alerts.Get(key) != nil {
			continue
		}
		if _, err := s.opt.Sealer.OpenRecord(key, sealed); err != nil {
			continue // it belongs to another place, or is partly overwritten
		}
		if _, arrived, _ := readKey(key); now.Sub(time.UnixMicro(arrived)) > salvageWithin {
			found.old++
			continue
		}
		if err := alerts.Put(bytes.Clone(key), frame(key, sealed)); err != nil {
			return err
		}
	}
	for at := range occurrences(part, tokenFrame) {
		if at+tokenSize > len(part) {
			continue
		}
		value := bytes.Clone(part[at : at+tokenSize])
		hash := value[len(tokenFrame) : len(tokenFrame)+hashSize]
		if tokens.Get(hash) == nil {
			if err := tokens.Put(hash, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// occurrences yields each place in part where pattern begins.
func occurrences(part, pattern []byte) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for from := 0; ; {
			at := bytes.Index(part[from:], pattern)
			if at < 0 || !yield(from+at) {
				return
			}
			from += at + 1
		}
	}
}
