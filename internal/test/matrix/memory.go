package matrix

import (
	"runtime/metrics"
	"sync"
	"time"
)

// memoryBound is the memory that the service may hold while it takes two pictures: some 4K frames, and what it
// reads of a page's answers at most.
const memoryBound = 500 // millions of bytes

// sampled is the time between two looks at the memory. A message that should not have been read whole takes
// longer to decode.
const sampled = 20 * time.Millisecond

// watchMemory samples how much memory the service's objects take, until stop, which returns the most that was seen.
func watchMemory() (stop func() uint64) {
	var peak uint64
	var watching sync.WaitGroup
	done := make(chan struct{})
	watching.Go(func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		ticker := time.NewTicker(sampled)
		defer ticker.Stop()
		for {
			metrics.Read(sample)
			peak = max(peak, sample[0].Value.Uint64())
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	})
	return func() uint64 {
		close(done)
		watching.Wait()
		return peak
	}
}
