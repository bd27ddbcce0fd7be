// Command ingest measures how alerts are accepted. It compares Atalaya with a service as it is usually written
// (Express, BullMQ, Redis, pg) and, on request, with an earlier commit. All use the same PostgreSQL with its default
// durability, in interleaved rounds. The last line of the standard output is the result as JSON.
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
	"syscall"
	"time"
)

// figures are the medians of one contender's rounds at one number of connections.
type figures struct {
	Rate float64  `json:"rate"` // alerts a second
	P50  float64  `json:"p50_ms"`
	P99  float64  `json:"p99_ms"`
	CPU  cpuSplit `json:"cpu_us"` // of an alert
}

// cpuSplit is CPU time by who used it.
type cpuSplit struct {
	Service  float64 `json:"service"`
	Database float64 `json:"database"`
	Redis    float64 `json:"redis"`
}

func (c cpuSplit) total() float64 { return c.Service + c.Database + c.Redis }

// result is the last line.
type result struct {
	Connections map[string]map[string]figures `json:"connections"`
	Rate        float64                       `json:"rate_over_express"`              // at 64 connections
	RateFlow    float64                       `json:"rate_over_document"`             // the same, of the flow that the user's document shows
	CPU         float64                       `json:"cpu_express_over_ours"`          // at 64 connections
	P99         float64                       `json:"p99_ms_at_64"`                   // ours
	Lone        float64                       `json:"p50_over_insert_at_1"`           // ours over a bare durable insert
	CPUBefore   float64                       `json:"cpu_before_over_ours,omitempty"` // of an earlier commit, at 64 connections
	RateBefore  float64                       `json:"rate_before_over_ours,omitempty"`
	P99Before   float64                       `json:"p99_before_over_ours,omitempty"`
	CPUChannel  float64                       `json:"cpu_channel_over_ours"`        // users with a channel, at 64 connections
	CPUMixed    float64                       `json:"cpu_mixed_over_ours"`          // 5 % repeats, 5 % over quota, 5 % held back
	CPUMany     float64                       `json:"cpu_many_over_ours,omitempty"` // 100,000 users and 3 million signals
	Memory      float64                       `json:"rss_mb"`                       // ours, the most at any time
	LoadCPU     float64                       `json:"load_generator_cpu_us"`        // an alert, of all
	Checked     bool                          `json:"rows_equal_answers"`           // every 200 left its rows, of each contender
	Unanswered  int                           `json:"errors,omitempty"`             // attempts that were not answered 200
}

func main() {
	var (
		binary  = flag.String("binary", "bin/atalaya", "the built program")
		before  = flag.String("before", "", "an earlier commit's built program, one more contender")
		many    = flag.Bool("many", false, "one more contender: our program among 100,000 users and 3 million signals")
		peers   = flag.String("peers", "bench/ingest/express", "folder of the peer and its modules")
		seconds = flag.Float64("seconds", 4, "length of one round")
		rounds  = flag.Int("rounds", 3, "rounds of each contender at each number of connections")
		only    = flag.String("only", "", "measure one contender")
		at      = flag.String("connections", "1,16,64,256", "numbers of connections")
	)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var numbers []int
	if err := json.Unmarshal([]byte("["+*at+"]"), &numbers); err != nil {
		fmt.Fprintln(os.Stderr, "bench-ingest: -connections is not a list like 1,64:", err)
		os.Exit(2)
	}
	r, err := measure(ctx, *binary, *before, *peers, *many, *only, numbers, time.Duration(*seconds*float64(time.Second)), *rounds)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-ingest:", err)
		os.Exit(1)
	}
	line, err := json.Marshal(r)
	if err != nil {
		panic(err) // numbers and texts always can
	}
	fmt.Println(string(line))
}

func measure(ctx context.Context, binary, before, peers string, many bool, only string, numbers []int, length time.Duration, rounds int) (result, error) {
	r := result{Connections: map[string]map[string]figures{}, Checked: true}
	w, err := newWorld(ctx, binary, before, peers, many)
	if err != nil {
		return r, err
	}
	defer w.stop()
	contenders := w.contenders()
	if only != "" {
		contenders = slices.DeleteFunc(contenders, func(c *contender) bool { return c.name != only })
	}
	loadBefore, sentBefore := selfCPU(), 0
	for _, connections := range numbers {
		measured := map[string][]figures{}
		for round := range rounds {
			for _, c := range contenders {
				if c.lone && connections > 1 {
					continue
				}
				f, sample, err := w.round(ctx, c, connections, length)
				if err != nil {
					return r, fmt.Errorf("%s at %d connections: %w", c.name, connections, err)
				}
				r.Unanswered += sample.failed
				r.Checked = r.Checked && sample.rowsEqual
				sentBefore += len(sample.took)
				measured[c.name] = append(measured[c.name], f)
				fmt.Fprintf(os.Stderr, "%3d connections, round %d: %-18s %8.0f alerts/s, p50 %6.2f ms, p99 %7.2f ms, CPU %5.0f µs (service %.0f, database %.0f, Redis %.0f)\n",
					connections, round+1, c.name, f.Rate, f.P50, f.P99, f.CPU.total(), f.CPU.Service, f.CPU.Database, f.CPU.Redis)
			}
		}
		all := map[string]figures{}
		for name, list := range measured {
			all[name] = median(list)
		}
		r.Connections[strconv.Itoa(connections)] = all
	}
	r.LoadCPU = tidy(1000 * (selfCPU() - loadBefore) / float64(max(1, sentBefore)))
	r.Memory = tidy(w.atalaya.peakMemory())
	summarise(&r)
	return r, nil
}

// summarise computes the ratios. Those of a contender that was left out stay zero.
func summarise(r *result) {
	one, busy := r.Connections["1"], r.Connections["64"]
	ours := busy["atalaya"]
	divide := func(a, b float64) float64 {
		if b == 0 {
			return 0
		}
		return tidy(a / b)
	}
	r.Rate, r.RateFlow = divide(ours.Rate, busy["express"].Rate), divide(ours.Rate, busy["express_document"].Rate)
	r.CPU = divide(busy["express"].CPU.total(), ours.CPU.total())
	r.P99 = ours.P99
	before := busy["before"]
	r.CPUBefore, r.RateBefore, r.P99Before = divide(before.CPU.total(), ours.CPU.total()), divide(before.Rate, ours.Rate), divide(before.P99, ours.P99)
	r.CPUChannel, r.CPUMixed = divide(busy["channel"].CPU.total(), ours.CPU.total()), divide(busy["mixed"].CPU.total(), ours.CPU.total())
	r.CPUMany = divide(busy["many"].CPU.total(), ours.CPU.total())
	r.Lone = divide(one["atalaya"].P50, one["insert"].P50)
}

// median returns the median of each figure.
func median(list []figures) figures {
	of := func(get func(figures) float64) float64 {
		values := make([]float64, len(list))
		for i, f := range list {
			values[i] = get(f)
		}
		slices.Sort(values)
		return tidy(values[len(values)/2])
	}
	return figures{
		Rate: of(func(f figures) float64 { return f.Rate }), P50: of(func(f figures) float64 { return f.P50 }), P99: of(func(f figures) float64 { return f.P99 }),
		CPU: cpuSplit{of(func(f figures) float64 { return f.CPU.Service }), of(func(f figures) float64 { return f.CPU.Database }), of(func(f figures) float64 { return f.CPU.Redis })},
	}
}

func tidy(v float64) float64 { return float64(int64(v*100+0.5)) / 100 }
