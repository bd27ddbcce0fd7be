package ingest

import (
	"context"
	"time"

	"atalaya"
)

// A slot of a user's captures is taken before the transaction that queues the capture. An arrival whose transaction
// fails keeps its slot: in memory while it is tried again, and in the spool with the alert. What ends without a
// capture gives it back.

// captureTaken is a slot that was taken, with the ask that took it.
type captureTaken struct {
	ask  atalaya.RateAsk
	rate atalaya.Rate
}

// holdsSlot reports whether an arrival has taken a slot.
func (in *intake) holdsSlot() bool { return in.capture != nil && in.capture.Allowed }

// slotBegins returns when the slot that an arrival holds begins, zero if it holds none.
func (in *intake) slotBegins() time.Time {
	switch {
	case !in.holdsSlot():
		return time.Time{}
	case in.capture.At.IsZero():
		return in.arrival.ReceivedAt
	}
	return in.capture.At
}

// returnCaptures gives back the slots that arrivals hold. Each may ask for another one.
func (s *Service) returnCaptures(ctx context.Context, ins []*intake) {
	taken := make([]captureTaken, 0, len(ins))
	for _, in := range ins {
		if in.capture != nil {
			taken = append(taken, captureTaken{in.captureAsk, *in.capture})
		}
		in.capture = nil
	}
	s.giveBack(ctx, taken)
}

// giveBack gives slots back; those that were not allowed took nothing.
func (s *Service) giveBack(ctx context.Context, taken []captureTaken) {
	var asks []atalaya.RateAsk
	var rates []atalaya.Rate
	for _, t := range taken {
		if t.rate.Allowed {
			asks, rates = append(asks, t.ask), append(rates, t.rate)
		}
	}
	if len(asks) == 0 {
		return
	}
	// Slots are given back even if ctx is over, which may be why they are.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), slotPatience)
	defer cancel()
	s.bounds.Limits.GiveBack(ctx, capturesLimit, asks, rates)
}

// returnUnused gives back the slots of arrivals that were committed without a capture, and forgets the others, which are
// used. An arrival that was stored before used its slot then.
func (s *Service) returnUnused(ctx context.Context, batch []*intake, facts []atalaya.Facts, verdicts []verdict) {
	var unused []*intake
	for i, in := range batch {
		if in.holdsSlot() && !facts[i].Stored && !verdicts[i].wantsCapture() {
			if t := facts[i].Tenant; t != nil && in.captureAsk.User == "" { // the slot was spooled with the alert
				in.captureAsk = s.captureAskOf(in, t)
			}
			unused = append(unused, in)
		}
	}
	s.returnCaptures(ctx, unused)
	for _, in := range batch {
		in.capture = nil
	}
}

// maxHeldSlots bounds the slots that a drain holds between tries.
const maxHeldSlots = 4 * maxTogether

// holdSlots keeps the slots of a batch's alerts that are tried again, and drops those of alerts that have ended. A
// slot that was spooled with its alert stays in the spool.
func (d *drain) holdSlots(ctx context.Context, batch []*intake) {
	var over []*intake
	for _, in := range batch {
		id := in.arrival.SignalID
		switch {
		case !in.holdsSlot() || !in.arrival.Spooled.CaptureAt.IsZero():
			delete(d.slots, id)
		case len(d.slots) < maxHeldSlots || d.slots[id] != nil:
			d.slots[id] = &captureTaken{in.captureAsk, *in.capture}
		default:
			over = append(over, in)
		}
	}
	d.s.returnCaptures(ctx, over)
}

// takeHeldSlot gives an alert that is tried again the slot that it has.
func (d *drain) takeHeldSlot(in *intake) {
	if held := d.slots[in.arrival.SignalID]; held != nil {
		in.capture, in.captureAsk = &held.rate, held.ask
	}
}

// returnSlots gives back what is held when the drain ends.
func (d *drain) returnSlots(ctx context.Context) {
	taken := make([]captureTaken, 0, len(d.slots))
	for _, held := range d.slots {
		taken = append(taken, *held)
	}
	clear(d.slots)
	d.s.giveBack(ctx, taken)
}
