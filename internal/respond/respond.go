// Package respond is the border between errors inside and answers outside: it turns every error
// into RFC 9457 problem details, names each request, and writes the one log line about it. It
// serves the doors and does not know what stands behind them. Of their paths it knows two, whose ends it
// keeps out of the log: a webhook's token and a picture's name.
package respond

import (
	"encoding/json"
	"log/slog"
	"net/http"
)

// Handler is an http.HandlerFunc that returns its error instead of writing it. It returns nil once
// it has written an answer.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Adapt makes an http.Handler of h: an error becomes a problem, a panic a 500, and the request has
// its id and its log line (see Requests).
func Adapt(log *slog.Logger, h Handler) http.Handler {
	return Requests(log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			Problem(w, r, err)
		}
	}))
}

// JSON answers with v. A v that cannot be encoded is a defect of ours and panics, which Requests
// answers with 500: nothing has been written by then.
func JSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	write(w, status, "application/json", body)
}

// Problem answers with what err may show to the caller, and keeps the rest for the log line.
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	document := NewDocument(r.Context(), err)
	document.SetHeaders(w.Header())
	body, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	write(w, document.Status, ProblemType, body)
}

// write sends a whole body. An error of the connection has no reader any more.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
