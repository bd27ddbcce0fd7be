package blob

import (
	"context"
	"errors"
	"io/fs"
	"iter"
)

// List reads one user's folder after another. It leaves out links and anything else that is not a file.
func (d *Disk) List(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		users, err := fs.ReadDir(d.root.FS(), ".")
		if err != nil {
			yield(Object{}, diskError("list the folders", err))
			return
		}
		for _, user := range users {
			if !user.IsDir() || user.Name() == partsDir {
				continue
			}
			if !d.listFolder(ctx, user.Name(), yield) {
				return
			}
		}
	}
}

// listFolder yields the pictures of a folder. It returns false if the listing has to end.
func (d *Disk) listFolder(ctx context.Context, folder string, yield func(Object, error) bool) bool {
	entries, err := fs.ReadDir(d.root.FS(), folder)
	if err != nil {
		yield(Object{}, diskError("list a folder", err))
		return false
	}
	for _, entry := range entries {
		path := folder + "/" + entry.Name()
		if CheckPath(path) != nil || !entry.Type().IsRegular() {
			continue
		}
		if err := ended(ctx); err != nil {
			yield(Object{}, err)
			return false
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			yield(Object{}, diskError("look at a picture", err))
			return false
		}
		if !yield(Object{Path: path, StoredAt: info.ModTime()}, nil) {
			return false
		}
	}
	return true
}
