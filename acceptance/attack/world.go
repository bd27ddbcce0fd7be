package attack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/chartsite"
	"atalaya/internal/pgrun"
	runner "atalaya/internal/test/program"
)

// user is one user of the program, as the outside sees one.
type user struct {
	id    string
	hook  string // path of the webhook URL, which ends in its token
	token string // for the API
}

// world is the program and what it needs.
type world struct {
	opt    Options
	folder string
	result *Result

	database *pgrun.Server
	pool     *pgxpool.Pool
	site     *program
	main     *program // web and worker, with the local issuer
	settings []string // of main
	secret   string   // that signs its access tokens
	auth     *authDouble
	gateway  *httptest.Server
	second   *program // web alone, whose tokens Supabase Auth judges

	victim, attacker user
	bystander        user // has no captures, so that its alerts only take the webhook's time

	mu   sync.Mutex
	took []time.Duration // of the victim's and the bystander's alerts under attack
	sent int
}

// The limits of the attacked program are small, so that a run needs no thousands of sockets.
var limits = []string{
	"MAX_CONNECTIONS=60", "MAX_CONNECTIONS_PER_ADDRESS=40", "WRITE_TIMEOUT=2s", "WORKER_CONCURRENCY=2",
	"RATE_LIMIT_PER_MINUTE=1000", "RATE_LIMIT_PER_HOUR=10000", "DAILY_LIMIT_FREE=10000", "DAILY_LIMIT_PRO=10000",
	"FLOOD_LIMIT_PER_MINUTE=5000", "DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1", "SCREENSHOT_TIMEOUT=20000", "CAPTURE_JOB_TIMEOUT=30s",
	"CAPTURE_RESCUE_AFTER=2m",
}

func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

func (w *world) start(ctx context.Context) (err error) {
	if w.database, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(w.folder, "postgres")}); err != nil {
		return err
	}
	if w.pool, err = pgxpool.New(ctx, w.database.URL("postgres")); err != nil {
		return err
	}
	port, err := runner.FreePort()
	if err != nil {
		return err
	}
	if w.site, err = launch(w.opt.Binary, w.folder, port, nil, "chartsite", "--listen", "127.0.0.1:"+port); err != nil {
		return err
	}
	if err := w.site.ready(ctx, "/_site/draws"); err != nil {
		return err
	}
	if err := w.startMain(ctx); err != nil {
		return err
	}
	if err := w.signUp(ctx); err != nil {
		return err
	}
	if _, err := w.quietCapture(ctx, 1); err != nil { // it starts the browser
		return err
	}
	if w.result.QuietCapture, err = w.quietCapture(ctx, 2); err != nil {
		return err
	}
	w.took = nil
	w.auth = &authDouble{}
	w.gateway = httptest.NewServer(w.auth)
	return w.startSecond(ctx)
}

// serve starts one more process of the program with settings over the usual ones.
func (w *world) serve(role string, changes ...string) (*program, error) {
	port, err := runner.FreePort()
	if err != nil {
		return nil, err
	}
	env := slices.Concat([]string{
		"HOST=127.0.0.1", "PORT=" + port, "PUBLIC_URL=http://127.0.0.1:" + port, "METRICS_ADDR=off", "LOG_LEVEL=debug",
		"DATABASE_URL=" + w.database.URL("postgres"), "TRADINGVIEW_URL=" + w.site.url(""), "PICTURES_DIR=" + filepath.Join(w.folder, "pictures"),
		"LEGACY_WEBHOOK=true",
	}, limits, changes)
	if err := os.MkdirAll(filepath.Join(w.folder, "pictures"), 0o755); err != nil {
		return nil, err
	}
	return launch(w.opt.Binary, w.folder, port, env, "serve", "--roles", role)
}

func (w *world) startMain(ctx context.Context) (err error) {
	w.secret = newSecret()
	w.settings = []string{"ENCRYPTION_KEY=" + newSecret(), "SUPABASE_JWT_SECRET=" + w.secret, "JWT_ISSUER=" + issuer}
	if out, err := w.verb(ctx, "migrate"); err != nil {
		return fmt.Errorf("migrate: %w: %s", err, out)
	}
	if w.main, err = w.serve("web,worker", w.settings...); err != nil {
		return err
	}
	return w.main.ready(ctx, "/readyz")
}

// startSecond serves the same database behind Supabase's gateway, and takes alerts only from TradingView's
// addresses.
func (w *world) startSecond(ctx context.Context) (err error) {
	if w.second, err = w.serve("web", w.settings[0], "SUPABASE_URL="+w.gateway.URL, "SUPABASE_SERVICE_ROLE_KEY=service-key",
		"TRADINGVIEW_IPS=52.89.214.238", "TRUSTED_PROXIES=127.0.0.1/32"); err != nil {
		return err
	}
	return w.second.ready(ctx, "/readyz")
}

// verb runs another verb with main's settings.
func (w *world) verb(ctx context.Context, args ...string) (string, error) {
	p, err := launch(w.opt.Binary, w.folder, "", slices.Concat([]string{
		"PUBLIC_URL=http://127.0.0.1:1", "METRICS_ADDR=off", "DATABASE_URL=" + w.database.URL("postgres"), "PICTURES_DIR=" + w.folder, "LOG_LEVEL=error",
		"DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1",
	}, w.settings), args...)
	if err != nil {
		return "", err
	}
	select {
	case <-p.Exited():
		err = p.Terminate(stopTimeout)
	case <-ctx.Done():
		p.Kill()
		err = ctx.Err()
	}
	return strings.TrimSpace(p.Output()), err
}

func (w *world) signUp(ctx context.Context) error {
	for name, u := range map[string]*user{"victim": &w.victim, "attacker": &w.attacker, "bystander": &w.bystander} {
		if err := w.addUser(ctx, name, u); err != nil {
			return err
		}
	}
	a, err := ask(ctx, w.main, request{method: http.MethodPut, path: "/api/config", token: w.bystander.token, body: `{"capture_enabled":false}`})
	if err != nil {
		return err
	}
	return a.is(http.StatusOK)
}

// addUser makes a user with cookies and a chart.
func (w *world) addUser(ctx context.Context, name string, u *user) error {
	out, err := w.verb(ctx, "user", "create", name+"@localhost")
	if err != nil {
		return fmt.Errorf("user create: %w: %s", err, out)
	}
	var made struct {
		UserID     string `json:"user_id"`
		WebhookURL string `json:"webhook_url"`
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		return fmt.Errorf("user create printed %q: %w", out, err)
	}
	u.id = made.UserID
	u.hook = made.WebhookURL[strings.Index(made.WebhookURL, "/webhook/"):]
	if u.token, err = w.verb(ctx, "user", "token", name+"@localhost"); err != nil {
		return fmt.Errorf("user token: %w: %s", err, u.token)
	}
	session := chartsite.NewSession("attack " + name)
	body, _ := json.Marshal(map[string]any{
		"default_chart_id": "Zk4Tq9Lm", "screenshot_resolution": "720p", "tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign,
	})
	a, err := ask(ctx, w.main, request{method: http.MethodPut, path: "/api/config", token: u.token, body: string(body)})
	if err != nil {
		return err
	}
	return a.is(http.StatusOK)
}

// stop ends everything that was started.
func (w *world) stop() error {
	problems := []error{w.main.stop(), w.second.stop(), w.site.stop()}
	if w.gateway != nil {
		w.gateway.CloseClientConnections()
		w.gateway.Close()
	}
	if w.pool != nil {
		w.pool.Close()
	}
	if w.database != nil {
		problems = append(problems, w.database.Stop())
	}
	return errors.Join(problems...)
}
