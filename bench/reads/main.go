// Command reads measures whether the time of reading stays flat as signals accumulate. It reads the first page of the
// list, a deep page, and the statistics of a user who owns a tenth of all signals. There are ten thousand, a million and
// ten million signals. The last line of the standard output is the result as JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// result is the last line; the keys of the maps are numbers of signals.
type result struct {
	List  float64 `json:"list_ratio"` // largest over smallest, of the medians
	Deep  float64 `json:"deep_ratio"`
	Stats float64 `json:"stats_ratio"`
	// Search is the 95th percentile, in ms, of the first page of a search by the user with the most signals. No
	// signal holds the text.
	Search float64                       `json:"search_p95_ms"`
	P50    map[string]map[string]float64 `json:"p50_ms"`
	P99    map[string]map[string]float64 `json:"p99_ms"`
}

func main() {
	var (
		binary   = flag.String("binary", "bin/atalaya", "the built program")
		sizes    = flag.String("sizes", "10000,1000000,10000000", "numbers of signals")
		rounds   = flag.Int("rounds", 5, "interleaved rounds")
		requests = flag.Int("requests", 200, "requests of each kind in a round")
	)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	r, err := measure(ctx, *binary, strings.Split(*sizes, ","), *rounds, *requests)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-reads:", err)
		os.Exit(1)
	}
	line, err := json.Marshal(r)
	if err != nil {
		panic(err) // numbers always can
	}
	fmt.Println(string(line))
}

func measure(ctx context.Context, binary string, sizes []string, rounds, requests int) (result, error) {
	r := result{P50: map[string]map[string]float64{}, P99: map[string]map[string]float64{}}
	w, err := newWorld(ctx)
	if err != nil {
		return r, err
	}
	defer w.stop()
	for _, size := range sizes {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil {
			return r, fmt.Errorf("-sizes: %w", err)
		}
		if err := w.add(ctx, binary, n); err != nil {
			return r, fmt.Errorf("%d signals: %w", n, err)
		}
	}
	took := map[string][]time.Duration{}
	for round := range rounds + 1 { // the first warms up
		for _, s := range w.services {
			for kind, path := range s.paths {
				for range requestsOf(kind, requests) {
					d, err := s.get(ctx, path, nil)
					if err != nil {
						return r, err
					}
					if round > 0 {
						took[s.size+kind] = append(took[s.size+kind], d)
					}
				}
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round, rounds)
	}
	for _, s := range w.services {
		r.P50[s.size], r.P99[s.size] = map[string]float64{}, map[string]float64{}
		for kind := range s.paths {
			slices.Sort(took[s.size+kind])
			r.P50[s.size][kind], r.P99[s.size][kind] = quantile(took[s.size+kind], 0.5), quantile(took[s.size+kind], 0.99)
		}
	}
	first, last := w.services[0].size, w.services[len(w.services)-1].size
	r.Search = quantile(took[last+search], 0.95)
	ratio := func(kind string) float64 { return tidy(r.P50[last][kind] / r.P50[first][kind]) }
	r.List, r.Deep, r.Stats = ratio(list), ratio(deep), ratio(statistics)
	return r, nil
}

// requestsOf returns the number of requests of a kind. Searches have fewer, because each reads ten thousand signals.
func requestsOf(kind string, requests int) int {
	if kind == search {
		return max(1, requests/20)
	}
	return requests
}

func quantile(sorted []time.Duration, q float64) float64 {
	return tidy(float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Microseconds()) / 1000)
}

func tidy(v float64) float64 { return float64(int64(v*1000+0.5)) / 1000 }
