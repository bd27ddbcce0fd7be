// Command chaos runs the real program as two replicas under a steady load of alerts, and injects faults into what
// they need, one after another. At the end every alert that was answered 200 must be stored exactly once, with one
// capture if it named a chart. The counters must equal the rows. Every user has a Telegram channel, through which every
// stored alert must be sent once. A possible repeat must say so. The last line of the standard output is the result as
// JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// result is the last line.
type result struct {
	Faults        int            `json:"faults"`
	Alerts        int            `json:"alerts"`
	Acknowledged  int            `json:"acknowledged"`   // answered 200, at once or when sent again
	Lost          int            `json:"lost"`           // acknowledged, but not stored as that signal
	Doubled       int            `json:"doubled"`        // stored more than once
	Silent        int            `json:"silent"`         // stored, although every answer was a 503
	Refused       int            `json:"refused"`        // answers 503 while the spools had room
	CounterErrors int            `json:"counter_errors"` // counters, statistics, deliveries or jobs that do not equal the rows
	Untold        int            `json:"untold"`         // stored, but never sent through the channel
	ToldTwice     int            `json:"told_twice"`     // sent more than once without saying so
	ToldAgain     int            `json:"told_again"`     // sent once more as a possible repeat
	Captures      map[string]int `json:"captures"`       // of the alerts that name a chart, by how they ended
	Answers       map[string]int `json:"answers"`        // all attempts, by status
	Seconds       int            `json:"seconds"`
}

func (r result) ok() bool {
	return r.Lost == 0 && r.Doubled == 0 && r.Silent == 0 && r.Refused == 0 && r.CounterErrors == 0 && r.Untold == 0 && r.ToldTwice == 0 && r.Acknowledged > 0
}

// whole reports whether a run with all faults tried enough of everything for its result to mean something.
func (r result) whole() bool {
	return r.Faults >= 17 && r.Alerts >= 50_000 && r.Captures["completed"] >= 300
}

type options struct {
	binary string
	rate   int           // alerts a second
	hurt   time.Duration // how long a fault lasts
	heal   time.Duration // between faults
	only   string        // one fault by its name
}

// runTimeout bounds a whole run, which takes 18 minutes on two cores.
const runTimeout = 40 * time.Minute

func main() {
	var opt options
	flag.StringVar(&opt.binary, "binary", "bin/atalaya", "the built program")
	flag.IntVar(&opt.rate, "rate", 170, "alerts a second")
	flag.DurationVar(&opt.hurt, "hurt", 10*time.Second, "how long a fault lasts")
	flag.DurationVar(&opt.heal, "heal", 12*time.Second, "time between two faults")
	flag.StringVar(&opt.only, "only", "", "run one fault, by its name")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, runTimeout, errors.New("the run did not end in time"))
	defer cancel()
	r, err := run(ctx, opt)
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
	line, err := json.Marshal(r)
	if err != nil {
		panic(err) // numbers and texts always can
	}
	fmt.Println(string(line))
	if opt.only == "" && !r.whole() {
		say("this run says too little: at least 17 faults, 50,000 alerts and 300 completed captures are wanted")
		os.Exit(1)
	}
	if !r.ok() {
		os.Exit(1)
	}
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05")+"  "+format+"\n", args...)
}

// run starts everything, begins the load, injects and heals the faults, ends the load, waits for the captures, and
// counts the rows.
func run(ctx context.Context, opt options) (result, error) {
	began := time.Now()
	w, err := newWorld(ctx, opt)
	if err != nil {
		return result{}, err
	}
	defer w.stop()
	load := newLoad(w, opt.rate)
	load.start(ctx)
	hurt := 0
	for _, f := range allFaults() {
		if opt.only != "" && f.name != opt.only {
			continue
		}
		if err := pause(ctx, opt.heal); err != nil {
			return result{}, err
		}
		before := load.answered()
		say("%-28s begins", f.name)
		heal, err := f.hurt(ctx, w)
		if err != nil {
			return result{}, fmt.Errorf("%s: %w", f.name, err)
		}
		if err := pause(ctx, opt.hurt); err != nil {
			return result{}, err
		}
		if err := heal(); err != nil {
			return result{}, fmt.Errorf("%s, healing: %w", f.name, err)
		}
		hurt++
		say("%-28s ends: %s", f.name, load.since(before))
	}
	if err := pause(ctx, opt.heal); err != nil {
		return result{}, err
	}
	load.stop()
	say("all alerts have their last answer; captures finish")
	r, err := w.check(ctx, load)
	r.Faults, r.Seconds = hurt, int(time.Since(began).Seconds())
	return r, err
}

// pause waits while the load continues. Its duration sets the length of the run; it waits for no condition.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
