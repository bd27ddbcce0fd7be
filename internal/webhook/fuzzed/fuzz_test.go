// Package fuzzed fuzzes the webhook. It is a package of its own, so fuzzing compiles and instruments only the webhook,
// without the database and all else that its other tests use.
package fuzzed

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/webhook"
)

// everything accepts every alert and keeps the last.
type everything struct{ arrival atalaya.Arrival }

func (e *everything) Accept(_ context.Context, a atalaya.Arrival) (atalaya.Receipt, error) {
	e.arrival = a
	if a.TooLarge {
		return atalaya.Receipt{Outcome: atalaya.OutcomeTooLarge}, nil
	}
	return atalaya.Receipt{Outcome: atalaya.OutcomeAccepted, SignalID: "x"}, nil
}

func (e *everything) Status(context.Context, atalaya.WebhookToken, netip.Addr) (atalaya.TenantConfig, error) {
	return atalaya.TenantConfig{}, nil
}

type deaf struct{}

func (deaf) Arrived(string, time.Duration) {}

// Whatever a stranger sends, the webhook answers with JSON and one of its statuses. It never redirects, lets no body of
// more than 64 KiB through, and shows no token.
func FuzzDoor(f *testing.F) {
	token := strings.Repeat("0123456789abcdef", 4)
	for _, request := range []string{
		"POST /webhook/" + token + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		"POST //webhook//" + strings.ToUpper(token) + "/%20 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		"GET /webhook/" + token + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4, ::1, x\r\n\r\n",
		"POST /v1/webhook?key=" + token + "&chart=a&ticker={{ticker}}&delivery=together HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
		"PUT /webhook HTTP/1.0\r\n\r\n", "POST /webhook/%2e%2e/%00 HTTP/1.1\r\nHost: a\r\nIdempotency-Key: \t k\r\nContent-Length: 70000\r\n\r\nx",
		"HEAD /webhook/x/y/z HTTP/1.1\r\nHost: a\r\n\r\n", "POST /webhook/a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
	} {
		f.Add([]byte(request))
	}
	statuses := []int{200, 401, 403, 404, 405, 413, 429, 503}
	f.Fuzz(func(t *testing.T, raw []byte) {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return // net/http answers 400 before the door
		}
		behind := &everything{}
		door := webhook.New(behind, deaf{}, slog.New(slog.DiscardHandler), webhook.Options{ClientIP: webhook.ClientIP([]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}), Legacy: true})
		if !door.Owns(request.URL.Path) {
			return
		}
		request.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		door.ServeHTTP(w, request)
		answer, err := io.ReadAll(w.Result().Body)
		if err != nil || !slices.Contains(statuses, w.Code) || w.Header().Get("Location") != "" {
			t.Fatalf("%q answered %d %s", raw, w.Code, answer)
		}
		if request.Method != http.MethodHead && !json.Valid(answer) {
			t.Fatalf("the answer to %q is no JSON: %s", raw, answer)
		}
		if len(behind.arrival.Body) > atalaya.MaxBody {
			t.Fatalf("%d bytes were let through", len(behind.arrival.Body))
		}
		if token := behind.arrival.Token.Reveal(); len(token) > 20 && bytes.Contains(answer, []byte(token)) {
			t.Fatalf("the answer shows the token: %s", answer)
		}
	})
}
