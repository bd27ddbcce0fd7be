package acceptance

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"atalaya/internal/auth/authtest"
	"atalaya/internal/blob/blobtest"
)

// account is a user who can sign in.
type account struct {
	ID       string `json:"id"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Token    string `json:"token"` // an access token
}

// gateway is the project's one address, as Supabase's API gateway is: PostgREST, and the doubles of Storage
// and Auth.
type gateway struct {
	*httptest.Server
	keys    []byte // the JWKS
	signer  *signer
	auth    *authtest.Project
	storage *blobtest.Supabase
	rest    http.Handler
}

// newGateway returns a gateway that listens at once, so that its address is known. The other fields are set before
// the first request.
func newGateway() *gateway {
	g := &gateway{storage: blobtest.NewSupabase()}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	return g
}

// rest sends /rest/v1 to a PostgREST. Without a bearer token the project's key is the token.
func rest(at *url.URL) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(at)
		r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, "/rest/v1")
		r.Out.URL.RawPath = ""
		if key := r.In.Header.Get("Apikey"); key != "" && r.In.Header.Get("Authorization") == "" {
			r.Out.Header.Set("Authorization", "Bearer "+key)
		}
	}}
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	if asksForKey(r) && r.Header.Get("Apikey") == "" && r.URL.Query().Get("apikey") == "" {
		answer(w, http.StatusUnauthorized, map[string]any{"message": "No API key found in request", "hint": "No `apikey` request header or url param was found."})
		return
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/storage/v1/"):
		g.storage.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, "/rest/v1/"):
		g.rest.ServeHTTP(w, r)
	case r.Method == http.MethodOptions: // PostgREST has answered its own
		w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		fromAnywhere(w)
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/auth/v1/.well-known/jwks.json":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(g.keys)
	case strings.HasPrefix(r.URL.Path, "/auth/v1/"):
		g.auth.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, "/double/"):
		g.double(w, r)
	default:
		answer(w, http.StatusNotFound, map[string]any{"message": "no Route matched with those values"})
	}
}

// double answers the scripts: it shows what the double of Auth has seen, and sets what it does.
func (g *gateway) double(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/double/mail":
		code, link := g.auth.LastMail(r.URL.Query().Get("to"))
		answer(w, http.StatusOK, map[string]any{"code": code, "link": g.URL + link})
	case "/double/mails":
		every, _ := time.ParseDuration(r.URL.Query().Get("every")) // of the script, which is ours
		g.auth.MailEvery(every)
		answer(w, http.StatusOK, map[string]any{})
	case "/double/fail":
		status, _ := strconv.Atoi(r.URL.Query().Get("status")) // what is no number ends the failing
		g.auth.Fail(status)
		answer(w, http.StatusOK, map[string]any{})
	default:
		used, reused := g.auth.Refreshes()
		answer(w, http.StatusOK, map[string]any{"used": used, "reused": reused, "signedOut": g.auth.SignedOut()})
	}
}

// openRoutes are Auth's routes that a project's gateway lets through without a key: browsers open them.
var openRoutes = []string{"/auth/v1/.well-known/jwks.json", "/auth/v1/verify", "/auth/v1/authorize"}

// asksForKey reports whether a project's gateway wants its key with a request. It does for the database and
// for Auth, except for open routes and for preflights. Storage checks its requests itself.
func asksForKey(r *http.Request) bool {
	guarded := strings.HasPrefix(r.URL.Path, "/rest/v1/") || strings.HasPrefix(r.URL.Path, "/auth/v1/")
	return guarded && r.Method != http.MethodOptions && !slices.Contains(openRoutes, r.URL.Path)
}

// fromAnywhere lets sites of every origin read an answer, as a project does.
func fromAnywhere(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "*") }

func answer(w http.ResponseWriter, status int, body any) {
	fromAnywhere(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
