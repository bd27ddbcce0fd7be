package blobtest

import (
	"net/http"
	"strings"
)

// keyed lets a request pass as the gateway and Storage do. The apikey header must hold a known key. The token must
// be a key, or one of a user whom Judge knows; only the secret key needs none. What the caller may do is checked
// by the handlers.
func (s *Supabase) keyed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, token := r.Header.Get("Apikey"), r.Header.Get("Authorization")
		switch {
		case key == "":
			writeJSON(w, http.StatusUnauthorized, map[string]string{"message": "No API key found in request"})
		case key != s.ServiceKey && key != s.AnonKey && key != s.SecretKey:
			writeJSON(w, http.StatusUnauthorized, map[string]string{"message": "Invalid API key"})
		case token == "" && key != s.SecretKey:
			refuse(w, 400, "", "Error", "headers must have required property 'authorization'")
		case !s.knows(bearer(r)):
			refuse(w, 403, "AccessDenied", "Unauthorized", "Invalid Compact JWS")
		default:
			s.mu.Lock()
			defer s.mu.Unlock()
			next(w, r)
		}
	}
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// knows reports whether a token verifies.
func (s *Supabase) knows(token string) bool {
	if token == "" || token == s.ServiceKey || token == s.AnonKey {
		return true
	}
	if s.Judge == nil {
		return false
	}
	_, err := s.Judge(token, ActionSelect, "", "")
	return err == nil
}

// may reports whether the caller may do something with an object. The service may do everything, everybody else
// what Judge allows.
func (s *Supabase) may(r *http.Request, action Action, bucketID, path string) bool {
	token := bearer(r)
	if token == s.ServiceKey || token == "" { // as the secret key has it
		return true
	}
	if s.Judge == nil {
		return false
	}
	ok, err := s.Judge(token, action, bucketID, path)
	return ok && err == nil
}

// serviceAlone refuses callers other than the service. It guards the routes of buckets, because there is no policy
// on storage.buckets.
func (s *Supabase) serviceAlone(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.may(r, "", "", ""):
			next(w, r)
		case r.Method == http.MethodGet:
			refuseBucket(w)
		default:
			refuse(w, 403, "AccessDenied", "Unauthorized", "new row violates row-level security policy")
		}
	}
}
