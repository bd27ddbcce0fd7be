package spooled_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/spool"
	"atalaya/internal/test/testkit"
	"atalaya/internal/test/wait"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// The moods of a database.
const (
	well int32 = iota
	away
	losesAnswers // commits, but the answer is lost
	hangs        // takes until goOn, and then commits, whether or not anybody still waits
)

// rows is the real store, with moods.
type rows struct {
	*postgres.Store
	mood    atomic.Int32
	goOn    chan struct{}
	commits atomic.Int32
}

var errAway = errors.New("the database is away")

func (r *rows) Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	mood := r.mood.Load()
	if mood == away {
		return errAway
	}
	ctx = r.hang(ctx, mood)
	err := r.Store.Ingest(ctx, arrivals, decide)
	if err == nil {
		r.commits.Add(1)
		if mood == losesAnswers {
			return errAway
		}
	}
	return err
}

func (r *rows) IngestKnown(ctx context.Context, arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision, strict bool) (map[atalaya.UserID]int64, error) {
	mood := r.mood.Load()
	if mood == away {
		return nil, errAway
	}
	ctx = r.hang(ctx, mood)
	used, err := r.Store.IngestKnown(ctx, arrivals, facts, decisions, strict)
	if err == nil && len(used) > 0 {
		r.commits.Add(1)
		if mood == losesAnswers {
			return nil, errAway
		}
	}
	return used, err
}

// hang returns the context of a transaction, after the time that it hangs.
func (r *rows) hang(ctx context.Context, mood int32) context.Context {
	if mood != hangs {
		return ctx
	}
	<-r.goOn
	return context.WithoutCancel(ctx)
}

func (r *rows) TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error) {
	if r.mood.Load() == away {
		return atalaya.TenantConfig{}, errAway
	}
	return r.Store.TenantByToken(ctx, token)
}

func (r *rows) NoteTrouble(ctx context.Context, tokens []atalaya.WebhookToken) error {
	if r.mood.Load() == away {
		return errAway
	}
	return r.Store.NoteTrouble(ctx, tokens)
}

// stubborn is a spool that keeps what was stored, as if the process died before it could remove it.
type stubborn struct {
	*spool.Spool
	keeps *atomic.Bool
}

func (s stubborn) Remove(arrivals []atalaya.Arrival) error {
	if s.keeps.Load() {
		return errors.New("the process died")
	}
	return s.Spool.Remove(arrivals)
}

// world is a service with a spool, which can be started again.
type world struct {
	testing.TB
	pool   *pgxpool.Pool
	rows   *rows
	keys   *secret.Keyring
	dir    string
	policy ingest.Policy
	keeps  atomic.Bool // see stubborn

	spool   *spool.Spool
	service *ingest.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	text, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	pool := testkit.Database(t)
	w := &world{
		TB: t, pool: pool, rows: &rows{Store: testkit.Store(t, pool), goOn: make(chan struct{})}, keys: secret.NewKeyring(key), dir: filepath.Join(t.TempDir(), "spool"),
		policy: ingest.Policy{QuotaMode: atalaya.QuotaStrict, MaxAge: 15 * time.Minute},
	}
	w.start()
	t.Cleanup(w.stop)
	return w
}

func (w *world) start() {
	w.Helper()
	var err error
	if w.spool, err = spool.Open(spool.Options{Dir: w.dir, MaxBytes: 64 << 20, Sealer: w.keys, Log: slog.New(slog.DiscardHandler)}); err != nil {
		w.Fatal(err)
	}
	bounds := ingest.Bounds{Limits: limits.New(limits.Options{Log: slog.New(slog.DiscardHandler)}), Lookups: limits.NewLookups(time.Now)}
	w.service = ingest.New(w.rows, bounds, w.policy, slog.New(slog.DiscardHandler))
	w.service.KeepIn(stubborn{w.spool, &w.keeps})
	w.service.Start()
}

func (w *world) stop() {
	w.Helper()
	w.service.Stop()
	if err := w.spool.Close(); err != nil {
		w.Error(err)
	}
}

// restart stops the service and starts it again.
func (w *world) restart() {
	w.Helper()
	w.stop()
	w.start()
}

// user creates a user whose token the service has seen.
func (w *world) user(settings string) (atalaya.UserID, atalaya.WebhookToken) {
	w.Helper()
	user := testkit.User(w, w.pool)
	if settings != "" {
		w.exec("update trading_signals_config set "+settings+" where user_id = $1", user)
	}
	token := testkit.Token(w, w.pool, user)
	if _, err := w.service.Status(w.Context(), token, netip.MustParseAddr("52.89.214.238")); err != nil {
		w.Fatal(err)
	}
	return user, token
}

func (w *world) exec(statement string, args ...any) {
	w.Helper()
	if _, err := w.pool.Exec(context.Background(), statement, args...); err != nil {
		w.Fatal(err)
	}
}

// send sends an alert that arrives now.
func (w *world) send(token atalaya.WebhookToken, body string) (atalaya.Receipt, error) {
	return w.sendAt(token, body, time.Now())
}

func (w *world) sendAt(token atalaya.WebhookToken, body string, at time.Time) (atalaya.Receipt, error) {
	return w.sendWithin(time.Minute, token, body, at)
}

func (w *world) sendWithin(patience time.Duration, token atalaya.WebhookToken, body string, at time.Time) (atalaya.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return w.service.Accept(ctx, atalaya.Arrival{Token: token, Body: []byte(body), BodySize: int64(len(body)), ReceivedAt: at.UTC(), Sender: netip.MustParseAddr("52.89.214.238")})
}

// keep sends an alert that has to be kept, and returns its signal's id.
func (w *world) keep(token atalaya.WebhookToken, body string, at time.Time) atalaya.SignalID {
	w.Helper()
	r, err := w.sendAt(token, body, at)
	if err != nil || !r.Spooled || r.Outcome != atalaya.OutcomeAccepted || r.SignalID == "" || !r.ScreenshotQueued {
		w.Fatalf("%q: %+v, %v; want it kept in the spool", body, r, err)
	}
	return r.SignalID
}

// empty waits until the spool is drained.
func (w *world) empty() {
	w.Helper()
	wait.For(w, "the spool is drained", func() bool { return w.spool.Waiting() == 0 })
}

// story returns what the database has about a user: the signals in their order, the deliveries by outcome, counters.
func (w *world) story(user atalaya.UserID) string {
	w.Helper()
	return one[string](w, `select concat_ws(' | ',
		(select coalesce(string_agg(raw_message, ',' order by created_at, id), '') from trading_signals where user_id = $1),
		(select coalesce(string_agg(n, ',' order by n), '') from (select outcome || ':' || count(*) as n from webhook_deliveries where user_id = $1 group by outcome) o),
		'used ' || c.signals_used_this_month, 'requests ' || c.webhook_requests_count, 'statistics ' || s.total_signals)
		from trading_signals_config c join trading_signals_stats s using (user_id) where c.user_id = $1`, user)
}

func one[T any](w *world, query string, args ...any) T {
	w.Helper()
	rows, err := w.pool.Query(context.Background(), query, args...)
	if err != nil {
		w.Fatal(err)
	}
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		w.Fatal(fmt.Errorf("%s: %w", query, err))
	}
	return value
}
