// Package chartsite is TradingView's double: a chart site for development, tests and demos. As far as
// Atalaya can tell, its page looks and behaves like the real one, in its failures too.
//
// It owns what the page looks like, who may see it, what it draws, and the record of its drawings. It must
// not know Atalaya's product code, and product code must not know it: they only meet through
// TRADINGVIEW_URL. Every picture of a chart carries a ribbon (see ReadRibbon) that names the drawing, so a
// test can prove what a screenshot shows, and whose chart it is.
//
// It protects nothing: anyone who has the code can make a session. Do not serve it to others.
package chartsite

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"atalaya"
)

//go:embed assets
var embedded embed.FS

// Options configure a Site. The zero value is usable.
type Options struct {
	// Log gets a line at debug level for every drawing; nil discards them. No cookie is ever logged.
	Log *slog.Logger
	// Canary is the host:port that the scenarios hostile and nationalaway try to reach, a Canary's Addr.
	// If it is empty, they try addresses at which nobody listens.
	Canary string
}

// Site is a chart site. It keeps a bounded record of its drawings and starts no goroutine. Safe for
// concurrent use.
type Site struct {
	log       *slog.Logger
	assets    fs.FS
	templates *template.Template
	scenarios []Scenario
	mux       *http.ServeMux
	draws     drawLog
	canary    string
	expired   accountSet // their session has ended
	visited   accountSet // their session dies with the next visit
	chosen    chosenScenarios

	closeOnce sync.Once
	closed    chan struct{} // ends the answers that would otherwise never end
}

// New makes a Site. It fails only if the embedded assets are broken.
func New(opts Options) (*Site, error) {
	assets, err := fs.Sub(embedded, "assets")
	if err != nil {
		return nil, fmt.Errorf("chart site assets: %w", err)
	}
	templates, err := template.ParseFS(assets, "*.html")
	if err != nil {
		return nil, fmt.Errorf("chart site pages: %w", err)
	}
	s := &Site{
		log:       opts.Log,
		assets:    assets,
		templates: templates,
		scenarios: Scenarios(),
		draws:     newDrawLog(),
		canary:    opts.Canary,
		closed:    make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.routes()
	return s, nil
}

// nationalPattern is the route of the national site's charts.
const nationalPattern = "GET /es/chart/{chart_id}/{$}"

func (s *Site) routes() {
	mux := http.NewServeMux()
	// What the real site has.
	mux.HandleFunc("GET /chart/{$}", s.chartPage) // the plain chart of a symbol, of no layout
	mux.HandleFunc("GET /chart/{chart_id}/{$}", s.chartPage)
	mux.HandleFunc("GET /chart/{chart_id}", s.addSlash)
	mux.HandleFunc(nationalPattern, s.chartPage)
	mux.HandleFunc("GET /data/chart", s.chartData)
	mux.HandleFunc("GET /data/live", s.liveData)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(s.assets)))
	// What only the double has: a guide, and the record of what it drew.
	mux.HandleFunc("GET /{$}", s.homePage)
	mux.HandleFunc("GET "+limitedPath, s.limitedFrame)
	mux.HandleFunc("GET /_site/draws", s.listDraws)
	mux.HandleFunc("GET /_site/draws/{id}", s.oneDraw)
	mux.HandleFunc("GET /_site/session", s.makeSession)
	mux.HandleFunc("POST /_site/sign-in", s.signIn)
	mux.HandleFunc("POST /_site/scenario", s.chooseScenario)
	mux.HandleFunc("POST /_site/accounts/{account}/expire", s.expireAccount)
	mux.HandleFunc("GET /", s.notFound)
	s.mux = mux
}

// Handler returns the site as an http.Handler. The site does not listen by itself.
func (s *Site) Handler() http.Handler { return s }

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	// Inline styles are lightweight-charts' own; everything else is a file of ours.
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; "+
		"style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "+
		"frame-src 'self'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// Close ends every answer that is still open: live prices, slow data, navigations that hang.
// http.Server.Shutdown waits for these, so hand Close to RegisterOnShutdown. Closing twice is
// harmless.
func (s *Site) Close() { s.closeOnce.Do(func() { close(s.closed) }) }

// Expire ends a session, as TradingView does when its owner signs out elsewhere. From now on the site answers it
// with the signed-out page.
func (s *Site) Expire(session atalaya.TVSession) { s.expired.add(Account(session)) }

// Draw returns the drawing with the id that a ribbon carries, and whether it is still on record.
func (s *Site) Draw(id uint32) (Draw, bool) { return s.draws.find(id) }

// Draws returns the last 10,000 drawings, oldest first.
func (s *Site) Draws() []Draw { return s.draws.all() }

func (s *Site) listDraws(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{"draws": s.Draws()})
}

func (s *Site) oneDraw(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 32)
	if err != nil {
		http.Error(w, "a drawing's id is a number of 32 bits", http.StatusBadRequest)
		return
	}
	draw, ok := s.Draw(uint32(id))
	if !ok {
		http.Error(w, "no drawing of that id is on record", http.StatusNotFound)
		return
	}
	writeJSON(w, draw)
}

// writeJSON answers with a value of ours, which always has a JSON form. It ignores clients that have gone.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
