package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"atalaya"
	"atalaya/internal/api"
)

// slowStore answers a check of cookies as pending until a moment.
type slowStore struct {
	api.Store
	answered time.Time
}

// permissive accepts every check of cookies.
type permissive struct{ api.Intake }

func (permissive) RequestCookieCheck(context.Context, atalaya.UserID) error { return nil }

func (s slowStore) CookieCheck(ctx context.Context, _ atalaya.UserID) (atalaya.CookieCheck, error) {
	if time.Now().Before(s.answered) {
		return atalaya.CookieCheck{State: atalaya.CookiesPending}, ctx.Err()
	}
	return atalaya.CookieCheck{State: atalaya.CookiesAlive, CookiesValid: true}, ctx.Err()
}

// Stats blocks until the request's context ends.
func (s slowStore) Stats(ctx context.Context, _ atalaya.Caller) (atalaya.Stats, error) {
	<-ctx.Done()
	return atalaya.Stats{}, ctx.Err()
}

// anybody accepts every token.
type anybody struct{}

func (anybody) Verify(context.Context, string) (atalaya.Caller, error) { return atalaya.Caller{}, nil }

// ask sends a request to an API whose store answers cookie checks after some time. It returns the status, data.state,
// and how long the answer took.
func ask(t *testing.T, method, target string, after time.Duration) (status int, state string, took time.Duration) {
	t.Helper()
	handler := api.New(api.Options{
		Store: slowStore{answered: time.Now().Add(after)}, Intake: permissive{}, Verifier: anybody{}, Log: slog.New(slog.DiscardHandler),
	})
	began := time.Now()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, nil))
	var body struct {
		Data struct {
			State string `json:"state"`
		} `json:"data"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return w.Code, body.Data.State, time.Since(began)
}

func TestACookieCheckWaitsTwentySecondsForTheSite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after  time.Duration
		status int
		state  string
	}{
		{0, http.StatusOK, "alive"},
		{15 * time.Second, http.StatusOK, "alive"},
		{time.Minute, http.StatusAccepted, "pending"},
	} {
		synctest.Test(t, func(t *testing.T) {
			status, state, took := ask(t, "POST", "/api/config/cookies/check", test.after)
			if want := min(test.after, 20*time.Second); status != test.status || state != test.state || took < want || took > want+time.Second {
				t.Errorf("answered after %s: %d %q after %s", test.after, status, state, took)
			}
		})
	}
}

func TestOtherRequestsAreCutAfterTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		if status, _, took := ask(t, "GET", "/api/stats", 0); status < 500 || took != 10*time.Second {
			t.Errorf("%d after %s", status, took)
		}
	})
}
