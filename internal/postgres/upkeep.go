package postgres

import (
	"context"
	"fmt"
	"time"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// ResetMonthlyQuotas begins the month for up to 500 users whose counter is of an earlier one, and returns for how many.
// It skips users whom another transaction has locked. However often it is called, from any replica, a counter is reset
// once.
func (s *Store) ResetMonthlyQuotas(ctx context.Context) (int64, error) {
	n, err := rows.New(s.pool).ResetMonthlyQuotas(ctx, 500)
	if err != nil {
		return 0, fmt.Errorf("reset the monthly quotas: %w", err)
	}
	return n, nil
}

// ForgetDeliveries removes up to 5,000 deliveries that arrived before the given time, and returns how many.
func (s *Store) ForgetDeliveries(ctx context.Context, before time.Time) (int64, error) {
	n, err := rows.New(s.pool).ForgetDeliveries(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget old deliveries: %w", err)
	}
	return n, nil
}

// ClaimRemovals returns up to 100 paths of pictures whose signals were deleted. A path is returned again, at
// growing intervals, until ForgetRemovals is called with it.
func (s *Store) ClaimRemovals(ctx context.Context) ([]string, error) {
	paths, err := rows.New(s.pool).ClaimRemovals(ctx)
	if err != nil {
		return nil, fmt.Errorf("claim pictures to remove: %w", err)
	}
	return paths, nil
}

// ExpirePictures takes the pictures from up to 1,000 signals that are older than their user's plan keeps them, and returns
// from how many. before has a time for each plan; a plan without one keeps pictures for ever. ClaimRemovals then returns
// their paths.
func (s *Store) ExpirePictures(ctx context.Context, before map[atalaya.Plan]time.Time) (int64, error) {
	row, err := rows.New(s.pool).ExpirePictures(ctx, rows.ExpirePicturesParams{
		Free: timeOf(before, atalaya.PlanFree), Pro: timeOf(before, atalaya.PlanPro), Lifetime: timeOf(before, atalaya.PlanLifetime),
		Most: 1000,
	})
	if err != nil {
		return 0, fmt.Errorf("expire old pictures: %w", err)
	}
	users := make([]atalaya.UserID, 0, len(row.Users))
	for _, user := range row.Users {
		users = append(users, atalaya.UserID(user))
	}
	s.announce(users...)
	return row.Signals, nil
}

// timeOf returns the time of a plan, nil if there is none.
func timeOf(before map[atalaya.Plan]time.Time, plan atalaya.Plan) *time.Time {
	if t, ok := before[plan]; ok {
		return &t
	}
	return nil
}

// ForgetRemovals takes the paths of removed pictures off the queue of removals.
func (s *Store) ForgetRemovals(ctx context.Context, paths []string) error {
	if err := rows.New(s.pool).ForgetRemovals(ctx, paths); err != nil {
		return fmt.Errorf("forget removed pictures: %w", err)
	}
	return nil
}

// FailStrandedCaptures fails the signals that arrived before the given time and still wait for
// their screenshot, and returns how many.
func (s *Store) FailStrandedCaptures(ctx context.Context, before time.Time) (int64, error) {
	n, err := rows.New(s.pool).FailStrandedCaptures(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("fail stranded captures: %w", err)
	}
	if n > 0 {
		s.wakeDispatcher()
	}
	return n, nil
}

// SweepCaptures removes what captures left behind: states of deleted signals, whose replaced pictures are queued
// for removal, and accounts not seen for a week. A check of cookies that was not answered for an hour ends as
// unknown. It also moves jobs of earlier releases to their queues.
func (s *Store) SweepCaptures(ctx context.Context) error {
	q := rows.New(s.pool)
	if err := q.SweepCaptures(ctx); err != nil {
		return fmt.Errorf("sweep what captures left: %w", err)
	}
	if err := q.AdoptJobs(ctx); err != nil { // while replicas of an earlier release still insert some
		return fmt.Errorf("take over the jobs of an earlier release: %w", err)
	}
	return nil
}

// ForgetRepeats removes up to 5,000 keys of repeats that expired more than an hour ago, and returns how many.
func (s *Store) ForgetRepeats(ctx context.Context) (int64, error) {
	n, err := rows.New(s.pool).ForgetRepeats(ctx)
	if err != nil {
		return 0, fmt.Errorf("forget keys of repeats: %w", err)
	}
	return n, nil
}
