// Package bouncer runs PgBouncer in front of a PostgreSQL, as Supabase's poolers stand in front of a
// project's database. Only tests and end-to-end runs import it.
package bouncer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya/internal/test/program"
)

// The modes. In Session mode a client's connection keeps a server connection as long as it lives. In Transaction mode it
// has one for a transaction at a time.
const (
	Session     = "session"
	Transaction = "transaction"
)

// Bouncer is a running PgBouncer.
type Bouncer struct {
	url     string
	folder  string
	program *program.Program
}

const startTimeout = 20 * time.Second

// Start runs PgBouncer in a mode on a free port, in front of the database of a URL. The caller calls Stop.
func Start(ctx context.Context, mode, databaseURL string) (*Bouncer, error) {
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		path = "/usr/sbin/pgbouncer" // where Debian puts it, which is not on everybody's PATH
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, err
	}
	b := &Bouncer{}
	if b.folder, err = os.MkdirTemp("", "atalaya-bouncer-"); err != nil {
		return nil, err
	}
	port, err := program.FreePort()
	if err != nil {
		return nil, err
	}
	if err := b.configure(mode, u, port); err != nil {
		return nil, err
	}
	b.program = &program.Program{Path: path, Args: []string{filepath.Join(b.folder, "pgbouncer.ini")}}
	if os.Getuid() == 0 { // it refuses to run as root
		if b.program.User, err = b.unprivileged(); err != nil {
			return nil, err
		}
	}
	if err := b.program.Start(); err != nil {
		return nil, fmt.Errorf("%w (scripts/install.sh test installs it)", err)
	}
	u.Host = net.JoinHostPort("127.0.0.1", port)
	if mode == Transaction {
		query := u.Query()
		query.Set("pgbouncer", "true")
		u.RawQuery = query.Encode()
	}
	b.url = u.String()
	if err := b.ready(ctx, u); err != nil {
		b.Stop()
		return nil, err
	}
	return b, nil
}

// configure writes the settings and the one user's password.
func (b *Bouncer) configure(mode string, u *url.URL, port string) error {
	password, _ := u.User.Password()
	ini := fmt.Sprintf(`[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = plain
auth_file = %s
pool_mode = %s
max_client_conn = 200
default_pool_size = 20
ignore_startup_parameters = extra_float_digits
`, u.Hostname(), u.Port(), port, filepath.Join(b.folder, "users"), mode)
	users := fmt.Sprintf("%q %q\n", u.User.Username(), password)
	return errors.Join(
		os.WriteFile(filepath.Join(b.folder, "pgbouncer.ini"), []byte(ini), 0o600),
		os.WriteFile(filepath.Join(b.folder, "users"), []byte(users), 0o600))
}

// unprivileged makes the files belong to the user that PostgreSQL runs as, or nobody, and returns that user.
func (b *Bouncer) unprivileged() (*syscall.Credential, error) {
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, errUID := strconv.ParseUint(who.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(who.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return nil, err
	}
	for _, path := range []string{b.folder, filepath.Join(b.folder, "pgbouncer.ini"), filepath.Join(b.folder, "users")} {
		if err := os.Chown(path, int(uid), int(gid)); err != nil {
			return nil, err
		}
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// ready waits until a connection succeeds.
func (b *Bouncer) ready(ctx context.Context, u *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	plain := *u
	plain.RawQuery = "sslmode=disable"
	for {
		conn, err := pgx.Connect(ctx, plain.String())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-b.program.Exited():
			return fmt.Errorf("PgBouncer ended at its start:\n%s", b.program.Output())
		case <-ctx.Done():
			return fmt.Errorf("PgBouncer takes no connections: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL returns the database's URL through PgBouncer. In transaction mode it says so, as DATABASE_URL has to.
func (b *Bouncer) URL() string { return b.url }

// Stop ends PgBouncer's process group and removes its folder. Stopping twice does nothing.
func (b *Bouncer) Stop() {
	b.program.Kill()
	_ = os.RemoveAll(b.folder)
}
