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

// hang answers nothing until the client has gone or the site closes.
func (s *Site) hang(_ http.ResponseWriter, r *http.Request) {
	s.wait(r, time.Hour)
}

// wait waits, and says whether it was let: false if the client has gone or the site has closed.
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

// captcha stands for what guards of web sites show: a page without a chart, and with a form.
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

// retryAfter is how long the site asks those to wait who ask too much.
const retryAfter = "90" // seconds

func (s *Site) tooMany(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	s.message(w, http.StatusTooManyRequests, message{Title: "Too many requests", Text: "Please wait a little."})
}

// tooManyFramed is the same, with frames that ask for a longer rest.
func (s *Site) tooManyFramed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	s.message(w, http.StatusTooManyRequests, message{Title: "Too many requests", Text: "Please wait a little.", Frame: limitedPath})
}

// limitedPath is where frames are told to wait, far longer than the page itself.
const limitedPath = "/_site/limited"

func (s *Site) limitedFrame(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "86400")
	s.message(w, http.StatusTooManyRequests, message{Title: "Too many requests", Text: "Please wait a day."})
}

// reset ends the connection without an answer, as a server does that has died.
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
	_ = connection.Close() // whatever it says, the connection is no more
}

func (s *Site) redirectLoop(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.RequestURI(), http.StatusFound)
}

// national sends to the same chart on the national site. The real one has a host of its own, below
// the same domain; the double usually runs at an address of the loopback, which has no subdomain
// that a browser's proxy would let it reach, so its national site is a path.
func (s *Site) national(w http.ResponseWriter, r *http.Request) {
	if r.Pattern == nationalPattern {
		s.serveChart(w, r, r.PathValue("chart_id"), s.visitor(r), s.scenarios[0])
		return
	}
	http.Redirect(w, r, "/es"+r.URL.RequestURI(), http.StatusFound)
}

// nationalAway sends to a host that has nothing to do with the site.
func (s *Site) nationalAway(w http.ResponseWriter, r *http.Request) {
	host := s.canary
	if host == "" {
		host = "es.chart.invalid"
	}
	http.Redirect(w, r, "http://"+host+r.URL.RequestURI(), http.StatusFound)
}
