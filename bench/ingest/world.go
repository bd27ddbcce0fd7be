package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
)

const tenants = 1000

// corpus is where the bodies come from, below the project's root.
const corpus = "internal/alert/testdata/alerts-dev.jsonl"

// world is everything that the contenders stand on.
type world struct {
	folder   string
	database *pgrun.Server
	pool     *pgxpool.Pool
	redis    *process
	atalaya  *process
	express  *process
	noop     *http.Server
	noopAt   string
	tokens   []string
	bodies   bodies
}

// contender is a way in.
type contender struct {
	name    string
	service func() []*process // whose CPU counts
	run     func(ctx context.Context, connections int, length time.Duration) (sample, error)
	writes  bool // a signal for each alert
	lone    bool // for one connection alone
}

func (w *world) contenders() []*contender {
	hammering := func(address, path string) func(context.Context, int, time.Duration) (sample, error) {
		return func(ctx context.Context, connections int, length time.Duration) (sample, error) {
			tokens := w.tokens
			if path != "" {
				tokens = make([]string, len(w.tokens))
				for i, token := range w.tokens {
					tokens[i] = token + path
				}
			}
			return hammer(ctx, address, tokens, w.bodies, connections, length)
		}
	}
	own := func(p *process) func() []*process { return func() []*process { return []*process{p} } }
	none := func() []*process { return nil }
	return []*contender{
		{name: "atalaya", service: own(w.atalaya), run: hammering(w.atalaya.address(), ""), writes: true},
		{name: "noop", service: none, run: hammering(w.noopAt, "")},
		{name: "express", service: own(w.express), run: hammering(w.express.address(), ""), writes: true},
		{name: "express_document", service: own(w.express), run: hammering(w.express.address(), "/document"), writes: true},
		{name: "insert", service: none, run: w.insert, lone: true},
	}
}

// round measures one contender once.
func (w *world) round(ctx context.Context, c *contender, connections int, length time.Duration) (figures, sample, error) {
	if _, err := c.run(ctx, connections, length/8); err != nil { // warm
		return figures{}, sample{}, err
	}
	before, err := w.signals(ctx)
	if err != nil {
		return figures{}, sample{}, err
	}
	cpu := w.cpu(c)
	s, err := c.run(ctx, connections, length)
	if err != nil {
		return figures{}, s, err
	}
	used := w.cpu(c)
	after, err := w.signals(ctx)
	if err != nil {
		return figures{}, s, err
	}
	s.rowsEqual = !c.writes || after-before == len(s.took)
	n := float64(max(1, len(s.took)))
	return figures{
		Rate: n / s.lasted.Seconds(), P50: quantile(s.took, 0.5), P99: quantile(s.took, 0.99),
		CPU: cpuSplit{1000 * (used.Service - cpu.Service) / n, 1000 * (used.Database - cpu.Database) / n, 1000 * (used.Redis - cpu.Redis) / n},
	}, s, nil
}

// cpu is what a contender and its stores have used so far, in ms.
func (w *world) cpu(c *contender) cpuSplit {
	split := cpuSplit{Database: treeCPU(w.database.PID()), Redis: treeCPU(w.redis.cmd.Process.Pid)}
	for _, p := range c.service() {
		split.Service += treeCPU(p.cmd.Process.Pid)
	}
	return split
}

// signals counts the signals of all users, by their statistics.
func (w *world) signals(ctx context.Context) (n int, err error) {
	err = w.pool.QueryRow(ctx, "select sum(total_signals)::bigint from trading_signals_stats").Scan(&n)
	return n, err
}

// insert is the least that a durable row costs: one connection, one statement, one row.
func (w *world) insert(ctx context.Context, _ int, length time.Duration) (s sample, err error) {
	conn, err := w.pool.Acquire(ctx)
	if err != nil {
		return s, err
	}
	defer conn.Release()
	start := time.Now()
	for time.Since(start) < length {
		begun := time.Now()
		if _, err := conn.Exec(ctx, "insert into bare (body) values ($1)", w.bodies.next()); err != nil {
			return s, err
		}
		s.took = append(s.took, time.Since(begun))
	}
	s.lasted = time.Since(start)
	sortDurations(s.took)
	return s, nil
}

func newWorld(ctx context.Context, binary, peers string) (w *world, err error) {
	w = &world{}
	if w.bodies, err = readBodies(corpus); err != nil {
		return nil, err
	}
	if w.folder, err = os.MkdirTemp("", "atalaya-bench-"); err != nil {
		return nil, err
	}
	// The database runs as another user where this runs as root.
	if err := os.Chmod(w.folder, 0o755); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.stop()
		}
	}()
	for _, step := range []func() error{
		func() error { return w.startDatabase(ctx) },
		func() error { return w.signUp(ctx) },
		func() error { return w.startRedis() },
		func() error { return w.startAtalaya(ctx, binary) },
		func() error { return w.startExpress(ctx, peers) },
		func() error { return w.startNoop() },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *world) startDatabase(ctx context.Context) (err error) {
	if w.database, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(w.folder, "postgres")}); err != nil {
		return err
	}
	plans := migrate.Plans{Free: atalaya.Unlimited, Pro: atalaya.Unlimited, Lifetime: atalaya.Unlimited, Default: atalaya.Unlimited}
	if _, err = migrate.Up(ctx, w.database.URL("postgres"), plans); err != nil {
		return err
	}
	if w.pool, err = pgxpool.New(ctx, w.database.URL("postgres")); err != nil {
		return err
	}
	_, err = w.pool.Exec(ctx, "create table bare (id bigserial primary key, body bytea not null, at timestamptz not null default now())")
	return err
}

// signUp makes the users, each with a chart and cookies, so that every alert queues a capture.
func (w *world) signUp(ctx context.Context) error {
	_, err := w.pool.Exec(ctx, "insert into auth.users (email) select 'user' || n || '@example.com' from generate_series(1, $1::int) n", tenants)
	if err != nil {
		return err
	}
	rows, err := w.pool.Query(ctx, `update trading_signals_config set default_chart_id = 'Zk4Tq9Lm', tv_sessionid = 'sealed', tv_sessionid_sign = 'sealed', cookies_valid = true
		returning webhook_token`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var token string
		if err := rows.Scan(&token); err != nil {
			return err
		}
		w.tokens = append(w.tokens, token)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = w.pool.Exec(ctx, "vacuum analyze")
	return err
}

func (w *world) startRedis() error {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("there is no redis-server: run scripts/install.sh bench: %w", err)
	}
	w.redis = &process{name: "Redis", path: path}
	return w.redis.start(func(port string) []string {
		return []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", w.folder, "--maxmemory-policy", "noeviction"}
	})
}

// limits are the same for all: so high that they are asked and never reached.
const limit = "100000000"

func (w *world) startAtalaya(ctx context.Context, binary string) error {
	path, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	key, err := secret.NewKey()
	if err != nil {
		return err
	}
	w.atalaya = &process{name: "Atalaya", path: path, env: []string{
		"HOST=127.0.0.1", "PUBLIC_URL=http://127.0.0.1", "METRICS_ADDR=off", "LOG_LEVEL=warn", "DATABASE_URL=" + w.database.URL("postgres"),
		"REDIS_URL=redis://" + w.redis.address(), "SUPABASE_URL=http://127.0.0.1:9", "SUPABASE_SERVICE_ROLE_KEY=eyJ" + rand.Text(), "SUPABASE_JWT_SECRET=" + rand.Text() + rand.Text(),
		"ENCRYPTION_KEY=" + key, "DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1", "PLAN_PRO_QUOTA=-1",
		"RATE_LIMIT_PER_MINUTE=" + limit, "RATE_LIMIT_PER_HOUR=" + limit, "DAILY_LIMIT_FREE=" + limit, "DAILY_LIMIT_PRO=" + limit, "FLOOD_LIMIT_PER_MINUTE=" + limit,
	}}
	if err := w.atalaya.start(func(port string) []string {
		w.atalaya.env = append(w.atalaya.env, "PORT="+port)
		return []string{"serve", "--roles", "web"}
	}); err != nil {
		return err
	}
	return w.atalaya.ready(ctx, "/readyz")
}

func (w *world) startExpress(ctx context.Context, peers string) error {
	node, err := exec.LookPath("node")
	if err != nil {
		return err
	}
	script, err := filepath.Abs(filepath.Join(peers, "server.mjs"))
	if err != nil {
		return err
	}
	w.express = &process{name: "Express", path: node, env: []string{
		"DATABASE_URL=" + w.database.URL("postgres"), "REDIS_PORT=" + w.redis.port, "LIMIT=" + limit, "NODE_ENV=production",
	}}
	if err := w.express.start(func(port string) []string {
		w.express.env = append(w.express.env, "PORT="+port)
		return []string{script}
	}); err != nil {
		return err
	}
	return w.express.ready(ctx, "/health")
}

// startNoop serves what any Go service can do at most: it reads the alert and answers.
func (w *world) startNoop() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	answer := []byte(`{"success":true}`)
	w.noop = &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		rw.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = rw.Write(answer)
	})}
	w.noopAt = listener.Addr().String()
	go func() { _ = w.noop.Serve(listener) }()
	return nil
}

func (w *world) stop() {
	for _, p := range []*process{w.atalaya, w.express, w.redis} {
		if p != nil {
			p.kill()
		}
	}
	if w.noop != nil {
		_ = w.noop.Close()
	}
	if w.pool != nil {
		w.pool.Close()
	}
	if w.database != nil {
		_ = w.database.Stop()
	}
	_ = os.RemoveAll(w.folder)
}

// process is a child in a process group of its own.
type process struct {
	name, path string
	env        []string
	port       string
	cmd        *exec.Cmd
	exited     chan struct{}
}

func (p *process) address() string { return "127.0.0.1:" + p.port }

// start starts it on a free port.
func (p *process) start(args func(port string) []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	_ = l.Close()
	list := args(p.port)
	p.cmd = exec.Command(p.path, list...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stderr = os.Stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.exited = make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	return nil
}

func (p *process) ready(ctx context.Context, path string) error {
	for deadline := time.Now().Add(time.Minute); ; {
		response, err := http.Get("http://" + p.address() + path)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended at its start", p.name)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not ready within a minute", p.name)
		}
	}
}

func (p *process) kill() {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.exited
	}
}

// peakMemory is the most that the process itself had resident, in MB.
func (p *process) peakMemory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kB / 1024
		}
	}
	return 0
}
