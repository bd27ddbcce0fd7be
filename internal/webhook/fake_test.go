package webhook_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"atalaya"
	"atalaya/internal/test/journal"
	"atalaya/internal/webhook"
)

// known is the one token that fakeIngest knows.
const known = atalaya.WebhookToken("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")

// fakeIngest accepts and keeps alerts with the known token, for tests of the door alone.
type fakeIngest struct {
	mu  sync.Mutex
	got []atalaya.Arrival
}

func (f *fakeIngest) Accept(_ context.Context, a atalaya.Arrival) (atalaya.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case a.Token != known:
		return atalaya.Receipt{}, atalaya.Errorf(atalaya.CodeInvalidToken, "Nobody has this token.")
	case a.TooLarge:
		return atalaya.Receipt{Outcome: atalaya.OutcomeTooLarge}, nil
	}
	f.got = append(f.got, a)
	return atalaya.Receipt{Outcome: atalaya.OutcomeAccepted}, nil
}

func (f *fakeIngest) Status(_ context.Context, token atalaya.WebhookToken, _ netip.Addr) (atalaya.TenantConfig, error) {
	if token != known {
		return atalaya.TenantConfig{}, atalaya.Errorf(atalaya.CodeInvalidToken, "Nobody has this token.")
	}
	return atalaya.TenantConfig{WebhookEnabled: true, ScreenshotResolution: atalaya.Res1080p}, nil
}

// arrivals returns what was accepted.
func (f *fakeIngest) arrivals() []atalaya.Arrival {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.got
}

// newDoorAlone makes a door without anything behind it, behind a proxy in 192.0.2.0/24.
func newDoorAlone(t *testing.T, opt webhook.Options) (*door, *fakeIngest) {
	t.Helper()
	d, behind := &door{T: t, meter: &meter{}, log: &journal.Log{}}, &fakeIngest{}
	opt.ClientIP = webhook.ClientIP([]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")})
	d.handler = webhook.New(behind, d.meter, slog.New(slog.NewJSONHandler(d.log, nil)), opt)
	return d, behind
}

func TestTheDoorPassesOnWhatArrivedAndWhoSentIt(t *testing.T) {
	t.Parallel()
	d, behind := newDoorAlone(t, webhook.Options{Senders: []netip.Prefix{netip.MustParsePrefix("52.89.214.238/32")}})
	for _, from := range []string{"52.89.214.238", "203.0.113.9"} {
		r := httptest.NewRequest(http.MethodPost, "/webhook/"+known.Reveal(), strings.NewReader("buy \x00\xff"))
		r.Header.Set("X-Forwarded-For", from)
		r.Header.Set("Idempotency-Key", " abc ")
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		a := behind.arrivals()[len(behind.arrivals())-1]
		if w.Code != http.StatusOK || a.Token != known || a.Sender.String() != from || a.IdempotencyKey != "abc" || string(a.Body) != "buy \x00\xff" || a.BodySize != 6 ||
			a.ReceivedAt.IsZero() || a.SenderRefused != (from == "203.0.113.9") {
			t.Errorf("from %s: %d, %+v", from, w.Code, a)
		}
	}
	if got := strings.Join(d.meter.outcomes, " "); got != "accepted accepted" {
		t.Errorf("the meter has counted %q", got)
	}
}
