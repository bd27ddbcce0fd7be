package ingest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"atalaya"
)

const (
	// maxTogether and maxBytesTogether bound one commit: larger ones gain nothing and make everybody in
	// them wait.
	maxTogether      = 256
	maxBytesTogether = 4 << 20
	// maxWaiting and maxWaitingBytes bound the queue before a commit. An arrival beyond them could not be answered
	// before its sender times out, so it is answered 503 at once.
	maxWaiting      = 4096
	maxWaitingBytes = 32 << 20
	// lanes is how many commits may be under way at once: while the database works on one, another is
	// prepared, sent or answered. More would only make each smaller.
	lanes = 2
	// maxCompanyWait is how long a second commit waits until it has as many arrivals as the one under way. A commit
	// of a few costs nearly as much as one of all that are about to arrive.
	maxCompanyWait = 20 * time.Millisecond
)

// intake is one arrival on its way through the committer.
type intake struct {
	ctx     context.Context // of whoever waits for the answer
	arrival atalaya.Arrival
	reading atalaya.Alert
	names   string // the user's own names by which it was read
	unread  bool   // the database refused the reading, so the alert is stored without

	kept       atomic.Bool     // it is being written to the spool, or was
	slot       *atalaya.Rate   // of its user's alert limit, once asked for
	capture    *atalaya.Rate   // of its user's capture limits, once asked for
	captureAsk atalaya.RateAsk // what capture answers
	receipt    atalaya.Receipt // set once committed or spooled
	done       chan error      // holds one, so that answering never blocks
}

// size estimates the bytes that an intake holds in memory and sends to the database.
func (in *intake) size() int {
	return len(in.arrival.Body) + len(in.reading.Raw) + len(in.reading.Parsed)
}

// committer gathers arrivals while commits are under way, and commits them together once one is done. The busier
// the database, the more arrivals share a commit; a lone arrival never waits. No two commits hold the same token
// at once, so the order of a token's arrivals is kept.
type committer struct {
	commit func([]*intake) // answers each of them

	mu      sync.Mutex
	change  sync.Cond // something waits, a commit is over, or closed
	waiting []*intake
	bytes   int                           // of what waits
	under   map[atalaya.WebhookToken]bool // tokens of the commits under way
	held    int                           // arrivals of the commits under way
	until   time.Time                     // when the wait for company ends
	closed  bool
	started bool
	lanes   sync.WaitGroup
}

func newCommitter(commit func([]*intake)) *committer {
	c := &committer{commit: commit, under: make(map[atalaya.WebhookToken]bool)}
	c.change.L = &c.mu
	return c
}

// start begins to commit. Starting twice does nothing.
func (c *committer) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started {
		return
	}
	c.started = true
	for range lanes {
		c.lanes.Go(c.run)
	}
}

// stop refuses new arrivals and returns once all that were queued are answered.
func (c *committer) stop() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.change.Broadcast()
	c.lanes.Wait()
}

// submit queues an arrival. ok is false if the queue is full, or after stop.
func (c *committer) submit(in *intake) (ok bool) {
	c.mu.Lock()
	ok = !c.closed && len(c.waiting) < maxWaiting && c.bytes+in.size() <= maxWaitingBytes
	if ok {
		c.waiting = append(c.waiting, in)
		c.bytes += in.size()
	}
	c.mu.Unlock()
	if ok {
		c.change.Signal()
	}
	return ok
}

// run commits batches, one after the other, until stop.
func (c *committer) run() {
	for {
		batch := c.next()
		if len(batch) == 0 {
			return
		}
		c.commit(batch)
		c.finish(batch)
	}
}

// next waits for the next batch and returns it. An empty batch means that the committer has stopped.
func (c *committer) next() []*intake {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if batch := c.take(); len(batch) > 0 || c.closed && len(c.waiting) == 0 {
			return batch
		}
		c.change.Wait()
	}
}

// finish releases the tokens of a commit.
func (c *committer) finish(batch []*intake) {
	c.mu.Lock()
	c.held -= len(batch)
	for _, in := range batch {
		delete(c.under, in.arrival.Token)
	}
	c.mu.Unlock()
	c.change.Broadcast()
}

// take returns the next batch, without tokens that another commit holds. Arrivals whose caller no
// longer waits are dropped: nothing of them was written here, and Accept has answered or spooled them.
func (c *committer) take() (batch []*intake) {
	if len(c.waiting) < c.held && !c.closed && time.Now().Before(c.until) {
		return nil
	}
	left, size := c.waiting[:0], 0
	for i, in := range c.waiting {
		if len(batch) == maxTogether || size > maxBytesTogether {
			left = append(left, c.waiting[i:]...)
			break
		}
		gone := in.ctx.Err() != nil
		if !gone && c.under[in.arrival.Token] {
			left = append(left, in)
			continue
		}
		c.bytes -= in.size()
		if !gone {
			batch, size = append(batch, in), size+in.size()
		}
	}
	clear(c.waiting[len(left):])
	c.waiting = left
	if c.held += len(batch); c.held > 1 {
		c.until = time.Now().Add(maxCompanyWait)
		time.AfterFunc(maxCompanyWait, c.change.Broadcast)
	}
	for _, in := range batch {
		c.under[in.arrival.Token] = true
	}
	return batch
}
