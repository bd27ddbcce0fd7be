package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"atalaya/internal/test/testkit"
)

func TestMigrateMakesADatabaseAndDoesNothingTheSecondTime(t *testing.T) {
	t.Parallel()
	p := withSettings(t, goodSettings(t, testkit.Empty(t)))
	status := p.run(t, "migrate", "--status").ok(t)
	if strings.Contains(status, "applied") || !strings.Contains(status, "pending") {
		t.Errorf("an empty database has the status\n%s", status)
	}
	first := p.run(t, "migrate").ok(t)
	for line := range strings.Lines(status) {
		holds(t, first, "applied "+strings.Fields(line)[0])
	}
	holds(t, p.run(t, "migrate").ok(t), "nothing to do: the database is up to date")
	if status := p.run(t, "migrate", "--status").ok(t); strings.Contains(status, "pending") {
		t.Errorf("after migrate the status is\n%s", status)
	}
}

func TestMigrateWithoutADatabaseSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	r := withSettings(t, goodSettings(t, closedDatabase(t))).run(t, "migrate")
	r.refused(t, "the database cannot be reached", "check DATABASE_URL")
	if strings.Contains(r.err, "s3cret") {
		t.Errorf("the password was printed: %s", r.err)
	}
}

func TestUsersAreMadeListedAndGivenTokensAndPlans(t *testing.T) {
	t.Parallel()
	settings := goodSettings(t, testkit.Database(t).Config().ConnString())
	settings["PLAN_PRO_QUOTA"] = "20000"
	p := withSettings(t, settings)
	var made struct {
		UserID     string `json:"user_id"`
		Email      string
		WebhookURL string `json:"webhook_url"`
	}
	out := p.run(t, "user", "create", "ana@example.com").ok(t)
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if made.Email != "ana@example.com" || !strings.HasPrefix(made.WebhookURL, settings["PUBLIC_URL"]+"/webhook/") {
		t.Errorf("user create printed %s", out)
	}
	p.run(t, "user", "create", "bruno@example.com").ok(t)
	p.run(t, "user", "create", "ana@example.com").refused(t, "there is a user with the address ana@example.com already")
	for _, none := range []string{"notanemail", "Ana <ana2@example.com>", "a b@example.com"} {
		p.run(t, "user", "create", none).refused(t, "is no email address", "ana@example.com")
	}

	line := func() string {
		t.Helper()
		for line := range strings.Lines(p.run(t, "user", "list").ok(t)) {
			if strings.HasPrefix(line, made.UserID) {
				return strings.Join(strings.Fields(line), " ")
			}
		}
		t.Fatal("the user is not listed")
		return ""
	}
	holds(t, line(), "ana@example.com free 0 1000 0 on")
	holds(t, p.run(t, "user", "plan", "ana@example.com", "pro").ok(t), "plan pro with 20000 signals a month")
	holds(t, line(), "pro 0 20000")
	p.run(t, "user", "plan", made.UserID, "lifetime").ok(t)
	holds(t, line(), "lifetime 0 unlimited")
	p.run(t, "user", "plan", "ana@example.com", "free", "--quota", "7").ok(t)
	holds(t, line(), "free 0 7")
	p.run(t, "user", "plan", "nobody@example.com", "pro").refused(t, "nobody@example.com")
	p.run(t, "user", "plan", "ana@example.com", "gold").refused(t, "free", "lifetime")

	token := strings.TrimSpace(p.run(t, "user", "token", "ana@example.com", "--ttl", "1h").ok(t))
	claims := jwt.RegisteredClaims{}
	_, err := jwt.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return []byte(settings["SUPABASE_JWT_SECRET"]), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer(settings["JWT_ISSUER"]), jwt.WithExpirationRequired())
	if err != nil || claims.Subject != made.UserID || claims.ExpiresAt.After(time.Now().Add(time.Hour+time.Minute)) {
		t.Errorf("the token is %+v: %v", claims, err)
	}
}

func TestAUserIsShownDisabledEnabledAndDeleted(t *testing.T) {
	t.Parallel()
	p := withSettings(t, goodSettings(t, testkit.Database(t).Config().ConnString()))
	p.run(t, "user", "create", "ana@example.com").ok(t)
	p.run(t, "user", "create", "bruno@example.com").ok(t)
	show := func() (details map[string]any) {
		t.Helper()
		out := p.run(t, "user", "show", "ana@example.com", "--json").ok(t)
		if err := json.Unmarshal([]byte(out), &details); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		return details
	}
	if d := show(); d["email"] != "ana@example.com" || d["webhook_enabled"] != true || d["cookies_configured"] != false || d["last_signal_at"] != nil {
		t.Errorf("user show --json prints %v", d)
	}
	holds(t, p.run(t, "user", "show", "ana@example.com").ok(t), "signals_quota           1000\n", "last_signal_at          -\n")
	holds(t, p.run(t, "user", "disable", "ana@example.com").ok(t), "is off")
	if d := show(); d["webhook_enabled"] != false {
		t.Errorf("after user disable: %v", d)
	}
	holds(t, p.run(t, "user", "enable", "ana@example.com").ok(t), "is on")
	list := p.run(t, "user", "list", "--json").ok(t)
	if strings.Count(list, "\n") != 2 || strings.Count(list, `"webhook_enabled":true`) != 2 {
		t.Errorf("user list --json prints %s", list)
	}
	p.run(t, "user", "delete", "ana@example.com").refused(t, "0 signals", "--yes")
	holds(t, p.run(t, "user", "delete", "ana@example.com", "--yes").ok(t), "deleted ana@example.com")
	p.run(t, "user", "show", "ana@example.com").refused(t, "no user has the address")
	holds(t, p.run(t, "user", "show", "bruno@example.com").ok(t), "bruno@example.com")
}

func TestASupabaseProjectsUsersAreLeftToSupabase(t *testing.T) {
	t.Parallel()
	settings := goodSettings(t, testkit.Database(t).Config().ConnString())
	settings["SUPABASE_URL"] = "https://abc.supabase.co"
	p := withSettings(t, settings)
	p.run(t, "user", "create", "ana@example.com").refused(t, "Supabase project")
	p.run(t, "user", "token", "ana@example.com").refused(t, "Supabase project")
	p.run(t, "user", "delete", "00000000-0000-4000-8000-000000000001", "--yes").refused(t, "Supabase project")
}
