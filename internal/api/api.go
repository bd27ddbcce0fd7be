// Package api is the door out for programs: the REST API, its OpenAPI document, the page that shows
// it, health probes and stored pictures. It knows HTTP and the shapes of the answers; what they say
// comes through the interfaces below. It holds no SQL and makes no decision about alerts.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/rs/cors"

	"atalaya"
	"atalaya/internal/respond"
)

// maxBody is the largest request body, in bytes: 1 MiB.
const maxBody = 1 << 20

// Store reads and writes the rows of one caller. What belongs to another user is CodeNotFound.
type Store interface {
	SignalStore
	SettingsStore
	DeliveryStore
	StatisticsStore
}

// StatisticsStore is the part of a Store that counts.
type StatisticsStore interface {
	// Stats returns the kept row, which is that of all signals.
	Stats(ctx context.Context, caller atalaya.Caller) (atalaya.Stats, error)
	Statistics(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, groupBy string) (atalaya.Statistics, error)
	Equity(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, points int) (atalaya.Equity, error)
	Calendar(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, year int) ([]atalaya.CalendarDay, error)
	Histogram(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, ofRisk bool) (atalaya.Histogram, error)
	// Trades counts the signals that are trades, with a symbol, a direction, an entry and an exit, and the others.
	Trades(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter) (trades, others int64, err error)
}

// SignalStore is the part of a Store that holds signals.
type SignalStore interface {
	Signals(ctx context.Context, caller atalaya.Caller, filter atalaya.SignalFilter, page atalaya.SignalPage) (atalaya.SignalList, error)
	Signal(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) (atalaya.Signal, error)
	// SignalsByID leaves out those that are not the caller's, or gone.
	SignalsByID(ctx context.Context, caller atalaya.Caller, ids []atalaya.SignalID) ([]atalaya.Signal, error)
	UpdateSignal(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID, u atalaya.SignalUpdate) (atalaya.Signal, error)
	DeleteSignal(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) error
	// EditSignals returns the changed signals with the old values of what was set. It fails with
	// CodeConflict if the filter matches another number of signals than expected.
	EditSignals(ctx context.Context, caller atalaya.Caller, edit atalaya.SignalsEdit) (before []atalaya.SignalChange, err error)
}

// SettingsStore is the part of a Store that holds a user's settings and cookies.
type SettingsStore interface {
	Config(ctx context.Context, caller atalaya.Caller) (atalaya.TenantConfig, error)
	UpdateConfig(ctx context.Context, caller atalaya.Caller, u atalaya.ConfigUpdate) (atalaya.TenantConfig, error)
	RotateWebhookToken(ctx context.Context, caller atalaya.Caller) (atalaya.TenantConfig, error)
	// CookieCheck returns the last check.
	CookieCheck(ctx context.Context, user atalaya.UserID) (atalaya.CookieCheck, error)
}

// DeliveryStore is the part of a Store that holds what arrived at the webhook.
type DeliveryStore interface {
	Deliveries(ctx context.Context, user atalaya.UserID, f atalaya.DeliveryFilter, limit int, after *atalaya.DeliveryCursor) ([]atalaya.Delivery, error)
	ReplayableDeliveries(ctx context.Context, user atalaya.UserID, f atalaya.DeliveryFilter, limit int) ([]string, error)
}

// Intake replays alerts, sends test alerts, and queues captures and checks of cookies.
type Intake interface {
	// Replay makes a signal of a kept delivery; a second call returns the same signal. It fails with CodeNotFound, or
	// with CodeConflict if the body was not kept. If the receipt is not accepted, the quota has refused the alert.
	Replay(ctx context.Context, user atalaya.UserID, deliveryID string) (atalaya.Receipt, error)
	// CaptureAgain queues another capture. It fails with CodeNotFound, with CodeConflict if one is running or
	// nothing can be captured, and with CodeRateLimited.
	CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) error
	// RequestCookieCheck queues a check of whether the session is alive. It fails with CodeConflict if no
	// cookies are stored that could be checked.
	RequestCookieCheck(ctx context.Context, user atalaya.UserID) error
	// Test sends a user a test alert, which is treated as a real one. If the receipt is not accepted, it tells why
	// the alert was refused.
	Test(ctx context.Context, t atalaya.TenantConfig) (atalaya.Receipt, error)
}

// Verifier returns the caller of an access token. It fails with CodeUnauthorized, CodeForbidden or
// CodeUnavailable.
type Verifier interface {
	Verify(ctx context.Context, token string) (atalaya.Caller, error)
}

// Sealer encrypts a secret of a user for a column of the settings.
type Sealer interface {
	Seal(user atalaya.UserID, column atalaya.SecretColumn, plain string) (atalaya.Sealed, error)
}

// Pictures opens a stored picture by its path, "{user_id}/{file}", for an address that ends in expires and
// signature; both are "" if the address is public. left is how much longer the address works. It fails with
// CodeNotFound if there is no picture, and with CodeForbidden if the address is not valid or has expired.
type Pictures interface {
	Open(ctx context.Context, path, expires, signature string) (picture io.ReadCloser, left time.Duration, err error)
}

// Addresses returns the addresses of pictures.
type Addresses interface {
	// Private reports that stored addresses do not work, and that See signs new ones.
	Private() bool
	// See returns the addresses of stored pictures by path. It leaves out pictures that cannot be seen now.
	See(ctx context.Context, paths []string) map[string]string
}

// Turns hands out slots, in turn between keys. Take waits for a slot and returns the function that releases it. It
// fails if too many wait, or if ctx is done.
type Turns interface {
	Take(ctx context.Context, key string) (release func(), err error)
}

// Options are the parts and settings that the API uses.
type Options struct {
	Store     Store
	Intake    Intake
	Verifier  Verifier
	Sealer    Sealer
	Pictures  Pictures // nil if another server serves them; there is no such route then
	Addresses Addresses
	Desk      Desk
	Outbox    Outbox
	Turns     Turns // of users with requests under way; nil for no bound
	Heavy     Turns // of users whose requests go through many signals; nil for no bound
	// Streams opens an event stream that continues after cursor; "" begins now. It fails with CodeRateLimited or
	// CodeUnavailable.
	Streams func(ctx context.Context, user atalaya.UserID, cursor string) (Stream, error)
	// Health looks at every part of the service. It is called at most every 5 s and has to return within 4 s.
	Health func(ctx context.Context) Report

	Meter Meter // nil for none
	// Paths is the part of the OpenAPI document that another door describes, as JSON with tags, paths and
	// schemas; nil for none.
	Paths []byte

	PublicURL      string   // where the world reaches this service, without a slash at the end
	AllowedOrigins []string // of browsers; none: no other origin may call; "*": any
	RequireConsent bool     // cookies are refused without automation_consent
	QuotaMode      atalaya.QuotaMode
	Version        string
	Log            *slog.Logger
}

// server is the API's own state.
type server struct {
	Options
	api     huma.API
	mux     *http.ServeMux
	started time.Time
	health  keptReport

	document []byte // the OpenAPI document
}

// New makes the handler of every path but the webhook's.
func New(o Options) http.Handler {
	s := &server{Options: o, mux: http.NewServeMux(), started: time.Now()}
	s.api = humago.New(s.mux, humaConfig(o))
	for _, r := range s.routes() {
		r.register(s, r)
	}
	s.addPages()
	s.finishDocument()
	return respond.Requests(o.Log, respond.Speak(secure(crossOrigin(o.AllowedOrigins, readableURL(o.Log, metered(o.Meter, s.mux))))))
}

// secure sets the headers that every answer carries; a handler may replace them.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// crossOrigin answers browsers of other origins. Callers carry a bearer token, never a cookie, so
// credentials are not allowed.
func crossOrigin(origins []string, next http.Handler) http.Handler {
	options := cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowedHeaders: []string{"*"}, // front ends send headers of their own, such as apikey and Cache-Control
		ExposedHeaders: []string{"Retry-After", respond.RequestIDHeader, respond.IgnoredHeader, writtenHeader, leftOutHeader},
		MaxAge:         600,
	}
	if len(origins) == 0 { // to the library an empty list means every origin
		options.AllowOriginFunc = func(string) bool { return false }
	}
	return cors.New(options).Handler(next)
}

// unknownRoute answers a request that no route matches: 405 if the path exists with another method, 404 otherwise.
func (s *server) unknownRoute(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return atalaya.Errorf(atalaya.CodeMethodNotAllowed, "This path answers to %s.", strings.Join(allowed, ", "))
	}
	return atalaya.Errorf(atalaya.CodeNotFound, "There is no such route. %s/docs lists what there is.", s.PublicURL)
}
