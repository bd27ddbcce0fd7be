// Package notify runs the real program against harsh doubles of Telegram, Discord, Slack, ntfy and receivers of
// webhooks. It kills the program while messages are being sent, loses answers, and refuses messages temporarily and
// for good. Then it checks what every receiver has got. It knows the program by its command line, its HTTP
// interfaces and its database.
package notify

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Result is the run's last line.
type Result struct {
	Signals             int     `json:"signals"`
	Channels            int     `json:"channels"`
	Sent                int     `json:"sent"`                  // signals that arrived at a destination for the first time
	Lost                int     `json:"lost"`                  // signals that never arrived at a destination
	DoubledUnmarked     int     `json:"doubled_unmarked"`      // signals that arrived twice without saying so
	RepeatsMarked       int     `json:"repeats_marked"`        // signals that arrived again, marked as a possible repeat
	RateLimitViolations int     `json:"rate_limit_violations"` // requests within the time that a service had asked to wait
	OrderViolations     int     `json:"order_violations"`      // signals that overtook an older one
	InFlight            int     `json:"in_flight"`             // most requests of one destination at once
	Kills               int     `json:"kills"`                 // of the program, between "sending" and the answer
	Pictures            int     `json:"pictures"`              // that arrived, equal to the stored ones
	WrongPictures       int     `json:"wrong_pictures"`
	Refusals            int     `json:"refusals"` // channels that refused for good, and whose owner was told elsewhere
	Hostile             int     `json:"hostile"`  // texts of alerts that were shown literally
	HostileWrong        int     `json:"hostile_wrong"`
	SSRFTried           int     `json:"ssrf_tried"`
	SSRFAllowed         int     `json:"ssrf_allowed"`
	SecretsInLogs       int     `json:"secrets_in_logs"`
	P95MS               float64 `json:"p95_ms"` // from a capture's completion to the message's arrival
	Seconds             float64 `json:"seconds"`
}

// OK reports whether the run found nothing wrong. Times are not judged: the machine may be busy.
func (r Result) OK() bool {
	return r.Sent > 0 && r.RepeatsMarked > 0 && r.Pictures > 0 && r.SSRFTried > 0 && r.Refusals > 0 && r.Hostile > 0 && r.Kills > 0 && r.InFlight == 1 &&
		r.Lost+r.DoubledUnmarked+r.RateLimitViolations+r.OrderViolations+r.WrongPictures+r.HostileWrong+r.SSRFAllowed+r.SecretsInLogs == 0
}

// Options say what to run.
type Options struct {
	Binary   string    // the built program
	Progress io.Writer // gets a line for each step and each finding
	Kills    int
	Users    int // each with a channel of five kinds
	Signals  int // of each user
	Captures int
}

// timeout bounds a whole run, on a busy machine too.
const timeout = 30 * time.Minute

// run is the state of one run.
type run struct {
	*world
	opt    Options
	start  time.Time
	result Result
}

// Run starts everything, tries everything and stops everything. The error is about the run itself.
func Run(ctx context.Context, opt Options) (result Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if opt.Binary, err = filepath.Abs(opt.Binary); err != nil {
		return result, err
	}
	folder, err := os.MkdirTemp("", "atalaya-notify-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(folder)
	// If this program runs as root, the database runs as an unprivileged user who needs access to its folder.
	if err := os.Chmod(folder, 0o755); err != nil {
		return result, err
	}
	r := &run{opt: opt, start: time.Now(), world: &world{binary: opt.Binary, folder: folder}}
	defer func() {
		r.stop()
		result = r.result
		result.Seconds = float64(time.Since(r.start).Milliseconds()) / 1000
		if err != nil {
			err = fmt.Errorf("%w\n--- last lines of the program:\n%s", err, r.lastLogs())
		}
	}()
	if err := r.world.start(ctx); err != nil {
		return result, err
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"the program is killed while it sends", r.killWhileSending}, {"answers are lost and services are busy", r.disturb},
		{"a burst to a group", r.burst},
		{"texts that would be more than text", r.hostile}, {"pictures", r.capture}, {"refusals for good", r.refuse}, {"addresses that nobody may reach", r.attack},
	} {
		r.say("%s", step.name)
		if err := step.do(ctx); err != nil {
			return result, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	r.searchLogs()
	for _, c := range r.counts() {
		r.result.RateLimitViolations += c.Early
		r.result.InFlight = max(r.result.InFlight, c.Together)
	}
	return r.result, ctx.Err()
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.opt.Progress, "%6.1fs  "+format+"\n", append([]any{time.Since(r.start).Seconds()}, args...)...)
}
