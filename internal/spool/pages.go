package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// reader reads bbolt's pages from a file that another process has open and may write: bbolt itself would wait for
// that process, and a copy would need the disk that may be full. It takes no lock, maps nothing, and holds one page
// and its parents in memory.
//
// A page begins with its number (8 bytes), its kind (2), how many elements it has (2), and how many further pages
// belong to it (4). The elements follow. Each has the place of its key, counted from the element's own beginning.
type reader struct {
	file     io.ReaderAt
	pageSize int64
	pages    uint64 // in the file, as the meta page counts them
	root     uint64 // page of the bucket of buckets
	change   uint64 // number of the last transaction
}

const (
	pageHead     = 16
	branchPage   = 1
	leafPage     = 2
	branchSize   = 16 // place (4), key's length (4), page (8)
	leafSize     = 16 // flags (4), place (4), key's length (4), value's length (4)
	bucketFlag   = 1
	bucketHead   = 16 // root page (8), sequence (8); without a root its page follows
	maxDepth     = 32
	maxPageBytes = 16 << 20 // of a page with those that belong to it
)

// errChanged means that the file was written while it was read.
var errChanged = errors.New("the spool's file was written meanwhile")

// readMetas reads the newer meta page. It fails with errTorn unless both are whole.
func readMetas(file io.ReaderAt, size int64) (*reader, error) {
	metas, err := wholeMetas(file, size)
	if err != nil {
		return nil, err
	}
	newest := metas[0]
	if binary.NativeEndian.Uint64(metas[1][metaChange:]) > binary.NativeEndian.Uint64(newest[metaChange:]) {
		newest = metas[1]
	}
	return &reader{
		file: file, pageSize: int64(binary.NativeEndian.Uint32(newest[metaPageSize:])), pages: binary.NativeEndian.Uint64(newest[metaPages:]),
		root: binary.NativeEndian.Uint64(newest[metaRoot:]), change: binary.NativeEndian.Uint64(newest[metaChange:]),
	}, nil
}

// page reads a page and the further pages that belong to it.
func (r *reader) page(number uint64) ([]byte, error) {
	if number < 2 || number >= r.pages {
		return nil, fmt.Errorf("%w: there is no page %d", errTorn, number)
	}
	head := make([]byte, pageHead)
	if _, err := r.file.ReadAt(head, int64(number)*r.pageSize); err != nil {
		return nil, fmt.Errorf("%w: page %d cannot be read: %w", errTorn, number, err)
	}
	further := int64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head) != number || (further+1)*r.pageSize > maxPageBytes {
		return nil, fmt.Errorf("%w: page %d is another one", errTorn, number)
	}
	page := make([]byte, (further+1)*r.pageSize)
	if _, err := r.file.ReadAt(page, int64(number)*r.pageSize); err != nil {
		return nil, fmt.Errorf("%w: page %d cannot be read: %w", errTorn, number, err)
	}
	return page, nil
}

// walk calls each with every key and value below a page, in their order. Both hold until each returns.
func (r *reader) walk(page []byte, depth int, each func(flags uint32, key, value []byte) error) error {
	kind, count := binary.NativeEndian.Uint16(page[8:]), int(binary.NativeEndian.Uint16(page[10:]))
	if depth > maxDepth || kind != branchPage && kind != leafPage || pageHead+count*leafSize > len(page) {
		return fmt.Errorf("%w: a page is none of a tree", errTorn)
	}
	for i := range count {
		at := pageHead + i*leafSize
		element := page[at : at+leafSize]
		if kind == branchPage {
			below, err := r.page(binary.NativeEndian.Uint64(element[8:]))
			if err != nil {
				return err
			}
			if err := r.walk(below, depth+1, each); err != nil {
				return err
			}
			continue
		}
		place := at + int(binary.NativeEndian.Uint32(element[4:]))
		keyEnd := place + int(binary.NativeEndian.Uint32(element[8:]))
		end := keyEnd + int(binary.NativeEndian.Uint32(element[12:]))
		if end > len(page) {
			return fmt.Errorf("%w: a value lies outside its page", errTorn)
		}
		if err := each(binary.NativeEndian.Uint32(element), page[place:keyEnd], page[keyEnd:end]); err != nil {
			return err
		}
	}
	return nil
}

// bucket calls each with every key and value of a bucket, in the order of the keys. A bucket that does not exist is empty.
func (r *reader) bucket(name []byte, each func(key, value []byte) error) error {
	root, err := r.page(r.root)
	if err != nil {
		return err
	}
	var top []byte
	err = r.walk(root, 0, func(flags uint32, key, value []byte) error {
		if flags != bucketFlag || !bytes.Equal(key, name) {
			return nil
		}
		if len(value) < bucketHead {
			return fmt.Errorf("%w: a bucket has no root", errTorn)
		}
		number := binary.NativeEndian.Uint64(value)
		if number != 0 {
			top, err = r.page(number)
			return err
		}
		if top = bytes.Clone(value[bucketHead:]); len(top) < pageHead {
			return fmt.Errorf("%w: a bucket has no page", errTorn)
		}
		return nil
	})
	if err != nil || top == nil {
		return err
	}
	var last []byte
	return r.walk(top, 0, func(_ uint32, key, value []byte) error {
		if bytes.Compare(last, key) >= 0 {
			return fmt.Errorf("%w: its keys are out of order", errTorn)
		}
		last = bytes.Clone(key)
		return each(key, value)
	})
}

// unchanged fails with errChanged if the file was written since its metas were read.
func (r *reader) unchanged(size int64) error {
	now, err := readMetas(r.file, size)
	if err == nil && now.change != r.change {
		err = errChanged
	}
	return err
}
