// Command capture measures what one capture costs: ours, the floor of any way through the browser, and a service
// as it is usually written, with puppeteer. All capture the same page of the chart site, one after another in
// rounds, so that the machine is the same for all. The last line of the standard output is the result as JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// contender is a way of taking the picture. It runs in a process of its own that takes one each time it is told.
type contender struct {
	name string
	args func(world) []string
}

// world is what all contenders share.
type world struct {
	self, site, folder string
	shell, chromium    string // browsers
	account            string // sessionid and its signature, as JSON
}

func contenders() []contender {
	ours := func(mode string) func(world) []string {
		return func(w world) []string {
			return []string{w.self, "-contender", mode, "-site", w.site, "-browser", w.shell}
		}
	}
	peer := func(mode string, browser func(world) string) func(world) []string {
		return func(w world) []string {
			return []string{"node", filepath.Join(w.folder, "peer.mjs"), mode, w.site, browser(w)}
		}
	}
	shell := func(w world) string { return w.shell }
	full := func(w world) string { return w.chromium }
	return []contender{
		{"ours_cold", ours("cold")},
		{"ours_burst", ours("burst")},
		{"floor", ours("floor")},
		{"fresh", peer("fresh", full)},
		{"pool8s", peer("pool", full)},
		{"fresh_shell", peer("fresh", shell)},
		{"pool8s_shell", peer("pool", shell)},
	}
}

// figures are what was measured of a contender.
type figures struct {
	P50    float64 `json:"p50_ms"`
	P95    float64 `json:"p95_ms"`
	CPU    float64 `json:"cpu_ms"`    // of the process and all that it started, a capture, median
	Memory float64 `json:"memory_mb"` // the most at any time: the proportional set size, which divides shared pages
}

// result is the last line.
type result struct {
	Captures  int                `json:"captures"` // of each contender
	Figures   map[string]figures `json:"figures"`
	OursFloor float64            `json:"ours_over_floor"`
	CPUFloor  float64            `json:"cpu_over_floor"`
	Pool8s    float64            `json:"pool8s_over_ours"`
	PoolBurst float64            `json:"pool8s_over_ours_burst"` // both keep a page open
	Fresh     float64            `json:"fresh_over_ours"`
	Client    float64            `json:"client_share"` // of our pictures that are the page's own
}

func main() {
	var (
		rounds  = flag.Int("rounds", 20, "captures of each contender")
		binary  = flag.String("binary", "bin/atalaya", "the built program, for its chart site")
		folder  = flag.String("peers", "bench/capture", "folder of peer.mjs and its modules")
		mode    = flag.String("contender", "", "be a contender: cold, burst or floor")
		site    = flag.String("site", "", "of a contender: the chart site")
		browser = flag.String("browser", "", "of a contender: the browser")
	)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var err error
	if *mode != "" {
		err = contend(ctx, *mode, *site, *browser)
	} else {
		err = measure(ctx, *rounds, *binary, *folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-capture:", err)
		os.Exit(1)
	}
}

// measure runs all contenders in rounds.
func measure(ctx context.Context, rounds int, binary, folder string) error {
	w, stopSite, err := newWorld(ctx, binary, folder)
	if err != nil {
		return err
	}
	defer stopSite()
	var running []*runner
	defer func() {
		for _, r := range running {
			r.stop()
		}
	}()
	for _, c := range contenders() {
		r, err := startRunner(c.name, c.args(w), w.account)
		if err != nil {
			return err
		}
		running = append(running, r)
	}
	// The first round and the last are not timed: browsers start in the one, and in both memory is looked
	// at, which takes a good part of a processor.
	for round := range rounds + 2 {
		for _, r := range running {
			if err := r.capture(ctx, round > 0 && round <= rounds); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round, rounds+1)
	}
	out := result{Captures: rounds, Figures: map[string]figures{}}
	for _, r := range running {
		out.Figures[r.name] = r.figures()
	}
	of := out.Figures
	out.OursFloor, out.CPUFloor = ratio(of["ours_cold"].P50, of["floor"].P50), ratio(of["ours_cold"].CPU, of["floor"].CPU)
	out.Pool8s, out.Fresh = ratio(of["pool8s"].P50, of["ours_cold"].P50), ratio(of["fresh"].P50, of["ours_cold"].P50)
	out.PoolBurst = ratio(of["pool8s"].P50, of["ours_burst"].P50)
	ours, own := 0, 0
	for _, r := range running {
		if strings.HasPrefix(r.name, "ours_") {
			ours, own = ours+r.captures, own+r.clients
		}
	}
	out.Client = ratio(float64(own), float64(ours))
	line, err := json.Marshal(out)
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	return nil
}

func ratio(a, b float64) float64 { return round(a / b) }

func round(v float64) float64 { return float64(int(v*100+0.5)) / 100 }

// quantile returns the value below which a share q of the values lies. It does not change values.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return round(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))])
}

// answerTimeout bounds one capture of any contender.
const answerTimeout = time.Minute
