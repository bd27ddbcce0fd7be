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
	"slices"
	"strconv"
	"time"

	"atalaya"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
	"atalaya/internal/test/program"
)

const tenants = 1000

// corpus is where the bodies come from, below the project's root.
const corpus = "internal/alert/testdata/alerts-dev.jsonl"

// world is everything that the contenders need.
type world struct {
	folder   string
	database *pgrun.Server
	ours     *users // of every contender but those below
	channel  *users // in the same database, each with a channel that wants signals
	mixed    *users // in the same database, of whom some are over their quota or their limit of captures
	earlier  *users // of before, in the database that its own migrations made
	crowd    *users // of many, in a database that holds many more users, and signals
	redis    *process
	atalaya  *process
	before   *process // an earlier commit's program, nil if none is measured
	many     *process // our program on the database of crowd, nil if that is not measured
	express  *process
	noop     *http.Server
	noopAt   string
	bodies   bodies
}

// contender is a way to accept alerts.
type contender struct {
	name    string
	users   *users
	service func() []*process // whose CPU counts
	run     func(ctx context.Context, connections int, length time.Duration) (sample, error)
	writes  bool // a signal for each alert
	lone    bool // only measured with one connection
}

func (w *world) contenders() []*contender {
	hammering := func(u *users, address, path string) func(context.Context, int, time.Duration) (sample, error) {
		return func(ctx context.Context, connections int, length time.Duration) (sample, error) {
			tokens := u.tokens
			if path != "" {
				tokens = make([]string, len(u.tokens))
				for i, token := range u.tokens {
					tokens[i] = token + path
				}
			}
			return hammer(ctx, address, tokens, w.bodies, connections, length, 0)
		}
	}
	mixed := func(ctx context.Context, connections int, length time.Duration) (sample, error) {
		return hammer(ctx, w.atalaya.address(), w.mixed.tokens, w.bodies, connections, length, repeats)
	}
	own := func(p *process) func() []*process { return func() []*process { return []*process{p} } }
	none := func() []*process { return nil }
	list := []*contender{
		{name: "atalaya", users: w.ours, service: own(w.atalaya), run: hammering(w.ours, w.atalaya.address(), ""), writes: true},
		{name: "noop", users: w.ours, service: none, run: hammering(w.ours, w.noopAt, "")},
		{name: "express", users: w.ours, service: own(w.express), run: hammering(w.ours, w.express.address(), ""), writes: true},
		{name: "express_document", users: w.ours, service: own(w.express), run: hammering(w.ours, w.express.address(), "/document"), writes: true},
		{name: "insert", users: w.ours, service: none, run: w.insert, lone: true},
	}
	list = slices.Insert(list, 1,
		&contender{name: "channel", users: w.channel, service: own(w.atalaya), run: hammering(w.channel, w.atalaya.address(), ""), writes: true},
		&contender{name: "mixed", users: w.mixed, service: own(w.atalaya), run: mixed, writes: true})
	if w.many != nil {
		list = slices.Insert(list, 1, &contender{name: "many", users: w.crowd, service: own(w.many), run: hammering(w.crowd, w.many.address(), ""), writes: true})
	}
	if w.before != nil {
		earlier := &contender{name: "before", users: w.earlier, service: own(w.before), run: hammering(w.earlier, w.before.address(), ""), writes: true}
		list = slices.Insert(list, 1, earlier) // beside ours, so that both meet the same moment of the machine
	}
	return list
}

// round measures one contender once.
func (w *world) round(ctx context.Context, c *contender, connections int, length time.Duration) (figures, sample, error) {
	if _, err := c.run(ctx, connections, length/8); err != nil { // warm
		return figures{}, sample{}, err
	}
	before, err := c.users.signals(ctx)
	if err != nil {
		return figures{}, sample{}, err
	}
	cpu := w.cpu(c)
	s, err := c.run(ctx, connections, length)
	if err != nil {
		return figures{}, s, err
	}
	used := w.cpu(c)
	after, err := c.users.signals(ctx)
	if err != nil {
		return figures{}, s, err
	}
	s.rowsEqual = !c.writes || after-before == s.stored
	n := float64(max(1, len(s.took)))
	return figures{
		Rate: n / s.lasted.Seconds(), P50: quantile(s.took, 0.5), P99: quantile(s.took, 0.99),
		CPU: cpuSplit{1000 * (used.Service - cpu.Service) / n, 1000 * (used.Database - cpu.Database) / n, 1000 * (used.Redis - cpu.Redis) / n},
	}, s, nil
}

// cpu returns the CPU time that a contender and its stores have used so far, in ms.
func (w *world) cpu(c *contender) cpuSplit {
	split := cpuSplit{Database: treeCPU(w.database.PID()), Redis: treeCPU(w.redis.PID())}
	for _, p := range c.service() {
		split.Service += treeCPU(p.PID())
	}
	return split
}

// insert measures the least that a durable row costs: one connection, one statement, one row.
func (w *world) insert(ctx context.Context, _ int, length time.Duration) (s sample, err error) {
	conn, err := w.ours.pool.Acquire(ctx)
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
		s.stored++
	}
	s.lasted = time.Since(start)
	sortDurations(s.took)
	return s, nil
}

// newWorld starts everything. before is an earlier commit's program, "" for none; many asks for the contender
// of that name.
func newWorld(ctx context.Context, binary, before, peers string, many bool) (w *world, err error) {
	w = &world{}
	if w.bodies, err = readBodies(corpus); err != nil {
		return nil, err
	}
	if w.folder, err = os.MkdirTemp("", "atalaya-bench-"); err != nil {
		return nil, err
	}
	// If this program runs as root, the database runs as another user.
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
		func() error { return w.startRedis() },
		func() (err error) { w.atalaya, err = w.serve(ctx, binary, "postgres"); return err },
		func() error { return w.startBefore(ctx, before) },
		func() error { return w.startMany(ctx, binary, many) },
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
	if w.ours, err = signUp(ctx, w.database.URL("postgres"), "user", tenants); err != nil {
		return err
	}
	if w.channel, err = signUp(ctx, w.database.URL("postgres"), "channel", tenants); err != nil {
		return err
	}
	if w.mixed, err = signUp(ctx, w.database.URL("postgres"), "mixed", tenants); err != nil {
		return err
	}
	return w.differ(ctx)
}

func (w *world) startRedis() error {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("there is no redis-server: run scripts/install.sh bench: %w", err)
	}
	w.redis = &process{Program: program.Program{Path: path}}
	return w.redis.start(func(port string) []string {
		return []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", w.folder, "--maxmemory-policy", "noeviction"}
	})
}

// The limits are the same for all, and so high that they are checked but never reached. Only users of a paid plan
// with a limited quota have so few captures a day that some are skipped.
const (
	limit        = "100000000"
	capturesADay = "1"
)

// serve starts a built program on a database of the server.
func (w *world) serve(ctx context.Context, binary, database string) (*process, error) {
	p, err := w.program(binary, database)
	if err != nil {
		return nil, err
	}
	if err := p.start(func(port string) []string {
		p.Env = append(p.Env, "PORT="+port)
		return []string{"serve", "--roles", "web"}
	}); err != nil {
		return nil, err
	}
	return p, p.ready(ctx, "/readyz")
}

// program returns a built program with the settings of a service on a database of the server.
func (w *world) program(binary, database string) (*process, error) {
	path, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	key, err := secret.NewKey()
	if err != nil {
		return nil, err
	}
	return &process{Program: program.Program{Path: path, Env: []string{
		"HOST=127.0.0.1", "PUBLIC_URL=http://127.0.0.1", "METRICS_ADDR=off", "LOG_LEVEL=warn", "DATABASE_URL=" + w.database.URL(database),
		"REDIS_URL=redis://" + w.redis.address(), "SUPABASE_URL=http://127.0.0.1:9", "SUPABASE_SERVICE_ROLE_KEY=eyJ" + rand.Text(), "SUPABASE_JWT_SECRET=" + rand.Text() + rand.Text(),
		"ENCRYPTION_KEY=" + key, "DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1", "PLAN_PRO_QUOTA=-1",
		"RATE_LIMIT_PER_MINUTE=" + limit, "RATE_LIMIT_PER_HOUR=" + limit, "DAILY_LIMIT_FREE=" + limit, "DAILY_LIMIT_PRO=" + capturesADay, "FLOOD_LIMIT_PER_MINUTE=" + limit,
	}}}, nil
}

// startBefore starts an earlier commit's program on a database of its own, which that program migrates. So the
// comparison covers the schema too.
func (w *world) startBefore(ctx context.Context, binary string) error {
	if binary == "" {
		return nil
	}
	const database = "before"
	if _, err := w.ours.pool.Exec(ctx, "create database "+database); err != nil {
		return err
	}
	p, err := w.program(binary, database)
	if err != nil {
		return err
	}
	migration := exec.CommandContext(ctx, p.Path, "migrate")
	migration.Env = append(os.Environ(), p.Env...)
	if out, err := migration.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate for the earlier commit: %w\n%s", err, out)
	}
	if w.earlier, err = signUp(ctx, w.database.URL(database), "user", tenants); err != nil {
		return err
	}
	w.before, err = w.serve(ctx, binary, database)
	return err
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
	w.express = &process{Program: program.Program{Path: node, Env: []string{
		"DATABASE_URL=" + w.database.URL("postgres"), "REDIS_PORT=" + w.redis.port, "LIMIT=" + limit, "NODE_ENV=production",
	}}}
	if err := w.express.start(func(port string) []string {
		w.express.Env = append(w.express.Env, "PORT="+port)
		return []string{script}
	}); err != nil {
		return err
	}
	return w.express.ready(ctx, "/health")
}

// startNoop serves a handler that reads the alert and answers. No Go service can be faster.
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
	for _, p := range []*process{w.atalaya, w.before, w.many, w.express, w.redis} {
		if p != nil {
			p.Kill()
		}
	}
	if w.noop != nil {
		_ = w.noop.Close()
	}
	for _, u := range []*users{w.ours, w.channel, w.mixed, w.earlier, w.crowd} {
		if u != nil {
			u.pool.Close()
		}
	}
	if w.database != nil {
		_ = w.database.Stop()
	}
	_ = os.RemoveAll(w.folder)
}
