package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya/internal/api"
	"atalaya/internal/ingest"
	"atalaya/internal/limits"
	"atalaya/internal/postgres"
)

func TestTheOpenAPIDocumentIsValidAndListsExactlyTheRoutes(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	if err := s.check.Document(); err != nil {
		t.Error(err)
	}
	document := s.undocumented("/api/openapi.json").must(t, 200)
	if version := document.body["openapi"]; version != "3.1.0" {
		t.Errorf("version %v", version)
	}
	want := []string{
		"DELETE /api/channels/{id}", "DELETE /api/signals/{id}", "GET /", "GET /api/channels", "GET /api/channels/{id}/confirm/{code}", "GET /api/config",
		"GET /api/deliveries", "GET /api/deliveries/replay", "GET /api/notifications", "GET /api/quota", "GET /api/signals", "GET /api/signals/export", "GET /api/signals/stream", "GET /api/signals/{id}",
		"GET /api/stats", "GET /api/stats/calendar", "GET /api/stats/equity", "GET /api/stats/histogram", "GET /health", "GET /livez", "GET /pictures/{user_id}/{file}", "GET /readyz", "PATCH /api/channels/{id}", "PATCH /api/signals/{id}",
		"POST /api/alerts/read", "POST /api/alerts/test", "POST /api/channels", "POST /api/channels/{id}/connect", "POST /api/channels/{id}/test", "POST /api/channels/{id}/unsubscribe",
		"POST /api/config/cookies/check", "POST /api/config/webhook-token", "POST /api/deliveries/replay", "POST /api/deliveries/{id}/replay",
		"POST /api/notifications/{id}/resend", "POST /api/signals/bulk", "POST /api/signals/{id}/screenshot", "PUT /api/config", "PUT /api/signals/{id}",
	}
	if diff := cmp.Diff(want, s.documented()); diff != "" {
		t.Error(diff)
	}
}

// undocumented fetches what the OpenAPI document does not describe.
func (s *stack) undocumented(target string) answer {
	return s.plain(http.MethodGet, target, nil)
}

func (s *stack) plain(method, target string, header http.Header) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, publicURL+target, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Result().Header, raw: w.Body.Bytes()}
	if strings.Contains(a.header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.raw, &a.body); err != nil {
			s.t.Fatal(err)
		}
	}
	return a
}

func TestRoutesThatDoNotExistAnswerInTheProblemShape(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, target := range []string{"/nope", "/api/signals/stream/x", "/api/signals/export/x", "/api/config/cookies/none", "/metrics", "/pictures/", "/pictures/x", "/docs/../etc", "/docs/other.js", "/api/", "/index.html"} {
		if a := s.plain(http.MethodGet, target, nil); a.status != http.StatusTemporaryRedirect && a.status != http.StatusMovedPermanently {
			a.refused(t, http.StatusNotFound, "not_found", "")
		}
	}
	a := s.plain(http.MethodPost, "/api/stats", nil)
	a.refused(t, http.StatusMethodNotAllowed, "method_not_allowed", "GET")
	if allow := a.header.Get("Allow"); allow != "GET" {
		t.Errorf("Allow: %s", allow)
	}
	s.plain(http.MethodGet, "/api/config/webhook-token", nil).refused(t, http.StatusMethodNotAllowed, "method_not_allowed", "POST")
}

func TestNobodyReadsWithoutAnAccessToken(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	id := s.signal(alice, "BINANCE:BTCUSDT")
	routes := otherUsersRoutes(id)
	for _, route := range []string{"GET /api/signals", "GET /api/config", "GET /api/stats", "GET /api/quota", "POST /api/config/webhook-token"} {
		routes[route] = ""
	}
	routes["PUT /api/config"] = `{"webhook_enabled":false}`
	for route, body := range routes {
		method, path, _ := strings.Cut(route, " ")
		for _, token := range []string{"", "x", alice.token + "x"} {
			a := s.wrong(account{token: token}, method, path, body)
			a.refused(t, http.StatusUnauthorized, "unauthorized", "access")
			if a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s: WWW-Authenticate is %q, want Bearer", route, a.header.Get("WWW-Authenticate"))
			}
		}
	}
	if a := s.wrong(account{}, "GET", "/api/signals?access_token="+alice.token, ""); a.status != http.StatusUnauthorized {
		t.Errorf("a token in the query was taken: %d", a.status)
	}
	s.notLogged(alice.token)
}

func TestOtherOriginsMayCallOnlyIfAllowed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	const headers = "apikey,authorization,cache-control,idempotency-key,x-client-info" // as front ends send them
	preflight := func(origin string) string {
		a := s.plain(http.MethodOptions, "/api/signals", http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {headers},
		})
		if a.status != http.StatusNoContent {
			t.Errorf("a preflight of %s is answered %d, want 204", origin, a.status)
		}
		if allowed := a.header.Get("Access-Control-Allow-Origin") != ""; allowed != (a.header.Get("Access-Control-Allow-Headers") == headers) {
			t.Errorf("%s may send %q", origin, a.header.Get("Access-Control-Allow-Headers"))
		}
		if a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Error("credentials are allowed")
		}
		return a.header.Get("Access-Control-Allow-Origin")
	}
	if got := preflight("https://app.example.com"); got != "https://app.example.com" {
		t.Errorf("the allowed origin got %q", got)
	}
	if got := preflight("https://evil.example"); got != "" {
		t.Errorf("another origin got %q", got)
	}
	s = newStack(t, func(o *api.Options) { o.AllowedOrigins = nil })
	if got := preflight("https://app.example.com"); got != "" {
		t.Errorf("without ALLOWED_ORIGINS an origin got %q", got)
	}
	s = newStack(t, func(o *api.Options) { o.AllowedOrigins = []string{"*"} })
	if got := preflight("https://any.example"); got != "*" {
		t.Errorf("with * an origin got %q", got)
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, target := range []string{"/", "/api/stats", "/nope", "/docs", "/health"} {
		h := s.plain(http.MethodGet, target, nil).header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Request-Id") == "" || h.Get("Cache-Control") == "" {
			t.Errorf("%s lacks a security header: %v", target, h)
		}
	}
}

func TestTheDocsPageIsServedFromOurOwnFiles(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for target, contentType := range map[string]string{
		"/docs": "text/html", "/docs/docs.js": "text/javascript", "/docs/reference.js": "text/javascript",
		"/favicon.svg": "image/svg+xml", "/favicon.ico": "image/svg+xml",
	} {
		a := s.undocumented(target).must(t, 200)
		if !strings.HasPrefix(a.header.Get("Content-Type"), contentType) || len(a.raw) < 200 {
			t.Errorf("%s is %q with %d bytes, want %s", target, a.header.Get("Content-Type"), len(a.raw), contentType)
		}
	}
	for _, target := range []string{"/docs", "/docs/docs.js"} {
		raw := s.undocumented(target).raw
		for _, foreign := range []string{"http://", "https://", "<script>", "<style", "onclick"} {
			if bytes.Contains(raw, []byte(foreign)) {
				t.Errorf("%s holds %s, which its policy forbids", target, foreign)
			}
		}
	}
}

func TestTheReferenceIsSentCompressedToClientsThatAcceptIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	plain := s.plain(http.MethodGet, "/docs/reference.js", nil)
	packed := s.plain(http.MethodGet, "/docs/reference.js", http.Header{"Accept-Encoding": {"gzip, br"}})
	if packed.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Content-Encoding") != "" {
		t.Errorf("encodings %q and %q", packed.header.Get("Content-Encoding"), plain.header.Get("Content-Encoding"))
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed.raw))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(unpacked); err != nil || !bytes.Equal(body, plain.raw) || len(packed.raw)*2 > len(body) {
		t.Errorf("%d bytes packed, %d unpacked, %d plain: %v", len(packed.raw), len(body), len(plain.raw), err)
	}
	again := s.plain(http.MethodGet, "/docs/reference.js", http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {packed.header.Get("Etag")}})
	if again.status != http.StatusNotModified {
		t.Errorf("asked again, it answers %d", again.status)
	}
}

func TestEveryPageHasTheSameIcon(t *testing.T) {
	t.Parallel()
	want := file(t, "web/dashboard/public/icon.svg")
	for _, copied := range []string{"internal/api/docs/favicon.svg", "internal/operator/icon.svg", "internal/notify/double/assets/icon.svg"} {
		if file(t, copied) != want {
			t.Errorf("%s is not web/dashboard/public/icon.svg", copied)
		}
	}
	for page, icon := range map[string]string{
		"web/dashboard/index.html": "/app/icon.svg", "internal/dashboard/page/missing.html": "/favicon.svg", "internal/api/docs/index.html": "/favicon.svg",
		"internal/operator/page.html": "/icon.svg", "internal/operator/sign-in.html": "/icon.svg", "internal/notify/double/assets/inbox.html": "/inbox/files/icon.svg",
		"internal/chartsite/assets/home.html": "data:image/svg+xml,", "internal/chartsite/assets/chart.html": "data:image/svg+xml,", "internal/chartsite/assets/message.html": "data:image/svg+xml,",
	} {
		if !strings.Contains(file(t, page), `<link rel="icon" href="`+icon) {
			t.Errorf("%s does not name the icon %s", page, icon)
		}
	}
}

// file reads a file of the repository.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestManyProbesOfHealthShareOneCheck(t *testing.T) {
	t.Parallel()
	var looks atomic.Int32
	report := api.Report{Database: api.Up, Redis: api.NotConfigured, Worker: api.Up, BrowserPool: api.Up, Browser: api.Up, Queue: api.Queue{Waiting: 5, Active: 2, Completed: 1250, Failed: 3, Total: 1260}}
	s := newStack(t, func(o *api.Options) {
		o.Health = func(context.Context) api.Report { looks.Add(1); return report }
	})
	for range 3 {
		a := s.call(account{}, "GET", "/health", "").must(t, 200)
		services := a.body["services"].(map[string]any)
		if a.body["status"] != "healthy" || services["supabase"] != true || services["redis"] != "not_configured" || services["puppeteer"] != true ||
			services["queue"].(map[string]any)["completed"] != 1250.0 || a.body["queue"].(map[string]any)["total"] != 1260.0 {
			t.Errorf("health %s", a.raw)
		}
	}
	if looks.Load() != 1 {
		t.Errorf("looked %d times", looks.Load())
	}
}

func TestOnlyHealthWithoutADatabaseIsUnhealthy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		report        api.Report
		health, ready int
		status        string
	}{
		"no browser":  {api.Report{Database: api.Up, Redis: api.NotConfigured, Worker: api.Up, BrowserPool: api.Up, Errors: []string{"browser_not_found"}}, 200, 200, "degraded"},
		"redis down":  {api.Report{Database: api.Up, Redis: api.Down, Worker: api.Up, BrowserPool: api.Up, Browser: api.Up}, 200, 200, "degraded"},
		"no database": {api.Report{Redis: api.NotConfigured, Worker: api.Up, BrowserPool: api.Up, Browser: api.Up, Errors: []string{"database_unreachable"}}, 503, 503, "unhealthy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t, func(o *api.Options) { o.Health = func(context.Context) api.Report { return test.report } })
			if a := s.call(account{}, "GET", "/health", "").must(t, test.health); a.body["status"] != test.status {
				t.Errorf("health %s", a.raw)
			}
			s.call(account{}, "GET", "/readyz", "").must(t, test.ready)
			s.call(account{}, "GET", "/livez", "").must(t, 200)
		})
	}
}

func TestAPictureIsServedWithoutATokenUnderItsName(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	png := append([]byte("\x89PNG\r\n\x1a\n"), 1, 2, 3)
	name := string(alice.id) + "/BTCUSDT_20260101T000000Z-abcdefghijklmnopqrstuvwxyz.png"
	if err := s.disk.Put(t.Context(), name, png, "image/png"); err != nil {
		t.Fatal(err)
	}
	a := s.plain(http.MethodGet, "/pictures/"+name, nil).must(t, 200)
	if !bytes.Equal(a.raw, png) || a.header.Get("Content-Type") != "image/png" || a.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(a.header.Get("Cache-Control"), "immutable") || a.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("the picture's headers are %v", a.header)
	}
	for _, target := range []string{string(alice.id) + "/other.png", string(alice.id) + "/x.txt", "x/y.png", string(alice.id) + "/..%2F..%2Fx.png", string(alice.id) + "/%2e%2e.png", string(alice.id) + "/.hidden.png"} {
		s.plain(http.MethodGet, "/pictures/"+target, nil).refused(t, http.StatusNotFound, "not_found", "")
	}
	s.notLogged("abcdefghijklmnopqrstuvwxyz.png")
	s = newStack(t, func(o *api.Options) { o.Pictures = nil })
	s.plain(http.MethodGet, "/pictures/"+name, nil).refused(t, http.StatusNotFound, "not_found", "no such route")
}

func TestADatabaseThatDoesNotAnswerIs503WithoutDetails(t *testing.T) {
	t.Parallel()
	s := newStack(t, func(o *api.Options) {
		pool, err := postgres.Open("postgresql://someone:hunter2@127.0.0.1:1/none") // nothing listens there
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		store := postgres.NewStore(pool)
		o.Store, o.Intake = store, ingest.New(store, ingest.Bounds{Limits: limits.New(limits.Options{}), Lookups: limits.NewLookups(time.Now)}, ingest.Policy{}, o.Log)
	})
	alice := s.user("alice@example.com")
	routes := otherUsersRoutes("00000000-0000-0000-0000-000000000001")
	for _, route := range []string{"GET /api/signals", "GET /api/config", "GET /api/stats", "GET /api/quota", "POST /api/config/webhook-token"} {
		routes[route] = ""
	}
	routes["PUT /api/config"] = `{"webhook_enabled":false}`
	for route, body := range routes {
		method, path, _ := strings.Cut(route, " ")
		a := s.call(alice, method, path, body)
		a.refused(t, http.StatusServiceUnavailable, "unavailable", "Try again")
		if bytes.Contains(a.raw, []byte("127.0.0.1")) || strings.Contains(s.log.String(), "hunter2") {
			t.Errorf("%s shows the inside: %s", route, a.raw)
		}
	}
}

func TestABodyOfAnotherTypeIsRefused(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	alice := s.user("alice@example.com")
	r := s.request(alice, "PUT", "/api/config", `a=1`)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusUnsupportedMediaType || !strings.Contains(w.Body.String(), `"error":"invalid_request"`) {
		t.Errorf("a body of another type is answered %d %s", w.Code, w.Body)
	}
}
