package app

import "net/http"

// door serves the paths that it owns. It sets its own headers.
type door struct {
	owns    func(path string) bool
	handler http.Handler
}

// everything owns every path that no door before it owns.
func everything(string) bool { return true }

// mux sends each request to the first door that owns its path. It never redirects.
type mux []door

// ServeHTTP implements http.Handler.
func (m mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, d := range m {
		if d.owns(r.URL.Path) {
			d.handler.ServeHTTP(w, r)
			return
		}
	}
	http.NotFound(w, r)
}
