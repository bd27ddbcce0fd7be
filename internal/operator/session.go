package operator

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

const (
	// sessionLife is how long a browser stays signed in.
	sessionLife = 12 * time.Hour
	// maxSessions bounds the memory; the oldest goes.
	maxSessions = 32
	cookieName  = "atalaya_operator"
)

// sessions are the signed-in browsers of this process. They end with it.
type sessions struct {
	now func() time.Time

	mu   *sync.Mutex
	ends map[[sha256.Size]byte]time.Time // by the hash of what the cookie holds
}

func newSessions(now func() time.Time) sessions {
	return sessions{now: now, mu: &sync.Mutex{}, ends: map[[sha256.Size]byte]time.Time{}}
}

// begin returns what the cookie of a new session holds.
func (s sessions) begin() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ends) >= maxSessions {
		var oldest [sha256.Size]byte
		for id, end := range s.ends {
			if first, ok := s.ends[oldest]; !ok || end.Before(first) {
				oldest = id
			}
		}
		delete(s.ends, oldest)
	}
	id := rand.Text()
	s.ends[sha256.Sum256([]byte(id))] = s.now().Add(sessionLife)
	return id
}

// lives reports whether a request's cookie is that of a session.
func (s sessions) lives(r *http.Request) bool {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := sha256.Sum256([]byte(cookie.Value))
	end, ok := s.ends[id]
	if ok && !s.now().Before(end) {
		delete(s.ends, id)
		ok = false
	}
	return ok
}

func (s sessions) end(r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ends, sha256.Sum256([]byte(cookie.Value)))
	}
}

// cookie returns the session's cookie. It is Secure if the browser came by https; plain http is for the loopback.
func cookie(r *http.Request, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"),
	}
}

var (
	errNoToken    = atalaya.Errorf(atalaya.CodeUnauthorized, "Send ADMIN_TOKEN as a bearer token, or sign in at /sign-in.")
	errWrongToken = atalaya.Errorf(atalaya.CodeUnauthorized, "This is not the ADMIN_TOKEN of this service.")
)

// guess returns nil if a token is the right one. It fails with CodeRateLimited if the sender has guessed wrong too
// often, even if the token is right this time.
func (s *server) guess(r *http.Request, token string) error {
	sender := s.ClientIP(r)
	if !s.Guesses.Reserve(sender) {
		s.Log.WarnContext(r.Context(), "the operator's token is being guessed", "sender", sender)
		return atalaya.Errorf(atalaya.CodeRateLimited, "Too many wrong tokens came from this address. Wait a minute.").Until(s.Now().Add(time.Minute))
	}
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.Token))
	if subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		return errWrongToken
	}
	s.Guesses.Found(sender)
	return nil
}

// check returns nil if a request may pass. A bearer token counts before a cookie.
func (s *server) check(r *http.Request) error {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Bearer") && token != "":
		return s.guess(r, strings.TrimSpace(token))
	case s.sessions.lives(r):
		return nil
	}
	return errNoToken
}

// admitted lets programs and signed-in browsers pass.
func (s *server) admitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.check(r); err != nil {
			respond.Problem(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// signedIn is admitted for pages: it leads a browser that is not signed in to the sign-in page.
func (s *server) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch err := s.check(r); {
		case err == nil:
			next.ServeHTTP(w, r)
		case r.Header.Get("Authorization") == "":
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		default:
			respond.Problem(w, r, err)
		}
	})
}

func (s *server) signInPage(w http.ResponseWriter, _ *http.Request) error {
	return s.showSignIn(w, http.StatusOK, "")
}

func (s *server) showSignIn(w http.ResponseWriter, status int, problem string) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	return s.pages.ExecuteTemplate(w, "sign-in.html", problem)
}

// signIn takes the form of the sign-in page.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return s.showSignIn(w, http.StatusBadRequest, "The form could not be read.")
	}
	if err := s.guess(r, strings.TrimSpace(r.PostForm.Get("token"))); err != nil {
		document := respond.NewDocument(r.Context(), err)
		document.SetHeaders(w.Header())
		return s.showSignIn(w, document.Status, document.Message)
	}
	s.Log.InfoContext(r.Context(), "the operator signed in")
	http.SetCookie(w, cookie(r, s.sessions.begin(), sessionLife))
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	s.sessions.end(r)
	http.SetCookie(w, cookie(r, "", -time.Second))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}
