// Package webhook is the door that TradingView knocks at. It bounds what comes in, finds the token
// in the path and writes the answers; it knows HTTP and decides nothing.
//
// TradingView cancels after 3 s, sends again only on 500 to 599 except 504, and never after a 4xx
// or a redirect (help page 43000529348). So nothing here redirects, the body has 1.5 s and the
// database 2 s, and a 503 says that sending again is right.
package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

const (
	bodyTimeout     = 1500 * time.Millisecond // for the whole body to arrive
	databaseTimeout = 2 * time.Second
)

// Ingest is what stands behind the door.
type Ingest interface {
	// Accept decides and stores an arrival; it fails with CodeInvalidToken or CodeUnavailable.
	Accept(ctx context.Context, a atalaya.Arrival) (atalaya.Receipt, error)
	// Status reads the user of a token; it fails with CodeInvalidToken or CodeUnavailable.
	Status(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error)
}

// Meter counts what arrived; outcome is an atalaya.Outcome or an atalaya.Code.
type Meter interface {
	Arrived(outcome string, took time.Duration)
}

// Door serves everything under Prefix.
type Door struct {
	ingest   Ingest
	clientIP func(*http.Request) netip.Addr
	meter    Meter
	log      *slog.Logger
	now      func() time.Time
	handler  http.Handler
}

// New makes the door. clientIP tells who sent a request, behind the operator's proxies.
func New(ingest Ingest, clientIP func(*http.Request) netip.Addr, meter Meter, log *slog.Logger) *Door {
	d := &Door{ingest: ingest, clientIP: clientIP, meter: meter, log: log, now: time.Now}
	d.handler = respond.Adapt(log, d.serve)
	return d
}

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

func (d *Door) serve(w http.ResponseWriter, r *http.Request) error {
	token, ok := tokenOf(r.URL.Path)
	if !ok {
		return atalaya.Errorf(atalaya.CodeNotFound,
			"The webhook URL ends in your own token: /webhook/{token}. Copy the whole URL from your settings.")
	}
	switch r.Method {
	case http.MethodPost:
		return d.receive(w, r, token)
	case http.MethodGet, http.MethodHead:
		return d.status(w, r, token)
	}
	w.Header().Set("Allow", "GET, HEAD, POST")
	return atalaya.Errorf(atalaya.CodeMethodNotAllowed, "Alerts are sent with POST; GET tells whether the webhook is active.")
}

// receive takes one alert in.
func (d *Door) receive(w http.ResponseWriter, r *http.Request, token atalaya.WebhookToken) error {
	start := d.now()
	arrival := atalaya.Arrival{Token: token, Sender: d.clientIP(r), ReceivedAt: start.UTC(), IdempotencyKey: strings.TrimSpace(r.Header.Get("Idempotency-Key"))}
	if err := readBody(w, r, &arrival); err != nil {
		d.meter.Arrived(string(atalaya.CodeUnavailable), d.now().Sub(start))
		return atalaya.Wrap(atalaya.CodeUnavailable, err, "The body did not arrive whole within 1.5 seconds. Send the alert again.")
	}
	ctx, cancel := context.WithTimeout(r.Context(), databaseTimeout)
	defer cancel()
	receipt, err := d.ingest.Accept(ctx, arrival)
	took := d.now().Sub(start)
	if err != nil {
		d.meter.Arrived(string(atalaya.CodeOf(err)), took)
		return err
	}
	d.meter.Arrived(string(receipt.Outcome), took)
	d.log.InfoContext(r.Context(), "alert "+string(receipt.Outcome),
		"user_id", receipt.UserID, "signal_id", receipt.SignalID, "outcome", receipt.Outcome,
		"body_bytes", arrival.BodySize, "screenshot_queued", receipt.ScreenshotQueued,
		"screenshot_error", receipt.ScreenshotError, "duration_ms", took.Milliseconds())
	return answer(w, r, receipt, start, took)
}

// readBody reads at most atalaya.MaxBody bytes before the deadline. A body that is larger is
// marked so and left unread: its size is what was announced, or one byte over the bound.
func readBody(w http.ResponseWriter, r *http.Request, a *atalaya.Arrival) error {
	if r.ContentLength > atalaya.MaxBody {
		a.TooLarge, a.BodySize = true, r.ContentLength
		return nil
	}
	// A writer that cannot set deadlines (a test's recorder) has no slow senders either.
	deadline := time.Now().Add(bodyTimeout)
	if err := http.NewResponseController(w).SetReadDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, atalaya.MaxBody+1))
	if err != nil {
		return err
	}
	a.Body, a.BodySize = body, int64(len(body))
	if a.BodySize > atalaya.MaxBody {
		a.TooLarge, a.Body = true, nil
	}
	return nil
}
