package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"atalaya/internal/blob"
)

// maxAddresses bounds the signed addresses that are remembered: some 400 bytes each.
const maxAddresses = 20_000

// addresses returns the addresses of pictures: public ones by their path, private ones signed. A signed address is
// reused until half its lifetime is over, so that browsers use their caches and the storage is not asked for each
// list.
type addresses struct {
	storage *Storage
	ttl     time.Duration
	log     *slog.Logger
	now     func() time.Time

	mu    sync.Mutex
	known map[string]signedAddress // by path
}

type signedAddress struct {
	url    string
	signed time.Time
}

func newAddresses(storage *Storage, ttl time.Duration, log *slog.Logger) *addresses {
	return &addresses{storage: storage, ttl: ttl, log: log, now: time.Now, known: map[string]signedAddress{}}
}

// Private reports whether a stored screenshot_url does not work, and a signed one is needed.
func (a *addresses) Private() bool { return a.storage.Private }

// See returns addresses by path. It leaves out malformed paths, and those that the storage cannot sign now, so that
// signals are then read without their pictures. Only some storages check that a picture exists.
func (a *addresses) See(ctx context.Context, paths []string) map[string]string {
	seen := make(map[string]string, len(paths))
	var unsigned []string
	for _, path := range paths {
		switch {
		case blob.CheckPath(path) != nil:
		case !a.storage.Private:
			seen[path] = a.storage.store.PublicURL(path)
		default:
			if url := a.remembered(path); url != "" {
				seen[path] = url
			} else {
				unsigned = append(unsigned, path)
			}
		}
	}
	if len(unsigned) == 0 {
		return seen
	}
	asked := a.now() // no address is valid from an earlier moment
	signed, err := a.storage.store.SignURLs(ctx, unsigned, a.ttl)
	if err != nil {
		a.log.WarnContext(ctx, "pictures are not shown for now: their addresses could not be signed. Check the picture storage with `atalaya doctor`", "error", err)
		return seen
	}
	a.remember(signed, asked)
	for path, url := range signed {
		seen[path] = url
	}
	return seen
}

func (a *addresses) remembered(path string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.known[path]; ok && a.now().Sub(known.signed) < a.ttl/2 {
		return known.url
	}
	return ""
}

// remember keeps addresses. A full memory is emptied: what is still looked at is signed again.
func (a *addresses) remember(signed map[string]string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known)+len(signed) > maxAddresses {
		clear(a.known)
	}
	for path, url := range signed {
		a.known[path] = signedAddress{url, at}
	}
}
