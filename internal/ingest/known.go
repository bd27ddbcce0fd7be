package ingest

import (
	"context"

	"atalaya"
)

// known is a group of arrivals that are decided together by the rows of their users as they were read earlier.
type known struct {
	batch    []*intake
	facts    []atalaya.Facts
	verdicts []verdict
}

// without returns the group without some users' arrivals.
func (k known) without(leaves func(i int) bool) known {
	gone := make(map[atalaya.UserID]bool)
	for i := range k.batch {
		if leaves(i) {
			gone[k.facts[i].Tenant.UserID] = true
		}
	}
	if len(gone) == 0 {
		return k
	}
	var stay known
	for i, in := range k.batch {
		if !gone[k.facts[i].Tenant.UserID] {
			stay.batch, stay.facts, stay.verdicts = append(stay.batch, in), append(stay.facts, k.facts[i]), append(stay.verdicts, k.verdicts[i])
		}
	}
	return stay
}

// storeKnown stores and answers new alerts of users whose rows were read earlier and have not changed: they need no look
// at the database first. It returns the other arrivals in order, and writes nothing of them. A user's arrivals are all
// stored here, or none. After an error no arrival is stored, or that is unknown.
func (s *Service) storeKnown(batch []*intake) (others []*intake, err error) {
	k := s.decideKnown(batch)
	if 2*len(k.batch) <= len(batch) { // a second transaction would cost more than it saves
		return batch, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.commitPatience())
	defer cancel()
	k = s.takeSlots(ctx, k)
	if len(k.batch) == 0 {
		return batch, nil
	}
	arrivals, decisions := make([]atalaya.Arrival, len(k.batch)), make([]atalaya.Decision, len(k.batch))
	for i, in := range k.batch {
		arrivals[i], decisions[i] = in.arrival, k.verdicts[i].decision
	}
	used, err := s.rows.IngestKnown(ctx, arrivals, k.facts, decisions, s.policy.QuotaMode == atalaya.QuotaStrict)
	if err != nil {
		return batch, err
	}
	stored := k.without(func(i int) bool { _, ok := used[k.facts[i].Tenant.UserID]; return !ok })
	if len(stored.batch) < len(k.batch) {
		s.returnCaptures(ctx, k.of(func(user atalaya.UserID) bool { _, ok := used[user]; return !ok }))
	}
	s.settleKnown(stored, used)
	done := make(map[*intake]bool, len(stored.batch))
	for _, in := range stored.batch {
		done[in] = true
		s.answer(in, nil)
	}
	for _, in := range batch {
		if !done[in] {
			s.tenants.forget(in.arrival.Token)
			others = append(others, in)
		}
	}
	return others, nil
}

// decideKnown decides the arrivals of users whose rows are remembered. It leaves out users with an arrival that would not
// be accepted, or that reaches a threshold of the quota: only a locked row can decide those.
func (s *Service) decideKnown(batch []*intake) known {
	var k known
	tenants := make(map[atalaya.WebhookToken]*atalaya.TenantConfig, len(batch))
	tokens := make(map[atalaya.UserID]atalaya.WebhookToken, len(batch))
	for _, in := range batch {
		t, seen := tenants[in.arrival.Token]
		if !seen {
			t = s.tenants.of(in.arrival.Token)
			tenants[in.arrival.Token] = t
		}
		if t == nil {
			continue
		}
		if tokens[t.UserID] == "" {
			tokens[t.UserID] = in.arrival.Token
		}
		s.readForUser(in, t)
		k.batch, k.facts = append(k.batch, in), append(k.facts, atalaya.Facts{Tenant: t})
	}
	k.verdicts = s.decide(k.batch, k.facts)
	return k.without(func(i int) bool {
		t, d := k.facts[i].Tenant, k.verdicts[i].decision
		rotated := tokens[t.UserID] != k.batch[i].arrival.Token // of two tokens one is dead, and only the row tells which
		return rotated || d.Outcome != atalaya.OutcomeAccepted || d.QuotaPercent > 0 && t.Notifies
	})
}

// takeSlots takes the slots of alerts and of captures, all at once. It leaves out users with an alert that gets none.
func (s *Service) takeSlots(ctx context.Context, k known) known {
	var asks []atalaya.RateAsk
	var slots []**atalaya.Rate // where the answers belong
	for i, in := range k.batch {
		t := k.facts[i].Tenant
		asked := in.slot == nil
		if asked {
			asks, slots = append(asks, s.policy.floodAsk(t.UserID, in.arrival)), append(slots, &in.slot)
		}
		if k.verdicts[i].wantsCapture() && in.capture == nil {
			ask := s.captureAskOf(in, t)
			ask.What, ask.AfterLast = capturesLimit, asked
			in.captureAsk = ask
			asks, slots = append(asks, ask), append(slots, &in.capture)
		}
	}
	if len(asks) > 0 {
		for i, rate := range s.bounds.Limits.Take(ctx, alertsLimit, asks) {
			*slots[i] = &rate
		}
	}
	let := k.without(func(i int) bool { return !k.batch[i].slot.Allowed })
	if len(let.batch) < len(k.batch) {
		in := make(map[atalaya.UserID]bool)
		for _, f := range let.facts {
			in[f.Tenant.UserID] = true
		}
		s.returnCaptures(ctx, k.of(func(user atalaya.UserID) bool { return !in[user] }))
	}
	for i, in := range let.batch {
		let.verdicts[i].receipt.Rate = *in.slot
	}
	placeCaptures(let.batch, let.verdicts)
	return let
}

// of returns the arrivals of some users.
func (k known) of(whose func(atalaya.UserID) bool) []*intake {
	var theirs []*intake
	for i, in := range k.batch {
		if whose(k.facts[i].Tenant.UserID) {
			theirs = append(theirs, in)
		}
	}
	return theirs
}

// settleKnown settles what was stored. used is what each user's month has used now.
func (s *Service) settleKnown(k known, used map[atalaya.UserID]int64) {
	for i := range k.batch {
		t, r := k.facts[i].Tenant, &k.verdicts[i].receipt
		r.Quota.Used += used[t.UserID] - t.SignalsUsedThisMonth // t has counted them all
		before := r.Quota
		if k.batch[i].arrival.Origin != atalaya.OriginTest {
			before.Used--
		}
		r.QuotaWarning = s.policy.QuotaMode == atalaya.QuotaSoft && before.Exceeded()
	}
	s.settle(k.batch, k.verdicts)
}
