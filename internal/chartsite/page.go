package chartsite

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"time"
)

// libraryFile is the browser build of lightweight-charts, among the assets.
const libraryFile = "vendor/lightweight-charts.js"

// pageConfig is what the chart page's script is told.
type pageConfig struct {
	ChartID       string   `json:"chart_id"`
	AskedSymbol   string   `json:"asked_symbol"` // what it asks data for
	AskedInterval string   `json:"asked_interval"`
	Symbol        string   `json:"symbol"` // what it says until the data are there
	Interval      string   `json:"interval"`
	Faults        []string `json:"faults"`
}

// chartPage answers with the page of a layout, or of none: signed in, signed out, or in trouble.
func (s *Site) chartPage(w http.ResponseWriter, r *http.Request) {
	chartID := r.PathValue("chart_id")
	if chartID != "" && !validChartID(chartID) {
		s.layoutNotFound(w, r)
		return
	}
	who := s.visitor(r)
	sc := s.scenarioFor(chartID, who)
	if sc.Answer != nil {
		sc.Answer(s, w, r)
		return
	}
	signedIn := who.signedIn && !sc.Dead
	if !signedIn && !sc.Public && chartID != "" {
		s.layoutPrivate(w)
		return
	}
	if _, err := fs.Stat(s.assets, libraryFile); errors.Is(err, fs.ErrNotExist) {
		s.message(w, http.StatusServiceUnavailable, message{Title: "The chart library is not built in",
			Text: "This program was built without lightweight-charts. Run: " + BuildCommand + " and build it again (make build does both)."})
		return
	}
	asked := askedView(r)
	shown := sc.shows(asked)
	s.render(w, http.StatusOK, "chart.html", map[string]any{
		"SignedIn": signedIn,
		"Shown":    shown,
		"Config": pageConfig{
			ChartID:       chartID,
			AskedSymbol:   asked.Instrument.Name(),
			AskedInterval: asked.Interval.Code,
			Symbol:        shown.Instrument.Name(),
			Interval:      shown.Interval.Code,
			Faults:        sc.Faults,
		},
	})
}

// addSlash sends /chart/{id} to /chart/{id}/, with its query, as the real site does.
func (s *Site) addSlash(w http.ResponseWriter, r *http.Request) {
	chartID := r.PathValue("chart_id")
	if !validChartID(chartID) {
		s.layoutNotFound(w, r)
		return
	}
	to := "/chart/" + chartID + "/"
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusMovedPermanently)
}

var chartIDForm = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)

func validChartID(id string) bool { return chartIDForm.MatchString(id) }

// askedView reads symbol= and interval=; what is absent or unreadable is the chart's own.
func askedView(r *http.Request) view {
	q := r.URL.Query()
	iv, ok := parseInterval(q.Get("interval"))
	if !ok {
		iv, _ = parseInterval(defaultInterval)
	}
	return view{Instrument: findInstrument(q.Get("symbol")), Interval: iv}
}

// message is a page with a few words and no chart.
type message struct {
	Title  string
	Text   string
	SignIn bool // offer to sign in
}

// layoutPrivate is what people see who are not signed in. That the real site answers 200 here is
// an assumption; what counts for who looks at the page is html.is-not-authenticated and no chart.
func (s *Site) layoutPrivate(w http.ResponseWriter) {
	s.message(w, http.StatusOK, message{
		Title:  "We can't open this chart layout for you",
		Text:   "Its owner has not shared it. If it is yours, sign in to see it.",
		SignIn: true,
	})
}

func (s *Site) layoutNotFound(w http.ResponseWriter, _ *http.Request) {
	s.message(w, http.StatusNotFound, message{
		Title: "This isn't the page you're looking for", Text: "There is no chart layout at this address.",
	})
}

func (s *Site) notFound(w http.ResponseWriter, _ *http.Request) {
	s.message(w, http.StatusNotFound, message{
		Title: "This isn't the page you're looking for", Text: "There is nothing at this address.",
	})
}

func (s *Site) serverError(w http.ResponseWriter, _ *http.Request) {
	s.message(w, http.StatusInternalServerError, message{
		Title: "Something went wrong", Text: "We are on it. Please try again in a few minutes.",
	})
}

// hang answers nothing until the client has gone or the site closes.
func (s *Site) hang(_ http.ResponseWriter, r *http.Request) {
	s.wait(r, time.Hour)
}

// wait waits, and says whether it was let: false where the client has gone or the site has closed.
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

func (s *Site) message(w http.ResponseWriter, status int, m message) {
	s.render(w, status, "message.html", m)
}

// homePage explains the site and lists its scenarios.
func (s *Site) homePage(w http.ResponseWriter, r *http.Request) {
	who := s.visitor(r)
	s.render(w, http.StatusOK, "home.html", map[string]any{
		"Scenarios": s.scenarios, "Instruments": instruments(), "SignedIn": who.signedIn, "Account": who.account,
	})
}

// render answers with a page, or with 500 and a line in the log where the page itself is broken.
func (s *Site) render(w http.ResponseWriter, status int, page string, data any) {
	var body bytes.Buffer
	if err := s.templates.ExecuteTemplate(&body, page, data); err != nil {
		s.log.Error("chart site page is broken", "page", page, "err", err)
		http.Error(w, fmt.Sprintf("the page %s is broken", page), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a client that has gone is nobody's error
}
