// Package ingest decides what becomes of an arrival: kept as a signal, or refused and why. The
// decision is a pure function of the user's row, the reading and the settings; the rows are written
// by whoever satisfies Rows, in one transaction. It knows neither HTTP nor SQL.
package ingest

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/alert"
)

// Rows is the storage that ingest needs.
type Rows interface {
	// Ingest finds the user of the arrival's token, locks the user's counters, calls decide once
	// with that row (its month already rolled over), and commits what it decided: counters, the
	// delivery and, where accepted, the signal and its capture job; all of it or nothing.
	// It fails with CodeInvalidToken where no user has the token, and with CodeInvalid where the
	// database cannot hold the signal. After any other failure nothing was committed, or that is
	// unknown.
	Ingest(ctx context.Context, a atalaya.Arrival, decide func(atalaya.TenantConfig) atalaya.Decision) (atalaya.Receipt, error)
	// Replay finds a kept delivery of the user, calls decide once with the user's row and the arrival,
	// and commits what it decided. A delivery that has its signal gives that one. It fails with
	// CodeNotFound, with CodeConflict where the body was not kept, and with CodeInvalid as Ingest does.
	Replay(ctx context.Context, user atalaya.UserID, id string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (atalaya.Receipt, error)
	// TenantByToken reads the user of a webhook token; CodeInvalidToken where there is none.
	TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error)
}

// Service takes arrivals in.
type Service struct {
	rows    Rows
	policy  Policy
	log     *slog.Logger
	unknown *tokenMemory // tokens that the database did not know
	trouble *tokenMemory // tokens of alerts that were answered 503
}

// New makes a Service.
func New(rows Rows, policy Policy, log *slog.Logger) *Service {
	return &Service{
		rows: rows, policy: policy, log: log,
		unknown: newTokenMemory(unknownFor, time.Now), trouble: newTokenMemory(troubleFor, time.Now),
	}
}

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
	receipt, err := s.ingest(ctx, a, s.read(ctx, a.Body))
	if atalaya.CodeOf(err) == atalaya.CodeInvalid {
		// The database refuses what was read. Losing the fields is a defect of ours; losing the alert
		// would be the user's loss.
		s.log.ErrorContext(ctx, "an alert could be stored only without what was read from it; report its body", "error", err)
		receipt, err = s.ingest(ctx, a, unread(a.Body))
	}
	return receipt, s.judge(a.Token, err)
}

func (s *Service) ingest(ctx context.Context, a atalaya.Arrival, reading atalaya.Alert) (atalaya.Receipt, error) {
	return s.rows.Ingest(ctx, a, func(t atalaya.TenantConfig) atalaya.Decision {
		return s.policy.Decide(t, a, reading, s.trouble.holds(a.Token))
	})
}

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
