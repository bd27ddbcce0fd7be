// Package attack attacks the real program on this machine, as strangers, hostile users and hostile pages would,
// and reports what held. It knows the program only by its command line, its HTTP interfaces and its database. An
// attack holds if the program answered as documented and other users noticed nothing.
package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Result is the run's last line.
type Result struct {
	Attacks    int     `json:"attacks"`
	Held       int     `json:"held"`
	WebhookP99 float64 `json:"webhook_p99_ms_under_attack"` // of another user's alerts, in milliseconds
	Leaks      int     `json:"leaks"`                       // secrets in a log, and rows or pictures seen by who should not
	// QuietCapture and WorstCapture are the seconds that another user's capture takes without and under a flood.
	QuietCapture float64 `json:"capture_s_quiet"`
	WorstCapture float64 `json:"capture_s_worst"`
	Seconds      float64 `json:"seconds"`
}

// minAttacks is the least number of attacks: a run with fewer has lost some, and fails.
const minAttacks = 60

// OK reports whether everything held and no attack is missing.
func (r Result) OK() bool { return r.Attacks >= minAttacks && r.Held == r.Attacks && r.Leaks == 0 }

// Options say what to attack.
type Options struct {
	Binary   string    // the built program
	Progress io.Writer // gets a line for each attack that did not hold, and each flood
	Only     string    // attacks whose name holds this; "" for all
	// Slack multiplies the times that must hold under a flood, for a machine that does other work too; 0 means 1.
	Slack int
}

// timeout bounds a whole run; it takes some 3 minutes on two idle cores.
const timeout = 12 * time.Minute

// attempt is one attack. try returns an error if something did not hold.
type attempt struct {
	name string
	try  func(ctx context.Context, w *world) error
}

// errLeak is wrapped by the error of an attack that saw a secret or something of another user's.
var errLeak = errors.New("leak")

// Run starts the program and what it needs, attacks it, and stops everything.
func Run(ctx context.Context, opt Options) (result Result, err error) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if opt.Binary, err = filepath.Abs(opt.Binary); err != nil {
		return result, err
	}
	folder, err := os.MkdirTemp("", "atalaya-attack-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { // the database runs as another user if this runs as root
		return result, err
	}
	opt.Slack = max(1, opt.Slack)
	w := &world{opt: opt, folder: folder, result: &result}
	defer func() { err = errors.Join(err, w.stop()) }()
	if err := w.start(ctx); err != nil {
		return result, err
	}
	for _, list := range [][]attempt{strangers(), bodies(), queries(), tokens(), users(), gateways(), operators(), floods(), logs()} {
		for _, a := range list {
			if !strings.Contains(a.name, opt.Only) {
				continue
			}
			w.run(ctx, a)
		}
	}
	result.Seconds = time.Since(start).Seconds()
	result.WebhookP99 = w.p99()
	return result, ctx.Err()
}

// attackTimeout bounds one attack.
const attackTimeout = 2 * time.Minute

func (w *world) run(ctx context.Context, a attempt) {
	ctx, cancel := context.WithTimeout(ctx, attackTimeout)
	defer cancel()
	w.result.Attacks++
	err := a.try(ctx, w)
	if err == nil {
		w.result.Held++
		return
	}
	if errors.Is(err, errLeak) {
		w.result.Leaks++
	}
	w.say("NOT HELD %s: %v", a.name, err)
}

func (w *world) say(format string, args ...any) {
	fmt.Fprintf(w.opt.Progress, format+"\n", args...)
}
