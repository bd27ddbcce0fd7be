package ingest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"atalaya"
)

// Spool keeps alerts on the disk while the rows cannot take them.
type Spool interface {
	// Knows returns the user of a token that the rows knew, "" for every other.
	Knows(token atalaya.WebhookToken) atalaya.UserID
	// Learn notes the user of a token, and Forget that no alert is kept for the token any more. Both are on the disk soon.
	Learn(token atalaya.WebhookToken, user atalaya.UserID)
	Forget(token atalaya.WebhookToken)
	// Holds reports whether alerts of a user wait. Waiting returns how many alerts of all users wait.
	Holds(user atalaya.UserID) bool
	Waiting() int
	// Append writes arrivals behind those of their users, which Spooled.User names, and returns an error for each.
	// Arrivals without an error are on the disk.
	Append(arrivals []atalaya.Arrival) []error
	SpoolQueue
}

// SpoolQueue is the reading end of a spool.
type SpoolQueue interface {
	// Next returns at most n arrivals: the first ones of each user for whom rests returns false, in order, in turn
	// between users. They stay in the spool until Remove, or until SetAside moves one that cannot be stored out of
	// the way.
	Next(n int, rests func(atalaya.UserID) bool) ([]atalaya.Arrival, error)
	Remove(arrivals []atalaya.Arrival) error
	SetAside(a atalaya.Arrival, reason error) error
}

// spooling is what a Service with a spool has.
type spooling struct {
	Spool
	away atomic.Bool // the rows have failed, and nothing has been stored since
	wake chan struct{}
	late *committer // gathers arrivals that were not stored in time
}

// KeepIn makes s keep alerts that cannot be stored in a spool, and store them from there. Call it before Start.
func (s *Service) KeepIn(spool Spool) {
	s.spool = &spooling{
		Spool: spool, wake: make(chan struct{}, 1),
		late: newCommitter(func(batch []*intake) { s.keep(batch, errLate) }),
	}
}

// commitPatience returns how long one transaction of alerts may take. With a spool it leaves time to write the alerts
// there: senders give up after 3 s.
func (s *Service) commitPatience() time.Duration {
	if s.spool != nil {
		return commitTimeout / 2
	}
	return commitTimeout
}

// queueBehind spools the arrivals of users who have alerts in the spool, and all arrivals while the database is away. It
// returns the others, which include every test alert.
func (s *Service) queueBehind(batch []*intake) []*intake {
	if s.spool == nil || s.spool.Waiting() == 0 {
		return batch
	}
	var behind, others []*intake
	away := s.spool.away.Load()
	for _, in := range batch {
		if in.arrival.Origin == "" && (away || s.spool.Holds(s.spool.Knows(in.arrival.Token))) {
			behind = append(behind, in)
		} else {
			others = append(others, in)
		}
	}
	s.keep(behind, errBehind)
	return others
}

// fail ends arrivals that could not be stored: they go into the spool if there is one, and are refused otherwise.
func (s *Service) fail(batch []*intake, err error) {
	if s.spool == nil {
		s.refuse(batch, err)
		return
	}
	if isAway(err) {
		s.noteAway(err)
	}
	s.keep(batch, err)
}

// refuse answers arrivals that are kept nowhere. Their senders send them again, and each asks for its slot anew.
func (s *Service) refuse(batch []*intake, err error) {
	s.returnCaptures(context.Background(), batch)
	for _, in := range batch {
		in.done <- err
	}
}

// noteAway remembers that the database takes nothing, and says so once.
func (s *Service) noteAway(err error) {
	if !s.spool.away.Swap(true) {
		s.log.Warn("the database takes no alerts: they are kept in SPOOL_DIR and stored once it is back. Check DATABASE_URL and that the server is up; /health tells how many wait", "error", err)
	}
}

// noteBack notes that something was stored. While alerts wait, the drain is the one to say so.
func (s *Service) noteBack() {
	if s.spool != nil && s.spool.Waiting() == 0 {
		s.spool.away.Store(false)
	}
}

// isAway reports whether a transaction failed because of the database, and not because of an alert or its user.
func isAway(err error) bool {
	return err != nil && !oneIsAtFault(err) && !errors.Is(err, errStuck) && !errors.Is(err, errBehind)
}

// keep writes arrivals to the spool and answers them. Those that cannot be kept end with err.
func (s *Service) keep(batch []*intake, err error) {
	arrivals, ins := s.spoolable(batch, err)
	if len(arrivals) == 0 {
		return
	}
	said := false
	for i, failure := range s.spool.Append(arrivals) {
		if failure != nil {
			if !said {
				s.log.Error("alerts were answered 503: neither the database nor the spool takes them. Make room in SPOOL_DIR, or raise SPOOL_MAX_BYTES", "error", failure)
				said = true
			}
			s.refuse(ins[i:i+1], err)
			continue
		}
		ins[i].receipt = spooledReceipt(arrivals[i], ins[i])
		ins[i].done <- nil
	}
	s.wakeDrain()
}

// spoolable returns the arrivals of a batch that go into the spool. It answers the others: those of unknown
// tokens, tests, and alerts above the flood limit, of which one a second is kept.
func (s *Service) spoolable(batch []*intake, err error) (arrivals []atalaya.Arrival, ins []*intake) {
	users := make([]atalaya.UserID, 0, len(batch))
	var known, others []*intake
	for _, in := range batch {
		user := s.spool.Knows(in.arrival.Token)
		if user == "" || in.arrival.Origin != "" || in.ctx.Err() != nil || !in.kept.CompareAndSwap(false, true) {
			others = append(others, in) // if its caller has given up, keepLate spools it
			continue
		}
		users, known = append(users, user), append(known, in)
	}
	s.refuse(others, err)
	ctx, cancel := context.WithTimeout(context.Background(), slotPatience)
	defer cancel()
	s.takeAlertSlots(ctx, known, users)
	for i, in := range known {
		a, token, second := in.arrival, in.arrival.Token, in.arrival.ReceivedAt.Unix()
		if !in.slot.Allowed {
			kept := s.floods.keptIn(token, second)
			s.floods.begin(token, *in.slot, second)
			if kept {
				s.floods.count(token)
				in.receipt = atalaya.Receipt{Outcome: atalaya.OutcomeRateLimited, UserID: users[i], Rate: *in.slot}
				in.done <- nil
				continue
			}
		}
		a.Spooled = atalaya.Spooled{User: users[i], Flooded: !in.slot.Allowed, Recent503: s.trouble.holds(token), CaptureAt: in.slotBegins()}
		arrivals, ins = append(arrivals, a), append(ins, in)
	}
	return arrivals, ins
}

// takeAlertSlots takes alert slots for the arrivals that have none yet.
func (s *Service) takeAlertSlots(ctx context.Context, batch []*intake, users []atalaya.UserID) {
	var asking []*intake
	var asks []atalaya.RateAsk
	for i, in := range batch {
		if in.slot == nil {
			asking, asks = append(asking, in), append(asks, s.policy.floodAsk(users[i], in.arrival))
		}
	}
	if len(asks) == 0 {
		return
	}
	for i, rate := range s.bounds.Limits.Take(ctx, alertsLimit, asks) {
		asking[i].slot = &rate
	}
}

// slotPatience bounds a request to the limits that replicas share.
const slotPatience = 200 * time.Millisecond

// spooledReceipt returns the answer to an arrival in the spool: what is known without its user's row.
func spooledReceipt(a atalaya.Arrival, in *intake) atalaya.Receipt {
	r := atalaya.Receipt{Outcome: atalaya.OutcomeAccepted, UserID: a.Spooled.User, Spooled: true, Rate: *in.slot}
	switch {
	case a.Spooled.Flooded:
		r.Outcome = atalaya.OutcomeRateLimited
	case a.SenderRefused:
		r.Outcome = atalaya.OutcomeRefusedSender
	case a.TooLarge:
		r.Outcome = atalaya.OutcomeTooLarge
	default:
		r.SignalID, r.ScreenshotQueued = a.SignalID, true
	}
	return r
}

// learn records a token's user in the spool from time to time, for when the database cannot be asked.
func (s *Service) learn(token atalaya.WebhookToken, user atalaya.UserID, enabled bool) {
	switch {
	case s.spool == nil:
	case !enabled:
		s.spool.Forget(token)
	case !s.known.holds(token):
		s.spool.Learn(token, user)
	}
}
