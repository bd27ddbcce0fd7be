package auth

import (
	"context"
	"sync"
	"time"

	"atalaya"
)

// Accounts knows which users may come in. Supabase's access tokens stay valid until they expire, even if their user
// is deleted, softly or finally, or banned.
type Accounts interface {
	// Gone returns those of the users whose accounts were deleted, softly or finally, or are banned.
	Gone(ctx context.Context, users []atalaya.UserID) ([]atalaya.UserID, error)
}

const (
	// accountKept is how long an answer about an account is remembered.
	accountKept = 5 * time.Second
	// maxAccounts bounds the remembered answers.
	maxAccounts = 10_000
)

// accountCheck refuses tokens of accounts that are gone. Without accounts it lets everybody pass.
type accountCheck struct {
	accounts Accounts
	now      func() time.Time

	mu   sync.Mutex
	kept map[atalaya.UserID]seenAccount
}

type seenAccount struct {
	present bool
	until   time.Time
}

// check fails with CodeUnauthorized if the account is gone, and with CodeUnavailable if that cannot be found out.
func (a *accountCheck) check(ctx context.Context, user atalaya.UserID) error {
	if a.accounts == nil {
		return nil
	}
	present, known := a.recall(user)
	if !known {
		gone, err := a.accounts.Gone(ctx, []atalaya.UserID{user})
		if err != nil {
			return atalaya.Wrap(atalaya.CodeUnavailable, err, "The account can't be looked up now. Try again.")
		}
		present = len(gone) == 0
		a.keep(user, present)
	}
	if !present {
		return refuse(nil, "This account was deleted, or is blocked.")
	}
	return nil
}

func (a *accountCheck) recall(user atalaya.UserID) (present, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen, ok := a.kept[user]
	return seen.present, ok && a.now().Before(seen.until)
}

// keep remembers an answer. A full memory is emptied: each lost answer costs one look-up.
func (a *accountCheck) keep(user atalaya.UserID, present bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil || len(a.kept) >= maxAccounts {
		a.kept = map[atalaya.UserID]seenAccount{}
	}
	a.kept[user] = seenAccount{present, a.now().Add(accountKept)}
}
