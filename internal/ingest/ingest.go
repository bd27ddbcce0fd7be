// Package ingest decides what becomes of an arrival: kept as a signal, or refused and why. Arrivals
// that come together are committed together. The decision is a pure function of the user's row, the
// reading and the settings; the rows are written by whoever satisfies Rows. It knows neither HTTP nor
// SQL.
package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/alert"
)

// Rows is the storage that ingest needs.
type Rows interface {
	// Ingest takes arrivals in, in one transaction: it finds and locks the users of their tokens, calls
	// decide once with what is known of each arrival, in their order, and commits what was decided:
	// counters, deliveries and, where accepted, signals and capture jobs; all of it or nothing.
	// It fails with CodeInvalid where the database cannot hold one of the signals, and with CodeConflict
	// where somebody else keeps one of the users locked: nothing was committed then. After any other
	// failure nothing was committed, or that is unknown.
	Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Case) []atalaya.Decision) error
	// Replay finds a kept delivery of the user, calls decide once with the user's row and the arrival,
	// and commits what it decided. A delivery that has its signal gives that one. It fails with
	// CodeNotFound, with CodeConflict where the body was not kept, and with CodeInvalid as Ingest does.
	Replay(ctx context.Context, user atalaya.UserID, id string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (atalaya.Receipt, error)
	// TenantByToken reads the user of a webhook token; CodeInvalidToken where there is none.
	TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error)
}

// Service takes arrivals in, between Start and Stop.
type Service struct {
	rows      Rows
	policy    Policy
	log       *slog.Logger
	committer *committer
	unknown   *tokenMemory // tokens that the database did not know
	trouble   *tokenMemory // tokens of alerts that were answered 503
	stuck     *tokenMemory // tokens of users whom somebody else keeps locked
}

// New makes a Service.
func New(rows Rows, policy Policy, log *slog.Logger) *Service {
	s := &Service{
		rows: rows, policy: policy, log: log,
		unknown: newTokenMemory(unknownFor, time.Now), trouble: newTokenMemory(troubleFor, time.Now), stuck: newTokenMemory(stuckFor, time.Now),
	}
	s.committer = newCommitter(s.commit)
	return s
}

// Start begins to commit. Starting twice does nothing.
func (s *Service) Start() { s.committer.start() }

// Stop takes no further arrival in, and returns when those that were taken have their answer.
func (s *Service) Stop() { s.committer.stop() }

// errInvalidToken is the one answer to a token that no user has.
func errInvalidToken() error {
	return atalaya.Errorf(atalaya.CodeInvalidToken,
		"No user has this webhook URL. Copy the current one from your settings: a rotated URL stops working at once.")
}

// Accept reads the arrival's body, decides and stores. The receipt says what became of it, also
// where it was refused; an error means CodeInvalidToken or CodeUnavailable.
func (s *Service) Accept(ctx context.Context, a atalaya.Arrival) (atalaya.Receipt, error) {
	if s.unknown.holds(a.Token) {
		return atalaya.Receipt{}, errInvalidToken()
	}
	in := &intake{ctx: ctx, arrival: a, reading: s.read(ctx, a.Body), done: make(chan error, 1)}
	in.arrival.RepeatHash = repeatHash(a, in.reading)
	if !s.committer.submit(in) {
		return atalaya.Receipt{}, s.judge(a.Token, errBusy)
	}
	select {
	case err := <-in.done:
		return in.receipt, s.judge(a.Token, err)
	case <-ctx.Done():
		return atalaya.Receipt{}, s.judge(a.Token, context.Cause(ctx))
	}
}

var (
	errBusy  = errors.New("more alerts wait than can be stored in time")
	errStuck = errors.New("another transaction keeps the user's settings locked")
)

// read reads a body. A defect of the reader costs the fields and not the alert.
func (s *Service) read(ctx context.Context, body []byte) (reading atalaya.Alert) {
	defer func() {
		if defect := recover(); defect != nil {
			s.log.ErrorContext(ctx, "the reader failed on an alert, which is kept unread; report its body", "panic", defect)
			reading = unread(body)
		}
	}()
	return alert.Read(body)
}

// unread is the reading of a body that yields nothing.
func unread(body []byte) atalaya.Alert {
	text := strings.ReplaceAll(strings.ToValidUTF8(string(body), "\uFFFD"), "\x00", "\uFFFD")
	return atalaya.Alert{ParseStatus: atalaya.ParseText, Raw: text, Parsed: json.RawMessage("{}"), Missing: []string{
		"ticker", "price", "direction", "signal_type", "indicator_name", "chart_id", "interval", "timestamp",
	}}
}

// Replay makes a signal of a kept delivery, once: doing it again gives the same signal. A receipt
// whose outcome is not accepted says why it was refused.
func (s *Service) Replay(ctx context.Context, user atalaya.UserID, id string) (atalaya.Receipt, error) {
	replay := func(read func([]byte) atalaya.Alert) (atalaya.Receipt, error) {
		return s.rows.Replay(ctx, user, id, func(t atalaya.TenantConfig, a atalaya.Arrival) atalaya.Decision {
			return s.policy.DecideReplay(t, a, read(a.Body), time.Now())
		})
	}
	receipt, err := replay(func(body []byte) atalaya.Alert { return s.read(ctx, body) })
	if atalaya.CodeOf(err) == atalaya.CodeInvalid {
		return replay(unread)
	}
	return receipt, err
}

// Status reads the user of a webhook token.
func (s *Service) Status(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error) {
	if s.unknown.holds(token) {
		return atalaya.TenantConfig{}, errInvalidToken()
	}
	tenant, err := s.rows.TenantByToken(ctx, token)
	return tenant, s.judge(token, err)
}

// judge remembers a token that the database does not know, and makes every other failure one that
// TradingView answers by sending again.
func (s *Service) judge(token atalaya.WebhookToken, err error) error {
	switch {
	case err == nil:
		return nil
	case atalaya.CodeOf(err) == atalaya.CodeInvalidToken:
		s.unknown.remember(token)
		return errInvalidToken()
	default:
		s.trouble.remember(token)
		return atalaya.Wrap(atalaya.CodeUnavailable, err,
			"The alert could not be stored just now. Send it again: nothing of it was kept, or that is unknown.")
	}
}
