// Package limits counts what users do in a minute, an hour and a day, and refuses what goes over a limit.
// Replicas share the counters through Redis. Without Redis, or while it does not answer, each replica
// counts for itself, so counting never fails.
//
// The package also bounds connections (Connections), requests under way (Fair) and look-ups of unknown
// tokens (Lookups). It does not know what is counted.
package limits

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"atalaya"
)

// Options configure a Limiter.
type Options struct {
	Redis     *redis.Client // nil: every replica counts for itself
	AskWithin time.Duration // bounds a request to Redis, because alerts wait for it; 0: 100 ms
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Limiter counts in fixed windows of UTC: the minute, the hour and the day of the clock. Safe for
// concurrent use.
type Limiter struct {
	local  *local
	shared *shared // nil without Redis
	within time.Duration
	now    func() time.Time
	log    *slog.Logger
	// downUntil is when Redis is asked again, in Unix nanoseconds; 0 while it answers.
	downUntil atomic.Int64
}

// New makes a Limiter.
func New(opt Options) *Limiter {
	l := &Limiter{local: newLocal(), within: cmp.Or(opt.AskWithin, 100*time.Millisecond), now: opt.Now, log: opt.Log}
	if l.now == nil {
		l.now = time.Now
	}
	if opt.Redis != nil {
		l.shared = &shared{client: opt.Redis}
	}
	return l
}

// restFor is how long a Redis that did not answer is left alone.
const restFor = 3 * time.Second

// counter is one window of one kind of thing, for one user.
type counter struct {
	key   string
	limit int64
	start time.Time
	ends  time.Time
}

// Take takes one slot for each ask, in order, and returns a Rate for each. An ask counts in all of its
// windows, or in none if one of them is full. An ask that may wait takes a slot in the first later minute
// or hour with room, unless the day's limit is used up. what names the kind of thing counted, such as
// captures: each kind has counters of its own.
func (l *Limiter) Take(ctx context.Context, what string, asks []atalaya.RateAsk) []atalaya.Rate {
	now := l.now().UTC()
	moments := make([]time.Time, len(asks))
	for i, ask := range asks {
		if moments[i] = now; !ask.At.IsZero() {
			moments[i] = ask.At.UTC()
		}
	}
	rates := l.takeAt(ctx, what, asks, moments, now)
	waiting := rates
	at := make([]time.Time, len(asks)) // when each is tried next
	for {
		var retry []int
		for i, ask := range asks {
			if ask.AfterLast && i > 0 && !rates[i-1].Allowed {
				continue
			}
			if !rates[i].Allowed && !waiting[i].Daily && waiting[i].Reset.Sub(moments[i]) <= ask.Within {
				retry, at[i] = append(retry, i), waiting[i].Reset
			}
		}
		if len(retry) == 0 {
			return rates
		}
		again, when := make([]atalaya.RateAsk, len(retry)), make([]time.Time, len(retry))
		for j, i := range retry {
			again[j], when[j] = asks[i], at[i]
			again[j].AfterLast = false
		}
		waiting = slices.Clone(waiting)
		for j, found := range l.takeAt(ctx, what, again, when, now) {
			i := retry[j]
			waiting[i], rates[i].Daily = found, found.Daily
			if found.Allowed { // the rate still says how the user stands now
				rates[i].Allowed, rates[i].At = true, at[i]
			}
		}
	}
}

// takeAt takes slots of the windows that each ask's time lies in.
func (l *Limiter) takeAt(ctx context.Context, what string, asks []atalaya.RateAsk, at []time.Time, now time.Time) []atalaya.Rate {
	orders := make([]order, len(asks))
	limited := false
	for i, ask := range asks {
		orders[i] = order{windows(what, ask, at[i]), ask.AfterLast}
		limited = limited || len(orders[i].counters) > 0
	}
	if !limited {
		return free(len(asks))
	}
	return standings(orders, l.count(ctx, orders, now))
}

// order is what one ask counts in.
type order struct {
	counters  []counter
	afterLast bool // only if the order before it had room
}

// GiveBack returns slots that were taken by asks and are not used. What cannot be returned stays taken.
func (l *Limiter) GiveBack(ctx context.Context, what string, asks []atalaya.RateAsk, rates []atalaya.Rate) {
	now := l.now().UTC()
	var counters []counter
	for i, ask := range asks {
		at := now
		switch {
		case !rates[i].Allowed:
			continue
		case !rates[i].At.IsZero():
			at = rates[i].At.UTC()
		case !ask.At.IsZero():
			at = ask.At.UTC()
		}
		counters = append(counters, windows(what, ask, at)...)
	}
	if len(counters) == 0 {
		return
	}
	if l.Shared() {
		bounded, cancel := context.WithTimeout(ctx, l.within)
		defer cancel()
		if err := l.shared.giveBack(bounded, counters); err != nil {
			l.log.WarnContext(ctx, "capture slots could not be returned to Redis: their users have that many fewer in this minute, hour and day", "slots", len(counters), "error", err)
		}
		return
	}
	l.local.giveBack(counters)
}

// free returns the rates of n asks that nothing limits.
func free(n int) []atalaya.Rate {
	rates := make([]atalaya.Rate, n)
	for i := range rates {
		rates[i].Allowed = true
	}
	return rates
}

// count counts in Redis, or in this process if Redis does not answer.
func (l *Limiter) count(ctx context.Context, asks []order, now time.Time) []taken {
	if l.shared != nil && now.UnixNano() >= l.downUntil.Load() {
		bounded, cancel := context.WithTimeout(ctx, l.within)
		defer cancel()
		counts, err := l.shared.take(bounded, asks, now)
		if err == nil {
			if l.downUntil.Swap(0) != 0 {
				l.log.InfoContext(ctx, "Redis answers again: replicas share the rate limits")
			}
			return counts
		}
		if l.downUntil.Swap(now.Add(restFor).UnixNano()) == 0 {
			l.log.WarnContext(ctx, "Redis does not answer: every replica counts its own rate limits until it does", "error", err)
		}
	}
	return l.local.take(asks, now)
}

// Shared reports whether replicas count together.
func (l *Limiter) Shared() bool { return l.shared != nil && l.downUntil.Load() == 0 }

// windows returns the counters of an ask; limits of 0 or less do not count.
func windows(what string, ask atalaya.RateAsk, now time.Time) []counter {
	if ask.What != "" {
		what = ask.What
	}
	var list []counter
	for _, w := range []struct {
		name   string
		length time.Duration
		limit  int64
	}{
		{"minute", time.Minute, ask.PerMinute}, {"hour", time.Hour, ask.PerHour}, {"day", 24 * time.Hour, ask.PerDay},
	} {
		if w.limit <= 0 {
			continue
		}
		start := now.Truncate(w.length)
		list = append(list, counter{
			key:   "atalaya:" + what + ":" + w.name + ":" + string(ask.User) + ":" + strconv.FormatInt(start.Unix(), 10),
			limit: w.limit, start: start, ends: start.Add(w.length),
		})
	}
	return list
}

// taken is the result for one ask: whether there was room, and the count of each counter afterwards.
type taken struct {
	ok     bool
	counts []int64
}

// standings returns the Rate of each ask: that of the window with the least room left. For a refused ask
// it is the full window that ends last.
func standings(asks []order, results []taken) []atalaya.Rate {
	rates := make([]atalaya.Rate, len(asks))
	for i, ask := range asks {
		rates[i].Allowed = results[i].ok
		for j, c := range ask.counters {
			remaining := max(0, c.limit-results[i].counts[j])
			tighter := rates[i].Limit == 0 || remaining < rates[i].Remaining || remaining == rates[i].Remaining && c.ends.After(rates[i].Reset)
			if tighter {
				rates[i].Limit, rates[i].Remaining, rates[i].Reset = c.limit, remaining, c.ends
			}
			rates[i].Daily = rates[i].Daily || !rates[i].Allowed && remaining == 0 && c.ends.Sub(c.start) == 24*time.Hour
		}
	}
	return rates
}
