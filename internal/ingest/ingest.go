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
	"sync"
	"time"
	"unicode/utf8"

	"atalaya"
)

// Rows is the storage that ingest needs.
type Rows interface {
	// Ingest stores arrivals in one transaction. It finds and locks the users of their tokens, and calls decide
	// once with the facts of each arrival, in order. Then it commits the decisions: counters, deliveries and, for
	// accepted alerts, signals and capture jobs. All of it is committed or nothing.
	//
	// It fails with CodeInvalid if the database cannot hold one of the signals, and with CodeConflict if another
	// transaction keeps one of the users locked. In both cases nothing was committed. After any other error nothing
	// was committed, or that is unknown.
	Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error
	// IngestKnown stores, in one transaction, arrivals that were all accepted from rows of their users that were
	// read earlier. It writes the arrivals of a user only if the row has not changed, none of the arrivals may be a
	// repeat and, if strict, the quota has room for all of them. Of other users it writes nothing. used maps each
	// user written to the count of the month. After an error nothing was committed, or that is unknown.
	IngestKnown(ctx context.Context, arrivals []atalaya.Arrival, facts []atalaya.Facts, decisions []atalaya.Decision, strict bool) (used map[atalaya.UserID]int64, err error)
	// Replay finds a kept delivery of the user, calls decide once with the user's row and the arrival,
	// and commits the decision. If the delivery has made a signal before, decide is not called and made is
	// that signal. It fails with CodeNotFound, with CodeConflict if the body was not kept, and with
	// CodeInvalid as Ingest does.
	Replay(ctx context.Context, user atalaya.UserID, id string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (made atalaya.SignalID, err error)
	// CaptureAgain queues another capture of a signal of the caller, unless permit returns an error. It
	// fails with CodeNotFound and with permit's error.
	CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID, permit func(atalaya.RecaptureFacts) error) error
	// RequestCookieCheck queues a check of the user's session, unless permit returns an error. It fails with
	// CodeNotFound if the user has no settings, and with permit's error.
	RequestCookieCheck(ctx context.Context, user atalaya.UserID, permit func(stored, malformed bool) error) error
	// NoteTrouble records that alerts of these tokens were just answered 503, for Facts.Recent503 on every replica.
	// Unknown tokens are ignored.
	NoteTrouble(ctx context.Context, tokens []atalaya.WebhookToken) error
	// TenantByToken reads the user of a webhook token; CodeInvalidToken if there is none.
	TenantByToken(ctx context.Context, token atalaya.WebhookToken) (atalaya.TenantConfig, error)
}

// Limits counts what users ask for, across all replicas if it can. It never fails.
type Limits interface {
	// Take takes one slot for each ask, in order. An ask that is not allowed takes none. what names the kind of
	// thing that is counted.
	Take(ctx context.Context, what string, asks []atalaya.RateAsk) []atalaya.Rate
	// GiveBack returns slots that were taken by asks and are not used.
	GiveBack(ctx context.Context, what string, asks []atalaya.RateAsk, rates []atalaya.Rate)
}

// Lookups throttles look-ups of unseen tokens.
type Lookups interface {
	// Reserve counts a look-up by a sender before it is made; it returns false if it may not be made.
	Reserve(sender netip.Addr) bool
	// Found returns a reservation, because the look-up found a user or could not be made.
	Found(sender netip.Addr)
}

// Turns hands out slots, in turn between keys. Take waits for a slot and returns the function that releases it. It
// fails if too many wait, or if ctx is done.
type Turns interface {
	Take(ctx context.Context, key string) (release func(), err error)
}

// Bounds are what arrivals share, each by its own key.
type Bounds struct {
	Limits  Limits
	Lookups Lookups
	// Asking is for look-ups of unseen tokens, by sender; Reading for the reader's CPU, by token. nil: no bound.
	Asking, Reading Turns
}

// Service takes arrivals in, between Start and Stop.
type Service struct {
	rows      Rows
	policy    Policy
	log       *slog.Logger
	bounds    Bounds
	committer *committer
	floods    *floods
	known     *tokenMemory  // tokens that the database knew
	unknown   *tokenMemory  // tokens that the database did not know
	trouble   *trouble      // tokens of alerts that were answered 503
	names     *namesMemory  // users' own names for fields
	stuck     *tokenMemory  // tokens of users whom somebody else keeps locked
	tenants   *tenantMemory // users' rows as they were last
	spool     *spooling     // nil: alerts that cannot be stored are answered 503
	endDrain  context.CancelFunc
	draining  sync.WaitGroup
}

// New makes a Service.
func New(rows Rows, bounds Bounds, policy Policy, log *slog.Logger) *Service {
	s := &Service{
		rows: rows, bounds: bounds, policy: policy, log: log, floods: newFloods(time.Now),
		known: newTokenMemory(knownFor, time.Now), unknown: newTokenMemory(unknownFor, time.Now), trouble: newTrouble(rows.NoteTrouble, time.Now), stuck: newTokenMemory(stuckFor, time.Now),
		names: newNamesMemory(), tenants: newTenantMemory(time.Now),
	}
	s.committer = newCommitter(s.commit)
	if s.bounds.Asking == nil {
		s.bounds.Asking = unbounded{}
	}
	if s.bounds.Reading == nil {
		s.bounds.Reading = unbounded{}
	}
	return s
}

// unbounded is a Turns without limits.
type unbounded struct{}

func (unbounded) Take(context.Context, string) (release func(), err error) { return func() {}, nil }

// Start begins to commit. Call it once.
func (s *Service) Start() {
	s.trouble.start()
	s.committer.start()
	s.startSpool()
}

// Stop refuses further arrivals and returns when all that were accepted have their answer.
func (s *Service) Stop() {
	s.stopDrain()
	s.committer.stop()
	if s.spool != nil {
		s.spool.late.stop()
	}
	s.trouble.stop()
}

// errInvalidToken is the one answer to a token that no user has.
func errInvalidToken() error {
	return atalaya.Errorf(atalaya.CodeInvalidToken,
		"No user has this webhook URL. Copy the current one from your settings: a rotated URL stops working at once.")
}

// Accept reads the arrival's body, decides, and stores. The receipt has the outcome, even if the alert was
// refused. The error has CodeInvalidToken or CodeUnavailable.
func (s *Service) Accept(ctx context.Context, a atalaya.Arrival) (atalaya.Receipt, error) {
	if err := s.find(ctx, a.Token, a.Sender); err != nil {
		return atalaya.Receipt{}, err
	}
	refused, uncounted, flooded := s.floods.refuse(a.Token)
	if flooded {
		return atalaya.Receipt{Outcome: atalaya.OutcomeRateLimited, Rate: refused}, nil
	}
	a.RefusedSince = uncounted
	a.SignalID = newSignalID()
	in := &intake{ctx: ctx, arrival: a, names: s.names.of(a.Token), done: make(chan error, 1)}
	if !a.SenderRefused {
		var err error
		if in.reading, err = s.readInTurn(ctx, a, in.names); err != nil {
			return s.keepLate(in, err)
		}
	}
	in.reading = withHints(in.reading, a.Hints)
	in.arrival.RepeatHash = repeatHash(a, in.reading)
	if !s.committer.submit(in) {
		return s.keepLate(in, errBusy)
	}
	select {
	case err := <-in.done:
		return in.receipt, s.judge(a.Token, err)
	case <-ctx.Done():
		return s.keepLate(in, context.Cause(ctx))
	}
}

// find fails with CodeInvalidToken if no user has the token, before anything else is done for its sender. Tokens that the
// database knew a while ago are believed: the committing statement joins the token.
func (s *Service) find(ctx context.Context, token atalaya.WebhookToken, sender netip.Addr) error {
	if s.known.holds(token) || s.spool != nil && s.spool.Knows(token) != "" {
		return nil
	}
	_, err := s.lookUp(ctx, token, sender, true)
	return err
}

// lookUp reads the user of a token that was not seen lately. Look-ups are reserved first and run a few at a time,
// in turn between senders, so that guesses do not take the connections of alerts. If once is true, a token that
// another look-up found meanwhile is not read again.
func (s *Service) lookUp(ctx context.Context, token atalaya.WebhookToken, sender netip.Addr, once bool) (atalaya.TenantConfig, error) {
	if !storable(token.Reveal()) || s.unknown.holds(token) {
		return atalaya.TenantConfig{}, errInvalidToken()
	}
	release, err := s.bounds.Asking.Take(ctx, sender.String())
	if err != nil {
		return atalaya.TenantConfig{}, s.judge(token, err)
	}
	defer release()
	switch { // another look-up may have found out meanwhile
	case s.unknown.holds(token):
		return atalaya.TenantConfig{}, errInvalidToken()
	case once && s.known.holds(token):
		return atalaya.TenantConfig{}, nil
	}
	if !s.bounds.Lookups.Reserve(sender) {
		return atalaya.TenantConfig{}, atalaya.Errorf(atalaya.CodeUnavailable,
			"Too many webhook URLs that nobody has were tried just now. Send the alert again; if its URL is right it will be let in.")
	}
	tenant, err := s.rows.TenantByToken(ctx, token)
	if atalaya.CodeOf(err) != atalaya.CodeInvalidToken {
		s.bounds.Lookups.Found(sender)
	}
	if err == nil {
		s.learn(token, tenant.UserID, tenant.WebhookEnabled)
		s.known.remember(token)
		s.tenants.remember(&tenant)
	}
	return tenant, s.judge(token, err)
}

// storable reports whether the column of tokens can hold a text. One that it cannot hold would fail a transaction that
// other alerts share.
func storable(token string) bool {
	return utf8.ValidString(token) && !strings.Contains(token, "\x00") && utf8.RuneCountInString(token) <= maxText
}

var (
	errBusy   = errors.New("more alerts wait than can be stored in time")
	errLate   = errors.New("the alert was not stored in time")
	errBehind = errors.New("earlier alerts of the user wait in the spool")
	errStuck  = errors.New("another transaction keeps the user's settings locked")
)

// readInTurn reads the body of a known user's alert. At most one body per core is read at a time, in turn between
// users, so that one user's costly bodies do not delay another's.
func (s *Service) readInTurn(ctx context.Context, a atalaya.Arrival, names string) (atalaya.Alert, error) {
	release, err := s.bounds.Reading.Take(ctx, a.Token.Reveal())
	if err != nil {
		return atalaya.Alert{}, err
	}
	defer release()
	return s.read(ctx, a.Body, names), nil
}

// read reads a body by a user's own names, as the settings hold them. A panic of the reader costs the fields, not the
// alert.
func (s *Service) read(ctx context.Context, body []byte, names string) (reading atalaya.Alert) {
	defer func() {
		if defect := recover(); defect != nil {
			s.log.ErrorContext(ctx, "the reader failed on an alert, which is kept unread; report its body", "panic", defect)
			reading = unread(body)
		}
	}()
	return s.names.compiled(names).Read(body)
}

// unread is the reading of a body that yields nothing.
func unread(body []byte) atalaya.Alert {
	text := strings.ReplaceAll(strings.ToValidUTF8(string(body), "\uFFFD"), "\x00", "\uFFFD")
	return atalaya.Alert{ParseStatus: atalaya.ParseText, Raw: text, Parsed: json.RawMessage("{}"), Missing: []string{
		"ticker", "price", "direction", "signal_type", "indicator_name", "chart_id", "interval", "timestamp",
	}}
}

// Replay makes a signal of a kept delivery, once: doing it again returns the same signal. A receipt
// whose outcome is not accepted says why it was refused.
func (s *Service) Replay(ctx context.Context, user atalaya.UserID, id string) (atalaya.Receipt, error) {
	var receipt atalaya.Receipt
	var slot captureTaken
	used := false
	replay := func(read func([]byte, string) atalaya.Alert) (atalaya.SignalID, error) {
		return s.rows.Replay(ctx, user, id, func(t atalaya.TenantConfig, a atalaya.Arrival) atalaya.Decision {
			d := s.policy.DecideReplay(t, a, read(a.Body, string(t.AlertNames)), time.Now())
			if d.Signal.CaptureWanted() {
				if !slot.rate.Allowed {
					slot = s.takeCapture(ctx, t.Quota(), s.policy.captureWait(time.Since(a.ReceivedAt)))
				}
				place(&d.Signal, slot.rate)
			}
			used = d.Signal.CaptureWanted()
			if d.Outcome == atalaya.OutcomeAccepted {
				t.SignalsUsedThisMonth++
			}
			receipt = receiptOf(&t, d, false)
			return d
		})
	}
	made, err := replay(func(body []byte, names string) atalaya.Alert { return s.read(ctx, body, names) })
	if atalaya.CodeOf(err) == atalaya.CodeInvalid {
		made, err = replay(func(body []byte, _ string) atalaya.Alert { return unread(body) })
	}
	if err != nil || made != "" || !used {
		s.giveBack(ctx, []captureTaken{slot})
	}
	if err != nil {
		return atalaya.Receipt{}, err
	}
	if made != "" {
		receipt = atalaya.Receipt{Outcome: atalaya.OutcomeAccepted, UserID: user, SignalID: made}
	}
	return receipt, nil
}

// takeCapture takes a slot of the user's capture limits that begins within the given time.
func (s *Service) takeCapture(ctx context.Context, user atalaya.Quota, within time.Duration) captureTaken {
	ask := s.policy.captureAsk(user, within)
	ask.At = time.Now()
	return captureTaken{ask, s.bounds.Limits.Take(ctx, capturesLimit, []atalaya.RateAsk{ask})[0]}
}

// CaptureAgain queues another capture of a signal of the caller, which counts as the captures of alerts
// do. It fails with CodeNotFound, with CodeConflict if a capture is under way or nothing can be captured, and
// with CodeRateLimited.
func (s *Service) CaptureAgain(ctx context.Context, caller atalaya.Caller, id atalaya.SignalID) error {
	var slot captureTaken
	err := s.rows.CaptureAgain(ctx, caller, id, func(facts atalaya.RecaptureFacts) error {
		if err := recaptureRefusal(facts); err != nil {
			return err
		}
		slot = s.takeCapture(ctx, facts.Owner, 0)
		if slot.rate.Allowed {
			return nil
		}
		return atalaya.Errorf(atalaya.CodeRateLimited, "Your limit of %d screenshots is used up for now. Retry-After says when there are more.", slot.rate.Limit).Until(slot.rate.Reset)
	})
	if err != nil {
		s.giveBack(ctx, []captureTaken{slot})
	}
	return err
}

// RequestCookieCheck queues a check of whether the user's TradingView session is alive. It fails with
// CodeNotFound, and with CodeConflict if no cookies are stored that could be checked.
func (s *Service) RequestCookieCheck(ctx context.Context, user atalaya.UserID) error {
	return s.rows.RequestCookieCheck(ctx, user, checkRefusal)
}

// Status reads the user of a webhook token for a sender. It fails with CodeInvalidToken or CodeUnavailable.
func (s *Service) Status(ctx context.Context, token atalaya.WebhookToken, sender netip.Addr) (atalaya.TenantConfig, error) {
	if !s.known.holds(token) {
		return s.lookUp(ctx, token, sender, false)
	}
	tenant, err := s.rows.TenantByToken(ctx, token)
	return tenant, s.judge(token, err)
}

// judge remembers a token that the database does not know. It turns every other failure into CodeUnavailable, after which
// TradingView sends the alert again.
func (s *Service) judge(token atalaya.WebhookToken, err error) error {
	switch {
	case err == nil:
		return nil
	case atalaya.CodeOf(err) == atalaya.CodeInvalidToken:
		s.unknown.remember(token)
		s.known.forget(token)
		if s.spool != nil {
			s.spool.Forget(token)
		}
		return errInvalidToken()
	default:
		s.trouble.remember(token)
		return atalaya.Wrap(atalaya.CodeUnavailable, err,
			"The alert could not be stored just now. Send it again: it was not stored, or that is unknown.")
	}
}
