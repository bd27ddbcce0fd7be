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
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

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
	// CaptureAgain queues another capture of a signal of the caller, if permit, which is asked last and
	// given the signal's user, says nothing against it. It fails with CodeNotFound, with CodeConflict where
	// a capture is under way or nothing can be captured, and as permit does.
	CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID, permit func(atalaya.Quota) error) error
	// NoteTrouble notes that alerts of these tokens were answered 503 a moment ago, for Case.Troubled of
	// every replica. Tokens that nobody has are passed over.
	NoteTrouble(ctx context.Context, tokens []atalaya.WebhookToken) error
	// TenantByToken reads the user of a webhook token; CodeInvalidToken where there is none.
	TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error)
}

// Limits counts what users ask for, over all replicas where it can. It never fails.
type Limits interface {
	// Take takes one slot for each ask, in their order; an ask that is not allowed takes none. what
	// tells apart the things that are counted.
	Take(ctx context.Context, what string, asks []atalaya.RateAsk) []atalaya.Rate
}

// Lookups throttles look-ups of tokens that have not been seen.
type Lookups interface {
	// Allowed says whether a sender may have an unseen token looked up.
	Allowed(sender netip.Addr) bool
	// Missed counts a look-up that found nobody.
	Missed(sender netip.Addr)
}

// Service takes arrivals in, between Start and Stop.
type Service struct {
	rows      Rows
	policy    Policy
	log       *slog.Logger
	limits    Limits
	lookups   Lookups
	committer *committer
	floods    *floods
	known     *tokenMemory // tokens that the database knew
	unknown   *tokenMemory // tokens that the database did not know
	trouble   *trouble     // tokens of alerts that were answered 503
	stuck     *tokenMemory // tokens of users whom somebody else keeps locked
}

// New makes a Service.
func New(rows Rows, limits Limits, lookups Lookups, policy Policy, log *slog.Logger) *Service {
	s := &Service{
		rows: rows, limits: limits, lookups: lookups, policy: policy, log: log, floods: newFloods(time.Now),
		known: newTokenMemory(knownFor, time.Now), unknown: newTokenMemory(unknownFor, time.Now), trouble: newTrouble(rows.NoteTrouble, time.Now), stuck: newTokenMemory(stuckFor, time.Now),
	}
	s.committer = newCommitter(s.commit)
	return s
}

// Start begins to commit. Starting twice does nothing.
func (s *Service) Start() {
	s.trouble.start()
	s.committer.start()
}

// Stop takes no further arrival in, and returns when those that were taken have their answer.
func (s *Service) Stop() {
	s.committer.stop()
	s.trouble.stop()
}

// errInvalidToken is the one answer to a token that no user has.
func errInvalidToken() error {
	return atalaya.Errorf(atalaya.CodeInvalidToken,
		"No user has this webhook URL. Copy the current one from your settings: a rotated URL stops working at once.")
}

// Accept reads the arrival's body, decides and stores. The receipt says what became of it, also
// where it was refused; an error means CodeInvalidToken or CodeUnavailable.
func (s *Service) Accept(ctx context.Context, a atalaya.Arrival) (atalaya.Receipt, error) {
	if err := s.lookUp(a.Token, a.Sender); err != nil {
		return atalaya.Receipt{}, err
	}
	refused, uncounted, flooded := s.floods.refuse(a.Token)
	if flooded {
		return atalaya.Receipt{Outcome: atalaya.OutcomeRateLimited, Rate: refused}, nil
	}
	a.Uncounted = uncounted
	in := &intake{ctx: ctx, arrival: a, reading: withHints(s.read(ctx, a.Body), a.Hints), done: make(chan error, 1)}
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

// lookUp says whether a token may go to the database. Those that it knew a while ago always may; one
// that its column cannot hold would fail the transaction that it shares with others' alerts.
func (s *Service) lookUp(token atalaya.WebhookToken, sender netip.Addr) error {
	switch {
	case s.known.holds(token):
		return nil
	case !storable(token.Reveal()) || s.unknown.holds(token):
		return errInvalidToken()
	case !s.lookups.Allowed(sender):
		return atalaya.Errorf(atalaya.CodeUnavailable,
			"Too many webhook URLs that nobody has were tried just now. Send the alert again; if its URL is right it will be let in.")
	}
	return nil
}

// storable says whether the column of tokens can hold a text.
func storable(token string) bool {
	return utf8.ValidString(token) && !strings.Contains(token, "\x00") && utf8.RuneCountInString(token) <= maxText
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
			d := s.policy.DecideReplay(t, a, read(a.Body), time.Now())
			if d.Signal.CaptureWanted() {
				place(&d.Signal, s.takeCapture(ctx, t.Quota(), s.policy.captureWait(time.Since(a.ReceivedAt))))
			}
			return d
		})
	}
	receipt, err := replay(func(body []byte) atalaya.Alert { return s.read(ctx, body) })
	if atalaya.CodeOf(err) == atalaya.CodeInvalid {
		return replay(unread)
	}
	return receipt, err
}

// takeCapture takes a slot of the user's captures, one of now or within the given time.
func (s *Service) takeCapture(ctx context.Context, user atalaya.Quota, within time.Duration) atalaya.Rate {
	return s.limits.Take(ctx, capturesLimit, []atalaya.RateAsk{s.policy.captureAsk(user, within)})[0]
}

// CaptureAgain queues another capture of a signal of the caller, which counts as the captures of alerts
// do. It fails as Rows.CaptureAgain does, and with CodeRateLimited.
func (s *Service) CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) error {
	return s.rows.CaptureAgain(ctx, caller, id, func(user atalaya.Quota) error {
		rate := s.takeCapture(ctx, user, 0)
		if rate.Allowed {
			return nil
		}
		return atalaya.Errorf(atalaya.CodeRateLimited, "Your limit of %d screenshots is used up for now. Retry-After says when there are more.", rate.Limit).Until(rate.Reset)
	})
}

// Status reads the user of a webhook token for a sender.
func (s *Service) Status(ctx context.Context, token atalaya.WebhookToken, sender netip.Addr) (atalaya.TenantConfig, error) {
	if err := s.lookUp(token, sender); err != nil {
		return atalaya.TenantConfig{}, err
	}
	tenant, err := s.rows.TenantByToken(ctx, token)
	if atalaya.CodeOf(err) == atalaya.CodeInvalidToken {
		s.lookups.Missed(sender)
	}
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
