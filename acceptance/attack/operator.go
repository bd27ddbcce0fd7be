package attack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atalaya/internal/test/wait"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// operators are attacks that an operator's mistake or another program in the database makes possible.
func operators() []attempt {
	return []attempt{
		{"a sender that TRADINGVIEW_IPS does not name keeps its delivery", func(ctx context.Context, w *world) error { return w.refusedSender(ctx) }},
		{"old policies on storage.objects", func(ctx context.Context, w *world) error { return w.oldPolicies(ctx) }},
		{"another user's picture in a row", func(ctx context.Context, w *world) error { return w.plantedPath(ctx) }},
		{"another ENCRYPTION_KEY", func(ctx context.Context, w *world) error { return w.wrongKey(ctx) }},
		{"no sandbox for the browser", func(ctx context.Context, w *world) error { return w.noSandbox(ctx) }},
		{"a user that another transaction keeps locked", func(ctx context.Context, w *world) error { return w.lockedUser(ctx) }},
		{"anon reads tables", func(ctx context.Context, w *world) error {
			for _, table := range []string{"trading_signals", "trading_signals_config", "trading_signals_stats", "webhook_deliveries", "alert_keys", "plans"} {
				if err := w.as(ctx, "anon", "select * from public."+table+" limit 1"); err == nil {
					return fmt.Errorf("%w: anon reads %s", errLeak, table)
				}
			}
			return nil
		}},
	}
}

// as runs a statement as a role of the Data API.
func (w *world) as(ctx context.Context, role, statement string) error {
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local role "+role); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, statement)
		return err
	})
}

func (w *world) refusedSender(ctx context.Context) error {
	a, err := ask(ctx, w.second, request{method: http.MethodPost, path: w.attacker.hook, body: w.body(), from: "127.0.0.8"})
	if err != nil {
		return err
	}
	if err := a.is(http.StatusForbidden); err != nil {
		return err
	}
	var kept int
	if err := w.pool.QueryRow(ctx, "select count(*) from webhook_deliveries where user_id = $1 and outcome = 'refused_sender' and body is not null", w.attacker.id).Scan(&kept); err != nil || kept == 0 {
		return fmt.Errorf("no delivery is kept: %w", err)
	}
	err = wait.Until(ctx, 30*time.Second, "/health warns of it and stays healthy", func() (bool, error) {
		a, err := ask(ctx, w.second, request{path: "/health"})
		var health struct {
			Status   string
			Warnings []string
		}
		return err == nil && json.Unmarshal([]byte(a.body), &health) == nil && health.Status == "healthy" && slices.Contains(health.Warnings, "senders_refused"), nil
	})
	if err == nil && !strings.Contains(w.second.Output(), "TRUSTED_PROXIES") {
		err = fmt.Errorf("the log does not warn")
	}
	return err
}

func (w *world) oldPolicies(ctx context.Context) error {
	if _, err := w.pool.Exec(ctx, `
		alter table storage.objects enable row level security;
		grant all on storage.objects to anon, authenticated;
		drop policy if exists "Public read" on storage.objects;
		create policy "Public read" on storage.objects for all to public using (true) with check (true);
		insert into storage.objects (bucket_id, name) values ('trading-screenshots', 'victim/secret.png')`); err != nil {
		return err
	}
	for _, role := range []string{"anon", "authenticated"} {
		if err := w.as(ctx, role, "insert into storage.objects (bucket_id, name) values ('trading-screenshots', 'victim/planted.png')"); err == nil {
			return fmt.Errorf("%w: %s uploads", errLeak, role)
		}
		if err := w.as(ctx, role, "do $$ begin if exists (select from storage.objects where bucket_id = 'trading-screenshots') then raise 'seen'; end if; end $$"); err != nil {
			return fmt.Errorf("%w: %s lists: %w", errLeak, role, err)
		}
	}
	return nil
}

// plantedPath tries to make a row of the attacker's name a picture of the victim's. No statement can write that,
// not even one of the service. Package api tests that such a row gets no signed address.
func (w *world) plantedPath(ctx context.Context) error {
	own, err := w.signal(ctx, w.attacker)
	if err != nil {
		return err
	}
	var path string
	if err := w.pool.QueryRow(ctx, "select screenshot_path from trading_signals where user_id = $1 and screenshot_status = 'completed' limit 1", w.victim.id).Scan(&path); err != nil {
		return err
	}
	_, err = w.pool.Exec(ctx, "update trading_signals set screenshot_path = $2, screenshot_url = null, screenshot_status = 'completed' where id = $1", own, path)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23514" {
		return nil
	}
	return fmt.Errorf("%w: the row names it: %w", errLeak, err)
}

// wrongKey starts the program with a key that opens none of the stored cookies.
func (w *world) wrongKey(ctx context.Context) error {
	p, err := w.serve("web", append(w.settings[1:], "ENCRYPTION_KEY="+newSecret())...)
	if err != nil {
		return err
	}
	select {
	case <-p.Exited():
	case <-time.After(30 * time.Second):
		_ = p.stop()
		return fmt.Errorf("the program starts with a wrong key")
	case <-ctx.Done():
		return ctx.Err()
	}
	if !strings.Contains(p.Output(), "ENCRYPTION_KEYS_OLD") {
		return fmt.Errorf("the program says %.300s", p.Output())
	}
	return nil
}

// noSandbox serves a site of the internet with a browser that cannot have a sandbox.
func (w *world) noSandbox(ctx context.Context) error {
	browser := filepath.Join(w.folder, "browser-without-sandbox")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\necho 'FATAL: No usable sandbox! Update your kernel' >&2\nexit 1\n"), 0o755); err != nil { //nolint:gosec // it is run
		return err
	}
	p, err := w.serve("web,worker", append(w.settings, "TRADINGVIEW_URL=https://www.tradingview.com", "PUPPETEER_EXECUTABLE_PATH="+browser)...)
	if err != nil {
		return err
	}
	defer func() { _ = p.stop() }()
	if err := p.ready(ctx, "/readyz"); err != nil {
		return err
	}
	if !strings.Contains(p.Output(), "no captures are taken") {
		return fmt.Errorf("the log does not say that the sandbox is missing: %.500s", p.Output())
	}
	a, err := ask(ctx, p, request{path: "/health"})
	if err == nil && !strings.Contains(a.body, "sandbox_missing") {
		err = fmt.Errorf("/health does not say that the sandbox is missing: %s", a.body)
	}
	return err
}

// lockedUser keeps the attacker's settings locked. The victim's alerts must still be accepted.
func (w *world) lockedUser(ctx context.Context) error {
	tx, err := w.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, "select from trading_signals_config where user_id = $1 for update", w.attacker.id); err != nil {
		return err
	}
	for range 3 {
		go func() {
			_, _ = ask(ctx, w.main, request{method: http.MethodPost, path: w.attacker.hook, body: w.body()})
		}()
		if err := wait.Until(ctx, 30*time.Second, "the victim's alert is taken", func() (bool, error) { return w.alert(ctx) == nil, nil }); err != nil {
			return err
		}
	}
	return nil
}
