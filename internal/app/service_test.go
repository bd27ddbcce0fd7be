package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/auth"
	"atalaya/internal/chartsite"
	"atalaya/internal/config"
	"atalaya/internal/doctor"
	"atalaya/internal/test/journal"
	"atalaya/internal/test/testkit"
)

// patience is how long a test waits for what must happen.
const patience = 90 * time.Second

// startSite runs the demo chart site and returns its address.
func startSite(t *testing.T) string {
	t.Helper()
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site.Handler())
	t.Cleanup(func() { site.Close(); server.Close() })
	return server.URL
}

// examine returns the doctor's findings by part.
func examine(ctx context.Context, cfg config.Config) map[string][]doctor.Finding {
	found := make(map[string][]doctor.Finding)
	for f := range doctor.Examine(ctx, cfg, slog.New(slog.DiscardHandler)) {
		found[f.Part] = append(found[f.Part], f)
	}
	return found
}

// expect fails the test unless a finding of the part has the severity and contains every text.
func expect(t *testing.T, found map[string][]doctor.Finding, severity doctor.Severity, part string, texts ...string) {
	t.Helper()
	fits := func(f doctor.Finding) bool {
		return f.Severity == severity && !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(f.Text, text) })
	}
	if !slices.ContainsFunc(found[part], fits) {
		t.Errorf("no finding of severity %d on %s says %q; there are %+v", severity, part, texts, found[part])
	}
}

// service is a running service with one user who has stored cookies.
type service struct {
	cfg    config.Config
	log    *journal.Log
	client *http.Client
	hook   string // webhook URL
	token  string // access token
	sent   int    // alerts
	ended  chan error
	cancel context.CancelFunc
}

// launch starts a service, which is stopped with the test.
func launch(t *testing.T, cfg config.Config) *service {
	t.Helper()
	s := &service{cfg: cfg, log: &journal.Log{}, ended: make(chan error, 1), client: &http.Client{Transport: &http.Transport{}}}
	a, err := app.New(cfg, app.Roles{Web: true, Worker: true}, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() { s.ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		s.stop(t)
		if t.Failed() {
			t.Log(s.log.String())
		}
	})
	return s
}

// run starts a service and waits until it is ready.
func run(t *testing.T, cfg config.Config) *service {
	t.Helper()
	s := launch(t, cfg)
	s.await(t, "the service is ready", s.ready)
	return s
}

func (s *service) ready() bool {
	status, _, err := s.call(http.MethodGet, "/readyz", nil)
	return err == nil && status == http.StatusOK
}

// stop ends the service and fails if it did not end well. A second call does nothing.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.cancel = nil
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("the service ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the service does not stop")
	}
	s.client.CloseIdleConnections()
}

// await polls until ok returns true, and fails the test if the service ends before.
func (s *service) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("this did not happen: %s\n%s", what, s.log.String())
		case err := <-s.ended:
			s.ended <- err
			t.Fatalf("the service ended before this happened: %s: %v\n%s", what, err, s.log.String())
		case <-tick.C:
		}
	}
}

// call sends a request to a path of the service or to a whole URL.
func (s *service) call(method, address string, body any) (status int, answer []byte, err error) {
	if strings.HasPrefix(address, "/") {
		address = s.cfg.PublicURL + address
	}
	var reader io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, reader)
	if err != nil {
		return 0, nil, err
	}
	if u, err := url.Parse(address); err == nil && strings.HasPrefix(u.Path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+s.token)
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	answer, err = io.ReadAll(res.Body)
	return res.StatusCode, answer, errors.Join(err, res.Body.Close())
}

// get sends a request and decodes the answer, which has to be 200.
func (s *service) get(t *testing.T, method, address string, body, into any) {
	t.Helper()
	status, answer, err := s.call(method, address, body)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s %s: %d %s %v", method, strings.ReplaceAll(address, s.hook, "the webhook"), status, answer, err)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
}

// signUp creates a user with a chart. The user stores the cookies of a session of the demo site unless the session is
// zero.
func (s *service) signUp(t *testing.T, pool *pgxpool.Pool, session atalaya.TVSession) {
	t.Helper()
	user := testkit.User(t, pool)
	issuer, err := auth.NewIssuer(s.cfg.JWTIssuer, []byte(s.cfg.JWTSecret.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	if s.token, err = issuer.Token(user, "user@example.com", time.Hour); err != nil {
		t.Fatal(err)
	}
	s.hook = s.cfg.PublicURL + "/webhook/" + testkit.Token(t, pool, user).Reveal()
	s.configure(t, map[string]any{"default_chart_id": "Zk4Tq9Lm", "screenshot_resolution": "720p"})
	if !session.IsZero() {
		s.configure(t, map[string]any{"tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign})
	}
}

// configure changes the user's settings through the API.
func (s *service) configure(t *testing.T, settings map[string]any) {
	t.Helper()
	var answer struct{}
	s.get(t, http.MethodPut, "/api/config", settings, &answer)
}

func TestAnOwnerAsksWhetherTheSessionIsAlive(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	site, err := chartsite.New(chartsite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site.Handler())
	t.Cleanup(func() { site.Close(); server.Close() })
	s := run(t, testkit.Settings(t, pool, map[string]string{"TRADINGVIEW_URL": server.URL}))
	s.signUp(t, pool, atalaya.TVSession{})
	if status, answer, err := s.call(http.MethodPost, "/api/config/cookies/check", nil); err != nil || status != http.StatusConflict {
		t.Errorf("without cookies: %d %s %v, want 409", status, answer, err)
	}
	session := chartsite.NewSession("ana")
	s.configure(t, map[string]any{"tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign})
	check := func(state string, valid bool) {
		t.Helper()
		var answer struct {
			Success bool
			Message string
			Data    struct {
				State        string     `json:"state"`
				CookiesValid bool       `json:"cookies_valid"`
				CheckedAt    *time.Time `json:"checked_at"`
			}
		}
		s.await(t, "the site says "+state, func() bool {
			status, text, err := s.call(http.MethodPost, "/api/config/cookies/check", nil)
			return err == nil && status == http.StatusOK && json.Unmarshal(text, &answer) == nil && answer.Data.State == state
		})
		if !answer.Success || answer.Message == "" || answer.Data.CookiesValid != valid || answer.Data.CheckedAt == nil {
			t.Errorf("%s: %+v", state, answer)
		}
	}
	check("alive", true)
	site.Expire(session)
	// An answer is good for a minute.
	if _, err := pool.Exec(t.Context(), "update cookie_checks set checked_at = checked_at - interval '1 minute'"); err != nil {
		t.Fatal(err)
	}
	check("expired", false)
	fresh := chartsite.NewSession("ana again")
	s.configure(t, map[string]any{"tv_sessionid_plain": fresh.ID, "tv_sessionid_sign_plain": fresh.Sign})
	check("alive", true)
}

// receipt is the webhook's answer.
type receipt struct {
	Message          string `json:"message"`
	SignalID         string `json:"signal_id"`
	ScreenshotQueued bool   `json:"screenshot_queued"`
}

// send sends an alert that differs from all before: the same one again would be a repeat.
func (s *service) send(t *testing.T) receipt {
	t.Helper()
	var r receipt
	s.sent++
	s.get(t, http.MethodPost, s.hook, map[string]any{"ticker": "BINANCE:BTCUSDT", "price": 67890 + s.sent, "direction": "LONG", "interval": "60"}, &r)
	return r
}

// signal holds what tests read of the API's answer about a signal.
type signal struct {
	Status string `json:"screenshot_status"`
	Error  string `json:"screenshot_error"`
	URL    string `json:"screenshot_url"`
	Kind   string `json:"screenshot_kind"`
	Width  int    `json:"screenshot_width"`
	Height int    `json:"screenshot_height"`
}

func (s *service) signal(t *testing.T, id string) signal {
	t.Helper()
	var answer struct{ Data signal }
	s.get(t, http.MethodGet, "/api/signals/"+id, nil, &answer)
	return answer.Data
}

// settled waits until a signal's screenshot has the wanted status. It fails the test if the screenshot ends in another.
func (s *service) settled(t *testing.T, id, want string) signal {
	t.Helper()
	var last signal
	s.await(t, fmt.Sprintf("the screenshot is %s", want), func() bool {
		last = s.signal(t, id)
		if last.Status != want && (last.Status == "completed" || last.Status == "failed" || last.Status == "skipped") {
			t.Fatalf("the screenshot is %s (%s), want %s\n%s", last.Status, last.Error, want, s.log.String())
		}
		return last.Status == want
	})
	return last
}

// health returns the status and the errors of /health.
func (s *service) health(t *testing.T) (status string, errors []string) {
	t.Helper()
	_, answer, err := s.call(http.MethodGet, "/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Status string
		Errors []string
	}
	if err := json.Unmarshal(answer, &body); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	return body.Status, body.Errors
}
