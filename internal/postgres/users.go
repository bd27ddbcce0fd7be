package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// User is a line of the operator's list of users.
type User struct {
	ID             atalaya.UserID
	Email          string
	Plan           atalaya.Plan
	Quota          atalaya.Quota
	WebhookEnabled bool
	TotalSignals   int64
}

// CreateUser creates a user of the local issuer, with settings and statistics. It fails with CodeConflict if the address
// has one. A Supabase project creates its users itself.
func (s *Store) CreateUser(ctx context.Context, email string) (atalaya.UserID, error) {
	id, err := rows.New(s.pool).CreateUser(ctx, email)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == uniqueViolation {
		return "", atalaya.Errorf(atalaya.CodeConflict, "there is a user with the address %s already", email)
	}
	if err != nil {
		return "", fmt.Errorf("create the user: %w", err)
	}
	return atalaya.UserID(id), nil
}

// DeleteUser deletes a user of the local issuer with all rows. It fails with CodeNotFound if there is no such
// user.
func (s *Store) DeleteUser(ctx context.Context, user atalaya.UserID) error {
	deleted, err := rows.New(s.pool).DeleteUser(ctx, string(user))
	if err != nil {
		return fmt.Errorf("delete the user: %w", err)
	}
	if deleted == 0 {
		return atalaya.Errorf(atalaya.CodeNotFound, "there is no user %s", user)
	}
	return nil
}

// FindUser returns the user of an email address in any case. It fails with CodeNotFound if there is none.
func (s *Store) FindUser(ctx context.Context, email string) (atalaya.UserID, error) {
	id, err := rows.New(s.pool).FindUser(ctx, email)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", atalaya.Errorf(atalaya.CodeNotFound, "no user has the address %s", email)
	}
	if err != nil {
		return "", fmt.Errorf("find the user: %w", err)
	}
	return atalaya.UserID(id), nil
}

// ListUsers returns every user, the oldest first. It is for the operator alone.
func (s *Store) ListUsers(ctx context.Context) ([]User, error) {
	list, err := rows.New(s.pool).ListUsers(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the users: %w", err)
	}
	users := make([]User, 0, len(list))
	for _, r := range list {
		id := atalaya.UserID(r.UserID)
		users = append(users, User{
			ID: id, Email: r.Email, Plan: atalaya.Plan(r.UserPlan), WebhookEnabled: r.WebhookEnabled,
			Quota:        atalaya.Quota{UserID: id, Total: int64(r.SignalsQuota), Used: r.Used, Plan: atalaya.Plan(r.UserPlan)},
			TotalSignals: r.TotalSignals,
		})
	}
	return users, nil
}

// SetPlan sets a user's plan and quota and keeps the used count. It fails with CodeNotFound if there is no such
// user.
func (s *Store) SetPlan(ctx context.Context, user atalaya.UserID, plan atalaya.Plan, quota int64) error {
	if quota < atalaya.Unlimited || quota > math.MaxInt32 {
		return atalaya.Errorf(atalaya.CodeInvalid, "a quota is a number of signals below 2,147,483,648, or -1 for no end; not %d", quota)
	}
	_, err := rows.New(s.pool).SetPlan(ctx, rows.SetPlanParams{UserPlan: string(plan), SignalsQuota: int32(quota), UserID: string(user)})
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.Errorf(atalaya.CodeNotFound, "there is no user %s", user)
	}
	if err != nil {
		return fmt.Errorf("set the plan: %w", err)
	}
	return nil
}
