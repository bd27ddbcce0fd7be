package respond

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"atalaya"
)

// RequestIDHeader is the header with a request's id, in requests and in answers.
const RequestIDHeader = "X-Request-Id"

// saneID is the form of a caller's own id that is accepted: it bounds what a stranger may write into our log.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// record collects what the log line of a request will say.
type record struct {
	id  string
	err error // for the log, never for the caller
}

type recordKey struct{}

// Requests gives every request an id, answers a panic with 500, and writes one log line: our failures at
// level error, refusals at info, the rest at debug. The id is the caller's own if it has 8 to 64 letters,
// digits, dots, dashes and underscores. It is the outermost handler; inside another Requests it does
// nothing.
func Requests(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if recordOf(r.Context()) != nil {
			next.ServeHTTP(w, r)
			return
		}
		rec := &record{id: r.Header.Get(RequestIDHeader)}
		if !saneID.MatchString(rec.id) {
			rec.id = rand.Text()
		}
		start := time.Now()
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		seen := &statusWriter{ResponseWriter: w}
		seen.Header().Set(RequestIDHeader, rec.id)
		defer func() { logLine(log, r, seen, rec, time.Since(start)) }()
		defer recoverPanic(seen, r)
		next.ServeHTTP(seen, r)
	})
}

// recoverPanic answers 500 if nothing has been written. Otherwise it closes the connection, so that half an answer
// is not taken for a whole one.
func recoverPanic(w *statusWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value, which nobody wraps
		panic(p)
	}
	err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	if w.status != 0 {
		note(r.Context(), err)
		panic(http.ErrAbortHandler)
	}
	Problem(w, r, err)
}

// logLine writes the log line of a request. It leaves out headers, queries, bodies, and the parts of a
// path that are credentials.
func logLine(log *slog.Logger, r *http.Request, w *statusWriter, rec *record, took time.Duration) {
	level := slog.LevelDebug
	attrs := []slog.Attr{
		slog.String("method", logMethod(r.Method)), slog.String("path", LogPath(r.URL.Path)),
		slog.Int("status", w.status), slog.Int64("duration_ms", took.Milliseconds()),
		slog.String("request_id", rec.id),
	}
	if rec.err != nil {
		level = slog.LevelInfo
		attrs = append(attrs, slog.String("code", string(atalaya.CodeOf(rec.err))), slog.Any("error", rec.err))
	}
	if w.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	log.LogAttrs(withoutRecord(r.Context()), level, "request answered", attrs...)
}

// routeWords are the segments of paths that a log line shows: the fixed ones of routes.
var routeWords = map[string]bool{
	"api": true, "app": true, "admin": true, "v1": true, "webhook": true, "health": true, "livez": true, "readyz": true, "metrics": true,
	"docs": true, "docs.js": true, "reference.js": true, "favicon.svg": true, "favicon.ico": true, "openapi.json": true, "pictures": true,
	"signals": true, "stream": true, "export": true, "bulk": true, "screenshot": true,
	"config": true, "webhook-token": true, "cookies": true, "check": true, "alerts": true, "read": true, "test": true,
	"deliveries": true, "replay": true, "stats": true, "quota": true, "channels": true, "notifications": true, "session": true, "sessions": true,
	"pool-status": true, "queue-stats": true, "users": true, "plan": true, "captures": true, "picture": true,
	"river": true, "jobs": true, "queues": true, "retry": true, "cancel": true, "delete": true, "pause": true, "resume": true, "sign-in": true, "sign-out": true,
}

// hidden replaces every other segment of a path in a log line.
const hidden = "{}"

// LogPath returns a path as it may be logged: segments that are not fixed words of routes become {}. A mistyped
// path may hold a webhook token or a picture's name anywhere, and tokens may have any form.
func LogPath(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		if word := strings.ToLower(strings.TrimSpace(segment)); segment == "" || routeWords[word] {
			segments[i] = word
		} else {
			segments[i] = hidden
		}
	}
	const maxSegments = 12
	return "/" + strings.Join(segments[:min(len(segments), maxSegments)], "/")
}

// logMethod returns a method as it may be logged, since a stranger may send any word as a method.
func logMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return hidden
}

// RequestID returns the id of the request that ctx belongs to, or "" outside of a request.
func RequestID(ctx context.Context) string {
	if rec := recordOf(ctx); rec != nil {
		return rec.id
	}
	return ""
}

// LogHandler returns a handler that adds request_id to every line logged with a request's context.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, line slog.Record) error {
	if id := RequestID(ctx); id != "" {
		line.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, line)
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }

// note records err for the log line.
func note(ctx context.Context, err error) {
	if rec := recordOf(ctx); rec != nil {
		rec.err = err
	}
}

func recordOf(ctx context.Context) *record {
	rec, _ := ctx.Value(recordKey{}).(*record)
	return rec
}

// withoutRecord returns a context in which LogHandler does not add the id a second time.
func withoutRecord(ctx context.Context) context.Context {
	return context.WithValue(ctx, recordKey{}, (*record)(nil))
}

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
