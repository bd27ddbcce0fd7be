package limits_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"atalaya/internal/limits"
)

// taking is one Take that is under way.
type taking struct {
	release func()
	err     error
	done    chan struct{}
}

// begin calls Take in the background, and returns once the Take has ended or waits. The tests run in synctest's bubbles,
// which know when every goroutine waits.
func begin(f *limits.Fair, ctx context.Context, key string) *taking {
	t := start(f, ctx, key)
	synctest.Wait()
	return t
}

// start calls Take in the background.
func start(f *limits.Fair, ctx context.Context, key string) *taking {
	t := &taking{done: make(chan struct{})}
	go func() {
		t.release, t.err = f.Take(ctx, key)
		close(t.done)
	}()
	return t
}

func (t *taking) over() bool {
	synctest.Wait()
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}

func TestAKeyHoldsAtMostItsShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := limits.NewFair(limits.FairOptions{Slots: 4, SlotsOfKey: 2, Waiting: 10, WaitingForKey: 5})
		first, second, third := begin(f, t.Context(), "ana"), begin(f, t.Context(), "ana"), begin(f, t.Context(), "ana")
		if !first.over() || !second.over() || third.over() {
			t.Fatal("want two of three takes of one key served")
		}
		if other := begin(f, t.Context(), "bea"); !other.over() || other.err != nil {
			t.Fatal("another key waits behind the third take of the first")
		}
		first.release()
		<-third.done
		if third.err != nil {
			t.Fatal(third.err)
		}
	})
}

func TestKeysThatWaitAreServedInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := limits.NewFair(limits.FairOptions{Slots: 1, SlotsOfKey: 1, Waiting: 100, WaitingForKey: 50})
		holder := begin(f, t.Context(), "holder")
		var flood []*taking
		for range 50 {
			flood = append(flood, begin(f, t.Context(), "flood"))
		}
		late := begin(f, t.Context(), "late")
		holder.release()
		<-flood[0].done
		flood[0].release()
		<-late.done // second, although 49 came before
		if late.err != nil || flood[1].over() {
			t.Fatalf("the late key has no slot of its own: %v", late.err)
		}
		late.release()
		<-flood[1].done
	})
}

func TestWhatWaitsIsBoundedAndTheLongestQueueGivesWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := limits.NewFair(limits.FairOptions{Slots: 1, SlotsOfKey: 1, Waiting: 4, WaitingForKey: 4})
		holder := begin(f, t.Context(), "holder")
		var flood []*taking
		for range 4 {
			flood = append(flood, begin(f, t.Context(), "flood"))
		}
		if fifth := begin(f, t.Context(), "flood"); !errors.Is(fifth.err, limits.ErrFull) {
			t.Fatalf("a fifth take waits although four may: %v", fifth.err)
		}
		late := start(f, t.Context(), "late")
		<-flood[3].done
		if !errors.Is(flood[3].err, limits.ErrFull) {
			t.Fatalf("the last take of the longest queue ends with %v", flood[3].err)
		}
		holder.release()
		<-flood[0].done
		flood[0].release()
		<-late.done
		if late.err != nil {
			t.Fatal(late.err)
		}
	})
}

func TestATakeThatIsCancelledLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := limits.NewFair(limits.FairOptions{Slots: 1, SlotsOfKey: 1, Waiting: 4, WaitingForKey: 4})
		holder := begin(f, t.Context(), "ana")
		ctx, cancel := context.WithCancel(t.Context())
		gone := begin(f, ctx, "ana")
		cancel()
		<-gone.done
		if !errors.Is(gone.err, context.Canceled) || f.Waiting() != 0 {
			t.Fatalf("the cancelled take ends with %v, %d wait", gone.err, f.Waiting())
		}
		holder.release()
		if next := begin(f, t.Context(), "ana"); !next.over() || next.err != nil {
			t.Fatal("a slot was lost")
		}
	})
}

// In whichever order slots are taken and released, the bounds hold, and no take waits while a slot is free.
func TestFairKeepsItsBoundsAndNoSlotIdle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		opt := limits.FairOptions{Slots: rapid.IntRange(1, 4).Draw(rt, "slots"), SlotsOfKey: rapid.IntRange(1, 4).Draw(rt, "share"), Waiting: 9, WaitingForKey: 3}
		steps := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 40).Draw(rt, "steps")
		var err error
		synctest.Test(t, func(t *testing.T) { err = takeAndRelease(t.Context(), opt, steps) })
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// takeAndRelease takes a slot for one of three keys at each step below 3, and releases one at any other. It returns an
// error if a bound does not hold after a step.
func takeAndRelease(ctx context.Context, opt limits.FairOptions, steps []int) error {
	f := limits.NewFair(opt)
	held, waiting := map[string][]*taking{}, map[string][]*taking{}
	total := func(m map[string][]*taking) (n int) {
		for _, list := range m {
			n += len(list)
		}
		return n
	}
	for i, n := range steps {
		key := fmt.Sprint("key", n%3)
		if n < 3 {
			waiting[key] = append(waiting[key], begin(f, ctx, key))
		} else if list := held[key]; len(list) > 0 {
			list[0].release()
			held[key] = list[1:]
		}
		for key, list := range waiting { // some were granted or dropped
			waiting[key] = slices.DeleteFunc(list, func(w *taking) bool {
				over := w.over()
				if over && w.err == nil {
					held[key] = append(held[key], w)
				}
				return over
			})
		}
		if total(waiting) != f.Waiting() {
			return fmt.Errorf("step %d: %d takes wait and Waiting returns %d", i, total(waiting), f.Waiting())
		}
		if total(held) > opt.Slots || f.Waiting() > opt.Waiting {
			return fmt.Errorf("step %d: %d slots held, %d waiting", i, total(held), f.Waiting())
		}
		for key, list := range waiting {
			if len(held[key]) > opt.SlotsOfKey || len(list) > opt.WaitingForKey {
				return fmt.Errorf("step %d: %s holds %d and waits for %d", i, key, len(held[key]), len(list))
			}
			if len(list) > 0 && len(held[key]) < opt.SlotsOfKey && total(held) < opt.Slots {
				return fmt.Errorf("step %d: %s waits for a slot that is free", i, key)
			}
		}
	}
	return nil
}
