package matrix

import (
	"runtime/metrics"
	"sync"
	"time"
)

// memoryBound is what the service may hold at a time while it takes two pictures: some frames of 4k, and
// no more of a page's answers than it reads of any.
const memoryBound = 500 // millions of bytes

// sampled is how often the memory is looked at; a message that should not have been read whole takes
// longer to decode.
const sampled = 20 * time.Millisecond

// watchMemory looks at how much the service's objects take until stop, which gives the most that was seen.
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
