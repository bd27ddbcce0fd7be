package postgres_test

import (
	"strings"
	"testing"

	"atalaya"
	"atalaya/internal/test/testkit"
)

// Supabase deletes a user softly by a column of auth.users that plain PostgreSQL does not have.
func TestTheTokenOfASoftlyDeletedUserFindsNoUser(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user := testkit.Store(t, pool), testkit.User(t, pool)
	token := testkit.Token(t, pool, user)
	if _, err := pool.Exec(t.Context(), "alter table auth.users add column if not exists deleted_at timestamptz"); err != nil {
		t.Fatal(err)
	}
	takes := func(deleted bool) {
		t.Helper()
		var found *atalaya.TenantConfig
		err := store.Ingest(t.Context(), []atalaya.Arrival{{Token: token}}, func(facts []atalaya.Facts) []atalaya.Decision {
			found = facts[0].Tenant
			return make([]atalaya.Decision, len(facts))
		})
		if err != nil {
			t.Fatal(err)
		}
		if (found == nil) != deleted {
			t.Errorf("softly deleted: %t; the commit finds the user: %t", deleted, found != nil)
		}
		_, err = store.TenantByToken(t.Context(), token)
		if missing := atalaya.CodeOf(err) == atalaya.CodeInvalidToken; missing != deleted || err != nil && !missing {
			t.Errorf("softly deleted: %t; the look-up: %v", deleted, err)
		}
	}
	takes(false)
	if _, err := pool.Exec(t.Context(), "update auth.users set deleted_at = now() where id = $1", string(user)); err != nil {
		t.Fatal(err)
	}
	takes(true)
	if _, err := pool.Exec(t.Context(), "update auth.users set deleted_at = null where id = $1", string(user)); err != nil {
		t.Fatal(err)
	}
	takes(false)
}

func TestARowNamesNoPictureOfAnotherUsersFolder(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	user, other := testkit.User(t, pool), testkit.User(t, pool)
	for path, ok := range map[string]bool{
		string(user) + "/A.png": true, string(other) + "/A.png": false, "../" + string(user) + "/A.png": false,
		"x/" + string(other) + "/A.png": false, strings.ToUpper(string(other)) + "/A.png": false,
	} {
		_, err := pool.Exec(t.Context(), "insert into public.trading_signals (user_id, screenshot_path) values ($1, $2)", string(user), path)
		if (err == nil) != ok {
			t.Errorf("the path %q of %s: %v", path, user, err)
		}
	}
}
