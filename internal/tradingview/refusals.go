package tradingview

import (
	"sync"
	"time"

	"atalaya"
)

const (
	// maxRefusals is how often a capture asks for the page's own picture while that differs from the page,
	// as the picture of a moving chart may.
	maxRefusals = 3
	// refusalTime is how long a page is not asked for its picture after two refusals for the same reason.
	refusalTime = 15 * time.Minute
	// maxRefusedPages bounds the remembered pages.
	maxRefusedPages = 1000
)

// refusedPage identifies a page whose own picture was refused. It does not say who is signed in.
type refusedPage struct {
	chart      string
	resolution atalaya.Resolution
}

// refusals remembers the pages whose own picture cannot be trusted, and why. It saves the captures of
// such a page from asking in vain. Safe for concurrent use.
type refusals struct {
	mu    sync.Mutex
	pages map[refusedPage]refusedFor
}

type refusedFor struct {
	reason string
	times  int // in a row
	last   time.Time
}

// tries returns how often a capture of a page may ask for its own picture.
func (r *refusals) tries(page refusedPage, now time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.pages[page]
	switch {
	case !ok:
		return maxRefusals
	case known.times < 2 || now.Sub(known.last) >= refusalTime:
		return 1
	}
	return 0
}

// refused records that a capture did not use the page's own picture.
func (r *refusals) refused(page refusedPage, reason string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pages == nil || len(r.pages) >= maxRefusedPages {
		r.pages = map[refusedPage]refusedFor{}
	}
	known := r.pages[page]
	if known.reason != reason {
		known = refusedFor{reason: reason}
	}
	known.times++
	known.last = now
	r.pages[page] = known
}

// trusted forgets a page, because its own picture was good.
func (r *refusals) trusted(page refusedPage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pages, page)
}
