package limits

import (
	"sync"
	"time"
)

// local counts in memory. Its size is bounded by the number of users: only users in the database are counted.
type local struct {
	mu     sync.Mutex
	counts map[string]*count
	swept  time.Time
}

type count struct {
	n    int64
	ends time.Time
}

func newLocal() *local { return &local{counts: make(map[string]*count)} }

func (l *local) take(asks []order, now time.Time) []taken {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	results := make([]taken, len(asks))
	for i, ask := range asks {
		if ask.afterLast && i > 0 && !results[i-1].ok {
			results[i].counts = make([]int64, len(ask.counters))
			continue
		}
		results[i] = l.takeOne(ask.counters, now)
	}
	return results
}

func (l *local) takeOne(counters []counter, now time.Time) taken {
	result := taken{ok: true, counts: make([]int64, len(counters))}
	found := make([]*count, len(counters))
	for i, c := range counters {
		if found[i] = l.counts[c.key]; found[i] == nil {
			found[i] = &count{ends: later(c.ends, now)}
			l.counts[c.key] = found[i]
		}
		result.ok = result.ok && found[i].n < c.limit
	}
	for i, f := range found {
		if result.ok {
			f.n++
		}
		result.counts[i] = f.n
	}
	return result
}

func (l *local) giveBack(counters []counter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range counters {
		if found := l.counts[c.key]; found != nil && found.n > 0 {
			found.n--
		}
	}
}

// later returns when a window may be forgotten. One that is over already may be asked for again.
func later(ends, now time.Time) time.Time {
	if ends.After(now) {
		return ends
	}
	return now.Add(time.Minute)
}

// sweep forgets the windows that are over, once a minute.
func (l *local) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for key, c := range l.counts {
		if !now.Before(c.ends) {
			delete(l.counts, key)
		}
	}
}
