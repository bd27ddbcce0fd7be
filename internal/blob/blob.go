// Package blob stores the bytes of the pictures under the paths it is given, on disk, in a bucket that speaks S3
// or in Supabase Storage. It reads them back and removes them. It knows neither signals nor users beyond the form
// of a path, and serves no HTTP.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"time"
)

// MaxSize is the largest picture that is stored, in bytes: 5 MB, the limit of the bucket too.
const MaxSize = 5 << 20

// TypePNG is the only content type that is stored.
const TypePNG = "image/png"

// The classes of failure. Every error of a Store belongs to exactly one of them; a context that
// ended shows through ErrUnavailable. No error holds a key, a signed address or a picture's path.
var (
	// ErrNotFound: nothing is stored under the path.
	ErrNotFound = errors.New("no such picture")
	// ErrRejected: the same request will be refused again. The path, the type or the size is not
	// acceptable, or the store does not accept our key; the message says which.
	ErrRejected = errors.New("picture store refused")
	// ErrUnavailable: a later attempt may succeed. The network, a timeout, an overload, a full disk.
	ErrUnavailable = errors.New("picture store unavailable")
)

// Store keeps pictures by path, "{user id}/{name}.png" as CheckPath has it. A picture appears whole
// or not at all. Methods are safe for concurrent use and fail with the three classes of errors
// above.
type Store interface {
	// Put stores data, at most MaxSize bytes of contentType TypePNG. It replaces what is stored under the path, so
	// a repeated attempt succeeds.
	Put(ctx context.Context, path string, data []byte, contentType string) error
	// Open returns the picture; the caller closes it. Reading can fail as Open can.
	Open(ctx context.Context, path string) (io.ReadCloser, error)
	// Delete removes pictures. Absent ones count as removed; where some of several fail, the
	// others are gone.
	Delete(ctx context.Context, paths ...string) error
	// List yields every stored picture whose path CheckPath accepts, in no particular order. The first error ends
	// it. Pictures that are stored or removed during the listing may be missing or come twice.
	List(ctx context.Context) iter.Seq2[Object, error]
	// PublicURL returns the address of a stored picture for anyone who knows its path, "" for a path
	// that is not acceptable. It does not look whether the picture is there.
	PublicURL(path string) string
	// SignURLs returns, by path, addresses that work for about ttl, at least a second, without the
	// store being public; of a picture that is not there it returns none, or one that answers 404: looking
	// may cost a request for each. A store that signs nothing returns the public addresses.
	SignURLs(ctx context.Context, paths []string, ttl time.Duration) (map[string]string, error)
}

// Object is a stored picture in a listing.
type Object struct {
	Path     string
	StoredAt time.Time // when its bytes were last written
}

// pathForm is narrower than what any store takes: no dot begins a name, so that none is hidden or
// climbs, and nothing in it needs escaping in a URL or a shell.
var pathForm = regexp.MustCompile(
	`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\.png$`)

// CheckPath accepts "{user id}/{name}.png": the id a canonical UUID, the name up to 200 of ASCII
// letters, digits, ".", "_" and "-", not beginning with a dot. It fails with ErrRejected.
func CheckPath(path string) error {
	if !pathForm.MatchString(path) {
		return fmt.Errorf("%w: a picture's path is {user id}/{name}.png in letters, digits, dots, underscores and hyphens", ErrRejected)
	}
	return nil
}

// checkAll accepts several paths or none.
func checkAll(paths []string) error {
	for _, path := range paths {
		if err := CheckPath(path); err != nil {
			return err
		}
	}
	return nil
}

// checkPut holds what is about to be stored to the rules that every store shares.
func checkPut(path string, data []byte, contentType string) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	switch {
	case contentType != TypePNG:
		return fmt.Errorf("%w: its type is %.40q, and only %s is stored", ErrRejected, contentType, TypePNG)
	case len(data) == 0:
		return fmt.Errorf("%w: the picture is empty", ErrRejected)
	case len(data) > MaxSize:
		return fmt.Errorf("%w: the picture has %d bytes, and at most %d are stored", ErrRejected, len(data), MaxSize)
	}
	return nil
}

// ended returns the error for a context that is over, nil for one that is not.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
