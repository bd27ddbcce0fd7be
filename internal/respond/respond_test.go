package respond

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

// ask serves a request with h. It returns the answer, its members and what was logged.
func ask(t *testing.T, h Handler, r *http.Request) (*httptest.ResponseRecorder, map[string]any, string) {
	t.Helper()
	var logged bytes.Buffer
	log := slog.New(LogHandler(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	w := httptest.NewRecorder()
	Adapt(log, h).ServeHTTP(w, r)
	members := map[string]any{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil {
			t.Fatalf("the body is no JSON: %v: %s", err, w.Body)
		}
	}
	return w, members, logged.String()
}

func failing(err error) Handler {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func TestAnErrorBecomesAProblemThatOldFrontEndsCanRead(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/api/signals", nil)
	r.Header.Set(RequestIDHeader, "request-0001")
	err := With(atalaya.Wrap(atalaya.CodeQuotaExceeded, errors.New("private"), "The month is used up."), "limits", map[string]int{"signals_used": 3})
	w, got, _ := ask(t, failing(fmt.Errorf("webhook: %w", err)), r)
	want := map[string]any{
		"type": "about:blank", "title": "Too Many Requests", "status": 429.0,
		"detail": "The month is used up.", "success": false, "error": "quota_exceeded",
		"message": "The month is used up.", "request_id": "request-0001",
		"limits": map[string]any{"signals_used": 3.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if w.Code != 429 || w.Header().Get("Content-Type") != ProblemType || w.Header().Get(RequestIDHeader) != "request-0001" {
		t.Errorf("status %d, headers %v", w.Code, w.Header())
	}
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	for code, want := range map[atalaya.Code]int{
		atalaya.CodeInvalid: 422, atalaya.CodeUnauthorized: 401, atalaya.CodeForbidden: 403,
		atalaya.CodeNotFound: 404, atalaya.CodeConflict: 409, atalaya.CodeMethodNotAllowed: 405,
		atalaya.CodeBodyTooLarge: 413, atalaya.CodeInvalidToken: 401, atalaya.CodeWebhookDisabled: 403,
		atalaya.CodeQuotaExceeded: 429, atalaya.CodeUnavailable: 503, atalaya.CodeInternal: 500,
		"unheard_of": 500,
	} {
		w, members, _ := ask(t, failing(atalaya.Errorf(code, "m")), httptest.NewRequest("GET", "/", nil))
		if w.Code != want || members["error"] != string(code) {
			t.Errorf("%s: status %d, error %v", code, w.Code, members["error"])
		}
	}
}

func TestAnUnknownErrorIsLoggedAndNotShown(t *testing.T) {
	t.Parallel()
	w, members, logged := ask(t, failing(errors.New("relation secret_table does not exist")), httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || members["error"] != "internal" || strings.Contains(w.Body.String(), "secret_table") {
		t.Errorf("answered %d %s, want 500 without the error's text", w.Code, w.Body)
	}
	if !strings.Contains(logged, "secret_table") || !strings.Contains(logged, `"level":"ERROR"`) {
		t.Errorf("the log does not help the operator: %s", logged)
	}
}

func TestAPanicIsAnsweredAndLoggedOnce(t *testing.T) {
	t.Parallel()
	panicking := func(http.ResponseWriter, *http.Request) error { panic("boom") }
	w, _, logged := ask(t, panicking, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("answered %d %s, want 500 without the panic's text", w.Code, w.Body)
	}
	if strings.Count(logged, "\n") != 1 || !strings.Contains(logged, "boom") {
		t.Errorf("the log is %s, want one line", logged)
	}
}

func TestAPanicInTheMiddleOfAnAnswerCutsTheConnection(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(Adapt(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
		panic("boom")
	}))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
	}
	if err == nil {
		t.Error("half an answer was read as a whole one")
	}
}

func TestTheLogHoldsNoSecretOfARequest(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("ab12", 16)
	for _, target := range []string{
		"/webhook/" + token + "?key=hunter2", "//webhook//" + token, "/WEBHOOK/" + token,
		"/v1/webhook?key=" + token, "/somewhere/" + token, "/pictures/u/BTC_secretname.png",
		"/%09/webhook/hunter2", "/v1/webhook/hunter2", "/webhook%2Fhunter2", "/hunter2", "/api/hunter2/webhook", "/webhook;hunter2",
		"/webhooks/hunter2", "/api/signals/hunter2", "/./webhook/../hunter2", "/webhook/x/y/hunter2", "/hunter2.json", "/" + token[:31],
	} {
		r := httptest.NewRequest("POST", "http://host"+target, nil)
		r.Header.Set("Authorization", "Bearer hunter2")
		_, _, logged := ask(t, failing(atalaya.Errorf(atalaya.CodeNotFound, "no")), r)
		for _, secret := range []string{token, "hunter2", "secretname"} {
			if strings.Contains(logged, secret) {
				t.Errorf("%s: the log holds a secret: %s", target, logged)
			}
		}
		if logged == "" {
			t.Errorf("%s: nothing logged", target)
		}
	}
}

func TestARequestIDIsTakenOnlyIfSane(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "short", "with blank in it", strings.Repeat("x", 65), "new\nline-in-it"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(RequestIDHeader, id)
		w, _, _ := ask(t, failing(errors.New("x")), r)
		if got := w.Header().Get(RequestIDHeader); got == id || !saneID.MatchString(got) {
			t.Errorf("%q was answered with %q", id, got)
		}
	}
}

func TestALineLoggedInsideARequestCarriesItsIDOnce(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	log := slog.New(LogHandler(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))).With("part", "test")
	inner := Adapt(log, func(w http.ResponseWriter, r *http.Request) error {
		log.InfoContext(r.Context(), "inside")
		JSON(w, http.StatusOK, map[string]bool{"success": true})
		return nil
	})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set(RequestIDHeader, "request-0002")
	Requests(log, inner).ServeHTTP(httptest.NewRecorder(), r)
	if lines, ids := strings.Count(logged.String(), "\n"), strings.Count(logged.String(), "request-0002"); lines != 2 || ids != 2 {
		t.Errorf("%d lines with %d ids: %s", lines, ids, &logged)
	}
}
