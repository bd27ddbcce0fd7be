package app

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestGarbageWaitsUntilTheHeapHasItsFloor(t *testing.T) { //nolint:paralleltest // it watches the collector, which all tests share
	for live, want := range map[uint64]int{0: maxGCPercent, 1 << 20: maxGCPercent, 8 << 20: 300, 16 << 20: 100, 500 << 20: 100} {
		if got := gcPercent(live, 0); got != want {
			t.Errorf("with %d bytes live GOGC is %d, want %d", live, got, want)
		}
	}
	if got := gcPercent(8<<20, 8<<20); got != 150 {
		t.Errorf("with as many bytes of stacks as are live GOGC is %d, want 150", got)
	}
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	percent := func() int {
		now := debug.SetGCPercent(100)
		debug.SetGCPercent(now)
		return now
	}
	stop := roomyHeap(func(string) string { return "" })
	held := make([]byte, 64<<20)
	for deadline := time.Now().Add(20 * time.Second); percent() != 100; {
		if time.Now().After(deadline) {
			t.Fatalf("with 64 MB live GOGC stays %d", percent())
		}
		runtime.GC()
	}
	runtime.KeepAlive(held) // keeps it alive until here
	for deadline := time.Now().Add(20 * time.Second); percent() == 100; {
		if time.Now().After(deadline) {
			t.Fatal("with little live GOGC stays 100")
		}
		runtime.GC()
	}
	stop()
	if percent() != 100 {
		t.Errorf("after the end GOGC is %d", percent())
	}
	roomyHeap(func(name string) string { return map[string]string{"GOMEMLIMIT": "100MiB"}[name] })()
	if percent() != 100 {
		t.Error("what the operator has set is changed")
	}
}
