package postgres_test

import (
	"slices"
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

func TestDeletedAndBannedUsersAreGone(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	store, user, other := testkit.Store(t, pool), testkit.User(t, pool), testkit.User(t, pool)
	isGone := func(want bool, when string) {
		t.Helper()
		gone, err := store.Gone(t.Context(), []atalaya.UserID{other, user})
		if err != nil || slices.Contains(gone, user) != want || slices.Contains(gone, other) {
			t.Errorf("%s: gone are %v, %v", when, gone, err)
		}
	}
	isGone(false, "on plain PostgreSQL")
	for _, change := range []struct {
		sql  string
		gone bool
	}{
		{"alter table auth.users add column if not exists deleted_at timestamptz, add column if not exists banned_until timestamptz", false},
		{"update auth.users set banned_until = now() + interval '1 day' where id = $1", true},
		{"update auth.users set banned_until = 'infinity' where id = $1", true},
		{"update auth.users set banned_until = now() - interval '1 second' where id = $1", false},
		{"update auth.users set banned_until = null, deleted_at = now() where id = $1", true},
		{"update auth.users set deleted_at = null where id = $1", false},
		{"delete from auth.users where id = $1", true},
	} {
		var args []any
		if strings.Contains(change.sql, "$1") {
			args = []any{string(user)}
		}
		if _, err := pool.Exec(t.Context(), change.sql, args...); err != nil {
			t.Fatal(err)
		}
		isGone(change.gone, change.sql)
	}
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
