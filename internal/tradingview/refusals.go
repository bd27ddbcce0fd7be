package tradingview

import (
	"sync"
	"time"

	"atalaya"
)

const (
	// maxRefusals is how often a capture asks for the page's own picture, if that shows something else than
	// the page, as one of a moving chart may.
	maxRefusals = 3
	// refusalTime is how long a page whose picture was refused twice for the same reason is not asked.
	refusalTime = 15 * time.Minute
	// maxRefusedPages bounds how many pages are remembered.
	maxRefusedPages = 1000
)

// refusedPage tells the pages apart of which a picture is refused. It holds nothing of who is signed in.
type refusedPage struct {
	chart      string
	resolution atalaya.Resolution
}

// refusals remembers which pages give no picture of their own to be trusted, and why: a reason that
// repeats on every capture is not worth finding out three times each. Safe for concurrent use.
type refusals struct {
	mu    sync.Mutex
	pages map[refusedPage]refusedFor
}

type refusedFor struct {
	reason string
	times  int // in a row
	last   time.Time
}

// tries returns how often a capture of a page may ask for its picture.
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

// refused notes that a capture of a page gave up its picture.
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

// trusted forgets a page, which gave a good picture.
func (r *refusals) trusted(page refusedPage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pages, page)
}
