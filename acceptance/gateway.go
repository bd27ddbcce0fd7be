package acceptance

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"

	"atalaya/internal/blob/blobtest"
)

// account is a user who can sign in.
type account struct {
	ID       string `json:"id"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Token    string `json:"token"` // an access token
}

// gateway is the project's one address, as Supabase's API gateway is: PostgREST, the storage double,
// and a double of Supabase Auth that knows signing in and out, the user and the public keys.
type gateway struct {
	*httptest.Server
	keys     []byte // the JWKS
	accounts []account
	storage  *blobtest.Supabase
	rest     http.Handler
}

// newGateway listens at once, so that its address is known. The rest is set before it is asked.
func newGateway() *gateway {
	g := &gateway{storage: blobtest.NewSupabase()}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	return g
}

// rest sends /rest/v1 to a PostgREST. Without a bearer token the key of the project speaks.
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
	case r.URL.Path == "/auth/v1/token":
		g.signIn(w, r)
	case r.URL.Path == "/auth/v1/logout": // the access token stays good until it expires, as in a project
		fromAnywhere(w)
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/auth/v1/user":
		g.user(w, r)
	default:
		answer(w, http.StatusNotFound, map[string]any{"message": "no Route matched with those values"})
	}
}

// asksForKey reports whether a project's gateway wants its key with a request. It does for the database and
// for Auth, except for the public keys and for preflights. Storage checks its requests itself.
func asksForKey(r *http.Request) bool {
	guarded := strings.HasPrefix(r.URL.Path, "/rest/v1/") || strings.HasPrefix(r.URL.Path, "/auth/v1/")
	return guarded && r.Method != http.MethodOptions && r.URL.Path != "/auth/v1/.well-known/jwks.json"
}

// signIn takes an address and a password.
func (g *gateway) signIn(w http.ResponseWriter, r *http.Request) {
	var given account
	_ = json.NewDecoder(r.Body).Decode(&given) // what cannot be read signs nobody in
	for _, a := range g.accounts {
		if a.Email == given.Email && a.Password == given.Password {
			answer(w, http.StatusOK, map[string]any{
				"access_token": a.Token, "token_type": "bearer", "expires_in": 3600, "refresh_token": "none", "user": facts(a),
			})
			return
		}
	}
	answer(w, http.StatusBadRequest, map[string]any{"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"})
}

// user tells who a token belongs to.
func (g *gateway) user(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, a := range g.accounts {
		if a.Token == token {
			answer(w, http.StatusOK, facts(a))
			return
		}
	}
	answer(w, http.StatusForbidden, map[string]any{"code": 403, "error_code": "bad_jwt", "msg": "invalid JWT"})
}

func facts(a account) map[string]any {
	return map[string]any{"id": a.ID, "email": a.Email, "aud": "authenticated", "role": "authenticated", "is_anonymous": false}
}

// fromAnywhere lets sites of every origin read an answer, as a project does.
func fromAnywhere(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "*") }

func answer(w http.ResponseWriter, status int, body any) {
	fromAnywhere(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
