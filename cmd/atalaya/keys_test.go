package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya"
	"atalaya/internal/secret"
	"atalaya/internal/test/testkit"
)

func TestKeysNewPrintsADifferentKeyEachTime(t *testing.T) {
	t.Parallel()
	one := strings.TrimSpace(program{}.run(t, "keys", "new").ok(t))
	other := strings.TrimSpace(program{}.run(t, "keys", "new").ok(t))
	if _, err := secret.ParseKey(one); err != nil {
		t.Error(err)
	}
	if one == other {
		t.Error("two keys are the same")
	}
}

func storeCookie(t *testing.T, pool *pgxpool.Pool, user atalaya.UserID, value string) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), "update public.trading_signals_config set tv_sessionid = $2 where user_id = $1", user, value); err != nil {
		t.Fatal(err)
	}
}

// sealWith seals a cookie for a user with a key.
func sealWith(t *testing.T, key string, user atalaya.UserID) string {
	t.Helper()
	parsed, err := secret.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := secret.NewKeyring(parsed).Seal(user, atalaya.ColumnSessionID, "a cookie")
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Reveal()
}

func TestKeysRotateShowsHowFarItIsAndReportsWhatItLeft(t *testing.T) {
	t.Parallel()
	pool := testkit.Database(t)
	settings := goodSettings(t, pool.Config().ConnString())
	former := newKey(t)
	settings["ENCRYPTION_KEYS_OLD"] = former
	old, lost, plain := testkit.User(t, pool), testkit.User(t, pool), testkit.User(t, pool)
	storeCookie(t, pool, old, sealWith(t, former, old))
	storeCookie(t, pool, lost, sealWith(t, newKey(t), lost))
	storeCookie(t, pool, plain, "plaincookie")
	p := withSettings(t, settings)

	r := p.run(t, "keys", "rotate")
	holds(t, r.ok(t), "3 users with secrets, 1 sealed anew\n",
		string(plain)+": cookies stored in plain text are refused", string(lost)+": no key opens these secrets; add the former key to ENCRYPTION_KEYS_OLD")
	holds(t, r.err, "1 of 3 users", "[##############################] 3 of 3 users")
	if strings.Contains(r.out+r.err, "plaincookie") {
		t.Error("a cookie was printed")
	}
	holds(t, p.run(t, "keys", "rotate").ok(t), "3 users with secrets, 0 sealed anew\n")
	delete(settings, "ENCRYPTION_KEYS_OLD") // the former key is no longer needed
	holds(t, withSettings(t, settings).run(t, "doctor").out, "no key opens 1 stored cookies")
}

func TestKeysRotateWithoutADatabaseSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	r := withSettings(t, goodSettings(t, closedDatabase(t))).run(t, "keys", "rotate")
	r.refused(t, "DATABASE_URL")
	if strings.Contains(r.err, "s3cret") {
		t.Errorf("the password was printed: %s", r.err)
	}
}
