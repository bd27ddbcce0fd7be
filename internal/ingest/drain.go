package ingest

import (
	"context"
	"slices"
	"time"

	"atalaya"
)

const (
	// drainTimeout bounds one transaction of spooled alerts. It may be long, since no sender waits.
	drainTimeout = 10 * time.Second
	// probeTimeout bounds it while the database is away.
	probeTimeout = 2 * time.Second
	// drainAgain is the time between two tries while the database is away, or users stay locked.
	drainAgain = 500 * time.Millisecond
	// probeTogether is how many alerts are tried first. If the database does not store them in time, fewer are tried
	// next.
	probeTogether = 16
)

// drain stores what the spool holds, until ctx is done.
type drain struct {
	s     *Service
	most  int                                // alerts of the next transaction
	rests map[atalaya.UserID]time.Time       // until when users who were found locked are left alone
	drawn int                                // alerts stored since the spool was last empty
	slots map[atalaya.SignalID]*captureTaken // of alerts whose transaction failed
}

func (s *Service) newDrain() *drain {
	return &drain{s: s, most: probeTogether, rests: make(map[atalaya.UserID]time.Time), slots: make(map[atalaya.SignalID]*captureTaken)}
}

func (s *Service) startSpool() {
	if s.spool == nil {
		return
	}
	s.spool.late.start()
	var ctx context.Context
	ctx, s.endDrain = context.WithCancel(context.Background())
	d := s.newDrain()
	s.draining.Go(func() { d.run(ctx) })
	s.wakeDrain() // for what an earlier process has left
}

// stopDrain stops the drain and returns when its transaction is over. What is left waits for the next start.
func (s *Service) stopDrain() {
	if s.endDrain != nil {
		s.endDrain()
	}
	s.draining.Wait()
}

func (s *Service) wakeDrain() {
	select {
	case s.spool.wake <- struct{}{}:
	default:
	}
}

func (d *drain) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer d.returnSlots(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.s.spool.wake:
		case <-timer.C:
		}
		more := true
		for more && ctx.Err() == nil {
			more = d.step(ctx)
		}
		if d.s.spool.Waiting() > 0 {
			timer.Reset(drainAgain)
			select { // new alerts do not make the database come back sooner
			case <-ctx.Done():
				return
			case <-timer.C:
				timer.Reset(0)
			}
		}
	}
}

// Drain stores what the spool holds and returns how many alerts that were; it is for a Service that is not
// started. It ends once nothing is left, or nothing more can be stored.
func (s *Service) Drain(ctx context.Context) (stored int) {
	d := s.newDrain()
	defer d.returnSlots(ctx)
	before := s.spool.Waiting()
	for ctx.Err() == nil && d.step(ctx) { //nolint:revive // the step does the work
	}
	return before - s.spool.Waiting()
}

// step stores some alerts. more is true if another step should follow at once.
func (d *drain) step(ctx context.Context) (more bool) {
	s, now := d.s, time.Now()
	next, err := s.spool.Next(d.most, func(u atalaya.UserID) bool { return now.Before(d.rests[u]) })
	if err != nil {
		s.log.Error("the spool cannot be read: its alerts stay there. Check the disk of SPOOL_DIR; a restart recovers what is intact", "error", err)
		return false
	}
	if len(next) == 0 {
		return false
	}
	batch := make([]*intake, 0, len(next))
	for _, a := range ofOneMonth(next) {
		in := s.reread(ctx, a)
		d.takeHeldSlot(in)
		batch = append(batch, in)
	}
	defer d.holdSlots(ctx, batch)
	patience := drainTimeout
	if s.spool.away.Load() {
		patience = probeTimeout
	}
	if err = s.storeWithin(ctx, batch, patience); oneIsAtFault(err) && len(batch) > 1 {
		return d.oneByOne(ctx, batch, patience)
	}
	return d.settle(ctx, batch, err)
}

// ofOneMonth returns the arrivals of the same month as the first, because a transaction counts in one month. It leaves out
// those of a user that follow one of another month, so that their order is kept.
func ofOneMonth(arrivals []atalaya.Arrival) []atalaya.Arrival {
	month := func(t time.Time) string { return t.UTC().Format("2006-01") }
	first, over := month(arrivals[0].ReceivedAt), make(map[atalaya.UserID]bool)
	return slices.DeleteFunc(arrivals, func(a atalaya.Arrival) bool {
		over[a.Spooled.User] = over[a.Spooled.User] || month(a.ReceivedAt) != first
		return over[a.Spooled.User]
	})
}

// reread returns the intake of a spooled arrival, as Accept makes one of a live arrival.
func (s *Service) reread(ctx context.Context, a atalaya.Arrival) *intake {
	in := &intake{ctx: ctx, arrival: a, slot: &atalaya.Rate{Allowed: !a.Spooled.Flooded}, done: make(chan error, 1)}
	if in.names = s.names.of(a.Token); !a.SenderRefused {
		in.reading = s.read(ctx, a.Body, in.names)
	}
	in.reading = withHints(in.reading, a.Hints)
	in.arrival.RepeatHash = repeatHash(a, in.reading)
	if at := a.Spooled.CaptureAt; !at.IsZero() {
		in.capture = &atalaya.Rate{Allowed: true, At: at}
	}
	return in
}

// oneByOne tries arrivals alone, since one of them is at fault. What fails keeps the later ones of its user
// waiting.
func (d *drain) oneByOne(ctx context.Context, batch []*intake, patience time.Duration) (more bool) {
	held := make(map[atalaya.UserID]bool)
	for _, in := range batch {
		user := in.arrival.Spooled.User
		if held[user] {
			continue
		}
		err := d.s.storeWithin(ctx, []*intake{in}, patience)
		if more = d.settle(ctx, []*intake{in}, err); !more {
			return false
		}
		held[user] = err != nil
	}
	return true
}

// settle ends a transaction: what is stored leaves the spool. more is true if another step should follow at once.
func (d *drain) settle(ctx context.Context, batch []*intake, err error) (more bool) {
	s := d.s
	switch {
	case err == nil:
		return d.stored(batch)
	case atalaya.CodeOf(err) == atalaya.CodeInvalid && !batch[0].unread:
		s.log.Error("an alert could be stored only without what was read from it; report its body", "error", err)
		batch[0].reading, batch[0].unread = unread(batch[0].arrival.Body), true
		return d.settle(ctx, batch, s.storeWithin(ctx, batch, drainTimeout))
	case atalaya.CodeOf(err) == atalaya.CodeInvalid:
		if err := s.spool.SetAside(batch[0].arrival, err); err != nil {
			s.log.Error("the spool cannot be written", "error", err)
			return false
		}
		if batch[0].arrival.Spooled.CaptureAt.IsZero() { // else the next start finds the slot with the alert
			s.returnCaptures(ctx, batch[:1])
		}
		return true
	case atalaya.CodeOf(err) == atalaya.CodeConflict:
		d.rests[batch[0].arrival.Spooled.User] = time.Now().Add(stuckFor)
		return true
	}
	if ctx.Err() == nil { // else the service is stopping
		s.noteAway(err)
	}
	d.most = max(1, min(d.most, 4*probeTogether)/4)
	return false
}

// stored removes committed arrivals from the spool. If that fails they are tried again, and found to be stored.
func (d *drain) stored(batch []*intake) (more bool) {
	s, arrivals := d.s, make([]atalaya.Arrival, len(batch))
	for i, in := range batch {
		arrivals[i] = in.arrival
		delete(d.rests, in.arrival.Spooled.User)
	}
	if s.spool.away.Swap(false) {
		s.log.Info("the database takes alerts again: those in the spool are being stored", "waiting", s.spool.Waiting())
	}
	if err := s.spool.Remove(arrivals); err != nil {
		s.log.Error("stored alerts cannot be removed from the spool: make room in SPOOL_DIR. They are not stored twice", "error", err)
		return false
	}
	d.most, d.drawn = min(2*d.most, maxTogether), d.drawn+len(batch)
	if s.spool.Waiting() == 0 {
		s.log.Info("the spool is empty: nothing waits in it any more", "alerts", d.drawn)
		d.drawn = 0
	}
	return true
}
