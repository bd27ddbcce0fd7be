package api

import (
	"net/http"
	"strings"
	"time"
)

// Meter counts answers; route is the pattern that was matched, such as "GET /api/signals/{id}". took is 0
// for an event stream.
type Meter interface {
	Answered(route string, status int, took time.Duration)
}

// metered counts the answers of a mux, which notes in the request which of its patterns matched. A handler that
// panics is answered 500 further out.
func metered(meter Meter, next http.Handler) http.Handler {
	if meter == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen, status := time.Now(), &meteredWriter{ResponseWriter: w}, http.StatusInternalServerError
		defer func() {
			took := time.Since(began)
			if strings.HasSuffix(r.Pattern, "/stream") {
				took = 0
			}
			meter.Answered(r.Pattern, status, took)
		}()
		next.ServeHTTP(seen, r)
		if status = seen.status; status == 0 {
			status = http.StatusOK
		}
	})
}

// meteredWriter remembers the first status that was written, 0 if none was.
type meteredWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *meteredWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (w *meteredWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
