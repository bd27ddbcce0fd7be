package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
)

// claimable is for how long the job of a capture that can be claimed is put off at most: a busy account
// puts one off for a second or two, a claim for as long as an attempt may take.
const claimable = 5 * time.Second

// ClaimCapture takes the user's oldest capture whose job could run now, or as soon as the user's account
// is free: the job is put off for the given time, and runs then unless the claim has ended. Captures
// that failed before, or need the browser to themselves, are left to their jobs, and a job that is put
// off for longer than a busy account puts one off is another's claim. ok is false where none waits.
func (s *Store) ClaimCapture(ctx context.Context, user atalaya.UserID, held time.Duration) (claim atalaya.CaptureClaim, ok bool, err error) {
	err = s.pool.QueryRow(ctx, `
		with next as (
		  select j.id, s.id as signal from public.trading_signals s
		  join river.river_job j on j.state = 'available' and j.kind = $2 and j.args ->> 'signal_id' = s.id::text
		    and j.scheduled_at < now() + make_interval(secs => $4::float8)
		  where s.user_id = $1 and s.screenshot_status = 'pending' and s.screenshot_error is null
		    and not exists (select from public.capture_states st where st.signal_id = s.id and st.alone)
		  order by s.created_at, s.id limit 1 for update of j skip locked
		)
		update river.river_job j set scheduled_at = now() + make_interval(secs => $3::float8)
		from next where j.id = next.id returning next.signal, j.id`,
		user, captureArgs{}.Kind(), held.Seconds(), claimable.Seconds()).Scan(&claim.SignalID, &claim.Job)
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.CaptureClaim{}, false, nil
	}
	if err != nil {
		return atalaya.CaptureClaim{}, false, fmt.Errorf("claim the user's next capture: %w", err)
	}
	return claim, true, nil
}

// EndClaim ends a claim: done, its job is over, else it may run now. A job that runs already or may run,
// the claim's time being over or another capture of the signal wanted, is left alone.
func (s *Store) EndClaim(ctx context.Context, claim atalaya.CaptureClaim, done bool) error {
	sql := "update river.river_job set scheduled_at = now() where id = $1 and state = 'available' and scheduled_at > now()"
	if done {
		sql = "update river.river_job set state = 'completed', finalized_at = now() where id = $1 and state = 'available' and scheduled_at > now()"
	}
	if _, err := s.pool.Exec(ctx, sql, claim.Job); err != nil {
		return fmt.Errorf("end the claim of a capture: %w", err)
	}
	return nil
}
