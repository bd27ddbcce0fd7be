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

// MaxSize is the largest picture that is stored, in bytes: 5 MiB. A bucket that this package creates has the same
// limit.
const MaxSize = 5 << 20

// TypePNG is the only content type that is stored.
const TypePNG = "image/png"

// The classes of failure. Every error of a Store wraps exactly one of them. If the context ended, the error wraps
// ErrUnavailable and the context's error. No error holds a key, a signed address or a picture's path.
var (
	// ErrNotFound: nothing is stored under the path.
	ErrNotFound = errors.New("no such picture")
	// ErrRejected: the same request will be refused again. The path, the type, the size or our key is not
	// acceptable. The message says which.
	ErrRejected = errors.New("picture store refused")
	// ErrUnavailable: a later attempt may succeed. The network, a timeout, an overload, a full disk.
	ErrUnavailable = errors.New("picture store unavailable")
)

// Store keeps pictures by path, "{user id}/{name}.png" as CheckPath has it. A picture appears whole
// or not at all. Methods are safe for concurrent use. Their errors are of the three classes above.
type Store interface {
	// Put stores data, at most MaxSize bytes of contentType TypePNG. It replaces what is stored under the path, so
	// a repeated attempt succeeds.
	Put(ctx context.Context, path string, data []byte, contentType string) error
	// Open returns the picture. The caller closes it. Errors of reading are of the same three classes.
	Open(ctx context.Context, path string) (io.ReadCloser, error)
	// Delete removes pictures. An absent picture counts as removed. If it returns an error, some of the pictures
	// may be gone, and it may be called again.
	Delete(ctx context.Context, paths ...string) error
	// List yields every stored picture whose path CheckPath accepts, in no particular order. The first error ends
	// it. Pictures that are stored or removed during the listing may be missing or come twice.
	List(ctx context.Context) iter.Seq2[Object, error]
	// PublicURL returns the address of a picture for anyone who knows its path. It returns "" for a path that
	// is not acceptable. It does not look whether the picture is there.
	PublicURL(path string) string
	// SignURLs returns addresses by path. They work for about ttl, at least a second, and need no public
	// store. A picture that is not there has no address, or one that answers 404, because looking may cost a
	// request for each. A store that signs nothing returns the public addresses.
	SignURLs(ctx context.Context, paths []string, ttl time.Duration) (map[string]string, error)
}

// Object is a stored picture in a listing.
type Object struct {
	Path     string
	StoredAt time.Time // when its bytes were last written
}

// pathForm is narrower than what the stores take. No name begins with a dot, so none is hidden or leads out of
// its folder. No character needs escaping in a URL or a shell.
var pathForm = regexp.MustCompile(
	`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\.png$`)

// CheckPath returns nil for "{user id}/{name}.png", else an ErrRejected. The id is a UUID in lower case. The name
// has 1 to 200 ASCII letters, digits, ".", "_" and "-", and does not begin with a dot.
func CheckPath(path string) error {
	if !pathForm.MatchString(path) {
		return fmt.Errorf("%w: a picture's path is {user id}/{name}.png in letters, digits, dots, underscores and hyphens", ErrRejected)
	}
	return nil
}

// checkAll returns the error of the first path that is not acceptable.
func checkAll(paths []string) error {
	for _, path := range paths {
		if err := CheckPath(path); err != nil {
			return err
		}
	}
	return nil
}

// checkPut checks a picture against the rules that every store shares.
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

// ended returns an ErrUnavailable if the context is over, else nil.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
