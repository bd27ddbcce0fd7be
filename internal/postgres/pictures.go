package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"atalaya/internal/postgres/rows"
)

// ClaimDaily says whether a duty that is done once a day is the caller's now. Whoever is given it has it
// for the day, done or not.
func (s *Store) ClaimDaily(ctx context.Context, name string) (bool, error) {
	n, err := rows.New(s.pool).ClaimDaily(ctx, name)
	if err != nil {
		return false, fmt.Errorf("claim a day's duty: %w", err)
	}
	return n == 1, nil
}

// UnknownPictures gives those of the paths, "{user id}/{name}", that no row speaks of.
func (s *Store) UnknownPictures(ctx context.Context, paths []string) ([]string, error) {
	var users []string
	for _, path := range paths {
		if user, _, _ := strings.Cut(path, "/"); !slices.Contains(users, user) {
			users = append(users, user)
		}
	}
	unknown, err := rows.New(s.pool).UnknownPictures(ctx, rows.UnknownPicturesParams{Paths: paths, Users: users})
	if err != nil {
		return nil, fmt.Errorf("look for pictures that no signal has: %w", err)
	}
	return unknown, nil
}
