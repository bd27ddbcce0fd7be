package api_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/auth"
	"atalaya/internal/blob"
	"atalaya/internal/events"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/test/journal"
	"atalaya/internal/test/openapi"
	"atalaya/internal/test/testkit"
)

const (
	publicURL = "https://atalaya.example.com"
	issuer    = publicURL + "/auth/v1"
)

// stack is the API on a database of its own, with the real parts behind it.
type stack struct {
	t        *testing.T
	pool     *pgxpool.Pool
	store    *postgres.Store
	arrivals *ingest.Service
	ring     *secret.Keyring
	disk     *blob.Disk
	issuer   *auth.Issuer
	secret   []byte      // that tokens are signed with
	keys     *publicKeys // that they may be signed with too
	handler  http.Handler
	check    *openapi.Checker
	log      *journal.Log
	hub      *events.Hub
}

// account is a user and the access token that speaks for it.
type account struct {
	id    atalaya.UserID
	token string
}

func newStack(t *testing.T, changes ...func(*api.Options)) *stack {
	t.Helper()
	s := &stack{t: t, pool: testkit.Database(t), log: &journal.Log{}}
	s.store = testkit.Store(t, s.pool)
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	s.ring = secret.NewKeyring(key)
	if s.disk, err = blob.OpenDisk(t.TempDir(), publicURL+"/pictures"); err != nil {
		t.Fatal(err)
	}
	jwtSecret := []byte(rand.Text() + rand.Text())
	s.secret = jwtSecret
	if s.issuer, err = auth.NewIssuer(issuer, jwtSecret); err != nil {
		t.Fatal(err)
	}
	s.arrivals = ingest.New(s.store, ingest.Bounds{Limits: limits.New(limits.Options{}), Lookups: limits.NewLookups(time.Now)}, ingest.Policy{QuotaMode: atalaya.QuotaStrict, MaxAge: 15 * time.Minute}, slog.New(slog.DiscardHandler))
	s.arrivals.Start()
	t.Cleanup(s.arrivals.Stop)
	s.hub = events.New(s.store, postgres.NewReplicas(s.pool, rand.Text()), 5000, slog.New(slog.DiscardHandler))
	s.store.OnCommit(s.hub.Announce)
	s.hub.Start()
	t.Cleanup(s.hub.Stop)
	s.keys = newPublicKeys(t)
	verifier := auth.New(auth.Options{Issuer: issuer, Secret: jwtSecret, AuthURL: s.keys.URL, Client: s.keys.Client(), Log: slog.New(slog.DiscardHandler)})
	if err := verifier.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(verifier.Stop)
	options := api.Options{
		Store: s.store, Intake: s.arrivals, Verifier: verifier, Sealer: s.ring,
		Pictures: diskPictures{s.disk}, Addresses: diskAddresses{disk: s.disk}, Health: s.health, PublicURL: publicURL,
		Streams: func(ctx context.Context, user atalaya.UserID, cursor string) (api.Stream, error) {
			return s.hub.Open(ctx, user, cursor)
		},
		AllowedOrigins: []string{"https://app.example.com"}, QuotaMode: atalaya.QuotaStrict,
		Desk: s.desk(), Outbox: s.store, Version: "test", Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&options)
	}
	s.handler = api.New(options)
	s.check = openapi.For(t, s.plain(http.MethodGet, "/api/openapi.json", nil).raw)
	return s
}

// desk returns a desk for ntfy and webhook channels whose messages reach nothing.
func (s *stack) desk() *notify.Desk {
	channels := map[atalaya.ChannelKind]notify.Channel{
		atalaya.ChannelNtfy:    channel.NewNtfy("https://ntfy.invalid", channel.NewClient(nowhere, nil), nil, channel.CheckAddress),
		atalaya.ChannelWebhook: channel.NewWebhook(channel.NewClient(nowhere, nil), channel.CheckAddress),
	}
	return notify.NewDesk(notify.DeskOptions{
		Rows: s.store, Outbox: s.store, Sealer: s.ring, Channels: channels, Pictures: noPictures{}, Limits: limits.New(limits.Options{Log: slog.New(slog.DiscardHandler)}),
		PublicURL: publicURL, Log: slog.New(slog.DiscardHandler),
	})
}

func nowhere(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("this test has no network")
}

type noPictures struct{}

func (noPictures) Picture(context.Context, string) ([]byte, error) {
	return nil, errors.New("this test has no pictures")
}

func (noPictures) Address(context.Context, *atalaya.Signal) string { return "" }

// health reports on the database, the only part that a stack has.
func (s *stack) health(ctx context.Context) api.Report {
	r := api.Report{Redis: api.NotConfigured, Worker: api.NotConfigured, BrowserPool: api.NotConfigured, Browser: api.NotConfigured}
	if err := s.pool.Ping(ctx); err == nil {
		r.Database = api.Up
	} else {
		r.Errors = []string{"database_unreachable"}
	}
	return r
}

// diskPictures turns the disk's errors into the API's.
type diskPictures struct{ disk *blob.Disk }

func (p diskPictures) Open(ctx context.Context, path, expires, signature string) (io.ReadCloser, time.Duration, error) {
	left, ok := p.disk.Admits(path, expires, signature, time.Now())
	if !ok {
		return nil, 0, atalaya.Errorf(atalaya.CodeForbidden, "no signed address")
	}
	f, err := p.disk.Open(ctx, path)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, atalaya.Errorf(atalaya.CodeNotFound, "no such picture")
	}
	return f, left, err
}

// diskAddresses signs addresses if the disk does.
type diskAddresses struct {
	disk    *blob.Disk
	private bool
}

func (a diskAddresses) Private() bool { return a.private }

func (a diskAddresses) See(ctx context.Context, paths []string) map[string]string {
	seen, err := a.disk.SignURLs(ctx, paths, time.Hour)
	if err != nil {
		return nil
	}
	return seen
}

// user creates a user, for whom the trigger on auth.users adds settings and statistics.
func (s *stack) user(email string) account {
	s.t.Helper()
	id, err := s.store.CreateUser(s.t.Context(), email)
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := s.issuer.Token(id, email, time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	return account{id: id, token: token}
}

// signal inserts a signal with a completed screenshot and returns its id.
func (s *stack) signal(user account, ticker string) string {
	s.t.Helper()
	var id string
	err := s.pool.QueryRow(s.t.Context(), `
		insert into public.trading_signals
		  (user_id, ticker, exchange, symbol, price, signal_type, direction, indicator_name, chart_id, interval,
		   screenshot_status, raw_message, parsed_data, parse_status, missing, timestamp)
		values ($1, $2, split_part($2, ':', 1), split_part($2, ':', 2), 64250.50, 'BUY_SIGNAL', 'LONG', 'Mi Indicador Pro',
		        'xyz123', '15', 'completed', $3::text, ($3::text)::jsonb, 'json', '{timestamp}', now())
		returning id`, string(user.id), ticker, `{"ticker":"`+ticker+`"}`).Scan(&id)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// exec runs a statement as the service.
func (s *stack) exec(sql string, args ...any) {
	s.t.Helper()
	if _, err := s.pool.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
}

// notLogged fails the test if the API's log holds a secret, or if it is empty and so could hold none.
func (s *stack) notLogged(secrets ...string) {
	s.t.Helper()
	log := s.log.String()
	if log == "" {
		s.t.Error("nothing is logged")
	}
	for _, secret := range secrets {
		if strings.Contains(log, secret) {
			s.t.Errorf("the log holds %q", secret)
		}
	}
}

// answer is a response and its decoded body.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

func (a answer) data() map[string]any { data, _ := a.body["data"].(map[string]any); return data }

// call sends a request of a user. It checks the request and the answer against the OpenAPI document.
func (s *stack) call(user account, method, target, body string) answer {
	s.t.Helper()
	s.check.Request(s.t, s.request(user, method, target, body))
	return s.send(user, method, target, body)
}

// wrong is call for a request that the document does not allow. It checks only the answer.
func (s *stack) wrong(user account, method, target, body string) answer {
	s.t.Helper()
	return s.send(user, method, target, body)
}

func (s *stack) request(user account, method, target, body string) *http.Request {
	r := httptest.NewRequest(method, publicURL+target, strings.NewReader(body))
	if body == "" {
		r = httptest.NewRequest(method, publicURL+target, nil)
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	if user.token != "" {
		r.Header.Set("Authorization", "Bearer "+user.token)
	}
	return r
}

func (s *stack) send(user account, method, target, body string) answer {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, s.request(user, method, target, body))
	a := answer{status: w.Code, header: w.Result().Header, raw: w.Body.Bytes()}
	if strings.Contains(a.header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.raw, &a.body); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, target, err, a.raw)
		}
	}
	s.check.Answer(s.t, s.request(user, method, target, body), w)
	return a
}

// must returns the answer, and fails the test if its status is another.
func (a answer) must(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

// refused checks the status and the code of a problem, and that its message contains a hint.
func (a answer) refused(t *testing.T, status int, code, hint string) {
	t.Helper()
	message, _ := a.body["message"].(string)
	if a.status != status || a.body["error"] != code || a.body["success"] != false || !strings.Contains(message, hint) ||
		a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("want %d %s with %q, got %d: %s", status, code, hint, a.status, a.raw)
	}
}
