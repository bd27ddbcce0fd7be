// Package e2e runs the real program from a webhook to a picture, as its users would, and checks what they would
// check. It knows the program only by its command line, its HTTP interfaces and its database. Package chartsite,
// which drew the charts, knows what each picture must show.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
	"atalaya/internal/test/web"
)

// Result is the run's last line.
type Result struct {
	Alerts       int     `json:"alerts"`        // sent
	Completed    int     `json:"completed"`     // signals with a completed screenshot
	WrongPicture int     `json:"wrong_picture"` // screenshots that do not show what was asked
	Leaks        int     `json:"leaks"`         // rows, pictures or secrets seen by who should not
	Lost         int     `json:"lost"`          // alerts answered 200 that are not there exactly once
	Seconds      float64 `json:"seconds"`
}

// OK reports whether the run found nothing wrong.
func (r Result) OK() bool {
	return r.Alerts > 0 && r.Completed == r.Alerts && r.WrongPicture == 0 && r.Leaks == 0 && r.Lost == 0
}

// Options say what to run.
type Options struct {
	Binary   string    // the built program
	Progress io.Writer // gets a line for each step and each finding
	Pictures string    // folder that keeps the captured pictures; "" keeps none
	// Pooler is the mode of a pooler in front of the database: bouncer.Session, bouncer.Transaction, or "" for no
	// pooler. Without one the program runs a database of its own.
	Pooler string
	// Postgres is a folder with another PostgreSQL than the machine's own, for a run with a Pooler.
	Postgres string
}

// tenant is one user of the run, as the outside sees one.
type tenant struct {
	name       string
	resolution atalaya.Resolution
	session    atalaya.TVSession
	id         atalaya.UserID
	webhook    string // path of the webhook URL
	token      string // for the API
	sent       map[atalaya.SignalID]alertCase
}

// run is the state of one run.
type run struct {
	opt     Options
	start   time.Time
	site    *service // the chart site
	service *service
	stops   []func() // of the database and the pooler of a pooled run
	tenants []*tenant
	result  Result
}

// timeout bounds a whole run; it takes some 20 s on two idle cores, and minutes beside other tests.
const timeout = 10 * time.Minute

// Run starts everything, sends 30 alerts of three users, checks every picture and that users are isolated, and
// stops everything. The program is restarted after half of the alerts. The error is about the run itself.
func Run(ctx context.Context, opt Options) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r := &run{opt: opt, start: time.Now(), tenants: []*tenant{
		{name: "ana", resolution: atalaya.Res720p},
		{name: "bruno", resolution: atalaya.Res1080p},
		{name: "carla", resolution: atalaya.Res4K},
	}}
	binary, err := filepath.Abs(opt.Binary) // each verb runs in a folder of its own
	if err != nil {
		return Result{}, err
	}
	r.opt.Binary = binary
	folder, err := os.MkdirTemp("", "atalaya-e2e-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(folder)
	// If this program runs as root, the database runs as an unprivileged user who needs access to its folder.
	if err := os.Chmod(folder, 0o755); err != nil {
		return Result{}, err
	}
	err = r.all(ctx, folder)
	if stopErr := r.stop(folder); err == nil {
		err = stopErr
	}
	r.result.Seconds = float64(time.Since(r.start).Milliseconds()) / 1000
	if err != nil {
		return r.result, fmt.Errorf("%w\n--- last lines of the program:\n%s", err, r.lastLogs())
	}
	return r.result, nil
}

func (r *run) say(format string, args ...any) {
	fmt.Fprintf(r.opt.Progress, "%6.1fs  "+format+"\n", append([]any{time.Since(r.start).Seconds()}, args...)...)
}

// all is the story of the run.
func (r *run) all(ctx context.Context, folder string) error {
	if err := r.startSite(ctx, folder); err != nil {
		return err
	}
	if err := r.startService(ctx, folder); err != nil {
		return err
	}
	if err := r.signUp(ctx); err != nil {
		return err
	}
	cases := alerts()
	half := len(cases) / 2
	if err := r.send(ctx, cases[:half]); err != nil {
		return err
	}
	r.say("restarting with captures under way")
	if err := r.service.stop(); err != nil {
		return err
	}
	if err := r.service.startService(ctx); err != nil {
		return err
	}
	if err := r.send(ctx, cases[half:]); err != nil {
		return err
	}
	signals, err := r.await(ctx)
	if err != nil {
		return err
	}
	if err := r.checkPictures(ctx, signals); err != nil {
		return err
	}
	if err := r.checkBorders(ctx, signals); err != nil {
		return err
	}
	return r.checkLogs(ctx, signals)
}

// startSite runs the chart site on its own, so that its record outlives the restart.
func (r *run) startSite(ctx context.Context, folder string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	r.site = &service{Program: program.Program{Path: r.opt.Binary}, data: folder, port: port}
	if err := r.site.start("chartsite", "--listen", "127.0.0.1:"+port); err != nil {
		return err
	}
	return r.site.Ready(ctx, r.site.url("/_site/draws"))
}

// startService runs the program with an empty data folder.
func (r *run) startService(ctx context.Context, folder string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	r.service = &service{
		Program: program.Program{Path: r.opt.Binary, Env: []string{"TRADINGVIEW_URL=" + r.site.url(""), "LOG_LEVEL=debug"}},
		data:    filepath.Join(folder, "data"), port: port,
	}
	if err := os.Mkdir(r.service.data, 0o755); err != nil {
		return err
	}
	if r.opt.Pooler != "" {
		if err := r.startPooled(ctx, folder); err != nil {
			return err
		}
	}
	r.say("starting the program with an empty data folder")
	return r.service.startService(ctx)
}

// startService runs `atalaya dev`, or `atalaya serve` if s is pooled, and waits until it is ready.
func (s *service) startService(ctx context.Context) error {
	verb := []string{"dev", "--no-demo-data", "--data", s.data, "--port", s.port}
	if s.pooled {
		verb = []string{"serve", "--env-file", filepath.Join(s.data, "dev.env")}
	}
	if err := s.start(verb...); err != nil {
		return err
	}
	return s.Ready(ctx, s.url("/readyz"))
}

// signUp makes the three users, with cookies and a resolution of their own.
func (r *run) signUp(ctx context.Context) error {
	for _, t := range r.tenants {
		out, err := r.service.verb(ctx, "user", "create", t.name+"@localhost")
		if err != nil {
			return err
		}
		var made struct {
			UserID     atalaya.UserID `json:"user_id"`
			WebhookURL string         `json:"webhook_url"`
		}
		if err := json.Unmarshal([]byte(out), &made); err != nil {
			return fmt.Errorf("user create printed %q: %w", out, err)
		}
		t.id, t.webhook = made.UserID, made.WebhookURL
		t.sent = make(map[atalaya.SignalID]alertCase)
		if t.token, err = r.service.verb(ctx, "user", "token", t.name+"@localhost"); err != nil {
			return err
		}
		t.session = chartsite.NewSession("e2e " + t.name)
		status, answer, err := web.Send(ctx, http.MethodPut, r.service.url("/api/config"), t.token, map[string]any{
			"default_chart_id": "Zk4Tq9Lm", "screenshot_resolution": t.resolution,
			"tv_sessionid_plain": t.session.ID, "tv_sessionid_sign_plain": t.session.Sign,
		})
		if err != nil || status != http.StatusOK {
			return fmt.Errorf("store the cookies of %s: %d %s: %w", t.name, status, answer, err)
		}
	}
	r.say("three users have stored their cookies")
	return nil
}

// send sends the cases of every user at once over their webhooks.
func (r *run) send(ctx context.Context, cases []alertCase) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, t := range r.tenants {
		group.Go(func() error {
			for _, c := range cases {
				status, answer, err := web.Send(ctx, http.MethodPost, t.webhook, "", c.body)
				if err != nil || status != http.StatusOK {
					return fmt.Errorf("the webhook answered %d %s: %w", status, answer, err)
				}
				var receipt struct {
					SignalID atalaya.SignalID `json:"signal_id"`
				}
				if err := json.Unmarshal(answer, &receipt); err != nil {
					return err
				}
				t.sent[receipt.SignalID] = c
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.result.Alerts += len(cases) * len(r.tenants)
	r.say("%d alerts sent", r.result.Alerts)
	return nil
}

// lastLogs returns the end of what the program printed.
func (r *run) lastLogs() string {
	if r.service == nil {
		return r.site.Output()
	}
	logs := r.service.Output()
	return logs[max(0, len(logs)-8000):]
}
