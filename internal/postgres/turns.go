package postgres

import (
	"cmp"
	"slices"
	"time"
)

// turn is one user in the queue of captures, as one worker sees it.
type turn struct {
	user    string
	jobs    []int64   // those that may run now, the oldest first
	since   time.Time // when the first of them could have run
	running int       // captures of the user in this worker's slots
	hung    bool      // the user's last attempt ran into its time limit
	taken   time.Time // the user's last turn; zero if it had none
}

// nextTurns returns the jobs that a worker takes into its free slots. Users come in turn, the one whose
// last turn is longest ago first. While another user waits, a user holds at most all of the worker's slots
// but one, and at least one. Users whose last attempt hung share one slot while others wait; if there
// is only one slot, the others come first.
func nextTurns(turns []turn, slots, free int) (jobs []int64) {
	turns = slices.Clone(turns)
	for len(jobs) < free {
		best := -1
		for i := range turns {
			if mayTake(turns, i, slots) && (best < 0 || comesBefore(turns[i], turns[best])) {
				best = i
			}
		}
		if best < 0 {
			return jobs
		}
		t := &turns[best]
		jobs = append(jobs, t.jobs[0])
		t.jobs, t.running = t.jobs[1:], t.running+1
		t.taken = latest(turns).Add(time.Nanosecond)
	}
	return jobs
}

func comesBefore(a, b turn) bool {
	return cmp.Or(a.taken.Compare(b.taken), a.since.Compare(b.since), cmp.Compare(a.user, b.user)) < 0
}

func latest(turns []turn) time.Time {
	return slices.MaxFunc(turns, func(a, b turn) int { return a.taken.Compare(b.taken) }).taken
}

// mayTake reports whether the user at i may take one more slot.
func mayTake(turns []turn, i, slots int) bool {
	if len(turns[i].jobs) == 0 {
		return false
	}
	others, sound := rivals(turns, turns[i].user)
	if others && turns[i].running >= max(1, slots-1) {
		return false
	}
	return !turns[i].hung || !sound || hungRunning(turns) < min(1, slots-1)
}

// rivals reports whether another user waits, and whether one does whose last attempt did not hang.
func rivals(turns []turn, user string) (others, sound bool) {
	for _, t := range turns {
		if t.user != user && len(t.jobs) > 0 {
			others, sound = true, sound || !t.hung
		}
	}
	return others, sound
}

func hungRunning(turns []turn) (n int) {
	for _, t := range turns {
		if t.hung {
			n += t.running
		}
	}
	return n
}

// capturing is a capture that runs in one of a worker's slots.
type capturing struct {
	user  string
	since time.Time
}

// yieldAfter is how long a capture may hold the slot that another user waits for. Most are over by then.
const yieldAfter = 2 * time.Second

// mustYield returns the capture that gives its slot back because its user holds more than nextTurns would
// let it take now: the one that has run longest. ok is false if none has to.
func mustYield(turns []turn, running []capturing, slots int, now time.Time) (yields capturing, ok bool) {
	if slots < 2 || len(running) < slots {
		return capturing{}, false
	}
	for _, c := range running {
		if now.Sub(c.since) < yieldAfter || ok && !c.since.Before(yields.since) {
			continue
		}
		i := slices.IndexFunc(turns, func(t turn) bool { return t.user == c.user })
		if i < 0 {
			continue
		}
		others, sound := rivals(turns, c.user)
		if others && turns[i].running > slots-1 || sound && turns[i].hung && hungRunning(turns) > 1 {
			yields, ok = c, true
		}
	}
	return yields, ok
}
