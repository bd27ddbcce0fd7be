package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

// canary counts requests to an address that must never be reached.
type canary struct {
	url  string
	hits atomic.Int64
}

// ServeHTTP implements http.Handler.
func (c *canary) ServeHTTP(http.ResponseWriter, *http.Request) { c.hits.Add(1) }

// redirecting is the receiver of webhooks with a path that redirects to the canary.
type redirecting struct {
	next http.Handler
	to   string
}

// ServeHTTP implements http.Handler.
func (d redirecting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/redirect" {
		http.Redirect(w, r, d.to, http.StatusTemporaryRedirect)
		return
	}
	d.next.ServeHTTP(w, r)
}

// capture sends messages about real charts: in one piece, as a text to which the picture is added, and as a text
// that says why there is none.
func (r *run) capture(ctx context.Context) error {
	u, err := r.newUser(ctx)
	if err != nil {
		return err
	}
	session := chartsite.NewSession("notify")
	r.secrets = append(r.secrets, session.ID, session.Sign)
	configure := func(chart string) error {
		status, answer, err := web.Ask(ctx, http.MethodPut, r.webURL+"/api/config", u.token, map[string]any{
			"default_chart_id": chart, "tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign, "capture_enabled": true,
		})
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("the settings answered %d %v", status, answer)
		}
		return err
	}
	if err := configure("Zk4Tq9Lm"); err != nil {
		return err
	}
	bot := "900:" + newSecret()
	r.telegram.AddBot(bot, "pictures")
	r.telegram.AddChat("900")
	if _, err := r.channel(ctx, u, "ntfy", "", "together", map[string]any{"topic": "pictures"}); err != nil {
		return err
	}
	if _, err := r.channel(ctx, u, "telegram", bot, "asap", map[string]any{"chat_id": "900"}); err != nil {
		return err
	}
	var took []time.Duration
	for i := range r.opt.Captures {
		t, err := r.captureOne(ctx, u, ticker(900_000+i))
		if err != nil {
			return err
		}
		took = append(took, t)
	}
	slices.Sort(took)
	if len(took) > 0 {
		r.result.P95MS = float64(took[(len(took)*95+99)/100-1].Microseconds()) / 1000
	}
	if err := configure("private"); err != nil {
		return err
	}
	if _, err := r.alert(ctx, u, ticker(990_000)); err != nil {
		return err
	}
	if err := r.settled(ctx, 3*time.Minute); err != nil {
		return err
	}
	for _, m := range append(messagesTo(r.ntfy.Box, "pictures"), messagesTo(r.telegram.Box, "900")...) {
		if strings.Contains(m.Text, ticker(990_000)) && (m.Picture != nil || !strings.Contains(m.Text, "no picture: the chart is not shared")) {
			r.result.WrongPictures++
			r.say("a text without a picture does not say why: %q", m.Text)
		}
	}
	return nil
}

// captureOne sends an alert and compares the pictures that arrived with the stored one. It returns the time
// from the capture's completion to the message that waited for it.
func (r *run) captureOne(ctx context.Context, u user, ticker string) (took time.Duration, err error) {
	id, err := r.alert(ctx, u, "BINANCE:"+ticker)
	if err != nil {
		return 0, err
	}
	if err := r.settled(ctx, 3*time.Minute); err != nil {
		return 0, err
	}
	var path string
	var completed time.Time
	err = r.pool.QueryRow(ctx, `select coalesce(screenshot_path, screenshot_status || ' ' || coalesce(screenshot_error, '')), updated_at from public.trading_signals where id = $1`, id).Scan(&path, &completed)
	if err != nil {
		return 0, err
	}
	stored, err := web.Read(ctx, r.webURL+"/pictures/"+path, "")
	if err != nil {
		return 0, fmt.Errorf("the picture %s: %w", path, err)
	}
	found := 0
	for _, m := range append(messagesTo(r.ntfy.Box, "pictures"), messagesTo(r.telegram.Box, "900")...) {
		if !strings.Contains(m.Text, ticker) {
			continue
		}
		found++
		if m.Service == "ntfy" {
			took = m.At.Sub(completed)
		}
		if bytes.Equal(m.Picture, stored) {
			r.result.Pictures++
			continue
		}
		r.result.WrongPictures++
		r.say("%s shows %d bytes instead of the %d that are stored", m.Service, len(m.Picture), len(stored))
	}
	if found != 2 {
		return 0, fmt.Errorf("%d messages about %s, want one of each channel", found, ticker)
	}
	return took, nil
}

// refuse makes channels answer with a final error. Each must get one request, and its owner must be told through
// another channel.
func (r *run) refuse(ctx context.Context) error {
	bot, gone, archived := "901:"+newSecret(), newSecret(), "T9999/B9999/"+newSecret()[:24]
	r.telegram.AddBot(bot, "refused")
	r.telegram.AddChat("901")
	r.telegram.AddChat("902")
	r.telegram.Refuse("901", http.StatusForbidden, "Forbidden: bot was blocked by the user")
	r.telegram.Refuse("902", http.StatusForbidden, "Forbidden: bot was kicked from the group chat")
	r.slack.Refuse(archived, "channel_is_archived")
	for i, c := range []struct {
		kind, secret, code string
		settings           map[string]any
	}{
		{"telegram", bot, "blocked", map[string]any{"chat_id": "901"}}, {"telegram", bot, "kicked", map[string]any{"chat_id": "902"}},
		{"discord", "https://discord.com/api/webhooks/99/" + gone, "webhook_gone", map[string]any{}}, {"slack", "https://hooks.slack.com/services/" + archived, "channel_is_archived", map[string]any{}},
	} {
		u, err := r.newUser(ctx)
		if err != nil {
			return err
		}
		id, err := r.channel(ctx, u, c.kind, c.secret, "asap", c.settings)
		if err != nil {
			return err
		}
		topic := fmt.Sprint("elsewhere-", i)
		if _, err := r.channel(ctx, u, "ntfy", "", "asap", map[string]any{"topic": topic}); err != nil {
			return err
		}
		if _, err := r.alert(ctx, u, ticker(980_000+i)); err != nil {
			return err
		}
		err = wait.Until(ctx, 2*time.Minute, "the broken channel is told elsewhere", func() (bool, error) {
			texts := ""
			for _, m := range messagesTo(r.ntfy.Box, topic) {
				texts += m.Title + m.Text
			}
			return strings.Contains(texts, ticker(980_000+i)) && strings.Contains(strings.ToLower(texts), "your "+c.kind+" channel does not accept messages any more"), nil
		})
		if err != nil {
			return err
		}
		var status, code string
		var attempts int
		err = r.pool.QueryRow(ctx, `select c.status, c.code, n.attempts from public.notification_channels c join public.notifications n on n.channel_id = c.id where c.id = $1`, id).Scan(&status, &code, &attempts)
		if err != nil || status != "broken" || code != c.code || attempts != 1 {
			return fmt.Errorf("the channel of kind %s is %s, %s after %d requests, want broken, %s after one: %w", c.kind, status, code, attempts, c.code, err)
		}
		r.result.Refusals++
	}
	return nil
}

// forbidden returns addresses that the program must never call.
func (r *run) forbidden() []string {
	port := r.canary.url[strings.LastIndexByte(r.canary.url, ':')+1:]
	list := []string{
		"https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://[::1]/", "https://[fd00::1]/", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/",
		"https://localhost/", "https://localhost./", "https://internal/", "https://user:pass@example.com/", "https://example.com:8443/", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https:///",
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "example.com@127.0.0.1", "127.0.0.1.", "%31%32%37.0.0.1"} {
		list = append(list, "http://"+host+":"+port+"/", "https://"+host+":"+port+"/")
	}
	return list
}

// attack tries to make the program call addresses that only it can reach.
func (r *run) attack(ctx context.Context) error {
	u, err := r.newUser(ctx)
	if err != nil {
		return err
	}
	for _, kind := range []string{"webhook", "ntfy"} {
		for _, address := range r.forbidden() {
			r.result.SSRFTried++
			status, _, err := web.Ask(ctx, http.MethodPost, r.webURL+"/api/channels", u.token, map[string]any{"kind": kind, "settings": map[string]any{"url": address, "topic": "t"}})
			if err != nil {
				return err
			}
			if status != http.StatusUnprocessableEntity {
				r.result.SSRFAllowed++
				r.say("%s may have the address %s: %d", kind, address, status)
			}
		}
	}
	r.result.SSRFTried++
	id, err := r.channel(ctx, u, "webhook", "", "together", map[string]any{"url": r.hookURL + "/redirect"})
	if err != nil {
		return err
	}
	status, answer, err := web.Ask(ctx, http.MethodPost, r.webURL+"/api/channels/"+id+"/test", u.token, nil)
	if err != nil || status != http.StatusOK || answer["code"] != "redirected" {
		return errors.Join(err, fmt.Errorf("a redirect is answered %d %v", status, answer))
	}
	r.result.SSRFAllowed += int(r.canary.hits.Load())
	return nil
}
