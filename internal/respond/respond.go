// Package respond is the border between internal errors and public answers. It turns every error into
// RFC 9457 problem details, gives each request an id, and writes its one log line.
//
// It serves all doors: webhook, api, dashboard and operator. It does not know what stands behind them. It knows the
// fixed words of their paths, so that tokens and names of pictures stay out of the log.
package respond

import (
	"encoding/json"
	"log/slog"
	"net/http"
)

// Handler is an http.HandlerFunc that returns an error instead of writing it. It returns nil if it has
// written an answer.
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

// JSON answers with v as JSON. It panics if v cannot be encoded, which is a defect of ours; Requests then answers
// 500, since nothing has been written yet.
func JSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	write(w, status, "application/json", body)
}

// Problem answers with what the caller may see of err (see NewDocument), and keeps the rest for the log.
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	document := NewDocument(r.Context(), err)
	document.SetHeaders(w.Header())
	body, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	write(w, document.Status, ProblemType, body)
}

// write sends a whole body. It ignores errors of the connection, since they cannot be reported to the client.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
