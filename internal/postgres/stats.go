package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// Stats returns the caller's row of statistics, zeros if there is none yet.
func (s *Store) Stats(ctx context.Context, caller atalaya.Caller) (atalaya.Stats, error) {
	var stats atalaya.Stats
	err := s.asCaller(ctx, caller, func(tx pgx.Tx) (err error) {
		stats, err = readStats(ctx, rows.New(tx), caller.UserID)
		return err
	})
	if err != nil {
		return atalaya.Stats{}, failed("read the statistics", err)
	}
	return stats, nil
}

func readStats(ctx context.Context, q *rows.Queries, user atalaya.UserID) (atalaya.Stats, error) {
	row, err := q.GetStats(ctx, string(user))
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.Stats{UserID: user}, nil
	}
	if err != nil {
		return atalaya.Stats{}, err
	}
	return statsOf(row), nil
}
