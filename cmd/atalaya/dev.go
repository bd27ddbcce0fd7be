package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/joho/godotenv"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/auth"
	"atalaya/internal/chartsite"
	"atalaya/internal/config"
	"atalaya/internal/pgrun"
	"atalaya/internal/postgres"
	"atalaya/internal/postgres/migrate"
	"atalaya/internal/secret"
)

// devCommand runs everything on this machine: a private PostgreSQL, pictures on disk, a local token
// issuer, the demo chart site and a demo user. It is serve with settings that it makes itself.
type devCommand struct {
	Data string `type:"path" help:"Folder for the database, the pictures and the keys. The default is data, or /var/lib/atalaya-dev if the database cannot run there." placeholder:"DIR"`
	Port int    `default:"3000" env:"PORT" help:"Port of the webhook and the API on 127.0.0.1."`

	DemoData *bool `negatable:"" help:"Give the demo user invented signals with results and pictures. The default is yes in a new folder."`
}

const (
	demoUser  = "demo@localhost"
	demoChart = "Zk4Tq9Lm" // any id that is no scenario's gives a good chart
	demoAlert = `{"ticker":"BINANCE:BTCUSDT","price":67890.50,"direction":"LONG","indicator":"Demo","interval":"60"}`
	// devSettings is the file that lets the other verbs work on the same data.
	devSettings = "dev.env"
)

// Run implements the verb.
func (d *devCommand) Run(ctx context.Context, std streams) (err error) {
	if err := d.checkPort(ctx); err != nil {
		return err
	}
	if err := d.chooseFolder(std); err != nil {
		return err
	}
	if err := os.MkdirAll(d.Data, 0o755); err != nil {
		return err
	}
	unlock, err := lockFolder(d.Data)
	if err != nil {
		return err
	}
	defer unlock()
	log := newLog(std.err, os.Getenv("LOG_LEVEL"), false)
	fmt.Fprintln(std.out, "Starting PostgreSQL in", d.Data, "…")
	database, err := pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(d.Data, "postgres"), Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Stop()) }()

	site, stopSite, err := d.chartSite(log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopSite()) }()

	messages, err := startInbox()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, messages.stop()) }()

	cfg, err := d.settings(database.URL("postgres"), site, messages)
	if err != nil {
		return err
	}
	if _, err := migrate.Up(ctx, cfg.DatabaseURL.Reveal(), app.Plans(cfg)); err != nil {
		return err
	}
	demo, err := d.makeDemoUser(ctx, cfg)
	if err != nil {
		return err
	}
	if os.Getenv("TRADINGVIEW_URL") == "" { // only the demo site knows the demo user's chart
		stop, err := illustrate(ctx, cfg, demo.user, log)
		if err != nil {
			return err
		}
		defer stop()
	}
	service, err := app.New(cfg, app.Roles{Web: true, Worker: true}, log)
	if err != nil {
		return err
	}
	service.Ready = func() { d.welcome(std, cfg, demo) }
	return service.Run(ctx)
}

// checkPort fails if the port is taken, before anything else is started.
func (d *devCommand) checkPort(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port)))
	if err != nil {
		return fmt.Errorf("port %d cannot be used: %w; stop what listens there, or choose another with --port or PORT", d.Port, err)
	}
	return listener.Close()
}

const (
	usualFolder = "data"
	// openFolder is not the Debian package's folder, which has another owner and goes when the package is purged.
	openFolder = "/var/lib/atalaya-dev"
)

// chooseFolder sets the data folder if none was named.
func (d *devCommand) chooseFolder(std streams) (err error) {
	if d.Data != "" {
		return nil
	}
	if d.Data, err = filepath.Abs(usualFolder); err != nil {
		return err
	}
	if err := pgrun.CheckFolder(filepath.Join(d.Data, "postgres")); err != nil {
		fmt.Fprintf(std.out, "The data go to %s: the database's user cannot reach %s. --data names another folder.\n", openFolder, d.Data)
		d.Data = openFolder
	}
	return nil
}

// lockFolder keeps a second program from using the folder and its database. The lock ends with the
// process, however that ends.
func lockFolder(dir string) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another atalaya dev is running with %s: stop it, or choose another folder with --data", dir), file.Close())
	}
	return func() { _ = file.Close() }, nil
}

// chartSite returns the URL of the chart site: TRADINGVIEW_URL if it is set, else that of a demo site in
// this process.
func (d *devCommand) chartSite(log *slog.Logger) (address string, stop func() error, err error) {
	if address := os.Getenv("TRADINGVIEW_URL"); address != "" {
		return address, func() error { return nil }, nil
	}
	site, err := startChartsite("127.0.0.1:0", log)
	if err != nil {
		return "", nil, err
	}
	return site.url, site.stop, nil
}

// settings makes the environment for serve, and keeps it in a file that only this user can read. Keys are
// made once and kept, since they open what earlier runs have sealed.
func (d *devCommand) settings(databaseURL, site string, messages *inbox) (config.Config, error) {
	file := filepath.Join(d.Data, devSettings)
	vars, err := config.Environment(file, nil)
	if err != nil {
		return config.Config{}, err
	}
	if vars["ENCRYPTION_KEY"] == "" {
		if vars["ENCRYPTION_KEY"], err = secret.NewKey(); err != nil {
			return config.Config{}, err
		}
		vars["SUPABASE_JWT_SECRET"] = newSecret()
	}
	address := "http://127.0.0.1:" + strconv.Itoa(d.Port)
	maps.Copy(vars, map[string]string{
		"HOST": "127.0.0.1", "PORT": strconv.Itoa(d.Port), "PUBLIC_URL": address, "JWT_ISSUER": address + "/auth/v1",
		"DATABASE_URL": databaseURL, "TRADINGVIEW_URL": site, "PICTURES_DIR": filepath.Join(d.Data, "pictures"), "SPOOL_DIR": filepath.Join(d.Data, "spool"),
		"ALLOWED_ORIGINS": "*", "METRICS_ADDR": "off",
	})
	for name, value := range messages.settings() {
		vars[name] = cmp.Or(os.Getenv(name), value) // who wants to try a real service names it
	}
	if err := writeSettings(file, vars); err != nil {
		return config.Config{}, err
	}
	// What is set by hand and has no say above, such as WORKER_CONCURRENCY, is taken too.
	for _, s := range config.Settings() {
		if value := os.Getenv(s.Name); value != "" && vars[s.Name] == "" {
			vars[s.Name] = value
		}
	}
	return config.Load(vars)
}

// writeSettings replaces the file at once, so that no reader sees half of it.
func writeSettings(file string, vars map[string]string) error {
	text, err := godotenv.Marshal(vars)
	if err != nil {
		return err
	}
	part := file + ".part"
	if err := os.WriteFile(part, []byte(text+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(part, file)
}

// newSecret returns 256 random bits as text.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}

// demoAccount is the demo user as the welcome shows it.
type demoAccount struct {
	user       atalaya.UserID
	webhookURL string
	token      string
	loginLink  string
}

// makeDemoUser returns the demo user. It makes one with the demo site's cookies and a chart if there is
// none.
func (d *devCommand) makeDemoUser(ctx context.Context, cfg config.Config) (demoAccount, error) {
	pool, err := postgres.Open(cfg.DatabaseURL.Reveal())
	if err != nil {
		return demoAccount{}, err
	}
	defer pool.Close()
	store := postgres.NewStore(pool)
	user, err := store.FindUser(ctx, demoUser)
	isNew := atalaya.CodeOf(err) == atalaya.CodeNotFound
	if isNew {
		user, err = newDemoUser(ctx, cfg, store)
	}
	if err != nil {
		return demoAccount{}, err
	}
	if wanted := d.DemoData; wanted == nil && isNew || wanted != nil && *wanted {
		if err := addDemoData(ctx, store, user); err != nil {
			return demoAccount{}, err
		}
	}
	if err := subscribeDemo(ctx, cfg, store, user); err != nil {
		return demoAccount{}, err
	}
	tenant, err := store.Config(ctx, callerOf(user))
	if err != nil {
		return demoAccount{}, err
	}
	issuer, err := auth.NewIssuer(cfg.JWTIssuer, []byte(cfg.JWTSecret.Reveal()))
	if err != nil {
		return demoAccount{}, err
	}
	token, err := issuer.Token(user, demoUser, 30*24*time.Hour)
	if err != nil {
		return demoAccount{}, err
	}
	link, err := loginLink(ctx, cfg, store, user)
	return demoAccount{user: user, webhookURL: webhookURL(cfg, tenant.WebhookToken), token: token, loginLink: link}, err
}

func newDemoUser(ctx context.Context, cfg config.Config, store *postgres.Store) (atalaya.UserID, error) {
	user, err := store.CreateUser(ctx, demoUser)
	if err != nil {
		return "", err
	}
	keyring, err := app.Keyring(cfg)
	if err != nil {
		return "", err
	}
	session := chartsite.NewSession(demoUser)
	id, err := keyring.Seal(user, atalaya.ColumnSessionID, session.ID)
	if err != nil {
		return "", err
	}
	sign, err := keyring.Seal(user, atalaya.ColumnSessionSign, session.Sign)
	if err != nil {
		return "", err
	}
	chart := demoChart
	chartID := &chart
	_, err = store.UpdateConfig(ctx, callerOf(user), atalaya.ConfigUpdate{DefaultChartID: &chartID, Cookies: &atalaya.SealedCookies{SessionID: id, Sign: sign}})
	return user, err
}

// welcome prints what to do next.
func (d *devCommand) welcome(std streams, cfg config.Config, u demoAccount) {
	fmt.Fprintf(std.out, `
Atalaya is at %[1]s, with a demo user and a demo chart site (%[2]s).

Open your dashboard (this link signs you in once, within ten minutes):

  %[11]s

In a new folder it shows a trader's invented past, marked as a demonstration, and
pictures of it follow while nothing else is captured. One click there removes it.

Your webhook URL, to paste into TradingView once this runs at a public address:

  %[3]s

Send an alert:

  curl -sS '%[3]s' -d '%[4]s'

See your signals, or send an alert and follow it to its screenshot:

  export ATALAYA_TOKEN=%[5]s
  curl -sS %[1]s/api/signals -H "Authorization: Bearer $ATALAYA_TOKEN"
  echo '%[4]s' | %[6]s alert send --url '%[3]s'

Where to look: %[10]s/inbox shows the messages that your phone would get, with their picture;
the pictures are in %[7]s, the API at %[1]s/docs,
other verbs such as %[6]s user list --env-file %[8]s

Ctrl-C stops everything; the data stays in %[9]s.

`, cfg.PublicURL, cfg.TradingViewURL, u.webhookURL, demoAlert, u.token, os.Args[0], cfg.PicturesDir,
		filepath.Join(d.Data, devSettings), d.Data, cfg.NtfyURL, u.loginLink)
}
