package limits_test

import (
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"atalaya"
	"atalaya/internal/limits"
	"atalaya/internal/test/redistest"
)

// noon is a moment in the middle of a minute, an hour and a day.
var noon = time.Date(2026, 3, 4, 12, 34, 30, 0, time.UTC)

// clock is a clock that tests set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func client(t *testing.T, r *redistest.Server) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	opt.MaxRetries = -1
	c := redis.NewClient(opt)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// limiters returns both kinds of Limiter: one with Redis and one without.
func limiters(t *testing.T) map[string]func(*clock) *limits.Limiter {
	server := redistest.Start(t)
	log := slog.New(slog.DiscardHandler)
	return map[string]func(*clock) *limits.Limiter{
		"local": func(c *clock) *limits.Limiter { return limits.New(limits.Options{Now: c.now, Log: log}) },
		"shared": func(c *clock) *limits.Limiter {
			return limits.New(limits.Options{Redis: client(t, server), Now: c.now, Log: log})
		},
	}
}

func TestAnAskIsAllowedOnlyIfEveryWindowHasRoom(t *testing.T) {
	t.Parallel()
	for name, make := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{at: noon}
			l := make(c)
			ask := atalaya.RateAsk{User: "ana", PerMinute: 2, PerHour: 3, PerDay: 4}
			take := func(at time.Time, want bool, limit, remaining int64, reset time.Time) {
				t.Helper()
				c.set(at)
				got := l.Take(t.Context(), "captures", []atalaya.RateAsk{ask})[0]
				if got != (atalaya.Rate{Allowed: want, Limit: limit, Remaining: remaining, Reset: reset, Daily: !want && limit == 4}) {
					t.Errorf("at %s: %+v, want allowed %v with %d of %d until %s", at.Format(time.TimeOnly), got, want, remaining, limit, reset)
				}
			}
			minute, hour, day := noon.Truncate(time.Minute).Add(time.Minute), noon.Truncate(time.Hour).Add(time.Hour), noon.Truncate(24*time.Hour).Add(24*time.Hour)
			take(noon, true, 2, 1, minute)
			take(noon, true, 2, 0, minute)
			take(noon, false, 2, 0, minute)
			take(noon, false, 2, 0, minute) // what was refused took nothing of the hour
			take(noon.Add(time.Minute), true, 3, 0, hour)
			take(noon.Add(time.Minute), false, 3, 0, hour)
			take(noon.Add(time.Hour), true, 4, 0, day)
			take(noon.Add(time.Hour), false, 4, 0, day)
			take(noon.Add(24*time.Hour), true, 2, 1, minute.Add(24*time.Hour))
		})
	}
}

func TestAsksOfOneCallCountOneAfterAnotherAndUsersApart(t *testing.T) {
	t.Parallel()
	for name, make := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := make(&clock{at: noon})
			ana, bea := atalaya.RateAsk{User: "ana", PerMinute: 1}, atalaya.RateAsk{User: "bea", PerMinute: 1}
			rates := l.Take(t.Context(), "captures", []atalaya.RateAsk{ana, ana, {}, bea, {User: "ana"}})
			for i, want := range []bool{true, false, true, true, true} {
				if rates[i].Allowed != want {
					t.Errorf("ask %d: allowed %v, want %v", i, rates[i].Allowed, want)
				}
			}
			if !l.Take(t.Context(), "alerts", []atalaya.RateAsk{ana})[0].Allowed {
				t.Error("captures use up the room of alerts")
			}
		})
	}
}

// Whatever is asked, when and in which groups, no window lets more in than its limit, and refuses nothing before.
func TestAWindowLetsInExactlyItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(1, 5).Draw(t, "limit")
		c := &clock{at: noon}
		l := limits.New(limits.Options{Now: c.now})
		allowed := map[string]int64{}
		asked := map[string]int64{}
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 40), 1, 40).Draw(t, "steps") {
			c.set(c.now().Add(time.Duration(step) * time.Second))
			group := make([]atalaya.RateAsk, step%4)
			users := rapid.SliceOfN(rapid.SampledFrom([]atalaya.UserID{"ana", "bea"}), len(group), len(group)).Draw(t, "users")
			for i := range group {
				group[i] = atalaya.RateAsk{User: users[i], PerMinute: limit}
			}
			for i, rate := range l.Take(t.Context(), "x", group) {
				window := string(users[i]) + c.now().Truncate(time.Minute).String()
				asked[window]++
				if rate.Allowed {
					allowed[window]++
				}
			}
		}
		for window, n := range asked {
			if allowed[window] != min(n, limit) {
				t.Fatalf("%s: %d of %d asks were let in, the limit is %d", window, allowed[window], n, limit)
			}
		}
	})
}

func TestReplicasShareALimitExactly(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var mu sync.Mutex
	allowed := 0
	var wait sync.WaitGroup
	for range 4 {
		l := limits.New(limits.Options{Redis: client(t, server), AskWithin: time.Minute, Now: (&clock{at: noon}).now, Log: slog.New(slog.DiscardHandler)})
		for range 5 {
			wait.Go(func() {
				for range 20 {
					for _, rate := range l.Take(t.Context(), "captures", []atalaya.RateAsk{{User: "ana", PerHour: 100}, {User: "ana", PerHour: 100}}) {
						mu.Lock()
						if rate.Allowed {
							allowed++
						}
						mu.Unlock()
					}
				}
			})
		}
	}
	wait.Wait()
	if allowed != 100 {
		t.Errorf("4 replicas let %d of 800 asks in, the limit is 100", allowed)
	}
}

func TestWithoutRedisEveryReplicaCountsAlone(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	c := &clock{at: noon}
	l := limits.New(limits.Options{Redis: client(t, server), Now: c.now, Log: slog.New(slog.DiscardHandler)})
	ask := []atalaya.RateAsk{{User: "ana", PerDay: 2}}
	if !l.Take(t.Context(), "x", ask)[0].Allowed || !l.Shared() {
		t.Fatal("the first ask is not counted in Redis")
	}
	server.Kill()
	var local []bool
	for range 3 {
		local = append(local, l.Take(t.Context(), "x", ask)[0].Allowed)
	}
	if l.Shared() || !local[0] || !local[1] || local[2] {
		t.Errorf("without Redis: shared %v, allowed %v; want 2 of 3 let in by this replica", l.Shared(), local)
	}
	server.Start()
	c.set(noon.Add(time.Minute)) // Redis is not asked again at once
	if !l.Take(t.Context(), "x", ask)[0].Allowed || !l.Shared() {
		t.Error("Redis is back, and this replica still counts alone")
	}
}

func TestAnAskThatMayWaitTakesASlotInALaterMinute(t *testing.T) {
	t.Parallel()
	for name, make := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{at: noon} // half a minute past
			l := make(c)
			ask := atalaya.RateAsk{User: "ana", PerMinute: 10, PerHour: 100, PerDay: 45, Within: 4 * time.Minute}
			asks := slices.Repeat([]atalaya.RateAsk{ask}, 30)
			for i, rate := range l.Take(t.Context(), "captures", asks) {
				var want time.Time
				if i >= 10 {
					want = noon.Truncate(time.Minute).Add(time.Duration(i/10) * time.Minute)
				}
				if !rate.Allowed || !rate.At.Equal(want) {
					t.Errorf("ask %d of thirty: %+v, want a slot at %v", i, rate, want)
				}
			}
			c.set(noon.Add(time.Minute))
			if rate := l.Take(t.Context(), "captures", []atalaya.RateAsk{ask})[0]; !rate.At.Equal(noon.Truncate(time.Minute).Add(3 * time.Minute)) {
				t.Errorf("a minute later: %+v, want the slot after those that are taken", rate)
			}
			ask.Within = 30 * time.Second
			if rate := l.Take(t.Context(), "captures", []atalaya.RateAsk{ask})[0]; rate.Allowed || rate.Daily {
				t.Errorf("an ask that may not wait so long: %+v, want no slot", rate)
			}
			ask.Within = time.Hour
			for i, rate := range l.Take(t.Context(), "captures", asks[:20]) {
				if rate.Allowed != (i < 14) || rate.Daily != (i >= 14) {
					t.Errorf("ask %d near the day's limit of 45, of which 31 are taken: %+v", i, rate)
				}
			}
		})
	}
}

func TestASlotThatFollowsAnotherIsTakenOnlyWithIt(t *testing.T) {
	t.Parallel()
	for name, make := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := make(&clock{at: noon})
			alert := atalaya.RateAsk{User: "ana", PerMinute: 2}
			capture := atalaya.RateAsk{User: "ana", PerMinute: 5, PerHour: 9, Within: time.Hour, What: "captures", AfterLast: true}
			rates := l.Take(t.Context(), "alerts", []atalaya.RateAsk{alert, capture, alert, capture, alert, capture, {User: "bea"}, capture})
			var allowed []bool
			for _, rate := range rates {
				allowed = append(allowed, rate.Allowed)
			}
			if want := []bool{true, true, true, true, false, false, true, true}; !slices.Equal(allowed, want) {
				t.Errorf("let in: %v, want %v", allowed, want)
			}
			alone := atalaya.RateAsk{User: "ana", PerMinute: 5, PerHour: 9}
			if rate := l.Take(t.Context(), "captures", []atalaya.RateAsk{alone})[0]; !rate.Allowed || rate.Remaining != 1 {
				t.Errorf("the fourth capture of five: %+v", rate)
			}
		})
	}
}

func TestASlotThatIsGivenBackCanBeTakenAgain(t *testing.T) {
	t.Parallel()
	for name, make := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := make(&clock{at: noon})
			ask := atalaya.RateAsk{User: "ana", PerMinute: 2, PerHour: 3, PerDay: 4, Within: 10 * time.Minute}
			asks := slices.Repeat([]atalaya.RateAsk{ask}, 4)
			rates := l.Take(t.Context(), "captures", asks)
			next := noon.Truncate(time.Minute).Add(time.Minute)
			if !rates[1].Allowed || !rates[2].At.Equal(next) || rates[3].Allowed {
				t.Fatalf("taken: %+v", rates)
			}
			l.GiveBack(t.Context(), "captures", asks[2:], rates[2:]) // one of a later minute, and none
			again := l.Take(t.Context(), "captures", []atalaya.RateAsk{ask, ask})
			if !again[0].Allowed || !again[0].At.Equal(next) || again[1].Allowed {
				t.Errorf("after the third was given back: %+v", again)
			}
			l.GiveBack(t.Context(), "captures", asks[:1], rates[:1])
			if now := l.Take(t.Context(), "captures", []atalaya.RateAsk{ask})[0]; !now.Allowed || !now.At.IsZero() {
				t.Errorf("after the first was given back: %+v", now)
			}
			l.GiveBack(t.Context(), "other", asks[:1], rates[:1])
			if now := l.Take(t.Context(), "other", slices.Repeat([]atalaya.RateAsk{ask}, 3)); !now[1].Allowed || now[2].At.IsZero() {
				t.Errorf("what was never taken was given back: %+v", now)
			}
		})
	}
}
