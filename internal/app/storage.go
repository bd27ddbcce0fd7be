package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/blob"
	"atalaya/internal/config"
	"atalaya/internal/upkeep"
)

// Storage is the picture storage of the settings. It adapts a blob.Store to captures and upkeep: one path at a
// time, only PNG, and errors as capture errors.
type Storage struct {
	Where   string // for people: "on disk in /data/pictures"
	Private bool   // pictures can be opened at signed addresses alone

	// foreignImages is the address below which pictures lie if that is not below PUBLIC_URL, else "".
	foreignImages string

	store  blob.Store
	server api.Pictures // serves the pictures; nil if the storage does
	close  func() error
	// prepare makes the storage ready for the first picture. closed reports that it made a public bucket private,
	// as the settings demand.
	prepare func(ctx context.Context) (closed bool, err error)
	check   func(ctx context.Context) error // returns why pictures cannot be stored, with the cure
}

// OpenStorage opens the storage of the settings: a folder if PICTURES_DIR is set, an S3 server if S3_BUCKET
// is, else Supabase Storage. It connects to nothing yet. The caller closes it.
func OpenStorage(cfg config.Config) (*Storage, error) {
	switch {
	case cfg.PicturesDir != "":
		return openDisk(cfg)
	case cfg.S3Bucket != "":
		return openS3(cfg)
	}
	return openSupabase(cfg)
}

func openDisk(cfg config.Config) (*Storage, error) {
	disk, err := newDisk(cfg)
	if err != nil {
		return nil, folderError(cfg.PicturesDir, err)
	}
	return &Storage{
		Where: "on disk in " + cfg.PicturesDir, Private: cfg.SignedURLs,
		store: disk, server: diskPictures{disk}, close: disk.Close,
		prepare: func(context.Context) (bool, error) { return false, nil },
		check: func(context.Context) error {
			return folderError(cfg.PicturesDir, writable(cfg.PicturesDir))
		},
	}, nil
}

func newDisk(cfg config.Config) (*blob.Disk, error) {
	base := cfg.PublicURL + "/pictures"
	if !cfg.SignedURLs {
		return blob.OpenDisk(cfg.PicturesDir, base)
	}
	keyring, err := Keyring(cfg)
	if err != nil {
		return nil, err
	}
	return blob.OpenSignedDisk(cfg.PicturesDir, base, keyring.AddressKey())
}

func openSupabase(cfg config.Config) (*Storage, error) {
	bucket, err := blob.NewSupabase(blob.SupabaseOptions{
		URL: cfg.SupabaseURL, Key: cfg.SupabaseServiceRoleKey.Reveal(), Bucket: cfg.StorageBucket,
		Private: cfg.SignedURLs,
	})
	if err != nil {
		return nil, err
	}
	access := "public"
	if cfg.SignedURLs {
		access = "sign"
	}
	const service = "Supabase Storage"
	return &Storage{
		Where: "bucket " + cfg.StorageBucket + " in " + service, Private: cfg.SignedURLs,
		foreignImages: cfg.SupabaseURL + "/storage/v1/object/" + access + "/" + cfg.StorageBucket + "/",
		store:         bucket, close: bucket.Close, prepare: bucket.CloseBucket,
		check: func(ctx context.Context) error {
			if err := bucket.EnsureBucket(ctx); err != nil {
				return fmt.Errorf("%s: %w", service, err)
			}
			return nil
		},
	}, nil
}

func openS3(cfg config.Config) (*Storage, error) {
	bucket, err := blob.NewS3(blob.S3Options{
		Endpoint: cfg.S3Endpoint, Region: cfg.S3Region, Bucket: cfg.S3Bucket,
		AccessKey: cfg.S3AccessKey.Reveal(), SecretKey: cfg.S3SecretKey.Reveal(),
		PathStyle: cfg.S3PathStyle, PublicURL: cfg.S3PublicURL, Private: cfg.SignedURLs,
	})
	if err != nil {
		return nil, err
	}
	return &Storage{
		Where: "bucket " + cfg.S3Bucket + " at " + cfg.S3Endpoint, Private: cfg.SignedURLs,
		foreignImages: bucket.ImagesURL(),
		store:         bucket, close: bucket.Close,
		prepare: func(ctx context.Context) (bool, error) { return false, bucket.Check(ctx) },
		check:   bucket.Check,
	}, nil
}

// preparePictures makes the storage ready before the first capture needs it, and closes a public
// bucket if addresses are to be signed. It always returns nil: alerts are stored without the storage.
func (a *App) preparePictures(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	closed, err := a.storage.prepare(ctx)
	if closed {
		a.log.InfoContext(ctx, "the bucket was public and is now private, because STORAGE_SIGNED_URLS is set; its earlier addresses stop working", "bucket", a.cfg.StorageBucket)
	}
	if err != nil {
		a.log.WarnContext(ctx, "pictures cannot be stored yet; `atalaya doctor` tries the same", "where", a.storage.Where, "error", err)
	}
	return nil
}

// Close releases the storage.
func (s *Storage) Close() error { return s.close() }

// Check returns why pictures cannot be stored, with the cure. In Supabase Storage it creates a missing bucket.
func (s *Storage) Check(ctx context.Context) error { return s.check(ctx) }

// Put stores a PNG; it fails with a *atalaya.CaptureError.
func (s *Storage) Put(ctx context.Context, path string, png []byte) error {
	err := s.store.Put(ctx, path, png, blob.TypePNG)
	if err == nil {
		return nil
	}
	code := atalaya.CaptureStorageUnavailable
	if errors.Is(err, blob.ErrRejected) {
		code = atalaya.CaptureStorageRejected
	}
	return &atalaya.CaptureError{Code: code, Step: "store", Detail: "the picture was taken and could not be stored", Err: err}
}

// Delete removes a picture. It returns nil if the picture is absent, or if no storage could have held its path.
func (s *Storage) Delete(ctx context.Context, path string) error {
	if blob.CheckPath(path) != nil {
		return nil //nolint:nilerr // see above
	}
	return s.store.Delete(ctx, path)
}

// DeleteAll removes pictures.
func (s *Storage) DeleteAll(ctx context.Context, paths []string) error {
	return s.store.Delete(ctx, paths...)
}

// List returns every stored picture.
func (s *Storage) List(ctx context.Context) iter.Seq2[upkeep.StoredPicture, error] {
	return func(yield func(upkeep.StoredPicture, error) bool) {
		for object, err := range s.store.List(ctx) {
			if !yield(upkeep.StoredPicture{Path: object.Path, StoredAt: object.StoredAt}, err) {
				return
			}
		}
	}
}

// URL returns the public address of a picture, "" if there is none.
func (s *Storage) URL(path string) string {
	if s.Private {
		return ""
	}
	return s.store.PublicURL(path)
}

// diskPictures serves the pictures of a folder, with the errors that the API expects.
type diskPictures struct {
	disk *blob.Disk
}

// Open returns a picture and how much longer its address works. It fails with CodeNotFound if there is
// no picture, and with CodeForbidden if the signature is wrong or has expired.
func (p diskPictures) Open(ctx context.Context, path, expires, signature string) (io.ReadCloser, time.Duration, error) {
	left, ok := p.disk.Admits(path, expires, signature, time.Now())
	if !ok {
		return nil, 0, atalaya.Errorf(atalaya.CodeForbidden, "This address is wrong or has expired. Read the signal again; it has a new one.")
	}
	file, err := p.disk.Open(ctx, path)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, atalaya.Errorf(atalaya.CodeNotFound, "There is no such picture.")
	}
	return file, left, err
}
