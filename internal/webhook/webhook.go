// Package webhook is the door through which alerts come in. It bounds requests, finds the token in the path and writes
// the answers. It knows HTTP and decides nothing.
//
// TradingView cancels after 3 s, sends again only on 500 to 599 except 504, and never after a 4xx
// or a redirect (help page 43000529348). So nothing here redirects, the body has 1.5 s and the
// database 2 s, and a 503 says that sending again is right.
package webhook

import (
	"context"
	_ "embed" // for OpenAPI
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"atalaya"
	"atalaya/internal/respond"
)

// OpenAPI describes the webhook, as the tags, paths and schemas of an OpenAPI document that has the schema
// Problem.
//
//go:embed openapi.json
var OpenAPI []byte

const (
	bodyTimeout     = 1500 * time.Millisecond // for the whole body to arrive
	databaseTimeout = 2 * time.Second
)

// Ingest is what the door needs of package ingest.
type Ingest interface {
	// Accept decides and stores an arrival; it fails with CodeInvalidToken or CodeUnavailable.
	Accept(ctx context.Context, a atalaya.Arrival) (atalaya.Receipt, error)
	// Status reads the user of a token for a sender; it fails with CodeInvalidToken or CodeUnavailable.
	Status(ctx context.Context, token atalaya.WebhookToken, sender netip.Addr) (atalaya.TenantConfig, error)
}

// Meter counts arrivals and how long each took. outcome is an atalaya.Outcome, an atalaya.Code, or spooled.
type Meter interface {
	Arrived(outcome string, took time.Duration)
}

// Options configure a Door.
type Options struct {
	ClientIP func(*http.Request) netip.Addr // returns the sender of a request, as the function of that name makes it
	Senders  []netip.Prefix                 // the networks that may send alerts; empty allows all
	Legacy   bool                           // serve the webhook of version 1 too
}

// Door serves the webhooks. It implements http.Handler.
type Door struct {
	ingest  Ingest
	opt     Options
	meter   Meter
	log     *slog.Logger
	now     func() time.Time
	handler http.Handler
	refused atomic.Int64 // when a known user's alert was last refused for its sender, Unix nanoseconds
}

// New returns a Door.
func New(ingest Ingest, meter Meter, log *slog.Logger, opt Options) *Door {
	d := &Door{ingest: ingest, opt: opt, meter: meter, log: log, now: time.Now}
	d.handler = respond.Adapt(log, d.serve)
	return d
}

// ServeHTTP implements http.Handler.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

func (d *Door) serve(w http.ResponseWriter, r *http.Request) error {
	if err := boundBody(w, r); err != nil {
		return atalaya.Wrap(atalaya.CodeUnavailable, err, "The connection broke. Send the alert again.")
	}
	if d.opt.Legacy && isLegacy(r.URL.Path) {
		return d.serveLegacy(w, r)
	}
	token, ok := tokenOf(r.URL.Path)
	if !ok {
		return atalaya.Errorf(atalaya.CodeNotFound,
			"The webhook URL ends in your own token: /webhook/{token}. Copy the whole URL from your settings.")
	}
	switch r.Method {
	case http.MethodPost:
		return d.receive(w, r, atalaya.Arrival{Token: token}, answer)
	case http.MethodGet, http.MethodHead:
		return d.status(w, r, token)
	}
	w.Header().Set("Allow", "GET, HEAD, POST")
	return atalaya.Errorf(atalaya.CodeMethodNotAllowed, "Alerts are sent with POST; GET tells whether the webhook is active.")
}

// receive accepts one alert; tell writes the answer to an arrival that has a receipt.
func (d *Door) receive(w http.ResponseWriter, r *http.Request, arrival atalaya.Arrival, tell teller) error {
	start := d.now()
	arrival.Sender, arrival.ReceivedAt = d.opt.ClientIP(r), start.UTC()
	arrival.IdempotencyKey = strings.TrimSpace(r.Header.Get("Idempotency-Key"))
	arrival.SenderRefused = !d.maySend(arrival.Sender)
	if err := readBody(r, &arrival); err != nil {
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
	d.meter.Arrived(arrivedAs(receipt), took)
	if receipt.Outcome == atalaya.OutcomeRefusedSender {
		d.noteRefused(r.Context(), arrival.Sender, start)
	}
	d.log.InfoContext(r.Context(), "alert "+arrivedAs(receipt),
		"user_id", receipt.UserID, "signal_id", receipt.SignalID, "outcome", receipt.Outcome,
		"body_bytes", arrival.BodySize, "screenshot_queued", receipt.ScreenshotQueued,
		"screenshot_error", receipt.ScreenshotError, "duration_ms", took.Milliseconds())
	return tell(w, receipt, start, took)
}

// arrivedAs returns the outcome under which an arrival is counted and logged.
func arrivedAs(receipt atalaya.Receipt) string {
	if receipt.Spooled && receipt.Outcome == atalaya.OutcomeAccepted {
		return "spooled"
	}
	return string(receipt.Outcome)
}

const (
	// refusedFor is how long SendersRefused returns true after a refused sender.
	refusedFor = time.Hour
	// warnEvery bounds the warnings about refused senders.
	warnEvery = time.Minute
)

// noteRefused logs a warning about a user's alert from a refused sender: either somebody else knows a webhook URL,
// or a proxy hides TradingView's address and every alert is refused.
func (d *Door) noteRefused(ctx context.Context, sender netip.Addr, now time.Time) {
	last := d.refused.Swap(now.UnixNano())
	if now.Sub(time.Unix(0, last)) >= warnEvery {
		d.log.WarnContext(ctx, "an alert with a valid webhook URL was refused because of its sender, and kept as a delivery. If the sender is a proxy or CDN of yours, add its networks to TRUSTED_PROXIES; if it may send alerts, to TRADINGVIEW_IPS", "sender", sender)
	}
}

// SendersRefused reports whether a known user's alert was refused for its sender within the last hour.
func (d *Door) SendersRefused() bool {
	return d.now().Sub(time.Unix(0, d.refused.Load())) < refusedFor
}

// teller writes the answer to an arrival.
type teller func(w http.ResponseWriter, receipt atalaya.Receipt, start time.Time, took time.Duration) error

// maySend reports whether the operator accepts alerts from this sender.
func (d *Door) maySend(sender netip.Addr) bool {
	return len(d.opt.Senders) == 0 || slices.ContainsFunc(d.opt.Senders, func(p netip.Prefix) bool { return p.Contains(sender) })
}

// boundBody sets the deadline for the body. It is called before every answer: net/http reads what a refusal left unread
// (up to 256 KiB) before it sends that refusal and, without a deadline, waits for it as long as the sender likes. A writer
// that cannot set deadlines, such as a test's recorder, is left alone.
//
// A request without a body gets no deadline: net/http already waits for the next request, and would end the whole
// connection at the deadline.
func boundBody(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// readBody reads a body of at most atalaya.MaxBody bytes into a. A larger one sets TooLarge and is dropped: BodySize is
// then what was announced, or one byte over the bound.
func readBody(r *http.Request, a *atalaya.Arrival) error {
	if r.ContentLength > atalaya.MaxBody {
		a.TooLarge, a.BodySize = true, r.ContentLength
		return nil
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
