package attack

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// users are attacks of one user on another, and on the service.
func users() []attempt {
	var list []attempt
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/api/signals/$signal", ""}, {"PUT", "/api/signals/$signal", `{"result":"loss"}`}, {"PATCH", "/api/signals/$signal", `{"notes":"mine"}`},
		{"DELETE", "/api/signals/$signal", ""}, {"POST", "/api/signals/$signal/screenshot", ""}, {"POST", "/api/deliveries/$delivery/replay", ""},
	} {
		list = append(list, attempt{"another user's: " + c.method + " " + c.path, func(ctx context.Context, w *world) error { return w.reach(ctx, c.method, c.path, c.body) }})
	}
	for _, path := range []string{"/pictures/../../etc/passwd", "/pictures/%2e%2e/%2e%2e/etc/passwd", "/pictures/$victim/..%2f..%2fetc%2fpasswd", "/pictures/$victim/", "/pictures/$victim"} {
		list = append(list, attempt{"out of the pictures: " + path, func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{path: strings.ReplaceAll(path, "$victim", w.victim.id)})
			if err == nil && (a.status == http.StatusOK || strings.Contains(a.body, "root:")) {
				err = fmt.Errorf("%w: %d %.100s", errLeak, a.status, a.body)
			}
			return err
		}})
	}
	for _, zone := range []string{"localtime", "Factory", "posix/UTC", "right/UTC", "posixrules", "../../etc/passwd", "'; drop table x; --"} {
		list = append(list, attempt{"a time zone " + zone, func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{method: "PUT", path: "/api/config", token: w.attacker.token, body: fmt.Sprintf(`{"preferred_timezone":%q}`, zone)})
			if err != nil {
				return err
			}
			return a.is(http.StatusUnprocessableEntity)
		}})
	}
	return append(list, accounts()...)
}

// accounts are attacks with and on accounts.
func accounts() []attempt {
	return []attempt{
		{"a search that is SQL", func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{path: "/api/signals?q=" + url.QueryEscape("%' or '1'='1") + "&ticker=" + url.QueryEscape("'||(select webhook_token from trading_signals_config limit 1)||'"), token: w.attacker.token})
			if err != nil {
				return err
			}
			if strings.Contains(a.body, w.victim.id) {
				return fmt.Errorf("%w: %.200s", errLeak, a.body)
			}
			return a.is(http.StatusOK)
		}},
		{"an X-Forwarded-For of nobody's proxy", func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.second, request{method: http.MethodPost, path: w.attacker.hook, body: w.body(), from: "127.0.0.8", header: http.Header{"X-Forwarded-For": {"52.89.214.238"}}})
			if err != nil {
				return err
			}
			return a.is(http.StatusForbidden)
		}},
		{"the webhook tells no user id", func(ctx context.Context, w *world) error {
			a, err := ask(ctx, w.main, request{path: w.victim.hook})
			if err == nil && strings.Contains(a.body, w.victim.id) {
				err = fmt.Errorf("%w: %s", errLeak, a.body)
			}
			return err
		}},
		{"a deleted user's stream", func(ctx context.Context, w *world) error {
			return w.gone(ctx, "deleted", "delete from auth.users where id = $1")
		}},
		{"a softly deleted user's stream", func(ctx context.Context, w *world) error {
			return w.gone(ctx, "softly", "update auth.users set deleted_at = now() where id = $1")
		}},
		{"cookies of an impossible form are not valid", func(ctx context.Context, w *world) error {
			var u user
			if err := w.addUser(ctx, "impossible", &u); err != nil {
				return err
			}
			a, err := ask(ctx, w.main, request{method: "PUT", path: "/api/config", token: u.token, body: `{"tv_sessionid_plain":"tu_sessionid","tv_sessionid_sign_plain":"tu_sessionid_sign"}`})
			if err == nil && (a.status != http.StatusOK || !strings.Contains(a.body, `"cookies_valid":false`)) {
				err = fmt.Errorf("%d %.300s", a.status, a.body)
			}
			return err
		}},
	}
}

// reach tries a route on something of the victim's.
func (w *world) reach(ctx context.Context, method, path, body string) error {
	id, err := w.signal(ctx, w.victim)
	if err != nil {
		return err
	}
	var delivery string
	if err := w.pool.QueryRow(ctx, "select id from webhook_deliveries where user_id = $1 limit 1", w.victim.id).Scan(&delivery); err != nil {
		return err
	}
	path = strings.NewReplacer("$signal", id, "$delivery", delivery).Replace(path)
	a, err := ask(ctx, w.main, request{method: method, path: path, token: w.attacker.token, body: body})
	if err != nil {
		return err
	}
	if a.status < 300 {
		return fmt.Errorf("%w: %d %.200s", errLeak, a.status, a.body)
	}
	return a.is(http.StatusNotFound)
}

// gone deletes a user whose stream is open: it ends, and no other opens.
func (w *world) gone(ctx context.Context, name, statement string) error {
	var u user
	if err := w.addUser(ctx, name, &u); err != nil {
		return err
	}
	if _, err := w.pool.Exec(ctx, "alter table auth.users add column if not exists deleted_at timestamptz"); err != nil {
		return err
	}
	conn, err := dial(ctx, w.main, "")
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(40 * time.Second)) // it ends within seconds on an idle machine
	fmt.Fprintf(conn, "GET /api/signals/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", u.token)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the stream was answered %d", res.StatusCode)
	}
	if _, err := w.pool.Exec(ctx, statement, u.id); err != nil {
		return err
	}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); { // until it ends
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a, err := ask(ctx, w.main, request{path: "/api/signals/stream", token: u.token})
	if err == nil && a.status < 400 {
		err = fmt.Errorf("a new stream opens: %d", a.status)
	}
	if err != nil {
		return err
	}
	if a, err = ask(ctx, w.main, request{method: http.MethodPost, path: u.hook, body: w.body()}); err == nil {
		err = a.is(http.StatusUnauthorized)
	}
	return err
}
