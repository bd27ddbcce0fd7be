package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnknownParametersAreNamed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	for query, want := range map[string][]any{
		"":                                  {},
		"limit=5&result=win&event_kind=all": {},
		"foo=1&limit=5&bar=&foo=2":          {"bar", "foo"},
		"Result=win":                        {"Result"},
	} {
		got := s.wrong(alice, "GET", "/api/signals?"+query, "").must(t, 200)
		if diff := cmp.Diff(want, got.body["ignored"]); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

// headWriter calls end once the answer's head is written. An event stream does not end by itself.
type headWriter struct {
	*httptest.ResponseRecorder
	end context.CancelFunc
}

func (w headWriter) WriteHeader(status int) {
	w.ResponseRecorder.WriteHeader(status)
	w.end()
}

func (w headWriter) Flush() {
	w.ResponseRecorder.Flush()
	w.end()
}

func TestNoRouteIgnoresAParameterSilently(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	lenient := map[string]bool{"GET /api/signals": true, "GET /api/stats": true, "GET /pictures/{user_id}/{file}": true}
	ids := strings.NewReplacer("{id}", s.signal(alice, "BINANCE:BTCUSDT"), "{code}", "c0de", "{user_id}", string(alice.id), "{file}", "x.png")
	for _, route := range s.documented() {
		method, path, _ := strings.Cut(route, " ")
		takesSome := strings.Contains(string(s.parameters(method, path)), `"in":"query"`)
		ctx, cancel := context.WithCancel(t.Context())
		r := s.request(alice, method, ids.Replace(path)+"?limt=5", "").WithContext(ctx)
		w := headWriter{httptest.NewRecorder(), cancel}
		s.handler.ServeHTTP(w, r)
		cancel()
		if takesSome && !lenient[route] {
			if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `does not know the parameter \"limt\"`) {
				t.Errorf("%s answers %d %s, want 422 for the parameter", route, w.Code, body)
			}
		} else if got := w.Header().Get("X-Ignored-Parameters"); got != "limt" {
			t.Errorf("%s answers %d and names %q as ignored", route, w.Code, got)
		}
	}
	if got := s.wrong(alice, "GET", "/api/stats?limt=5", "").must(t, 200); cmp.Diff([]any{"limt"}, got.body["ignored"]) != "" {
		t.Errorf("statistics ignore %v", got.body["ignored"])
	}
	long := s.wrong(alice, "GET", "/api/quota?a%0d%0ab=1&"+strings.Repeat("x", 300)+"=1", "").must(t, 200)
	if got := long.header.Get("X-Ignored-Parameters"); got != "a%0D%0Ab,"+strings.Repeat("x", 100) {
		t.Errorf("hostile names are repeated as %q", got)
	}
}

// parameters returns the OpenAPI document's description of a route's parameters.
func (s *stack) parameters(method, path string) []byte {
	s.t.Helper()
	item, _ := s.undocumented("/api/openapi.json").body["paths"].(map[string]any)[path].(map[string]any)
	operation, _ := item[strings.ToLower(method)].(map[string]any)
	text, err := json.Marshal(operation["parameters"])
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}
