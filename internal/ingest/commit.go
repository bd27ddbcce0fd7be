package ingest

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"atalaya"
)

const (
	// commitTimeout bounds one transaction. Senders give up after 3 s.
	commitTimeout = 2 * time.Second
	// stuckFor is how long a user who was found locked is not tried again. Each try makes the other users' alerts of
	// the batch wait too.
	stuckFor = time.Second
)

// commit stores arrivals together and answers each. If one of them is at fault, each is tried
// alone, so that it fails alone.
func (s *Service) commit(batch []*intake) {
	batch, err := s.storeKnown(s.withoutStuck(s.queueBehind(batch)))
	if len(batch) == 0 {
		return
	}
	if err == nil {
		err = s.store(batch)
	}
	if err == nil {
		s.noteBack()
	}
	switch {
	case isAway(err):
		s.fail(batch, err)
	case err == nil || len(batch) == 1:
		for _, in := range batch {
			s.answer(in, err)
		}
	default:
		s.commitAlone(batch)
	}
}

// commitAlone stores the arrivals of a failed batch one by one, so that only the one at fault fails. With a spool,
// it gives the rest to the spool before their senders time out: many users may be locked.
func (s *Service) commitAlone(batch []*intake) {
	until := time.Now().Add(s.commitPatience())
	for i, in := range batch {
		if s.spool != nil && time.Now().After(until) {
			s.fail(batch[i:], errStuck)
			return
		}
		if in.ctx.Err() != nil { // nobody waits for its answer any more
			s.returnCaptures(in.ctx, batch[i:i+1])
			continue
		}
		if alone := s.withoutStuck(s.queueBehind([]*intake{in})); len(alone) == 1 {
			s.answer(in, s.store(alone))
		}
	}
}

// oneIsAtFault reports whether a transaction failed because of one of its arrivals: the database cannot hold it, or its
// user is locked.
func oneIsAtFault(err error) bool {
	code := atalaya.CodeOf(err)
	return code == atalaya.CodeInvalid || code == atalaya.CodeConflict
}

// withoutStuck ends the arrivals of users who were found locked a moment ago, and returns the others.
func (s *Service) withoutStuck(batch []*intake) []*intake {
	var stuck []*intake
	others := slices.DeleteFunc(slices.Clone(batch), func(in *intake) bool {
		holds := s.stuck.holds(in.arrival.Token)
		if holds {
			stuck = append(stuck, in)
		}
		return holds
	})
	s.fail(stuck, errStuck)
	return others
}

// answer ends one intake. A signal that the database refuses is stored without its reading: losing the
// fields is a defect of ours; losing the alert would be the user's loss.
func (s *Service) answer(in *intake, err error) {
	switch {
	case atalaya.CodeOf(err) == atalaya.CodeInvalid:
		s.log.ErrorContext(in.ctx, "an alert could be stored only without what was read from it; report its body", "error", err)
		in.reading, in.unread = unread(in.arrival.Body), true
		err = s.store([]*intake{in})
	case atalaya.CodeOf(err) == atalaya.CodeConflict:
		s.log.WarnContext(in.ctx, "an alert could not be stored: another transaction keeps its user's settings locked; look for one that was left open (pg_stat_activity)", "error", err)
		s.stuck.remember(in.arrival.Token)
	}
	switch {
	case err != nil:
		s.fail([]*intake{in}, err)
	case in.receipt.Outcome == "":
		in.done <- errInvalidToken() // it was rotated a moment ago
	default:
		in.done <- nil
	}
}

// store writes arrivals in one transaction. Once that is committed, it sets their receipts and remembers their users.
func (s *Service) store(batch []*intake) error {
	return s.storeWithin(context.Background(), batch, s.commitPatience())
}

func (s *Service) storeWithin(ctx context.Context, batch []*intake, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	arrivals := make([]atalaya.Arrival, len(batch))
	for i, in := range batch {
		arrivals[i] = in.arrival
	}
	var known []atalaya.Facts
	var verdicts []verdict
	err := s.rows.Ingest(ctx, arrivals, func(facts []atalaya.Facts) []atalaya.Decision {
		known = facts
		s.prepare(ctx, batch, facts)
		verdicts = s.decide(batch, facts)
		s.holdBack(ctx, batch, facts, verdicts)
		decisions := make([]atalaya.Decision, len(batch))
		for i, v := range verdicts {
			decisions[i] = v.decision
		}
		return decisions
	})
	if err == nil {
		s.returnUnused(ctx, batch, known, verdicts)
		s.settle(batch, verdicts)
		for i, in := range batch {
			if t := known[i].Tenant; t != nil && in.arrival.Spooled.User == "" { // the counter of a spooled one may be of another month
				s.tenants.remember(t)
			} else {
				s.tenants.forget(in.arrival.Token)
			}
		}
	}
	return err
}

// verdict is what becomes of one arrival; the zero verdict is that of an unknown token.
type verdict struct {
	decision atalaya.Decision
	receipt  atalaya.Receipt
}

func (v verdict) wantsCapture() bool {
	return v.decision.Outcome == atalaya.OutcomeAccepted && v.decision.Signal.CaptureWanted()
}

// repeat identifies an alert among those of one user.
type repeat struct {
	user atalaya.UserID
	hash [sha256.Size]byte
}

// prepare gets what a decision needs besides the facts: a slot of the user's alert limit, and a reading by the
// user's own names. Calling it again for the same arrivals takes no second slot.
func (s *Service) prepare(ctx context.Context, batch []*intake, facts []atalaya.Facts) {
	known, users := make([]*intake, 0, len(batch)), make([]atalaya.UserID, 0, len(batch))
	for i, in := range batch {
		if t := facts[i].Tenant; t != nil {
			s.readForUser(in, t)
			known, users = append(known, in), append(users, t.UserID)
		}
	}
	s.takeAlertSlots(ctx, known, users)
}

// decide decides the arrivals of one transaction in their order: each sees what those before it used
// up and made. It changes nothing but the counters in facts, so that a transaction may be tried again.
func (s *Service) decide(batch []*intake, facts []atalaya.Facts) []verdict {
	verdicts := make([]verdict, len(batch))
	made := make(map[repeat]madeSignal, len(batch))
	refused := make(map[atalaya.WebhookToken]int64) // the second of the last refusal whose delivery is kept
	for i, in := range batch {
		t, token := facts[i].Tenant, in.arrival.Token
		if t == nil || facts[i].Stored {
			continue
		}
		key := repeat{t.UserID, in.arrival.RepeatHash}
		now := s.circumstances(in, facts[i])
		if first, ok := made[key]; ok {
			now.DuplicateOf, now.Expired = first.signal, !in.arrival.ReceivedAt.Before(first.until)
		}
		d := s.policy.Decide(t, in.arrival, in.reading, now)
		warning := d.Outcome == atalaya.OutcomeAccepted && s.policy.warns(t)
		switch d.Outcome {
		case atalaya.OutcomeAccepted:
			if in.arrival.Origin != atalaya.OriginTest { // a test uses no quota
				t.SignalsUsedThisMonth++
			}
			made[key] = madeSignal{d.Signal.ID, in.arrival.ReceivedAt.Add(d.DedupeFor)}
		case atalaya.OutcomeRateLimited:
			second := in.arrival.ReceivedAt.Unix()
			last, ok := refused[token]
			d.OmitDelivery = ok && last == second || s.floods.keptIn(token, second)
			d.OmitDelivery = d.OmitDelivery && in.arrival.Spooled.User == "" // of these, one a second was spooled
			refused[token] = second
		}
		verdicts[i] = verdict{d, receiptOf(t, d, warning)}
		if in.slot != nil {
			verdicts[i].receipt.Rate = *in.slot
		}
	}
	return verdicts
}

// madeSignal is what a signal of the same transaction leaves for its repeats.
type madeSignal struct {
	signal atalaya.SignalID
	until  time.Time
}

// circumstances returns the circumstances at the arrival's time, which is past if the alert waited in the spool.
func (s *Service) circumstances(in *intake, facts atalaya.Facts) Circumstances {
	spooled := in.arrival.Spooled
	c := Circumstances{
		Flooded: in.slot != nil && !in.slot.Allowed, DuplicateOf: facts.DuplicateOf, Expired: facts.Expired, Recent503: facts.Recent503 || spooled.Recent503,
		TokenReplaced: facts.TokenReplaced,
	}
	if spooled.User == "" {
		c.Recent503 = c.Recent503 || s.trouble.holds(in.arrival.Token)
	} else {
		c.Late = time.Since(in.arrival.ReceivedAt) > s.policy.MaxAge
	}
	return c
}

// settle sets the receipts of committed arrivals and remembers what they show of their tokens.
func (s *Service) settle(batch []*intake, verdicts []verdict) {
	for i, in := range batch {
		in.receipt = verdicts[i].receipt
		if in.receipt.Outcome == "" || in.arrival.Spooled.User != "" { // a spooled alert says nothing about the present
			continue
		}
		s.learn(in.arrival.Token, in.receipt.UserID, in.receipt.Outcome != atalaya.OutcomeDisabled)
		s.known.remember(in.arrival.Token)
		if in.receipt.Outcome == atalaya.OutcomeRateLimited {
			s.floods.begin(in.arrival.Token, *in.slot, in.arrival.ReceivedAt.Unix())
		}
	}
}

// holdBack asks for a slot for each capture that the decisions want. Captures wait for their slot; those that get
// none in time are skipped.
func (s *Service) holdBack(ctx context.Context, batch []*intake, facts []atalaya.Facts, verdicts []verdict) {
	var asking []*intake
	var asks []atalaya.RateAsk
	for i, in := range batch {
		if verdicts[i].wantsCapture() && in.capture == nil {
			asking, asks = append(asking, in), append(asks, s.captureAskOf(in, facts[i].Tenant))
		}
	}
	if len(asks) > 0 {
		for i, rate := range s.bounds.Limits.Take(ctx, capturesLimit, asks) {
			asking[i].capture, asking[i].captureAsk = &rate, asks[i]
		}
	}
	placeCaptures(batch, verdicts)
}

// placeCaptures applies to each capture that is wanted the slot that it got.
func placeCaptures(batch []*intake, verdicts []verdict) {
	for i, in := range batch {
		if !verdicts[i].wantsCapture() {
			continue
		}
		signal, receipt := &verdicts[i].decision.Signal, &verdicts[i].receipt
		place(signal, *in.capture)
		receipt.Rate, receipt.ScreenshotAfter = *in.capture, signal.CaptureAfter
		receipt.ScreenshotQueued, receipt.ScreenshotError = signal.CaptureWanted(), signal.ScreenshotError
	}
}

// captureAskOf returns the request for a capture's slot: one at its arrival, or later while its chart is still
// worth a picture.
func (s *Service) captureAskOf(in *intake, t *atalaya.TenantConfig) atalaya.RateAsk {
	ask := s.policy.captureAsk(t.Quota(), s.policy.captureWait(0))
	ask.At = in.arrival.ReceivedAt
	return ask
}

// place gives a signal's capture its slot, or skips it if there is none in time.
func place(n *atalaya.NewSignal, slot atalaya.Rate) {
	switch {
	case slot.Allowed:
		n.CaptureAfter = slot.At
	case slot.Daily:
		n.ScreenshotStatus, n.ScreenshotError = atalaya.ScreenshotSkipped, string(atalaya.SkipDailyLimit)
	default:
		n.ScreenshotStatus, n.ScreenshotError = atalaya.ScreenshotSkipped, string(atalaya.SkipRateLimited)
	}
}

// receiptOf returns the answer to a decision, which t has counted.
func receiptOf(t *atalaya.TenantConfig, d atalaya.Decision, warning bool) atalaya.Receipt {
	r := atalaya.Receipt{
		Outcome: d.Outcome, UserID: t.UserID, SignalID: d.DuplicateOf, QuotaWarning: warning,
		Quota: t.Quota(),
	}
	if d.Outcome == atalaya.OutcomeAccepted {
		r.SignalID, r.ScreenshotQueued, r.ScreenshotError = d.Signal.ID, d.Signal.CaptureWanted(), d.Signal.ScreenshotError
	}
	return r
}
