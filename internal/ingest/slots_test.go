package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"atalaya"
)

// fragile is a ledger whose transactions fail once everything was decided.
type fragile struct {
	*ledger
	fails int  // so many transactions
	keeps bool // they are committed, and their answer is lost
	made  map[atalaya.SignalID]bool
	last  []atalaya.Decision
}

var errGone = errors.New("the connection is gone")

func (f *fragile) Ingest(ctx context.Context, arrivals []atalaya.Arrival, decide func([]atalaya.Facts) []atalaya.Decision) error {
	failing := f.fails > 0
	f.fails--
	facts := make([]atalaya.Facts, len(arrivals))
	for i, a := range arrivals {
		if row := f.users[a.Token]; row != nil {
			copied := *row
			facts[i] = atalaya.Facts{Tenant: &copied, Stored: f.made[a.SignalID], DuplicateOf: f.keys[repeat{row.UserID, a.RepeatHash}]}
		}
	}
	decisions := decide(facts)
	for i, d := range decisions {
		if d.Outcome == atalaya.OutcomeAccepted && (!failing || f.keeps) {
			f.made[d.Signal.ID] = true
			f.write(f.users[arrivals[i].Token], arrivals[i], d, "long")
		}
	}
	if failing {
		return errGone
	}
	f.last = decisions
	return nil
}

func (f *fragile) Replay(_ context.Context, _ atalaya.UserID, _ string, decide func(atalaya.TenantConfig, atalaya.Arrival) atalaya.Decision) (atalaya.SignalID, error) {
	d := decide(*f.users["a"], atalaya.Arrival{Token: "a", ReceivedAt: time.Now(), Body: []byte(`{"chart_id": "Zk4Tq9Lm"}`)})
	if f.fails > 0 {
		f.fails--
		return "", errGone
	}
	f.last = []atalaya.Decision{d}
	return "", nil
}

func (f *fragile) CaptureAgain(_ context.Context, _ atalaya.Caller, _ atalaya.SignalID, permit func(atalaya.RecaptureFacts) error) error {
	return cmp.Or(permit(capturable(nil)), errGone)
}

// shelf is a spool in memory.
type shelf struct {
	list []atalaya.Arrival
	full bool
}

func (s *shelf) Knows(token atalaya.WebhookToken) atalaya.UserID {
	return "user of " + atalaya.UserID(token)
}
func (s *shelf) Learn(atalaya.WebhookToken, atalaya.UserID) {}
func (s *shelf) Forget(atalaya.WebhookToken)                {}
func (s *shelf) Holds(atalaya.UserID) bool                  { return len(s.list) > 0 }
func (s *shelf) Waiting() int                               { return len(s.list) }

func (s *shelf) Append(arrivals []atalaya.Arrival) []error {
	errs := make([]error, len(arrivals))
	for i, a := range arrivals {
		if s.full {
			errs[i] = errors.New("the shelf is full")
			continue
		}
		s.list = append(s.list, a)
	}
	return errs
}

func (s *shelf) Next(n int, rests func(atalaya.UserID) bool) ([]atalaya.Arrival, error) {
	next := slices.DeleteFunc(slices.Clone(s.list), func(a atalaya.Arrival) bool { return rests(a.Spooled.User) })
	return next[:min(n, len(next))], nil
}

func (s *shelf) Remove(arrivals []atalaya.Arrival) error {
	for _, gone := range arrivals {
		s.list = slices.DeleteFunc(s.list, func(a atalaya.Arrival) bool { return a.SignalID == gone.SignalID })
	}
	return nil
}

func (s *shelf) SetAside(a atalaya.Arrival, _ error) error { return s.Remove([]atalaya.Arrival{a}) }

// fragileService is a service with a hundred slots of captures; taken says how many are in use.
func fragileService(fails int, spool Spool) (s *Service, f *fragile, taken func() int) {
	f = &fragile{ledger: newLedger("a", "b"), fails: fails, made: map[atalaya.SignalID]bool{}}
	slots := &few{left: map[string]int{alertsLimit: 1000, capturesLimit: 100}}
	s = New(f, Bounds{Limits: slots, Lookups: slots}, Policy{QuotaMode: atalaya.QuotaStrict, MaxAge: time.Hour}, slog.New(slog.DiscardHandler))
	if spool != nil {
		s.KeepIn(spool)
	}
	return s, f, func() int { return 100 - slots.left[capturesLimit] }
}

func TestAnAlertThatIsRefusedGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	for name, spool := range map[string]Spool{"without a spool": nil, "with a full one": &shelf{full: true}} {
		s, f, taken := fragileService(1, spool)
		batch := arrive(t, s, "a 1", "b 2")
		for _, in := range batch {
			if err := <-in.done; err == nil {
				t.Fatalf("%s: the alert was accepted", name)
			}
		}
		if taken() != 0 {
			t.Errorf("%s: %d slots are in use by no alert", name, taken())
		}
		f.fails = 0
		if arrive(t, s, "a 1", "b 2"); taken() != 2 {
			t.Errorf("%s: %d slots are in use by two alerts", name, taken())
		}
	}
}

func TestAnAlertOfTheShortWayThatIsRefusedGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	s, f, taken := fragileService(0, nil)
	arrive(t, s, "a 1")
	f.ledger.fails = errGone
	if batch := arrive(t, s, "a 2"); <-batch[0].done == nil || taken() != 1 {
		t.Errorf("%d slots are in use by one alert", taken())
	}
}

func TestASpooledAlertKeepsTheSlotThatItHas(t *testing.T) {
	t.Parallel()
	for _, keeps := range []bool{false, true} {
		for fails := range 5 {
			s, f, taken := fragileService(fails, &shelf{})
			f.keeps = keeps
			arrive(t, s, `a {"chart_id":"Zk4Tq9Lm","price":1}`, `b {"chart_id":"Zk4Tq9Lm","price":2}`)
			for range fails {
				s.Drain(t.Context())
			}
			if s.spool.Waiting() != 0 || len(f.made) != 2 {
				t.Fatalf("%d made, %d left", len(f.made), s.spool.Waiting())
			}
			if taken() != 2 {
				t.Errorf("after %d failures, committed %v: %d slots are in use by two alerts", fails, keeps, taken())
			}
		}
	}
}

func TestADrainKeepsTheSlotsOfAlertsThatItTriesAgain(t *testing.T) {
	t.Parallel()
	spool := &shelf{}
	s, f, taken := fragileService(0, spool)
	for i := range 3 { // spooled before any slot was taken
		spool.list = append(spool.list, atalaya.Arrival{
			Token: "a", Body: fmt.Appendf(nil, `{"ticker": "T%d", "chart_id": "Zk4Tq9Lm"}`, i), SignalID: newSignalID(), ReceivedAt: time.Now(), Spooled: atalaya.Spooled{User: "user of a"},
		})
	}
	d := s.newDrain()
	f.fails, f.keeps = 3, true
	for range 3 {
		if d.step(t.Context()) {
			t.Fatal("a failed step goes on")
		}
		f.made = map[atalaya.SignalID]bool{} // and nothing of it was there
		f.keys = map[repeat]atalaya.SignalID{}
	}
	if taken() != 3 {
		t.Errorf("%d slots are in use by three alerts that wait", taken())
	}
	for d.step(t.Context()) {
	}
	if taken() != 3 || len(d.slots) != 0 || spool.Waiting() != 0 {
		t.Errorf("%d slots are in use by three alerts; %d are held, %d wait", taken(), len(d.slots), spool.Waiting())
	}
}

func TestADrainThatEndsGivesBackWhatItHolds(t *testing.T) {
	t.Parallel()
	spool := &shelf{}
	s, f, taken := fragileService(0, spool)
	spool.list = []atalaya.Arrival{{Token: "a", Body: []byte(`{"chart_id": "Zk4Tq9Lm"}`), SignalID: newSignalID(), ReceivedAt: time.Now(), Spooled: atalaya.Spooled{User: "user of a"}}}
	f.fails = 1
	if s.Drain(t.Context()) != 0 || taken() != 0 {
		t.Errorf("%d slots are in use by none", taken())
	}
}

func TestASpooledAlertThatGetsNoCaptureGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	spool := &shelf{}
	s, f, taken := fragileService(1, spool)
	arrive(t, s, "a 1")
	if taken() != 1 || spool.list[0].Spooled.CaptureAt.IsZero() {
		t.Fatalf("%d taken, %+v", taken(), spool.list[0].Spooled)
	}
	f.users["a"].SignalsQuota = 0
	if s.Drain(t.Context()) != 1 || f.last[0].Outcome != atalaya.OutcomeQuotaExceeded || taken() != 0 {
		t.Errorf("%+v, and %d slots are in use", f.last, taken())
	}
}

func TestAReplayAndASecondCaptureThatFailGiveTheirSlotsBack(t *testing.T) {
	t.Parallel()
	s, f, taken := fragileService(1, nil)
	if _, err := s.Replay(t.Context(), "user of a", "id"); err == nil || taken() != 0 {
		t.Errorf("a replay ended with %v and %d slots", err, taken())
	}
	if _, err := s.Replay(t.Context(), "user of a", "id"); err != nil || taken() != 1 || !f.last[0].Signal.CaptureWanted() {
		t.Errorf("a replay ended with %v and %d slots", err, taken())
	}
	if err := s.CaptureAgain(t.Context(), atalaya.Caller{}, "id"); !errors.Is(err, errGone) || taken() != 1 {
		t.Errorf("a capture ended with %v and %d slots", err, taken())
	}
}
