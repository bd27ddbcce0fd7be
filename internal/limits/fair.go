package limits

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrFull is the error of a Take that would wait although the queue is full.
var ErrFull = errors.New("too many wait for the same")

// FairOptions are the bounds of a Fair.
type FairOptions struct {
	Slots         int // held at the same time, at least 1
	SlotsOfKey    int // held by one key, at least 1
	Waiting       int // calls of Take that may wait at the same time
	WaitingForKey int // calls that may wait for one key
}

// Fair hands out a bounded number of slots. One key, a user or an address, holds at most its share of them,
// and keys that wait are served in turn: many requests of one key do not delay those of another. Safe for
// concurrent use.
type Fair struct {
	opt FairOptions

	mu      sync.Mutex
	held    map[string]int // slots by key
	inUse   int
	queues  map[string][]*waiter
	turns   []string // keys with a queue, next first
	waiting int
}

// waiter is one Take that waits.
type waiter struct {
	granted chan struct{} // closed with the slot, or with dropped
	dropped bool          // to be read after granted
}

// NewFair makes a Fair.
func NewFair(opt FairOptions) *Fair {
	return &Fair{opt: opt, held: map[string]int{}, queues: map[string][]*waiter{}}
}

// Take waits for a slot for key. The caller gives it back by calling release, once. Take fails with
// ErrFull if too many calls wait already, and with ctx's cause once ctx is done.
func (f *Fair) Take(ctx context.Context, key string) (release func(), err error) {
	f.mu.Lock()
	if f.free(key) && len(f.queues[key]) == 0 {
		f.grant(key)
		f.mu.Unlock()
		return func() { f.release(key) }, nil
	}
	if !f.makeRoom(key) {
		f.mu.Unlock()
		return nil, ErrFull
	}
	w := &waiter{granted: make(chan struct{})}
	if len(f.queues[key]) == 0 {
		f.turns = append(f.turns, key)
	}
	f.queues[key] = append(f.queues[key], w)
	f.waiting++
	f.mu.Unlock()

	select {
	case <-w.granted:
	case <-ctx.Done():
		if f.leave(key, w) {
			return nil, context.Cause(ctx)
		}
		<-w.granted // it was granted at the same moment
	}
	if w.dropped {
		return nil, ErrFull
	}
	return func() { f.release(key) }, nil
}

// free reports whether key may have another slot.
func (f *Fair) free(key string) bool {
	return f.inUse < f.opt.Slots && f.held[key] < f.opt.SlotsOfKey
}

func (f *Fair) grant(key string) {
	f.inUse++
	f.held[key]++
}

// makeRoom reports whether another call may wait for key. If too many wait in all, the last call of the
// longest queue is dropped, unless that queue is key's own.
func (f *Fair) makeRoom(key string) bool {
	if len(f.queues[key]) >= f.opt.WaitingForKey {
		return false
	}
	if f.waiting < f.opt.Waiting {
		return true
	}
	longest := key
	for other, queue := range f.queues {
		if len(queue) > len(f.queues[longest]) {
			longest = other
		}
	}
	queue := f.queues[longest]
	if longest == key || len(queue) <= len(f.queues[key])+1 {
		return false
	}
	last := queue[len(queue)-1]
	last.dropped = true
	f.remove(longest, last)
	close(last.granted)
	return true
}

// leave takes w out of its queue; it returns false if w is not in it any more.
func (f *Fair) leave(key string, w *waiter) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.remove(key, w)
}

func (f *Fair) remove(key string, w *waiter) bool {
	queue := f.queues[key]
	i := slices.Index(queue, w)
	if i < 0 {
		return false
	}
	f.waiting--
	if queue = slices.Delete(queue, i, i+1); len(queue) > 0 {
		f.queues[key] = queue
		return true
	}
	delete(f.queues, key)
	f.turns = slices.DeleteFunc(f.turns, func(k string) bool { return k == key })
	return true
}

// release takes a slot back and hands the free slots out, to one key after the other.
func (f *Fair) release(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inUse--
	if f.held[key]--; f.held[key] == 0 {
		delete(f.held, key)
	}
	for f.inUse < f.opt.Slots {
		i := slices.IndexFunc(f.turns, f.free)
		if i < 0 {
			return
		}
		next := f.turns[i]
		f.turns = append(slices.Delete(f.turns, i, i+1), next) // its next turn comes after everybody's
		w := f.queues[next][0]
		f.remove(next, w)
		f.grant(next)
		close(w.granted)
	}
}

// Waiting returns how many calls of Take wait for a slot now.
func (f *Fair) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waiting
}
