// Package install tries the installed product: the Debian package in a Debian that systemd has booted, the
// container's image, the certificate, and proxies in front. It also does what operators do with a running service. It
// knows the program by its package, its command line and its HTTP interfaces.
package install

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atalaya/internal/pgrun"
)

// Result is the run's last line.
type Result struct {
	Steps  int `json:"steps"`
	Passed int `json:"passed"`
}

// OK reports whether every step passed, and there was one.
func (r Result) OK() bool { return r.Steps > 0 && r.Passed == r.Steps }

// Options say what to run.
type Options struct {
	Binary   string    // the built program, for the chart site
	Root     string    // of the repository
	Only     string    // run the steps whose name holds this text alone; "" runs all
	Progress io.Writer // gets a line for each step
}

// timeout bounds a whole run, also on a machine that does other things meanwhile.
const timeout = 2 * time.Hour

// run is the state of one run.
type run struct {
	opt     Options
	start   time.Time
	result  Result
	folder  string
	closers []func()

	database *pgrun.Server
	site     string // the chart site's address
	machine  *machine
	image    imageConfig
	people   person // who uses what is installed
}

// step is one thing to try.
type step struct {
	name string
	do   func(context.Context) error
}

// Run tries every step, even after one has failed, and stops everything that it started. It fails unless it runs as
// root.
func Run(ctx context.Context, opt Options) (Result, error) {
	if os.Geteuid() != 0 {
		return Result{}, errors.New("run this as root: it installs a Debian into a folder and boots it")
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r := &run{opt: opt, start: time.Now()}
	for _, path := range []*string{&r.opt.Binary, &r.opt.Root} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return Result{}, err
		}
		*path = absolute
	}
	var err error
	if r.folder, err = os.MkdirTemp("", "atalaya-install-"); err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(r.folder)
	r.machine = &machine{root: filepath.Join(r.folder, "debian")}
	if err := os.Chmod(r.folder, 0o755); err != nil { // the database runs as another user
		return Result{}, err
	}
	defer r.close()
	for _, s := range slices.Concat(r.packaged(), r.imaged(), r.elsewhere()) {
		if strings.Contains(s.name, opt.Only) {
			r.try(ctx, s)
		}
	}
	return r.result, ctx.Err()
}

// try runs a step and counts it.
func (r *run) try(ctx context.Context, s step) {
	r.result.Steps++
	begun := time.Now()
	if err := s.do(ctx); err != nil {
		r.say("FAILED  %s: %v", s.name, err)
		return
	}
	r.result.Passed++
	r.say("passed  %s (%.0f s)", s.name, time.Since(begun).Seconds())
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.opt.Progress, "%6.1fs  "+format+"\n", append([]any{time.Since(r.start).Seconds()}, args...)...)
}

// close stops everything, the last first.
func (r *run) close() {
	for i := len(r.closers) - 1; i >= 0; i-- {
		r.closers[i]()
	}
}
