package postgres

import (
	"context"
	"fmt"
	"time"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

const (
	// maxEvidence bounds the failed captures that are kept for one user. The oldest is dropped.
	maxEvidence = 100
	// maxDetail bounds its text, in characters.
	maxDetail = 2000
)

// KeepEvidence stores what a failed attempt saw. It stores nothing if the signal is gone.
func (s *Store) KeepEvidence(ctx context.Context, task atalaya.CaptureTask, failure *atalaya.CaptureError) error {
	p := rows.KeepEvidenceParams{
		ID: newID(), UserID: string(task.UserID), SignalID: string(task.SignalID), Most: maxEvidence - 1,
		Code: string(failure.Code), Step: failure.Step, Detail: cut(failure.Detail, maxDetail),
	}
	if e := failure.Evidence; e != nil {
		p.Seen, p.Picture = e.Seen, e.Thumbnail
	}
	if err := rows.New(s.pool).KeepEvidence(ctx, p); err != nil {
		return fmt.Errorf("keep what the capture saw: %w", err)
	}
	return nil
}

// Evidence returns the failed attempts at a signal's captures, oldest first. It is for the operator, so it takes
// no user.
func (s *Store) Evidence(ctx context.Context, id atalaya.SignalID) ([]atalaya.CaptureFailure, error) {
	list, err := rows.New(s.pool).ListEvidence(ctx, string(id))
	if err != nil {
		return nil, fmt.Errorf("read what the captures saw: %w", err)
	}
	failures := make([]atalaya.CaptureFailure, len(list))
	for i, r := range list {
		failures[i] = atalaya.CaptureFailure{CapturedAt: r.CapturedAt, Code: atalaya.CaptureCode(r.Code), Detail: r.Detail,
			CaptureEvidence: atalaya.CaptureEvidence{Step: r.Step, Seen: r.Seen, Thumbnail: r.Picture}}
	}
	return failures, nil
}

// ForgetEvidence removes up to 1,000 pieces of evidence from before the given time, and returns how many.
func (s *Store) ForgetEvidence(ctx context.Context, before time.Time) (int64, error) {
	n, err := rows.New(s.pool).ForgetEvidence(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget what captures saw: %w", err)
	}
	return n, nil
}
