package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"atalaya/internal/postgres/rows"
)

// UnknownPictures returns those of the paths, "{user id}/{name}", that no row refers to.
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
