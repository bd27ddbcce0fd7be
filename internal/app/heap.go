package app

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

const (
	// heapFloor is how large the heap becomes before garbage is collected, in bytes. Go collects when the heap
	// has doubled, and of this service little is live: under load it would collect fifty times a second, for a
	// tenth of all the CPU time that alerts take.
	heapFloor = 32 << 20
	// maxGCPercent keeps a collection within reach if nearly nothing is live.
	maxGCPercent = 1000
)

// roomyHeap makes the collector run when the heap reaches heapFloor, or twice the live data if that is more. It
// changes nothing if GOGC or GOMEMLIMIT is set. stop restores the setting from before.
func roomyHeap(getenv func(string) string) (stop func()) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	var mu sync.Mutex
	stopped := false
	before := debug.SetGCPercent(gcPercent(lastCollection()))
	afterEachCollection(func() (again bool) {
		mu.Lock()
		defer mu.Unlock()
		if !stopped {
			debug.SetGCPercent(gcPercent(lastCollection()))
		}
		return !stopped
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		debug.SetGCPercent(before)
	}
}

// gcPercent returns the GOGC with which a heap with live bytes of live data is collected at heapFloor. Go adds the
// roots, which are stacks and globals, to what GOGC multiplies.
func gcPercent(live, roots uint64) int {
	if live >= heapFloor/2 {
		return 100
	}
	return int(min(maxGCPercent, 100*(heapFloor-live)/max(live+roots, 1)))
}

// lastCollection returns what the last collection found live, and the roots that it scanned, in bytes.
func lastCollection() (live, roots uint64) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64(), sample[1].Value.Uint64() + sample[2].Value.Uint64()
}

// afterEachCollection calls f after each garbage collection, until it returns false. It learns of a collection
// from the finalizer of an unreachable object.
func afterEachCollection(f func() (again bool)) {
	type herald struct{ f func() bool }
	var arm func()
	arm = func() {
		runtime.SetFinalizer(&herald{f}, func(h *herald) {
			if h.f() {
				arm()
			}
		})
	}
	arm()
}
