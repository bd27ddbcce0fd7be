package app

import (
	"net/http"
	"time"
)

const (
	// answerWithin bounds the whole of an answer, from its first byte on; event streams set their own
	// deadlines.
	answerWithin = 2 * time.Minute
	// answerPart is what is written under one deadline, in bytes.
	answerPart = 64 << 10
)

// boundAnswers gives the client the time part to read each part of an answer. Otherwise a client that does not read
// would keep its connection. A handler that sets a write deadline itself, as event streams do, replaces this.
func boundAnswers(part time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bounded := &boundedWriter{ResponseWriter: w, control: http.NewResponseController(w), part: part}
		next.ServeHTTP(bounded, r)
		// The server's buffer is sent after the handler returns, once the rest of the request's body has been read
		// or its time is over.
		_ = bounded.control.SetWriteDeadline(time.Now().Add(bodyTimeout + part))
	})
}

// boundedWriter sets a deadline before each part that is written.
type boundedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	part    time.Duration
	last    time.Time // of the whole answer; zero before its first byte
	own     bool      // the handler sets deadlines
}

// deadline begins the time of the next part. It ignores errors: a connection that is gone fails at the next write
// too, and a test's recorder has no deadlines.
func (w *boundedWriter) deadline() {
	if w.own {
		return
	}
	now := time.Now()
	if w.last.IsZero() {
		w.last = now.Add(answerWithin)
	}
	at := now.Add(w.part)
	if w.last.Before(at) {
		at = w.last
	}
	_ = w.control.SetWriteDeadline(at)
}

// Write implements http.ResponseWriter.
func (w *boundedWriter) Write(b []byte) (n int, err error) {
	for first := true; first || len(b) > 0; first = false {
		part := b[:min(len(b), answerPart)]
		b = b[len(part):]
		w.deadline()
		m, err := w.ResponseWriter.Write(part)
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// FlushError sends what is written; http.ResponseController calls it.
func (w *boundedWriter) FlushError() error {
	w.deadline()
	return w.control.Flush()
}

// SetWriteDeadline is called by handlers through http.ResponseController.
func (w *boundedWriter) SetWriteDeadline(at time.Time) error {
	w.own = true
	return w.control.SetWriteDeadline(at)
}

// Unwrap lets http.ResponseController reach the rest.
func (w *boundedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
