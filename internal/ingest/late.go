package ingest

import (
	"context"
	"errors"
	"time"

	"atalaya"
)

// latePatience is how long an alert that was not stored in time may take to get into the spool. Its sender has
// waited for two seconds by then, and gives up after three.
const latePatience = 700 * time.Millisecond

// keepLate puts an arrival that was not stored in time into the spool: too many wait before it, or its transaction
// hangs. If that transaction is committed after all, the drain finds the signal by its id. Without a spool, or if
// the sender has gone, keepLate fails with reason.
func (s *Service) keepLate(in *intake, reason error) (atalaya.Receipt, error) {
	token := in.arrival.Token
	if s.spool == nil || errors.Is(in.ctx.Err(), context.Canceled) {
		return atalaya.Receipt{}, s.judge(token, reason)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(in.ctx), latePatience)
	defer cancel()
	late := in // if its batch is already being written to the spool
	if in.kept.CompareAndSwap(false, true) {
		late = &intake{ctx: ctx, arrival: in.arrival, done: make(chan error, 1)}
		if !s.spool.late.submit(late) {
			return atalaya.Receipt{}, s.judge(token, reason)
		}
	}
	select {
	case err := <-late.done:
		return late.receipt, s.judge(token, err)
	case <-ctx.Done():
		return atalaya.Receipt{}, s.judge(token, reason)
	}
}
