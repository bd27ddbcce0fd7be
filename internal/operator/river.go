package operator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"atalaya"
	"atalaya/internal/respond"
)

// riverPolicy gives River's page the content security policy that it needs: its own scripts, and styles that
// it sets as it draws.
func riverPolicy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "+
			"img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

// reopening sets failed captures to waiting before River runs their jobs again, when Retry is pressed on its page.
func (s *server) reopening(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/river/api/jobs/retry" {
			next.ServeHTTP(w, r)
			return
		}
		jobs, err := jobsOf(r)
		if err == nil {
			err = s.Queue.Reopen(r.Context(), jobs)
		}
		if err != nil {
			respond.Problem(w, r, err)
			return
		}
		s.Log.InfoContext(r.Context(), "the operator runs jobs again", "jobs", len(jobs))
		next.ServeHTTP(w, r)
	})
}

// jobsOf reads the ids in the body of a request, which stays readable.
func jobsOf(r *http.Request) ([]int64, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, atalaya.Errorf(atalaya.CodeInvalid, "The body cannot be read.")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var in struct {
		IDs []json.Number `json:"ids"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, atalaya.Errorf(atalaya.CodeInvalid, `Send {"ids": ["1"]}.`)
	}
	jobs := make([]int64, len(in.IDs))
	for i, id := range in.IDs {
		if jobs[i], err = strconv.ParseInt(id.String(), 10, 64); err != nil {
			return nil, atalaya.Errorf(atalaya.CodeInvalid, "A job's id is a whole number.")
		}
	}
	return jobs, nil
}
