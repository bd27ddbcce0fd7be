package acceptance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"atalaya/internal/test/program"
)

// DashboardParts are the names of what RunDashboard does, in its order.
func DashboardParts() []string { return []string{"screens", "demo", "sign-in"} }

// parts are the parts of RunDashboard by name.
var parts = map[string]func(*run, context.Context, string) error{
	"screens": (*run).dashboard, "demo": (*run).demonstration, "sign-in": (*run).signIn,
}

// RunDashboard starts everything on this machine, as `make run` does, and drives the dashboard in a real browser.
// Then it looks at a new folder's demo data, and tries the sign-in at Supabase. The browser writes pictures to the
// folder pictures; "" takes none. only names one of DashboardParts; "" runs all.
func RunDashboard(ctx context.Context, opt Options, pictures, only string) (Result, error) {
	if pictures != "" {
		var err error
		if pictures, err = filepath.Abs(pictures); err != nil {
			return Result{}, err
		}
	}
	names := DashboardParts()
	if only != "" {
		names = []string{only}
	}
	return begin(ctx, opt, func(r *run, ctx context.Context) error {
		for _, name := range names {
			part, ok := parts[name]
			if !ok {
				return fmt.Errorf("the dashboard's run has no part %q", name)
			}
			if err := part(r, ctx, pictures); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *run) dashboard(ctx context.Context, pictures string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	data := filepath.Join(r.folder, "data")
	at := "http://127.0.0.1:" + port
	if err := r.start(ctx, at+"/readyz", []string{"LOG_LEVEL=warn"}, r.opt.Binary, "dev", "--no-demo-data", "--data", data, "--port", port); err != nil {
		return err
	}
	settings := filepath.Join(data, "dev.env")
	if err := r.manySignals(ctx, settings); err != nil {
		return err
	}
	told := struct {
		App      string `json:"app"`
		Link     string `json:"link"`
		ManyLink string `json:"manyLink"` // of the user with manySignals
		Pictures string `json:"pictures"`
		Slack    int    `json:"slack"` // multiplies the bounds of time
	}{App: at + "/app/", Pictures: pictures, Slack: max(1, r.opt.Slack)}
	if told.Link, err = r.loginLink(ctx, settings, "demo@localhost"); err != nil {
		return err
	}
	if told.ManyLink, err = r.loginLink(ctx, settings, manyUser); err != nil {
		return err
	}
	return r.script(ctx, "web/dashboard/drive.mjs", told)
}

func (r *run) loginLink(ctx context.Context, settings, user string) (string, error) {
	link, err := r.command(ctx, nil, r.opt.Binary, "user", "login", user, "--env-file", settings)
	return strings.TrimSpace(link), err
}

const manyUser = "many@localhost"

// manySignals makes a user with a hundred thousand decided signals. The newest is a row of the Node service, with a page
// of TradingView's for a picture.
func (r *run) manySignals(ctx context.Context, settings string) error {
	if _, err := r.command(ctx, nil, r.opt.Binary, "user", "create", manyUser, "--env-file", settings); err != nil {
		return err
	}
	database, err := databaseOf(settings)
	if err != nil {
		return err
	}
	err = execute(ctx, database, `
		insert into public.trading_signals (user_id, ticker, exchange, symbol, price, direction, interval, indicator_name,
			screenshot_url, screenshot_status, screenshot_error, result, profit_loss, raw_message, parse_status, timestamp, created_at, updated_at)
		select u.id, case when n = 0 then 'NYSE:OLD' else 'NASDAQ:T' || n % 40 end, 'NASDAQ', 'T' || n % 40, 100 + n % 900, case n % 2 when 0 then 'LONG' else 'SHORT' end, '60', 'Trend ' || n % 7,
			case when n = 0 then 'https://www.tradingview.com/x/AbCd1234/' end, case when n = 0 then 'completed' else 'skipped' end, case when n > 0 then 'no_chart' end,
			(array['win', 'loss', 'breakeven'])[1 + n % 3], (array[12.5, -7.25, 0])[1 + n % 3], '{"n":' || n || '}', 'json', at, at, at
		from auth.users u, generate_series(0, 99999) n cross join lateral (select now() - n * interval '7 minutes' as at) t
		where u.email = $1`, manyUser)
	if err != nil {
		return err
	}
	return execute(ctx, database, "vacuum analyze public.trading_signals") // as autovacuum does within minutes
}

// databaseOf returns DATABASE_URL of the settings that atalaya dev keeps.
func databaseOf(settings string) (string, error) {
	text, err := os.ReadFile(settings)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if quoted, ok := strings.CutPrefix(strings.TrimSpace(line), "DATABASE_URL="); ok {
			return strconv.Unquote(quoted)
		}
	}
	return "", fmt.Errorf("%s has no DATABASE_URL", settings)
}
