package doctor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
)

// examineDatabase checks connection, role, schema and TLS, and counts the ciphertexts.
func examineDatabase(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "database"
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	defer pool.Close()
	store := postgres.NewStore(pool)
	role, err := store.Role(ctx)
	var refused *postgres.Refusal
	switch {
	case errors.As(err, &refused):
		return []Finding{wrong(part, "%v", err)}
	case err != nil:
		return []Finding{wrong(part, "no connection: %v. Check host and port in DATABASE_URL, that the server is up, and that this machine may connect", err)}
	}
	list := []Finding{fine(part, "PostgreSQL %s as %s", role.ServerVersion, role.Name)}
	if !role.Prepared && !role.Superuser { // what else there is to say follows from that
		return append(list, wrong(part, "plain PostgreSQL that is not prepared yet, and the role %s is no superuser: have a superuser run the statements of `atalaya migrate --setup` in this database, then run `atalaya migrate`", role.Name))
	}
	if !role.BypassesRLS {
		list = append(list, wrong(part, "row level security applies to the role %s, which would see no rows: use Supabase's role postgres, or `alter role %s bypassrls`", role.Name, role.Name))
	}
	if role.Prepared && !role.MayBecomeAuthenticated {
		list = append(list, wrong(part, "the role %s is not a member of authenticated: `grant authenticated to %s`", role.Name, role.Name))
	}
	list = append(list, examineTLS(cfg.DatabaseURL.Reveal()), examinePooler(cfg.DatabaseURL.Reveal()), examineClock(ctx, store))
	missing, err := store.MissingTables(ctx)
	switch {
	case err != nil:
		return append(list, wrong(part, "the schema cannot be read: %v", err))
	case len(missing) > 0:
		return append(list, wrong(part, "missing: %s. Run `atalaya migrate`", strings.Join(missing, ", ")))
	}
	list = append(list, examineMigrations(ctx, cfg.DatabaseURL.Reveal()), examineQueue(ctx, store, role.Name))
	if cfg.SupabaseStorage() {
		list = append(list, examineBucketPolicies(ctx, cfg, store))
	}
	return append(list, examineSecrets(ctx, cfg, store)...)
}

// examineBucketPolicies looks for policies of others that let users reach the pictures' bucket.
func examineBucketPolicies(ctx context.Context, cfg config.Config, store *postgres.Store) Finding {
	const part = "bucket's policies"
	open, err := store.OpenPolicies(ctx, cfg.StorageBucket)
	if err != nil {
		return wrong(part, "%v", err)
	}
	if len(open) == 0 {
		return fine(part, "anon and authenticated do not reach the bucket %s", cfg.StorageBucket)
	}
	statements := make([]string, len(open))
	for i, policy := range open {
		statements[i] = policy.Narrow
	}
	return wrong(part, "%d policies on storage.objects let users reach the bucket %s, so pictures are not private: run `atalaya migrate`, or in the SQL editor: %s", len(open), cfg.StorageBucket, strings.Join(statements, " "))
}

// examineMigrations finds missing migrations that the presence of tables does not show.
func examineMigrations(ctx context.Context, databaseURL string) Finding {
	const part = "database"
	migrations, err := migrate.Status(ctx, databaseURL)
	if err != nil {
		return wrong(part, "%v", err)
	}
	var pending []string
	for _, m := range migrations {
		if !m.Applied {
			pending = append(pending, m.Name)
		}
	}
	if len(pending) > 0 {
		return wrong(part, "not applied yet: %s. Run `atalaya migrate`", strings.Join(pending, ", "))
	}
	return fine(part, "the schema is complete")
}

// examineQueue checks that the role may use the tables of the job queue, which another role may own.
func examineQueue(ctx context.Context, store *postgres.Store, role string) Finding {
	const part = "job queue"
	owner, usable, err := store.QueueOwner(ctx)
	switch {
	case err != nil:
		return wrong(part, "%v", err)
	case !usable:
		return wrong(part, "its tables belong to the role %s, and the role %s may not work on them: have %s run the statements of `atalaya migrate --setup`, which hand them over", owner, role, owner)
	}
	return fine(part, "the role %s may work on its tables", role)
}

// examinePooler tells whether a transaction pooler delays changes.
func examinePooler(databaseURL string) Finding {
	const part = "pooler"
	if postgres.TransactionPooler(databaseURL) {
		return Finding{Notable, part, "a transaction pooler: everything works, but changes are found by polling, up to a second later. The session pooler (port 5432) or the direct connection is quicker"}
	}
	return fine(part, "a direct connection or a session pooler; a transaction pooler needs port 6543 or pgbouncer=true in DATABASE_URL")
}

// clockTolerance is below the 10 s of leeway that access tokens are given.
const clockTolerance = 5 * time.Second

// examineClock compares this machine's clock with the database's.
func examineClock(ctx context.Context, store *postgres.Store) Finding {
	const part = "clock"
	before := time.Now()
	there, err := store.DatabaseTime(ctx)
	if err != nil {
		return wrong(part, "%v", err)
	}
	return judgeClock(before, there, time.Now())
}

// judgeClock compares this machine's clock with the database's, which was read between before and after.
func judgeClock(before, there, after time.Time) Finding {
	const part = "clock"
	skew := max(before.Sub(there), there.Sub(after), 0)
	if skew > clockTolerance {
		return wrong(part, "the clocks of this machine and of the database differ by %s: set both by a time server (timedatectl set-ntp true)", skew.Round(time.Second))
	}
	return fine(part, "agrees with the database's")
}

// examineTLS checks that a remote database is reached with a verified certificate.
func examineTLS(databaseURL string) Finding {
	const part = "database TLS"
	u, err := url.Parse(databaseURL)
	if err != nil {
		return wrong(part, "DATABASE_URL is not a URL")
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return fine(part, "the database is on this machine")
	}
	if mode := u.Query().Get("sslmode"); mode != "verify-full" {
		return Finding{Notable, part, "sslmode is " + orWord(mode, "not set") + ": with a remote database set sslmode=verify-full and sslrootcert to your provider's certificate, so that nobody can read the connection"}
	}
	return fine(part, "sslmode=verify-full")
}

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}
