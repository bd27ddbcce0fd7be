// Package dashboard is the door out for people: it serves the embedded page under /app/, and keeps the
// browser's session. The page itself is written in TypeScript in web/dashboard and talks to the REST
// API as any other program does. This package knows no signal.
package dashboard

import (
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"atalaya/internal/respond"
)

// page holds what `make build` made of web/dashboard, and the page that is shown where it did not.
//
//go:embed all:page
var page embed.FS

// Options are the parts and settings that the door uses.
type Options struct {
	Sessions Sessions
	// ImageSources are the addresses of pictures besides the page's own, for the content security policy.
	ImageSources []string
	Version      string
	Log          *slog.Logger
}

// Door serves the page and its sessions.
type Door struct{ handler http.Handler }

// New makes the door.
func New(o Options) (*Door, error) {
	pages, err := newPages(o, page)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	handle := func(pattern string, h respond.Handler) { mux.Handle(pattern, respond.Adapt(o.Log, h)) }
	handle("GET /app/config.json", pages.config)
	handle("GET /app/", pages.serve)
	handle("POST /api/session", o.Sessions.begin)
	handle("POST /api/session/token", o.Sessions.token)
	handle("DELETE /api/session", o.Sessions.end)
	// The session's cookie is sent by the browser alone, so other sites may not make it send one.
	sameOrigin := http.NewCrossOriginProtection()
	return &Door{handler: respond.Requests(o.Log, pages.secure(sameOrigin.Handler(mux)))}, nil
}

// Owns reports whether the door serves a path.
func (d *Door) Owns(path string) bool {
	return path == "/app" || strings.HasPrefix(path, "/app/") || path == "/api/session" || path == "/api/session/token"
}

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/app" {
		http.Redirect(w, r, "/app/", http.StatusFound)
		return
	}
	d.handler.ServeHTTP(w, r)
}

// pages serves the embedded files.
type pages struct {
	files  fs.FS // nil if the page was not built
	packed *packed
	index  []byte
	policy string
	facts  facts
}

// newPages reads the built page. If it was not built, newPages reads a page that tells how to build it.
func newPages(o Options, page fs.FS) (*pages, error) {
	p := &pages{facts: o.Sessions.facts(), policy: policy(o.Sessions.connects(), o.ImageSources)}
	p.facts.Version = o.Version
	built, err := fs.Sub(page, "page/built")
	if err != nil {
		return nil, err
	}
	p.index, err = fs.ReadFile(built, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		p.index, err = fs.ReadFile(page, "page/missing.html")
		return p, err
	}
	p.files, p.packed = built, &packed{files: built}
	return p, err
}

// policy returns the page's content security policy: its own files, its own service and the project that it
// signs in to, no inline script or style, and no text that becomes markup.
func policy(connects string, images []string) string {
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'",
		strings.TrimSpace("connect-src 'self' " + connects),
		strings.TrimSpace("img-src 'self' blob: data: " + strings.Join(images, " ")),
		"font-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	}, "; ")
}

// secure sets the headers that every answer carries.
func (p *pages) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", p.policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// config answers what the page needs before anybody is signed in.
func (p *pages) config(w http.ResponseWriter, _ *http.Request) error {
	respond.JSON(w, http.StatusOK, p.facts)
	return nil
}

// serve answers a file of the page, and the page itself for every other path: the page finds out by
// the address what to show. Files under assets/ have their content's hash in their names.
func (p *pages) serve(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/app")
	name = strings.TrimPrefix(name, "/")
	if p.files == nil || name == "" || name == "index.html" || path.Ext(name) == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(p.index)
		return nil
	}
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if !p.packed.serve(w, r, name) {
		http.ServeFileFS(w, r, p.files, name)
	}
	return nil
}
