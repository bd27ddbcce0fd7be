package chartsite

import (
	"net"
	"net/http"
	"time"
)

func (s *Site) serverError(w http.ResponseWriter, _ *http.Request) {
	s.message(w, http.StatusInternalServerError, message{
		Title: "Something went wrong", Text: "We are on it. Please try again in a few minutes.",
	})
}

// hang does not answer until the client goes or the site closes.
func (s *Site) hang(_ http.ResponseWriter, r *http.Request) {
	s.wait(r, time.Hour)
}

// wait waits for d. It returns false at once if the client goes or the site closes.
func (s *Site) wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}

func (s *Site) forbidden(w http.ResponseWriter, _ *http.Request) {
	s.message(w, http.StatusForbidden, message{Title: "403 Forbidden", Text: "You may not see this page."})
}

// captcha answers as bot protection does: with a page that has a form and no chart.
func (s *Site) captcha(w http.ResponseWriter, _ *http.Request) {
	s.robotCheck(w, http.StatusOK)
}

func (s *Site) captchaForbidden(w http.ResponseWriter, _ *http.Request) {
	s.robotCheck(w, http.StatusForbidden)
}

func (s *Site) robotCheck(w http.ResponseWriter, status int) {
	s.message(w, status, message{
		Title: "Security check", Text: "Please prove that you are not a robot to go on.", Robot: true,
	})
}

// retryAfter is the header Retry-After of the answers to too many requests.
const retryAfter = "90" // seconds

func (s *Site) tooMany(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	s.message(w, http.StatusTooManyRequests, message{Title: "Too many requests", Text: "Please wait a little."})
}

// tooManyFramed is tooMany with a frame whose own answer asks for a longer wait.
func (s *Site) tooManyFramed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	s.message(w, http.StatusTooManyRequests, message{Title: "Too many requests", Text: "Please wait a little.", Frame: limitedPath})
}

// limitedPath is the path of that frame.
const limitedPath = "/_site/limited"

func (s *Site) limitedFrame(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "86400")
	s.message(w, http.StatusTooManyRequests, message{Title: "Too many requests", Text: "Please wait a day."})
}

// reset resets the connection without an answer, as a dying server does.
func (s *Site) reset(w http.ResponseWriter, r *http.Request) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 cannot be hijacked, and resets its stream instead
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		if err := tcp.SetLinger(0); err != nil {
			s.log.WarnContext(r.Context(), "the connection is closed instead of reset", "err", err)
		}
	}
	_ = connection.Close() // even if it fails, the connection is gone
}

func (s *Site) redirectLoop(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.RequestURI(), http.StatusFound)
}

// national redirects to the same chart on the national site. The real one has a subdomain of its own. The
// double usually runs on a loopback address, which has no subdomain that the browser's proxy lets through,
// so its national site is a path.
func (s *Site) national(w http.ResponseWriter, r *http.Request) {
	if r.Pattern == nationalPattern {
		s.serveChart(w, r, r.PathValue("chart_id"), s.visitor(r), s.scenarios[0])
		return
	}
	http.Redirect(w, r, "/es"+r.URL.RequestURI(), http.StatusFound)
}

// nationalAway redirects to a host that has nothing to do with the site.
func (s *Site) nationalAway(w http.ResponseWriter, r *http.Request) {
	host := s.canary
	if host == "" {
		host = "es.chart.invalid"
	}
	http.Redirect(w, r, "http://"+host+r.URL.RequestURI(), http.StatusFound)
}
