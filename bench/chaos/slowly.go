package main

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"time"
)

// slowly makes a service accept a request at once and answer later. A client that is killed or cut off meanwhile does
// not learn the outcome.
type slowly struct {
	next http.Handler
	by   time.Duration
}

// ServeHTTP implements http.Handler.
func (s slowly) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	s.next.ServeHTTP(answer, r)
	select {
	case <-time.After(s.by):
	case <-r.Context().Done():
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = io.Copy(w, answer.Body)
}
