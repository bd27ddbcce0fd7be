package notify

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/auth"
	"atalaya/internal/notify/double"
	"atalaya/internal/pgrun"
	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

const issuer = "http://127.0.0.1/auth/v1"

// world is the program, what it needs and what it talks to.
type world struct {
	binary, folder string
	settings       []string
	secrets        []string // that no log may hold
	tokens         *auth.Issuer

	database *pgrun.Server
	pool     *pgxpool.Pool
	site     *program.Program
	siteURL  string
	web      *program.Program // takes alerts, and is never killed
	webURL   string
	workers  []*program.Program

	telegram *double.Telegram
	discord  *double.Discord
	slack    *double.Slack
	ntfy     *double.Ntfy
	hook     *double.Hook
	mail     *double.Mail
	hookURL  string
	canary   *canary
	killer   *killer
	servers  []*httptest.Server
}

// user is one user of the program, as the outside sees one.
type user struct {
	id, hook, token string
}

func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(b)
}

func (w *world) serve(h http.Handler) string {
	s := httptest.NewServer(h)
	w.servers = append(w.servers, s)
	return s.URL
}

// start starts the doubles, the database, the chart site and the part of the program that takes alerts.
func (w *world) start(ctx context.Context) (err error) {
	w.telegram, w.discord, w.ntfy, w.hook = double.NewTelegram(nil), double.NewDiscord(nil), double.NewNtfy(nil), double.NewHook(nil)
	w.slack, w.canary = double.NewSlack(nil, ""), &canary{}
	w.killer = &killer{next: w.ntfy, arrived: make(chan *arrival)}
	canaryURL := w.serve(w.canary)
	w.canary.url = canaryURL
	w.hookURL = w.serve(redirecting{w.hook, canaryURL})
	if w.mail, err = double.NewMail(double.NewBox(), nil); err != nil {
		return err
	}
	slackURL := w.serve(w.slack)
	w.slack.SetBase(slackURL)
	secret, key := newSecret(), newSecret()
	if w.tokens, err = auth.NewIssuer(issuer, []byte(secret)); err != nil {
		return err
	}
	if w.database, err = pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(w.folder, "postgres")}); err != nil {
		return err
	}
	if w.pool, err = pgxpool.New(ctx, w.database.URL("postgres")); err != nil {
		return err
	}
	w.site = &program.Program{Path: w.binary, Dir: w.folder}
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	w.siteURL, w.site.Args = "http://127.0.0.1:"+port, []string{"chartsite", "--listen", "127.0.0.1:" + port}
	if err := w.site.Start(); err != nil {
		return err
	}
	pictures := filepath.Join(w.folder, "pictures")
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		return err
	}
	w.secrets = []string{secret, key}
	w.settings = []string{
		"HOST=127.0.0.1", "PUBLIC_URL=http://127.0.0.1:1", "METRICS_ADDR=off", "LOG_LEVEL=info", "JWT_ISSUER=" + issuer, "SUPABASE_JWT_SECRET=" + secret, "ENCRYPTION_KEY=" + key,
		"DATABASE_URL=" + w.database.URL("postgres"), "TRADINGVIEW_URL=" + w.siteURL, "PICTURES_DIR=" + pictures, "DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1",
		"FLOOD_LIMIT_PER_MINUTE=100000", "RATE_LIMIT_PER_MINUTE=1000", "RATE_LIMIT_PER_HOUR=10000", "DAILY_LIMIT_FREE=10000", "WORKER_CONCURRENCY=2",
		"TELEGRAM_API_URL=" + w.serve(w.telegram), "DISCORD_API_URL=" + w.serve(w.discord), "SLACK_API_URL=" + slackURL + "/api", "NTFY_URL=" + w.serve(w.killer),
		"SMTP_URL=smtp://" + w.mail.Addr(), "MAIL_FROM=Atalaya <alerts@example.com>",
		"NOTIFY_EXTRA_HOSTS=" + strings.TrimPrefix(w.hookURL, "http://"),
	}
	migrate := &program.Program{Path: w.binary, Args: []string{"migrate"}, Env: w.settings, Dir: w.folder}
	if err := migrate.Start(); err != nil {
		return err
	}
	<-migrate.Exited()
	if err := migrate.Terminate(time.Second); err != nil {
		return fmt.Errorf("migrate: %w: %s", err, migrate.Output())
	}
	if w.web, w.webURL, err = w.newProcess("web"); err != nil {
		return err
	}
	if err := w.web.Start(); err != nil {
		return err
	}
	return w.web.Ready(ctx, w.webURL+"/readyz")
}

// newProcess makes one more process of the program, and does not start it.
func (w *world) newProcess(roles string) (p *program.Program, url string, err error) {
	port, err := program.FreePort()
	if err != nil {
		return nil, "", err
	}
	url = "http://127.0.0.1:" + port
	env := append(append([]string{}, w.settings...), "PORT="+port, "PUBLIC_URL="+url)
	return &program.Program{Path: w.binary, Args: []string{"serve", "--roles", roles}, Env: env, Dir: w.folder}, url, nil
}

// addWorkers starts replicas that send.
func (w *world) addWorkers(n int) error {
	for range n {
		p, _, err := w.newProcess("worker")
		if err != nil {
			return err
		}
		w.workers = append(w.workers, p)
		if err := p.Start(); err != nil {
			return err
		}
	}
	return nil
}

// stop ends everything that was started.
func (w *world) stop() {
	for _, p := range append(w.workers, w.web, w.site) {
		if p != nil {
			_ = p.Terminate(40 * time.Second)
		}
	}
	if w.pool != nil {
		w.pool.Close()
	}
	if w.database != nil {
		_ = w.database.Stop()
	}
	if w.mail != nil {
		w.mail.Close()
	}
	for _, s := range w.servers {
		s.CloseClientConnections()
		s.Close()
	}
}

// logs returns what the program printed.
func (w *world) logs() string {
	text := w.web.Output()
	for _, p := range w.workers {
		text += p.Output()
	}
	return text
}

func (w *world) lastLogs() string {
	if w.web == nil {
		return ""
	}
	text := w.logs()
	return text[max(0, len(text)-6000):]
}

func (w *world) counts() []double.Counts {
	return []double.Counts{w.telegram.Counts(), w.discord.Counts(), w.slack.Counts(), w.ntfy.Counts(), w.hook.Counts()}
}

// newUser makes a user whose alerts need no picture.
func (w *world) newUser(ctx context.Context) (u user, err error) {
	err = w.pool.QueryRow(ctx, "insert into auth.users (email) values ($1) returning id::text", strings.ToLower(rand.Text())+"@example.com").Scan(&u.id)
	if err != nil {
		return u, err
	}
	var token string
	err = w.pool.QueryRow(ctx, "update public.trading_signals_config set capture_enabled = false where user_id = $1 returning webhook_token", u.id).Scan(&token)
	if err != nil {
		return u, err
	}
	u.hook = w.webURL + "/webhook/" + token
	w.secrets = append(w.secrets, token)
	u.token, err = w.tokens.Token(atalaya.UserID(u.id), u.id+"@example.com", time.Hour)
	return u, err
}

// alert sends an alert of a user.
func (w *world) alert(ctx context.Context, u user, ticker string) (signal string, err error) {
	return w.send(ctx, u, map[string]any{"ticker": ticker, "price": 67890.5, "direction": "LONG", "indicator": "Acceptance"})
}

// send sends an alert as TradingView does: again after a 503, three times at most, five seconds apart. A busy
// machine answers one now and then.
func (w *world) send(ctx context.Context, u user, alert map[string]any) (signal string, err error) {
	for attempt := 1; ; attempt++ {
		status, answer, err := web.Ask(ctx, http.MethodPost, u.hook, "", alert)
		switch {
		case err == nil && status == http.StatusOK:
			signal, _ = answer["signal_id"].(string)
			return signal, nil
		case err != nil || status != http.StatusServiceUnavailable || attempt > 3:
			return "", fmt.Errorf("the webhook answered %d %v: %w", status, answer, err)
		}
		select {
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// channel makes a channel by the API.
func (w *world) channel(ctx context.Context, u user, kind, secret, mode string, settings map[string]any) (id string, err error) {
	body := map[string]any{"kind": kind, "settings": settings, "mode": mode}
	if secret != "" {
		body["secret"] = secret
		w.secrets = append(w.secrets, secret)
	}
	status, answer, err := web.Ask(ctx, http.MethodPost, w.webURL+"/api/channels", u.token, body)
	if err != nil || status != http.StatusOK {
		return "", fmt.Errorf("the API answered %d %v to a channel of kind %s: %w", status, answer, kind, err)
	}
	if shown, ok := answer["secret"].(string); ok {
		w.secrets = append(w.secrets, shown)
	}
	data, _ := answer["data"].(map[string]any)
	id, _ = data["id"].(string)
	return id, nil
}

// settled waits until nothing of the outbox is still to be sent.
func (w *world) settled(ctx context.Context, patience time.Duration) error {
	left := ""
	err := wait.Until(ctx, patience, "everything is sent", func() (bool, error) {
		err := w.pool.QueryRow(ctx, `select coalesce(string_agg(d, '; '), '') from (select concat_ws(' ', c.kind, n.state, n.code, count(*)) as d
			from public.notifications n join public.notification_channels c on c.id = n.channel_id
			where n.state in ('waiting', 'ready', 'sending') or n.picture = 'owed' group by c.kind, n.state, n.code) x`).Scan(&left)
		return left == "", err
	})
	if err != nil {
		return fmt.Errorf("%w; left: %s", err, left)
	}
	return nil
}
