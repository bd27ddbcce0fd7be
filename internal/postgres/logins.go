package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// AddLoginCode stores the SHA-256 hash of a sign-in code of a user. life has a precision of a second.
func (s *Store) AddLoginCode(ctx context.Context, user atalaya.UserID, hash []byte, life time.Duration) error {
	err := rows.New(s.pool).AddLoginCode(ctx, rows.AddLoginCodeParams{CodeHash: hash, UserID: string(user), Seconds: int32(life.Seconds())})
	if err != nil {
		return fmt.Errorf("keep the sign-in code: %w", err)
	}
	return nil
}

// TakeLoginCode returns the user of a sign-in code, by its hash, and removes it. It fails with CodeUnauthorized if
// there is no such code, or it is too old.
func (s *Store) TakeLoginCode(ctx context.Context, hash []byte) (atalaya.UserID, error) {
	row, err := rows.New(s.pool).TakeLoginCode(ctx, hash)
	if errors.Is(err, pgx.ErrNoRows) || (err == nil && !row.Valid) {
		return "", atalaya.Errorf(atalaya.CodeUnauthorized, "This sign-in link was used already, or is too old. Ask for a new one: atalaya user login EMAIL.")
	}
	if err != nil {
		return "", failed("take the sign-in code", err)
	}
	return atalaya.UserID(row.UserID), nil
}

// UserEmail returns a user's address, "" if there is none. It fails with CodeNotFound if the user is
// gone.
func (s *Store) UserEmail(ctx context.Context, user atalaya.UserID) (string, error) {
	email, err := rows.New(s.pool).UserEmail(ctx, string(user))
	if errors.Is(err, pgx.ErrNoRows) {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "There is no such user.")
	}
	if err != nil {
		return "", failed("read the user's address", err)
	}
	return email, nil
}
