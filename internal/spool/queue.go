package spool

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"atalaya"
)

// maxNextBytes bounds the bodies that Next returns at a time.
const maxNextBytes = 4 << 20

// Holds reports whether alerts of a user wait.
func (s *Spool) Holds(user atalaya.UserID) bool {
	if s.waiting.Load() == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[user] != nil
}

// Waiting returns how many alerts wait.
func (s *Spool) Waiting() int { return int(s.waiting.Load()) }

// Append writes arrivals after those of their users, which Spooled.User names, and returns an error for each.
// Arrivals without an error are on the disk; the others are not. If an arrival is not later than its user's last
// one, its time is set a microsecond after that, so that times give the order.
func (s *Spool) Append(arrivals []atalaya.Arrival) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	errs := make([]error, len(arrivals))
	s.append(arrivals, errs)
	return errs
}

// placed is an arrival that is about to be written.
type placed struct {
	user  atalaya.UserID
	at    int64
	key   []byte
	value []byte
}

// append writes arrivals in one transaction. If there is no room for all, it tries each half, to use the room that
// is left.
func (s *Spool) append(arrivals []atalaya.Arrival, errs []error) {
	list := make([]placed, 0, len(arrivals))
	last, bytes, all := make(map[atalaya.UserID]int64), make(map[atalaya.UserID]int64), s.bytes
	for i, a := range arrivals {
		user := a.Spooled.User
		if q := s.users[user]; q != nil && last[user] == 0 {
			last[user], bytes[user] = q.last, q.bytes
		}
		p, err := s.place(a, max(a.ReceivedAt.UnixMicro(), last[user]+1))
		if err == nil && !s.fits(bytes[user]+cost(p.value), all+cost(p.value)) {
			err = fmt.Errorf("%w: the rest of SPOOL_MAX_BYTES is left to other users", ErrFull)
		}
		if errs[i] = err; err != nil {
			continue
		}
		last[user], bytes[user], all = p.at, bytes[user]+cost(p.value), all+cost(p.value)
		list = append(list, p)
	}
	if len(list) == 0 {
		return
	}
	err := s.update(s.room(), func(tx *bbolt.Tx) error {
		alerts := tx.Bucket(alertsBucket)
		alerts.FillPercent = 0.8 // a user's alerts are only ever added behind that user's others
		for _, p := range list {
			if err := alerts.Put(p.key, p.value); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err == nil:
		for _, p := range list {
			s.count(p.user, p.at, cost(p.value))
		}
	case errors.Is(err, ErrFull) && len(arrivals) > 1:
		half := len(arrivals) / 2
		s.append(arrivals[:half], errs[:half])
		s.append(arrivals[half:], errs[half:])
	default:
		for i := range errs {
			if errs[i] == nil {
				errs[i] = err
			}
		}
	}
}

// fits reports whether one user's alerts may take user bytes while those of all users take all bytes.
func (s *Spool) fits(user, all int64) bool {
	room := int64(pagesPart * float64(s.room()))
	if user > smallShare && all > int64(largePart*float64(room)) {
		return false
	}
	return user <= timesFree*(room-all)
}

// place seals an arrival for its key.
func (s *Spool) place(a atalaya.Arrival, at int64) (placed, error) {
	key, err := keyOf(a.Spooled.User, at)
	if err != nil {
		return placed{}, err
	}
	plain, err := encode(a)
	if err != nil {
		return placed{}, err
	}
	sealed, err := s.opt.Sealer.SealRecord(key, plain)
	if err != nil {
		return placed{}, err
	}
	return placed{user: a.Spooled.User, at: at, key: key, value: frame(key, sealed)}, nil
}

// Next returns at most n arrivals: the first ones of each user for whom rests returns false, in order, in turn
// between users. They stay in the spool until Remove. Arrivals that cannot be read are set aside.
func (s *Spool) Next(n int, rests func(atalaya.UserID) bool) ([]atalaya.Arrival, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	share, size, served := max(1, n/max(1, len(s.turns))), 0, 0
	var next []atalaya.Arrival
	var unread []unreadable
	err := s.view(func(tx *bbolt.Tx) error {
		for _, user := range s.turns {
			if len(next) >= n || size >= maxNextBytes {
				break
			}
			served++
			if rests(user) {
				continue
			}
			found, bad, err := s.firstOf(tx, user, min(share, n-len(next)))
			if err != nil {
				return err
			}
			next, unread = append(next, found...), append(unread, bad...)
			for _, a := range found {
				size += len(a.Body)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the spool: %w", err)
	}
	s.turns = append(s.turns[served:len(s.turns):len(s.turns)], s.turns[:served]...)
	return next, s.setAside(unread)
}

// unreadable is an alert that does not open.
type unreadable struct {
	user atalaya.UserID
	at   int64
	err  error
}

// firstOf reads the first arrivals of a user.
func (s *Spool) firstOf(tx *bbolt.Tx, user atalaya.UserID, most int) (found []atalaya.Arrival, bad []unreadable, err error) {
	prefix, err := keyOf(user, 0)
	if err != nil {
		return nil, nil, err
	}
	cursor := tx.Bucket(alertsBucket).Cursor()
	for key, value := cursor.Seek(prefix); len(found) < most && bytes.HasPrefix(key, prefix[:userSize]); key, value = cursor.Next() {
		_, at, err := readKey(key)
		if err != nil {
			return nil, nil, err
		}
		a, err := s.open(user, at, key, value)
		if err != nil {
			bad = append(bad, unreadable{user, at, err})
			continue
		}
		found = append(found, a)
	}
	return found, bad, nil
}

// open decrypts and decodes the value of a key.
func (s *Spool) open(user atalaya.UserID, at int64, key, value []byte) (atalaya.Arrival, error) {
	_, sealed, ok := unframe(value)
	if !ok {
		return atalaya.Arrival{}, fmt.Errorf("%w: an alert has no frame", errTorn)
	}
	plain, err := s.opt.Sealer.OpenRecord(key, sealed)
	if err != nil {
		return atalaya.Arrival{}, err
	}
	return decode(user, at, plain)
}

// Remove removes arrivals that Next has returned.
func (s *Spool) Remove(arrivals []atalaya.Arrival) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.take(arrivals, nil)
}

// SetAside takes an arrival that the database cannot hold out of its user's way. It is tried again at the next
// start.
func (s *Spool) SetAside(a atalaya.Arrival, reason error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setAside([]unreadable{{a.Spooled.User, a.ReceivedAt.UnixMicro(), reason}})
}

// setAside moves alerts together: a wrong key makes all of them unreadable.
func (s *Spool) setAside(list []unreadable) error {
	if len(list) == 0 {
		return nil
	}
	arrivals := make([]atalaya.Arrival, len(list))
	for i, u := range list {
		arrivals[i] = atalaya.Arrival{ReceivedAt: time.UnixMicro(u.at), Spooled: atalaya.Spooled{User: u.user}}
	}
	if err := s.take(arrivals, asideBucket); err != nil {
		return err
	}
	s.aside += len(list)
	s.log.Error("alerts in the spool cannot be stored and were set aside; the next start tries them again. See atalaya spool list, and report the error if they stay",
		"alerts", len(list), "first_user_id", list[0].user, "first_received_at", arrivals[0].ReceivedAt.UTC(), "error", list[0].err)
	return nil
}

// take removes alerts from their bucket, and moves them to the bucket to unless that is nil.
func (s *Spool) take(arrivals []atalaya.Arrival, to []byte) error {
	taken := make(map[atalaya.UserID]*queue)
	err := s.update(s.opt.MaxBytes, func(tx *bbolt.Tx) error {
		alerts := tx.Bucket(alertsBucket)
		for _, a := range arrivals {
			key, err := keyOf(a.Spooled.User, a.ReceivedAt.UnixMicro())
			if err != nil {
				return err
			}
			value := alerts.Get(key)
			if value == nil {
				continue
			}
			q := taken[a.Spooled.User]
			if q == nil {
				q = &queue{}
				taken[a.Spooled.User] = q
			}
			q.alerts, q.bytes = q.alerts+1, q.bytes+cost(value)
			if to != nil {
				if err := tx.Bucket(to).Put(key, bytes.Clone(value)); err != nil {
					return err
				}
			}
			if err := alerts.Delete(key); err != nil {
				return err
			}
		}
		for user, q := range taken {
			if err := firstLeft(alerts, user, q); err != nil {
				return err
			}
		}
		return nil
	})
	if half := len(arrivals) / 2; errors.Is(err, ErrFull) && half > 0 { // half of them change fewer pages
		return cmp.Or(s.take(arrivals[:half], to), s.take(arrivals[half:], to))
	}
	if err != nil {
		return fmt.Errorf("remove alerts from the spool: %w", err)
	}
	for user, gone := range taken {
		s.uncount(user, gone)
	}
	s.turns = slices.DeleteFunc(s.turns, func(u atalaya.UserID) bool { return s.users[u] == nil })
	return nil
}

// firstLeft sets q.first to the arrival of the first alert that a user has left.
func firstLeft(alerts *bbolt.Bucket, user atalaya.UserID, q *queue) error {
	prefix, err := keyOf(user, 0)
	if err != nil {
		return err
	}
	if key, _ := alerts.Cursor().Seek(prefix); bytes.HasPrefix(key, prefix[:userSize]) {
		_, q.first, err = readKey(key)
	}
	return err
}

// uncount subtracts removed alerts from the counts. The caller ends the turns of users who have no alerts left.
func (s *Spool) uncount(user atalaya.UserID, gone *queue) {
	q := s.users[user]
	q.alerts, q.bytes, q.first = q.alerts-gone.alerts, q.bytes-gone.bytes, gone.first
	s.bytes -= gone.bytes
	s.waiting.Add(-int64(gone.alerts))
	if q.alerts == 0 {
		delete(s.users, user)
	}
}
