package app

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"atalaya"
	"atalaya/internal/blob"
	"atalaya/internal/config"
	"atalaya/internal/upkeep"
)

// pictures fits a blob.Store to what captures and upkeep need: one path at a time, PNG alone, and
// failures in the words of a capture.
type pictures struct {
	store   blob.Store
	private bool // nothing is seen without a signed address
}

// Put stores a PNG; it fails with a *atalaya.CaptureError.
func (p pictures) Put(ctx context.Context, path string, png []byte) error {
	err := p.store.Put(ctx, path, png, blob.TypePNG)
	if err == nil {
		return nil
	}
	code := atalaya.CaptureStorageUnavailable
	if errors.Is(err, blob.ErrRejected) {
		code = atalaya.CaptureStorageRejected
	}
	return &atalaya.CaptureError{Code: code, Step: "store", Detail: "the picture was taken and could not be stored", Err: err}
}

// Delete removes a picture; an absent one is removed already. A path that no storage could ever
// have held is as good as removed.
func (p pictures) Delete(ctx context.Context, path string) error {
	if blob.CheckPath(path) != nil {
		return nil //nolint:nilerr // see above
	}
	return p.store.Delete(ctx, path)
}

// DeleteAll removes pictures.
func (p pictures) DeleteAll(ctx context.Context, paths []string) error {
	return p.store.Delete(ctx, paths...)
}

// List gives every stored picture.
func (p pictures) List(ctx context.Context) iter.Seq2[upkeep.StoredPicture, error] {
	return func(yield func(upkeep.StoredPicture, error) bool) {
		for object, err := range p.store.List(ctx) {
			if !yield(upkeep.StoredPicture{Path: object.Path, StoredAt: object.StoredAt}, err) {
				return
			}
		}
	}
}

// StoredPictures opens the picture storage of the settings for a sweep; closing it gives it back.
func StoredPictures(cfg config.Config) (stored upkeep.Stored, closing func() error, err error) {
	disk, bucket, err := Pictures(cfg)
	switch {
	case err != nil:
		return nil, nil, err
	case disk != nil:
		return pictures{store: disk}, disk.Close, nil
	default:
		return pictures{store: bucket}, bucket.Close, nil
	}
}

// URL gives the public address of a picture, "" where there is none.
func (p pictures) URL(path string) string {
	if p.private {
		return ""
	}
	return p.store.PublicURL(path)
}

// diskPictures serves the pictures of a folder, and words an absent one as the API wants it.
type diskPictures struct {
	disk *blob.Disk
}

// Open gives a picture and how long its address works on; CodeNotFound where there is none,
// CodeForbidden at an address that is not, or no more, signed.
func (p diskPictures) Open(ctx context.Context, path, expires, signature string) (io.ReadCloser, time.Duration, error) {
	left, ok := p.disk.Admits(path, expires, signature, time.Now())
	if !ok {
		return nil, 0, atalaya.Errorf(atalaya.CodeForbidden, "This address does not work, or no more: read the signal again, it has a new one.")
	}
	file, err := p.disk.Open(ctx, path)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, atalaya.Errorf(atalaya.CodeNotFound, "There is no such picture.")
	}
	return file, left, err
}
