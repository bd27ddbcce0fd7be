package webhook_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/webhook"
)

func TestATokenThatNoColumnHoldsFailsNobodyElsesAlert(t *testing.T) {
	t.Parallel()
	d := newDoor(t, atalaya.QuotaStrict)
	_, token := d.ready()
	impossible := []string{"%00", "%ff", "a%00b", strings.Repeat("%c3", 32), strings.Repeat("a", 201)}
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			if i%2 == 0 {
				if a := d.post(token, fmt.Sprint("alert ", i)); a.status != http.StatusOK {
					t.Errorf("alert %d answered %d %v", i, a.status, a.body)
				}
				return
			}
			if a := d.send(http.MethodPost, "/webhook/"+impossible[i/2%len(impossible)], "{}"); a.status != http.StatusUnauthorized {
				t.Errorf("an impossible token answered %d %v", a.status, a.body)
			}
		})
	}
	wait.Wait()
	if n := one[int](d, "select count(*) from trading_signals"); n != 50 {
		t.Errorf("%d signals, want 50", n)
	}
}

// deadlines notes whether a read deadline was set.
type deadlines struct {
	*httptest.ResponseRecorder
	set bool
}

func (d *deadlines) SetReadDeadline(time.Time) error { d.set = true; return nil }

// net/http waits for the next request while one without a body is answered. It would take a deadline that passes
// meanwhile for the end of the connection, and every later alert on it would be answered 503.
func TestOnlyARequestWithABodyHasADeadlineForIt(t *testing.T) {
	t.Parallel()
	d, _ := newDoorAlone(t, webhook.Options{})
	for method, bodies := range map[string][]string{http.MethodGet: {""}, http.MethodPost: {"", "{}"}} {
		for _, body := range bodies {
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			d.handler.ServeHTTP(w, httptest.NewRequest(method, "/webhook/"+known.Reveal(), strings.NewReader(body)))
			if w.Code != http.StatusOK || w.set != (body != "") {
				t.Errorf("%s of %q: %d, deadline set: %t", method, body, w.Code, w.set)
			}
		}
	}
}
