package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"atalaya/internal/test/testkit"
)

// nodeSettings returns an environment file of the Node service with every setting that it reads.
func nodeSettings(t *testing.T) map[string]string {
	t.Helper()
	settings := map[string]string{
		"PORT": testkit.FreePort(t), "SUPABASE_URL": "http://127.0.0.1:" + testkit.FreePort(t), "SUPABASE_SERVICE_ROLE_KEY": "a-key", "SUPABASE_ANON_KEY": "another",
		"REDIS_HOST": "127.0.0.1", "REDIS_PORT": testkit.FreePort(t), "REDIS_PASSWORD": "", "ENCRYPTION_KEY": newKey(t), "SCREENSHOT_TIMEOUT": "45000",
		"WORKER_CONCURRENCY": "3", "RATE_LIMIT_PER_MINUTE": "7", "RATE_LIMIT_PER_HOUR": "90", "DAILY_LIMIT_FREE": "40", "DAILY_LIMIT_PRO": "500",
		"PLAN_FREE_QUOTA": "1234", "PLAN_PRO_QUOTA": "15000", "PLAN_LIFETIME_QUOTA": "-1", "DEFAULT_QUOTA": "1234", "QUOTA_MODE": "soft",
		"ALLOWED_ORIGINS": "https://app.example.com", "LOG_LEVEL": "debug", "TELEGRAM_BOT_TOKEN": "1:s3cret", "TELEGRAM_CHAT_ID": "1", "ADMIN_TOKEN": "too-short-s3cret",
	}
	for _, name := range noEffect {
		settings[name] = "s3cret"
	}
	return settings
}

// noEffect lists the Node service's settings that Atalaya ignores, in order.
var noEffect = []string{
	"CHART_LOAD_WAIT", "FALLBACK_QUOTA", "NODE_ENV", "POOL_MAX_SIZE", "POOL_MIN_SIZE", "SCREENSHOT_HEIGHT", "SCREENSHOT_WIDTH",
	"TELEGRAM_CHANNEL_ID", "TV_SESSIONID", "TV_SESSIONID_SIGN", "USE_BROWSER_POOL", "WORKER_LOCK_DURATION", "WORKER_MAX_STALLED",
	"WORKER_RATE_LIMIT_DURATION", "WORKER_RATE_LIMIT_MAX", "WORKER_STALLED_INTERVAL",
}

func TestServeNamesEveryMissingSettingWithItsCure(t *testing.T) {
	t.Parallel()
	program{}.run(t, "serve").refused(t,
		"ENCRYPTION_KEY is required: `atalaya keys new` prints one",
		"DATABASE_URL is required: in your Supabase project open Connect",
		"SUPABASE_URL is required: Supabase Dashboard",
		"PUBLIC_URL is required",
		"docs/configuration.md")
}

func TestServeSaysWhatIsWrongWithOneSettingAndHowToMendIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		says        []string
	}{
		{"ENCRYPTION_KEY", "", []string{"ENCRYPTION_KEY is required", "atalaya keys new"}},
		{"ENCRYPTION_KEY", "s3cret", []string{"ENCRYPTION_KEY has to be 64 hexadecimal characters and has 6", "atalaya keys new"}},
		{"ENCRYPTION_KEY", strings.Repeat("s3cret00", 8), []string{"ENCRYPTION_KEY has to be 64 hexadecimal characters"}},
		{"ENCRYPTION_KEYS_OLD", "s3cret", []string{"ENCRYPTION_KEYS_OLD holds a key, number 1"}},
		{"DATABASE_URL", "", []string{"DATABASE_URL is required", "Session pooler"}},
		{"DATABASE_URL", "mysql://u:s3cret@host/db", []string{"DATABASE_URL has to begin with postgresql://"}},
		{"DATABASE_URL", "postgresql://u:s3cret#%@host/db", []string{"DATABASE_URL is not a URL", "%23"}},
		{"SUPABASE_URL", "abc.supabase.co", []string{"SUPABASE_URL is", "https://abc.supabase.co"}},
		{"REDIS_URL", "127.0.0.1:6379", []string{"REDIS_URL has to begin with redis://"}},
		{"PUPPETEER_EXECUTABLE_PATH", "/nonexistent/browser", []string{"PUPPETEER_EXECUTABLE_PATH", "/nonexistent/browser"}},
	} {
		settings := goodSettings(t, closedDatabase(t))
		settings[c.name] = c.value
		r := withSettings(t, settings).run(t, "serve")
		r.refused(t, c.says...)
		if strings.Contains(r.err, "s3cret") {
			t.Errorf("%s: the value was printed: %s", c.name, r.err)
		}
	}
	settings := goodSettings(t, closedDatabase(t))
	settings["SUPABASE_URL"], settings["PICTURES_DIR"] = "https://abc.supabase.co", ""
	withSettings(t, settings).run(t, "serve").refused(t, "SUPABASE_SERVICE_ROLE_KEY is required to store pictures", "Project Settings")
}

func TestServeSaysHowToMigrateADatabaseWithoutTables(t *testing.T) {
	t.Parallel()
	withSettings(t, goodSettings(t, testkit.Empty(t))).run(t, "serve").refused(t, "the database has no public.trading_signals", "atalaya migrate")
}

func TestTheNodeServicesFileGivesOneWarningAndAsksForWhatIsNew(t *testing.T) {
	t.Parallel()
	settings := nodeSettings(t)
	r := withSettings(t, settings).run(t, "serve")
	r.refused(t, "DATABASE_URL is required", "PUBLIC_URL is required")
	if n := strings.Count(r.err, "\n  - "); n != 2 {
		t.Errorf("%d settings are asked for, want the 2 that are new:\n%s", n, r.err)
	}
	settings["DATABASE_URL"], settings["PUBLIC_URL"] = testkit.Empty(t), "https://signals.example.com"
	r = withSettings(t, settings).run(t, "serve") // ends at the empty database
	holds(t, r.err, strings.Join(noEffect, ", "), "the operator's door stays shut: ADMIN_TOKEN has 16 characters and needs at least 32")
	if n := strings.Count(r.err, "have no effect here"); n != 1 {
		t.Errorf("%d warnings tell of settings without effect, want one:\n%s", n, r.err)
	}
	if strings.Contains(r.err, "s3cret") {
		t.Errorf("a value was printed: %s", r.err)
	}
}

func TestDoctorListsEverySettingThatNeedsMending(t *testing.T) {
	t.Parallel()
	r := program{}.run(t, "doctor")
	r.refused(t, "mend the settings first")
	holds(t, r.out, "✗ settings: ENCRYPTION_KEY is required", "✗ settings: DATABASE_URL is required", "✗ settings: PUBLIC_URL is required",
		"✗ settings: SUPABASE_URL is required", "atalaya keys new")
}

func TestDoctorTriesEverythingAndFailsAfterTheLast(t *testing.T) {
	t.Parallel()
	settings := nodeSettings(t)
	settings["DATABASE_URL"], settings["PUBLIC_URL"] = closedDatabase(t), "https://signals.example.com"
	settings["PUPPETEER_EXECUTABLE_PATH"], settings["TELEGRAM_API_URL"] = "/nonexistent/browser", "http://127.0.0.1:1"
	r := withSettings(t, settings).run(t, "doctor")
	r.refused(t, "7 of the checks failed")
	holds(t, r.out, "✓ settings\n", "! settings: these settings of the Node service have no effect",
		"✗ database: no connection", "Check host and port in DATABASE_URL",
		"✗ pictures: Supabase Storage",
		"✗ access tokens: they cannot be verified", "Check SUPABASE_URL",
		"✗ redis: configured and does not answer", "remove REDIS_URL and REDIS_HOST",
		"✗ notifications: telegram does not work, check TELEGRAM_BOT_TOKEN",
		"✗ browser: the browser that PUPPETEER_EXECUTABLE_PATH names cannot be run")
	if strings.Contains(r.out+r.err, "s3cret") {
		t.Errorf("a value was printed: %s", r.out)
	}
}

func TestDoctorFindsNothingWrongWithAGoodSetup(t *testing.T) {
	t.Parallel()
	settings := goodSettings(t, testkit.Database(t).Config().ConnString())
	site := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(site.Close)
	settings["TRADINGVIEW_URL"] = site.URL
	out := withSettings(t, settings).run(t, "doctor").ok(t)
	if strings.Contains(out, "✗") {
		t.Errorf("the doctor says\n%s", out)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Parallel()
	p := withSettings(t, goodSettings(t, closedDatabase(t)))
	p.env = []string{"ENCRYPTION_KEY=short"}
	p.run(t, "serve").refused(t, "ENCRYPTION_KEY has to be 64 hexadecimal characters")
}

func TestAFileThatIsNoEnvironmentIsRefusedWithoutItsText(t *testing.T) {
	t.Parallel()
	r := program{stdin: ""}.run(t, "serve", "--env-file", writeFile(t, "s3cret without a name\n"))
	r.refused(t, "cannot be read as lines NAME=value")
	if strings.Contains(r.err, "s3cret") {
		t.Errorf("the line was printed: %s", r.err)
	}
}
