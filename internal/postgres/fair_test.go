package postgres_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

// One user's captures hang in both slots, and more of them wait. Another user's capture has to get a slot all the same.
func TestACaptureDoesNotWaitForAnotherUsersThatHang(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	ana, first := waiting(t, pool, store)
	hanging := []atalaya.SignalID{first}
	for range 9 {
		hanging = append(hanging, arrive(t, pool, store, ana))
	}
	began, interrupted := make(chan atalaya.SignalID, 100), make(chan error, 100)
	startQueue(t, pool, func(ctx context.Context, id atalaya.SignalID, _ bool) atalaya.JobVerdict {
		began <- id
		if slices.Contains(hanging, id) {
			<-ctx.Done()
			interrupted <- context.Cause(ctx)
			return atalaya.JobVerdict{Action: atalaya.JobSnooze, After: time.Minute}
		}
		return atalaya.JobVerdict{Action: atalaya.JobDone}
	})
	for range 2 {
		<-began
	}
	_, quick := waiting(t, pool, store)
	for id := range began {
		if id == quick {
			break
		}
		t.Errorf("another of the captures that hang began before the other user's")
	}
	if cause := <-interrupted; cause.Error() != "another user waits for the slot" {
		t.Errorf("the capture that held the slot was interrupted by %v", cause)
	}
	wait.For(t, "the interrupted capture goes back, not counted", func() bool {
		return value(t, pool, "select count(*)::text from river.river_job where attempt = 0 and attempted_at is not null") == "1"
	})
}

func TestUsersCapturesAreTakenInTurn(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store := testkit.Store(t, pool)
	users := map[atalaya.SignalID]string{}
	add := func(name string, captures int) {
		user, id := waiting(t, pool, store)
		users[id] = name
		for range captures - 1 {
			users[arrive(t, pool, store, user)] = name
		}
	}
	add("ana", 6)
	add("bea", 2)
	add("eve", 2)
	var mu sync.Mutex
	var order []string
	startQueue(t, pool, func(_ context.Context, id atalaya.SignalID, _ bool) atalaya.JobVerdict {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, users[id])
		return atalaya.JobVerdict{Action: atalaya.JobDone}
	})
	wait.For(t, "all captures", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 10 })
	last := func(name string) int { return slices.Index(order, name) }
	slices.Reverse(order)
	if 9-last("bea") > 6 || 9-last("eve") > 6 {
		slices.Reverse(order)
		t.Errorf("captures were taken in the order %v, want users in turn", order)
	}
}
