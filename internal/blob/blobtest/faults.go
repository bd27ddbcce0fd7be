package blobtest

import (
	"io"
	"net/http"
	"net/http/httptest"
)

// Fault answers one request in place of the server. works is the server's own handler.
type Fault func(w http.ResponseWriter, r *http.Request, works http.Handler)

// Fail makes each of the next requests meet one of the faults, in this order.
func (s *Supabase) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Refuse answers in Storage's own form, whatever was asked. An empty code is left out, as in older releases, which
// have no codes.
func Refuse(status int, code, name, message string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		refuse(w, status, code, name, message)
	}
}

// Answer answers with the given status, header and body, as gateways do. header may be nil.
func Answer(status int, header map[string]string, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Hang answers nothing until the client gives up.
func Hang() Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		// The end of the connection is noticed only once the body has been read.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
}

// Reset ends the connection without doing anything.
func Reset() Fault {
	return func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
}

// LoseAnswer does what was asked, and ends the connection before the answer.
func LoseAnswer() Fault {
	return func(_ http.ResponseWriter, r *http.Request, works http.Handler) {
		works.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

// CutShort does what was asked, and ends the connection in the middle of the answer.
func CutShort() Fault {
	return func(w http.ResponseWriter, r *http.Request, works http.Handler) {
		answer := httptest.NewRecorder()
		works.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		_ = http.NewResponseController(w).Flush() // else nothing of it would leave
		panic(http.ErrAbortHandler)
	}
}
