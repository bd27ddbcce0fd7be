// Package operator is the operator's door: a listener of its own, behind a token, that shows the queue, the users,
// failed captures with their evidence, TradingView sessions, channels, and River's own page. It shows no cookie,
// no address of a channel, and no alert of a user who has not agreed to that.
package operator

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

// MinToken is the least number of characters of a token: base64 of 192 random bits.
const MinToken = 32

// Rows reads the rows of all users.
type Rows interface {
	// PageUsers returns up to limit users after one, "" for the first.
	PageUsers(ctx context.Context, after atalaya.UserID, limit int) ([]atalaya.UserSummary, error)
	PageSessions(ctx context.Context, after atalaya.UserID, limit int) ([]atalaya.SessionHealth, error)
	PageChannels(ctx context.Context, after atalaya.ChannelID, limit int) ([]atalaya.ChannelHealth, error)
	// CountFailures counts the kept failures by code, Failures lists them, the newest first.
	CountFailures(ctx context.Context) ([]atalaya.FailureCount, error)
	Failures(ctx context.Context, code atalaya.CaptureCode, before time.Time, limit int) ([]atalaya.FailedAttempt, error)
	// FailurePicture returns a PNG; CodeNotFound if none is kept.
	FailurePicture(ctx context.Context, id string) ([]byte, error)
	// SupportDeliveries returns the deliveries of a user who lets the operator read them. It fails with
	// CodeForbidden if the user does not, and with CodeNotFound if there is no such user.
	SupportDeliveries(ctx context.Context, user atalaya.UserID, before time.Time, limit int) ([]atalaya.Delivery, error)
	// SetPlan sets plan and quota. It fails with CodeNotFound if there is no such user.
	SetPlan(ctx context.Context, user atalaya.UserID, plan atalaya.Plan, quota int64) error
}

// Queue is the queue of jobs.
type Queue interface {
	Jobs(ctx context.Context, filter atalaya.JobFilter) ([]atalaya.Job, error)
	// Reopen sets the failed captures of ended jobs to waiting.
	Reopen(ctx context.Context, jobs []int64) error
}

// Figures counts what the service does.
type Figures interface {
	// Signals counts the signals of all users. It is asked at most once a minute, unless it fails.
	Signals(ctx context.Context) (atalaya.SignalFigures, error)
	// Jobs counts the capture jobs by state.
	Jobs(ctx context.Context) (JobCounts, error)
	// Browser describes this process's browser.
	Browser() Browser
}

// JobCounts counts capture jobs. Finished ones are kept for a day.
type JobCounts struct {
	Waiting   int64 `json:"waiting"`
	Active    int64 `json:"active"`
	Completed int64 `json:"completed"`
	Failed    int64 `json:"failed"`
	Delayed   int64 `json:"delayed"`
	Paused    int64 `json:"paused"` // what waits while its queue is paused
	Total     int64 `json:"total"`
}

// Browser is the browser of a process. There is one; each capture has a page.
type Browser struct {
	Worker        bool // the process takes captures
	Running       bool
	MaxCaptures   int   // that the process takes at a time
	Active        int64 // that it takes now
	CaptureMillis int64 // time limit of a capture
}

// Guesses slows guessing down. Reserve returns false if an address has guessed wrong too often; Found takes a
// reservation back after a right guess.
type Guesses interface {
	Reserve(sender netip.Addr) bool
	Found(sender netip.Addr)
}

// Options are the parts and settings that the door uses.
type Options struct {
	Token    string                         // at least MinToken characters
	ClientIP func(*http.Request) netip.Addr // of whom guesses are counted
	Rows     Rows
	Queue    Queue
	Figures  Figures
	River    http.Handler // River's page, below /river
	Guesses  Guesses
	Quotas   map[atalaya.Plan]int64 // signals a month of each plan
	Now      func() time.Time
	Log      *slog.Logger
}

//go:embed page.html sign-in.html style.css icon.svg
var files embed.FS

// requestTimeout bounds a request; counting all signals takes longest.
const requestTimeout = 20 * time.Second

// maxBody bounds the body of a request, in bytes.
const maxBody = 1 << 20

// server is the door's own state.
type server struct {
	Options
	sessions sessions
	pages    *template.Template
	started  time.Time
	figures  keptFigures
}

// New makes the door.
func New(o Options) (http.Handler, error) {
	if len(o.Token) < MinToken {
		return nil, fmt.Errorf("the operator's token needs %d characters", MinToken)
	}
	pages, err := template.ParseFS(files, "page.html", "sign-in.html")
	if err != nil {
		return nil, err
	}
	s := &server{Options: o, sessions: newSessions(o.Now), pages: pages, started: o.Now()}
	mux := http.NewServeMux()
	s.routes(mux)
	// A browser sends the cookie by itself, so other sites may not make it send one.
	sameOrigin := http.NewCrossOriginProtection()
	return respond.Requests(o.Log, respond.Speak(secure(sameOrigin.Handler(bounded(mux))))), nil
}

// routes registers every route. All but signing in, the style and the icon need a signed-in operator.
func (s *server) routes(mux *http.ServeMux) {
	open := func(pattern string, h respond.Handler) { mux.Handle(pattern, respond.Adapt(s.Log, h)) }
	data := func(pattern string, h respond.Handler) { mux.Handle(pattern, s.admitted(respond.Adapt(s.Log, h))) }
	both := func(name string, list lister, parameters ...string) {
		list = taking(parameters, list)
		data("GET /admin/"+name, s.asData(list))
		mux.Handle("GET /"+name, s.signedIn(respond.Adapt(s.Log, s.asPage(list))))
	}
	open("GET /sign-in", s.signInPage)
	open("POST /sign-in", s.signIn)
	open("POST /sign-out", s.signOut)
	open("GET /style.css", file("style.css"))
	open("GET /icon.svg", file("icon.svg"))
	mux.Handle("GET /{$}", s.signedIn(respond.Adapt(s.Log, s.asPage(s.overview))))
	both("users", s.users, "limit", "after")
	both("captures", s.captures, "limit", "before", "code")
	both("sessions", s.sessionsOfUsers, "limit", "after")
	both("channels", s.channels, "limit", "after")
	both("users/{id}/deliveries", s.deliveries, "limit", "before")
	data("GET /admin/captures/{id}/picture", s.picture)
	data("PUT /admin/users/{id}/plan", s.setPlan)
	data("GET /admin/metrics", s.metrics)
	data("GET /admin/pool-status", s.poolStatus)
	data("GET /admin/queue-stats", s.queueStats)
	river := riverPolicy(s.reopening(s.River))
	mux.Handle("/river/", s.signedIn(river))
	mux.Handle("/river/api/", s.admitted(river))
}

// bounded gives a request its time and its largest body.
func bounded(next http.Handler) http.Handler {
	return http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	}), maxBody)
}

// secure sets the headers that every answer carries; River's page has a policy of its own.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// file serves an embedded file.
func file(name string) respond.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		http.ServeFileFS(w, r, files, name)
		return nil
	}
}
