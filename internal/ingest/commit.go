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
	// stuckFor is how long a user who was found locked is not waited for again: everybody else's
	// alerts would wait with that user's.
	stuckFor = time.Second
)

// commit stores arrivals together and answers each. If one of them is at fault, each is tried
// alone, so that it fails alone.
func (s *Service) commit(batch []*intake) {
	if batch = s.withoutStuck(batch); len(batch) == 0 {
		return
	}
	err := s.store(batch)
	if len(batch) == 1 || !oneIsAtFault(err) {
		for _, in := range batch {
			s.answer(in, err)
		}
		return
	}
	for _, in := range batch {
		if in.ctx.Err() != nil { // told to send again meanwhile; whoever comes after need not wait for it
			continue
		}
		if alone := s.withoutStuck([]*intake{in}); len(alone) == 1 {
			s.answer(in, s.store(alone))
		}
	}
}

// oneIsAtFault reports whether a transaction failed because of what one of its arrivals is, or whose.
func oneIsAtFault(err error) bool {
	code := atalaya.CodeOf(err)
	return code == atalaya.CodeInvalid || code == atalaya.CodeConflict
}

// withoutStuck answers the arrivals of users who were found locked a moment ago, and gives the others.
func (s *Service) withoutStuck(batch []*intake) []*intake {
	return slices.DeleteFunc(slices.Clone(batch), func(in *intake) bool {
		stuck := s.stuck.holds(in.arrival.Token)
		if stuck {
			in.done <- errStuck
		}
		return stuck
	})
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
		s.log.WarnContext(in.ctx, "an alert was answered 503: another transaction keeps its user's settings locked; look for one that was left open (pg_stat_activity)", "error", err)
		s.stuck.remember(in.arrival.Token)
	}
	if err == nil && in.receipt.Outcome == "" {
		err = errInvalidToken() // it was rotated a moment ago
	}
	in.done <- err
}

// store writes arrivals in one transaction.
func (s *Service) store(batch []*intake) error {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	arrivals := make([]atalaya.Arrival, len(batch))
	for i, in := range batch {
		arrivals[i] = in.arrival
	}
	return s.rows.Ingest(ctx, arrivals, func(facts []atalaya.Facts) []atalaya.Decision { return s.decide(ctx, batch, facts) })
}

// repeat tells the alerts of one user apart.
type repeat struct {
	user atalaya.UserID
	hash [sha256.Size]byte
}

// decide decides the arrivals of one transaction in their order: each sees what those before it used
// up and made.
func (s *Service) decide(ctx context.Context, batch []*intake, facts []atalaya.Facts) []atalaya.Decision {
	decisions := make([]atalaya.Decision, len(batch))
	rates := s.takeArrivals(ctx, batch, facts)
	made := make(map[repeat]atalaya.Facts, len(batch))
	for i, in := range batch {
		t, token := facts[i].Tenant, in.arrival.Token
		if t == nil {
			in.receipt = atalaya.Receipt{}
			continue
		}
		s.known.remember(token)
		key := repeat{t.UserID, in.arrival.RepeatHash}
		first := facts[i]
		if now, ok := made[key]; ok {
			first = now
		}
		s.readForUser(in, t)
		d := s.policy.Decide(t, in.arrival, in.reading, Circumstances{
			Flooded: !rates[i].Allowed, DuplicateOf: first.DuplicateOf, Expired: first.Expired, Recent503: s.trouble.holds(token) || facts[i].Recent503,
		})
		warning := d.Outcome == atalaya.OutcomeAccepted && s.policy.warns(t)
		switch d.Outcome {
		case atalaya.OutcomeAccepted:
			if in.arrival.Origin != atalaya.OriginTest { // a test uses no quota
				t.SignalsUsedThisMonth++
			}
			made[key] = atalaya.Facts{DuplicateOf: d.Signal.ID, Expired: d.DedupeFor == 0}
		case atalaya.OutcomeRateLimited:
			d.OmitDelivery = !s.floods.begin(token, rates[i])
		}
		decisions[i], in.receipt = d, receiptOf(t, d, warning)
		in.receipt.Rate = rates[i]
	}
	s.holdBack(ctx, batch, facts, decisions)
	return decisions
}

// takeArrivals asks for a slot for each alert of a user, once: one that is tried again after a
// transaction that failed has its slot.
func (s *Service) takeArrivals(ctx context.Context, batch []*intake, facts []atalaya.Facts) []atalaya.Rate {
	var asking []*intake
	var asks []atalaya.RateAsk
	for i, in := range batch {
		if facts[i].Tenant != nil && in.slot == nil {
			asking, asks = append(asking, in), append(asks, s.policy.floodAsk(facts[i].Tenant))
		}
	}
	for i, rate := range s.bounds.Limits.Take(ctx, "alerts", asks) {
		asking[i].slot = &rate
	}
	rates := make([]atalaya.Rate, len(batch))
	for i, in := range batch {
		if in.slot != nil {
			rates[i] = *in.slot
		}
	}
	return rates
}

// holdBack asks for a slot for each capture that is wanted, once for each alert. Captures wait for their
// slot, and those that get none in time are skipped.
func (s *Service) holdBack(ctx context.Context, batch []*intake, facts []atalaya.Facts, decisions []atalaya.Decision) {
	var asking []*intake
	var asks []atalaya.RateAsk
	wanted := func(i int) bool {
		return decisions[i].Outcome == atalaya.OutcomeAccepted && decisions[i].Signal.CaptureWanted()
	}
	for i, in := range batch {
		if wanted(i) && in.capture == nil {
			asking, asks = append(asking, in), append(asks, s.policy.captureAsk(facts[i].Tenant.Quota(), s.policy.captureWait(0)))
		}
	}
	if len(asks) > 0 {
		for i, rate := range s.bounds.Limits.Take(ctx, capturesLimit, asks) {
			asking[i].capture = &rate
		}
	}
	for i, in := range batch {
		if !wanted(i) {
			continue
		}
		place(&decisions[i].Signal, *in.capture)
		in.receipt.Rate = *in.capture
		in.receipt.ScreenshotAfter = decisions[i].Signal.CaptureAfter
		in.receipt.ScreenshotQueued, in.receipt.ScreenshotError = decisions[i].Signal.CaptureWanted(), decisions[i].Signal.ScreenshotError
	}
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

// receiptOf is the answer to a decision; t has counted it.
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
