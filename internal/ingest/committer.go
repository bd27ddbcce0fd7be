package ingest

import (
	"context"
	"sync"

	"atalaya"
)

const (
	// mostTogether bounds one commit: larger ones gain nothing and make everybody in them wait.
	mostTogether = 256
	// mostWaiting and mostWaitingBytes bound what waits for a commit. More than this could not be
	// answered before its sender gives up, so it is told at once to send again.
	mostWaiting      = 4096
	mostWaitingBytes = 16 << 20
)

// intake is one arrival on its way through the committer.
type intake struct {
	ctx     context.Context // of whoever waits for the answer
	arrival atalaya.Arrival
	reading atalaya.Alert

	receipt atalaya.Receipt // set by the decision, true once committed
	done    chan error      // has room for one
}

func (in *intake) size() int { return len(in.arrival.Body) }

// committer gathers arrivals while a commit is under way and commits them together when it is over:
// the busier the database, the more arrivals share its work, and a lone one waits for nobody. Order
// is kept.
type committer struct {
	commit func([]*intake) // answers each of them

	mu      sync.Mutex
	waiting []*intake
	bytes   int // of the bodies that wait
	closed  bool
	started bool
	wake    chan struct{} // has room for one: something waits
	drained chan struct{} // closed when everything that waited has been answered
}

func newCommitter(commit func([]*intake)) *committer {
	return &committer{commit: commit, wake: make(chan struct{}, 1), drained: make(chan struct{})}
}

// start begins to commit. Starting twice does nothing.
func (c *committer) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started {
		c.started = true
		go c.run()
	}
}

// stop takes nothing more and returns when all that waited has been answered.
func (c *committer) stop() {
	c.mu.Lock()
	c.closed = true
	started := c.started
	c.mu.Unlock()
	if started {
		c.signal()
		<-c.drained
	}
}

// submit queues an arrival; ok is false where there is no room, or after stop.
func (c *committer) submit(in *intake) (ok bool) {
	c.mu.Lock()
	ok = !c.closed && len(c.waiting) < mostWaiting && c.bytes+in.size() <= mostWaitingBytes
	if ok {
		c.waiting = append(c.waiting, in)
		c.bytes += in.size()
	}
	c.mu.Unlock()
	if ok {
		c.signal()
	}
	return ok
}

func (c *committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *committer) run() {
	defer close(c.drained)
	for range c.wake {
		for {
			batch, closed := c.take()
			if len(batch) > 0 {
				c.commit(batch)
			} else if closed {
				return
			} else {
				break
			}
		}
	}
}

// take gives what is to be committed next. Who has given up waiting is left out: nothing of it was
// written, as its sender was told.
func (c *committer) take() (batch []*intake, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := 0
	for ; taken < len(c.waiting) && len(batch) < mostTogether; taken++ {
		in := c.waiting[taken]
		c.bytes -= in.size()
		if in.ctx.Err() == nil {
			batch = append(batch, in)
		}
	}
	rest := copy(c.waiting, c.waiting[taken:])
	clear(c.waiting[rest:])
	c.waiting = c.waiting[:rest]
	return batch, c.closed && rest == 0
}
