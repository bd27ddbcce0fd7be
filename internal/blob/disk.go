package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

const (
	// Pictures are served only by this program; no other user of the machine reads them.
	filePerm = 0o600
	dirPerm  = 0o700

	// partsDir holds pictures that are being written. No acceptable path leads into it.
	partsDir = ".parts"
	// partsAge is far more than any write takes. An older part was left by a crash.
	partsAge = time.Hour
)

// Disk stores pictures as files in one folder. It never touches anything outside that folder, whatever links the
// folder holds.
type Disk struct {
	root *os.Root
	base string
	key  []byte // that addresses are signed with; nil if they are public
}

// OpenDisk opens the folder dir, and creates it if necessary. baseURL is the address at which this program serves
// the pictures, such as "https://alerts.example.com/pictures". Several processes may share a folder. The caller
// closes the Disk.
func OpenDisk(dir, baseURL string) (*Disk, error) {
	if err := os.MkdirAll(dir, dirPerm); err != nil {
		return nil, fmt.Errorf("make the picture folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the picture folder: %w", err)
	}
	d := &Disk{root: root, base: strings.TrimRight(baseURL, "/")}
	if err := d.sweepParts(time.Now()); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the picture folder: %w", err), root.Close())
	}
	return d, nil
}

// Close closes the folder. The Disk cannot be used afterwards.
func (d *Disk) Close() error { return d.root.Close() }

// Put writes the picture to a temporary file, flushes it to the disk and renames it. A reader, or the next start
// after a crash, finds the former picture or the new one, never a part.
func (d *Disk) Put(ctx context.Context, name string, data []byte, contentType string) error {
	if err := checkPut(name, data, contentType); err != nil {
		return err
	}
	if err := ended(ctx); err != nil {
		return err
	}
	dir := path.Dir(name)
	made, err := d.makeDir(dir)
	if err != nil {
		return diskError("make the user's folder", err)
	}
	part := partsDir + "/" + rand.Text()
	if err := d.writePart(part, data); err != nil {
		return diskError("write the picture", err)
	}
	if err := d.root.Rename(part, name); err != nil {
		return errors.Join(diskError("move the picture in", err), d.removePart(part))
	}
	if err := d.syncDir(dir); err != nil {
		return diskError("keep the picture", err)
	}
	if made {
		if err := d.syncDir("."); err != nil {
			return diskError("keep the user's folder", err)
		}
	}
	return nil
}

// Open returns the picture; the result is an *os.File.
func (d *Disk) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := CheckPath(name); err != nil {
		return nil, err
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	f, err := d.root.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNotFound
	case err != nil:
		return nil, diskError("open the picture", err)
	}
	return f, nil
}

// Delete removes the files.
func (d *Disk) Delete(ctx context.Context, names ...string) error {
	if err := checkAll(names); err != nil {
		return err
	}
	var failed []error
	for _, name := range names {
		if err := ended(ctx); err != nil {
			return errors.Join(append(failed, err)...)
		}
		if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, diskError("remove the picture", err))
		}
	}
	return errors.Join(failed...)
}

// PublicURL returns the address under the base URL. The name cannot be guessed, so whoever has the address may see
// the picture.
func (d *Disk) PublicURL(name string) string {
	if CheckPath(name) != nil {
		return ""
	}
	return d.base + "/" + name
}

// makeDir creates a user's folder. made is false if it existed.
func (d *Disk) makeDir(dir string) (made bool, err error) {
	err = d.root.Mkdir(dir, dirPerm)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}

// writePart writes a new file and flushes it to the disk. If that fails, it removes the file.
func (d *Disk) writePart(part string, data []byte) error {
	f, err := d.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, d.removePart(part))
	}
	return nil
}

func (d *Disk) removePart(part string) error {
	if err := d.root.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskError("remove a part", err)
	}
	return nil
}

// syncDir forces a folder's entries to the disk.
func (d *Disk) syncDir(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// sweepParts makes the folder of parts and removes the parts older than partsAge. Younger ones may belong to
// another process.
func (d *Disk) sweepParts(now time.Time) error {
	if _, err := d.makeDir(partsDir); err != nil {
		return err
	}
	parts, err := fs.ReadDir(d.root.FS(), partsDir)
	if err != nil {
		return err
	}
	for _, part := range parts {
		info, err := part.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && now.Sub(info.ModTime()) < partsAge {
			continue
		}
		if err != nil {
			return err
		}
		if err := d.removePart(partsDir + "/" + part.Name()); err != nil {
			return err
		}
	}
	return nil
}

// diskError removes the path from a file system's error. All such errors may be temporary: disks are emptied,
// mounts return, permissions are corrected.
func diskError(doing string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, doing, err)
}
