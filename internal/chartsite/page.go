package chartsite

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// pageConfig configures the chart page's script.
type pageConfig struct {
	ChartID string   `json:"chart_id"`
	Asked   names    `json:"asked"`
	Saved   names    `json:"saved"`    // what the page claims to show until the data are there
	DataURL string   `json:"data_url"` // of the requested view; "" if the page gets no data
	Look    Look     `json:"look"`
	Failure string   `json:"failure"`
	Canary  string   `json:"canary"` // host:port that must not be reached; "" for none
	Covers  []string `json:"covers"`
	Faults  []string `json:"faults"`
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
	s.serveChart(w, r, chartID, who, sc)
}

// serveChart answers with the page that a visitor sees of a chart in a scenario.
func (s *Site) serveChart(w http.ResponseWriter, r *http.Request, chartID string, who visitor, sc Scenario) {
	if sc.SessionEndsLater && who.signedIn && !s.visited.add(who.account) {
		s.expired.add(who.account)
		who.signedIn = false
	}
	signedIn := who.signedIn && !sc.SessionEnded
	if sc.Private {
		s.layoutPrivate(w, signedIn)
		return
	}
	if !signedIn && !sc.Public && chartID != "" {
		s.layoutPrivate(w, false)
		return
	}
	asked := askedView(r)
	saved := sc.saved(asked)
	if sc.Unguarded {
		w.Header().Del("Content-Security-Policy")
	}
	s.render(w, http.StatusOK, "chart.html", map[string]any{
		"SignedIn":  signedIn,
		"Saved":     namesOf(saved),
		"Language":  cmp.Or(sc.Look.Language, "en"),
		"Direction": direction(sc.Look.Language),
		"Toolbars":  !sc.Look.ToolbarsOff,
		"Panels":    sc.Look.Panels,
		"Config": pageConfig{
			ChartID: chartID,
			Asked:   namesOf(asked),
			Saved:   namesOf(saved),
			DataURL: dataURL(chartID, asked, sc),
			Look:    sc.Look,
			Failure: sc.Failure,
			Canary:  s.canary,
			Covers:  sc.Covers,
			Faults:  sc.Faults,
		},
	})
	pad(w, sc.Padding)
}

// direction returns rtl or ltr, the direction in which a language is written.
func direction(language string) string {
	if language == "ar" || language == "he" {
		return "rtl"
	}
	return "ltr"
}

// dataURL returns the URL of the page's candles, or "" if the page never asks for any.
func dataURL(chartID string, asked view, sc Scenario) string {
	if slices.Contains(sc.Faults, "loading") || sc.Failure != "" && !slices.Contains(sc.Faults, "others-fail") {
		return ""
	}
	return "/data/chart?" + url.Values{
		"chart_id": {chartID}, "symbol": {asked.Instrument.Name()}, "interval": {asked.Interval.Code},
	}.Encode()
}

// pad writes n bytes that show nothing after a page.
func pad(w io.Writer, n int) {
	line := []byte("<!--" + strings.Repeat("atalaya ", 1022) + "-->\n")
	for ; n > 0; n -= len(line) {
		if _, err := w.Write(line); err != nil {
			return // the client has gone
		}
	}
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

// askedView returns the symbol and interval of a request's query. One that is absent or not valid is the chart's
// own.
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
	SignIn bool   // offer to sign in
	Known  bool   // the page says that someone is signed in
	Robot  bool   // ask for a proof of being human
	Frame  string // the address of a frame, "" for none
}

// layoutPrivate answers visitors who may not see a layout, most of whom are not signed in. That the real
// site answers 200 here is an assumption. What a capture sees is html.is-not-authenticated and no chart.
func (s *Site) layoutPrivate(w http.ResponseWriter, signedIn bool) {
	s.message(w, http.StatusOK, message{
		Title:  "We can't open this chart layout for you",
		Text:   "Its owner has not shared it. If it is yours, sign in to see it.",
		SignIn: !signedIn,
		Known:  signedIn,
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

// render answers with a page. If the page's template fails, it answers 500 and logs the error.
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
