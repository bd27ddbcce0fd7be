package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
)

// Severity says how much a finding matters.
type Severity int

// The severities.
const (
	Fine    Severity = iota
	Notable          // works, and the operator should know
	Wrong            // has to be mended; the text says how
)

// Finding is what one check has found.
type Finding struct {
	Severity Severity
	Part     string
	Text     string
}

// Examine tries everything that the settings point at, one part after the other, and yields what it
// finds. It leaves nothing behind but the bucket, which it makes where it is missing.
func Examine(ctx context.Context, cfg config.Config, log *slog.Logger) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for _, check := range []func(context.Context, config.Config, *slog.Logger) []Finding{
			examineDatabase, examineStorage, examineTokens, examineRedis, examineBrowser,
		} {
			for _, f := range check(ctx, cfg, log) {
				if !yield(f) {
					return
				}
			}
		}
	}
}

func fine(part, format string, args ...any) Finding {
	return Finding{Fine, part, fmt.Sprintf(format, args...)}
}

func wrong(part, format string, args ...any) Finding {
	return Finding{Wrong, part, fmt.Sprintf(format, args...)}
}

// examineDatabase checks connection, role, schema and TLS, and counts the ciphertexts.
func examineDatabase(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "database"
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	defer pool.Close()
	store, err := postgres.NewStore(pool)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	role, err := store.Role(ctx)
	if err != nil {
		return []Finding{wrong(part, "no connection: %v. Check DATABASE_URL, the password in it, and that this machine may connect", err)}
	}
	list := []Finding{fine(part, "PostgreSQL %s as %s", role.ServerVersion, role.Name)}
	if !role.BypassesRLS {
		list = append(list, wrong(part, "the role %s is held by row level security and would see no rows: use Supabase's role postgres, or `alter role %s bypassrls`", role.Name, role.Name))
	}
	if !role.MayBecomeAuthenticated {
		list = append(list, wrong(part, "the role %s is no member of authenticated: `grant authenticated to %s`", role.Name, role.Name))
	}
	list = append(list, examineTLS(cfg.DatabaseURL.Reveal()), examinePooler(cfg.DatabaseURL.Reveal()), examineClock(ctx, store))
	missing, err := store.MissingTables(ctx)
	switch {
	case err != nil:
		return append(list, wrong(part, "the schema cannot be looked at: %v", err))
	case len(missing) > 0:
		return append(list, wrong(part, "missing: %s. Run `atalaya migrate`", strings.Join(missing, ", ")))
	}
	list = append(list, examineMigrations(ctx, cfg.DatabaseURL.Reveal()))
	return append(list, examineSecrets(ctx, cfg, store)...)
}

// examineMigrations looks for migrations that the tables' presence does not tell of.
func examineMigrations(ctx context.Context, databaseURL string) Finding {
	const part = "database"
	migrations, err := postgres.MigrationStatus(ctx, databaseURL)
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

// examinePooler tells what the way to the database costs.
func examinePooler(databaseURL string) Finding {
	const part = "pooler"
	if postgres.TransactionPooler(databaseURL) {
		return Finding{Notable, part, "a transaction pooler: everything works, and is polled for instead of told, up to a second later. The session pooler (port 5432) or the direct connection is quicker"}
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

// judgeClock knows that the database read its clock between before and after.
func judgeClock(before, there, after time.Time) Finding {
	const part = "clock"
	skew := max(before.Sub(there), there.Sub(after), 0)
	if skew > clockTolerance {
		return wrong(part, "this machine and the database disagree by %s: have both follow a time server (timedatectl set-ntp true)", skew.Round(time.Second))
	}
	return fine(part, "agrees with the database's")
}

// examineTLS judges the way to the database.
func examineTLS(databaseURL string) Finding {
	const part = "database TLS"
	u, err := url.Parse(databaseURL)
	if err != nil {
		return wrong(part, "DATABASE_URL is no URL")
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return fine(part, "the database is on this machine")
	}
	if mode := u.Query().Get("sslmode"); mode != "verify-full" {
		return Finding{Notable, part, "sslmode is " + orWord(mode, "not set") + ": with a remote database set sslmode=verify-full and sslrootcert to your provider's certificate, so that nobody can stand in between"}
	}
	return fine(part, "sslmode=verify-full")
}

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}

// secretsPage is how many users are read at a time.
const secretsPage = 500

// examineSecrets counts in which form the users' secrets are stored and which do not open.
func examineSecrets(ctx context.Context, cfg config.Config, store *postgres.Store) []Finding {
	const part = "secrets"
	keyring, err := Keyring(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	var users, old, plain, unreadable int
	for after := atalaya.UserID(""); ; {
		list, err := store.SealedSecrets(ctx, after, secretsPage)
		if err != nil {
			return []Finding{wrong(part, "%v", err)}
		}
		if len(list) == 0 {
			break
		}
		for _, s := range list {
			users++
			for _, value := range []struct{ column, text string }{{secret.ColumnSessionID, s.SessionID}, {secret.ColumnSessionSign, s.SessionSign}} {
				if value.text == "" || keyring.Current(value.text) {
					continue
				}
				_, err := keyring.Open(s.UserID, value.column, value.text)
				switch {
				case errors.Is(err, secret.ErrPlainText):
					plain++
				case err != nil:
					unreadable++
				default:
					old++
				}
			}
			after = s.UserID
		}
	}
	list := []Finding{fine(part, "%d users have stored secrets", users)}
	if old > 0 {
		list = append(list, Finding{Notable, part, fmt.Sprintf("%d cookies are sealed in the Node service's form or with a former key: `atalaya keys rotate` seals them anew (there is no way back to the Node service after that)", old)})
	}
	if plain > 0 {
		list = append(list, wrong(part, "%d cookies are stored in plain text and are refused: their owners have to store them again through the API", plain))
	}
	if n, err := store.CountWithoutConsent(ctx); err != nil {
		list = append(list, wrong(part, "%v", err))
	} else if n > 0 {
		list = append(list, Finding{Notable, part, fmt.Sprintf("%d users have stored cookies without agreeing to automation: have them send automation_consent; REQUIRE_CONSENT=true refuses new cookies without it", n)})
	}
	if unreadable > 0 {
		list = append(list, wrong(part, "%d cookies open with no key: add the former key to ENCRYPTION_KEYS_OLD, or have their owners store them again", unreadable))
	}
	return list
}

// examineStorage checks where pictures go.
func examineStorage(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "pictures"
	disk, bucket, err := Pictures(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	if disk != nil {
		defer disk.Close()
		if err := writable(cfg.PicturesDir); err != nil {
			return []Finding{wrong(part, "PICTURES_DIR cannot be written to: %v. Give the folder to the user that runs the service, and free some space", err)}
		}
		return []Finding{fine(part, "on disk in %s, at %s addresses", cfg.PicturesDir, visibility(cfg))}
	}
	defer bucket.Close()
	if err := bucket.EnsureBucket(ctx); err != nil {
		return []Finding{wrong(part, "Supabase Storage: %v", err)}
	}
	return []Finding{fine(part, "bucket %s in Supabase Storage, at %s addresses", cfg.StorageBucket, visibility(cfg))}
}

// writable tries to leave a file in a folder, and takes it away again.
func writable(folder string) error {
	f, err := os.CreateTemp(folder, ".doctor-")
	if err != nil {
		return err
	}
	_, err = f.WriteString("a picture would follow")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// visibility is how pictures are seen.
func visibility(cfg config.Config) string {
	if cfg.SignedURLs {
		return "signed"
	}
	return "public"
}

// examineTokens checks how access tokens will be verified.
func examineTokens(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "access tokens"
	if cfg.LocalIssuer() {
		return []Finding{fine(part, "local issuer")}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.AuthURL()+"/.well-known/jwks.json", nil)
	if err != nil {
		return []Finding{wrong(part, "SUPABASE_URL: %v", err)}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return []Finding{wrong(part, "Supabase Auth cannot be reached: %v. Check SUPABASE_URL", err)}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return []Finding{wrong(part, "Supabase Auth answers %d for its keys. Check SUPABASE_URL", res.StatusCode)}
	}
	return []Finding{fine(part, "verified with the keys of %s", cfg.AuthURL())}
}

// examineRedis pings a configured Redis.
func examineRedis(ctx context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "redis"
	client, err := newRedis(cfg)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	defer client.close()
	if !client.configured() {
		return []Finding{fine(part, "not configured, and not needed")}
	}
	if err := bounded(ctx, client.ping); err != nil {
		return []Finding{wrong(part, "configured and does not answer: %v. Start it, or remove REDIS_URL and REDIS_HOST: it is optional", err)}
	}
	return []Finding{fine(part, "answers")}
}
