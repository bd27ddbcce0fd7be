package config_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
	"atalaya/internal/config"
)

// key returns a hexadecimal digit 64 times.
func key(digit string) string { return strings.Repeat(digit, 64) }

// hosted returns the fewest settings of a service with a Supabase project.
func hosted() map[string]string {
	return map[string]string{
		"DATABASE_URL":              "postgresql://postgres@127.0.0.1:5432/postgres",
		"PUBLIC_URL":                "https://signals.example.com/",
		"SUPABASE_URL":              "https://abc.supabase.co/",
		"SUPABASE_SERVICE_ROLE_KEY": "sb_secret_" + key("1"),
		"ENCRYPTION_KEY":            key("a"),
	}
}

func load(t *testing.T, vars map[string]string) config.Config {
	t.Helper()
	cfg, err := config.Load(vars)
	if err != nil {
		t.Fatalf("settings that are fine are refused: %v", err)
	}
	return cfg
}

func TestTheFewestSettingsGiveTheDocumentedDefaults(t *testing.T) {
	t.Parallel()
	cfg := load(t, hosted())
	want := config.Config{
		Port: 3000, PublicURL: "https://signals.example.com", LogLevel: "info", MetricsAddr: "127.0.0.1:9464", AdminAddr: "127.0.0.1:9465",
		HTTPSPort: 443, HTTPPort: 80, CertificatesDir: "certificates",
		DatabaseURL: config.Secret(hosted()["DATABASE_URL"]), SpoolMax: 256 << 20, SupabaseURL: "https://abc.supabase.co",
		SupabaseServiceRoleKey: config.Secret(hosted()["SUPABASE_SERVICE_ROLE_KEY"]), JWTIssuer: "https://abc.supabase.co/auth/v1",
		EncryptionKey: config.Secret(key("a")), QuotaMode: atalaya.QuotaStrict,
		PlanFreeQuota: 1000, PlanProQuota: 15000, PlanLifetimeQuota: atalaya.Unlimited, DefaultQuota: 1000,
		RateLimitPerMinute: 10, RateLimitPerHour: 100, DailyLimitFree: 50, DailyLimitPro: 600, FloodLimitPerMinute: 600, BrowserSandbox: "on", MaxConnections: 2048, MaxConnectionsOfAddress: 512, MaxRequestsOfUser: 4, WriteTimeout: 10 * time.Second, JWTKeysEvery: 10 * time.Minute,
		WorkerConcurrency: 2, ScreenshotTimeoutMS: 60000, CaptureMaxAge: 15 * time.Minute, CaptureDailyCap: 2000, CaptureJobTimeout: 90 * time.Second,
		CaptureRescueAfter: 4 * time.Minute, TradingViewURL: "https://www.tradingview.com", StorageBucket: "trading-screenshots", SignedURLTTL: time.Hour,
		DeliveryRetentionDays: 30, RedisPort: 6379,
		S3Endpoint: "https://s3.amazonaws.com", S3Region: "us-east-1", TracesService: "atalaya", TracesSampler: "parentbased_always_on",
		NotifyMaxAge: time.Hour, TelegramAPIURL: "https://api.telegram.org", DiscordAPIURL: "https://discord.com/api", SlackAPIURL: "https://slack.com/api",
	}
	if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", cfg)); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if cfg.LocalIssuer() || cfg.AuthURL() != "https://abc.supabase.co/auth/v1" || cfg.ListenAddress() != ":3000" || cfg.ScreenshotTimeout() != time.Minute {
		t.Errorf("derived: local %v, auth %q, listen %q, screenshot %v", cfg.LocalIssuer(), cfg.AuthURL(), cfg.ListenAddress(), cfg.ScreenshotTimeout())
	}
}

func TestEveryProblemIsNamedAtOnceWithItsCure(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"PORT": "eighty", "LOG_LEVEL": "loud", "PUBLIC_URL": "signals.example.com", "DATABASE_URL": "mysql://db/x",
		"SUPABASE_URL": "abc.supabase.co", "SUPABASE_JWT_SECRET": "short", "ENCRYPTION_KEY": "abc123",
		"ENCRYPTION_KEYS_OLD": key("b") + ",nothex", "QUOTA_MODE": "lax", "PLAN_PRO_QUOTA": "-2", "WORKER_CONCURRENCY": "0",
		"SCREENSHOT_TIMEOUT": "60", "CAPTURE_JOB_TIMEOUT": "soon", "CAPTURE_RESCUE_AFTER": "1ms", "CAPTURE_MAX_AGE": "0s", "TRADINGVIEW_URL": "ftp://charts",
		"ALLOWED_ORIGINS": "https://ok.example.com,app.example.com", "TRUSTED_PROXIES": "10.0.0.0/99", "REDIS_URL": "http://localhost:6379",
		"DELIVERY_RETENTION_DAYS": "0", "METRICS_ADDR": "9464", "PUPPETEER_EXECUTABLE_PATH": "",
		"BROWSER_USER_AGENT": "Mozilla\nSet-Cookie: x", "BROWSER_LANGUAGE": "en,es;q=0.5",
	}
	_, err := config.Load(vars)
	if err == nil {
		t.Fatal("settings full of mistakes are accepted")
	}
	for name, cure := range map[string]string{
		"PORT": "whole number", "LOG_LEVEL": "debug, info, warn or error", "PUBLIC_URL": "https://signals.example.com",
		"DATABASE_URL": "postgresql://", "SUPABASE_URL": "https://abc.supabase.co", "SUPABASE_JWT_SECRET": "at least 32",
		"ENCRYPTION_KEY": "atalaya keys new", "ENCRYPTION_KEYS_OLD": "number 2", "QUOTA_MODE": "strict, soft or disabled",
		"PLAN_PRO_QUOTA": "-1 for no end", "WORKER_CONCURRENCY": "between 1 and 64", "SCREENSHOT_TIMEOUT": "milliseconds",
		"CAPTURE_JOB_TIMEOUT": "a duration such as", "CAPTURE_MAX_AGE": "such as 15m", "TRADINGVIEW_URL": "https://www.tradingview.com",
		"ALLOWED_ORIGINS": "https://app.example.com", "TRUSTED_PROXIES": "10.0.0.0/8", "REDIS_URL": "redis://",
		"DELIVERY_RETENTION_DAYS": "at least 1", "SUPABASE_SERVICE_ROLE_KEY": "PICTURES_DIR", "METRICS_ADDR": "127.0.0.1:9464",
		"BROWSER_USER_AGENT": "one line", "BROWSER_LANGUAGE": "en, es or pt-BR",
	} {
		line := lineOf(err.Error(), name)
		if !strings.Contains(line, cure) {
			t.Errorf("%s: no cure %q in %q", name, cure, line)
		}
	}
	for _, name := range []string{"PORT", "CAPTURE_JOB_TIMEOUT", "TRUSTED_PROXIES"} {
		if n := strings.Count("\n"+err.Error(), "\n"+name+" "); n != 1 {
			t.Errorf("%s is named %d times in:\n%v", name, n, err)
		}
	}
}

// lineOf returns the line that begins with a setting's name.
func lineOf(text, name string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, name+" ") || strings.HasPrefix(line, name+":") {
			return line
		}
	}
	return ""
}

func TestARequiredSettingThatIsMissingIsNamedWithItsCure(t *testing.T) {
	t.Parallel()
	for name, cure := range map[string]string{
		"DATABASE_URL":              "Session pooler",
		"PUBLIC_URL":                "https address",
		"SUPABASE_URL":              "Supabase Dashboard",
		"SUPABASE_SERVICE_ROLE_KEY": "API keys",
		"ENCRYPTION_KEY":            "`atalaya keys new`",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vars := hosted()
			vars[name] = "  " // blank is not set
			_, err := config.Load(vars)
			if err == nil || !strings.Contains(lineOf(err.Error(), name), "required") || !strings.Contains(err.Error(), cure) {
				t.Errorf("without %s: %v", name, err)
			}
		})
	}
}

func TestWithoutAProjectTheLocalIssuerNeedsItsSecretItsNameAndAFolder(t *testing.T) {
	t.Parallel()
	vars := hosted()
	delete(vars, "SUPABASE_URL")
	delete(vars, "SUPABASE_SERVICE_ROLE_KEY")
	vars["SUPABASE_JWT_SECRET"] = key("c")
	_, err := config.Load(vars)
	if err == nil || lineOf(err.Error(), "JWT_ISSUER") == "" || lineOf(err.Error(), "PICTURES_DIR") == "" {
		t.Fatalf("neither issuer nor folder is asked for: %v", err)
	}
	vars["JWT_ISSUER"], vars["PICTURES_DIR"] = "http://127.0.0.1:3000/auth/v1", t.TempDir()
	if cfg := load(t, vars); !cfg.LocalIssuer() || cfg.AuthURL() != "" {
		t.Errorf("local %v, auth %q", cfg.LocalIssuer(), cfg.AuthURL())
	}
}

func TestProblemsDoNotRepeatSecretValues(t *testing.T) {
	t.Parallel()
	vars := hosted()
	vars["DATABASE_URL"], vars["ENCRYPTION_KEY"] = "mysql://user:hunter2@db/x", "hunter2"
	vars["ENCRYPTION_KEYS_OLD"], vars["SUPABASE_JWT_SECRET"], vars["REDIS_URL"] = "hunter2", "hunter2", "http://:hunter2@redis"
	vars["PUBLIC_URL"], vars["TRADINGVIEW_URL"] = "https://user:hunter2@signals.example.com", "https://user:hunter2@charts.example.com"
	_, err := config.Load(vars)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error holds a secret, or there is none: %v", err)
	}
}

func TestSecretsAreMaskedHoweverTheyArePrinted(t *testing.T) {
	t.Parallel()
	vars := hosted()
	secrets := map[string]string{
		"DATABASE_URL": "postgresql://postgres:hunter2-a@127.0.0.1/postgres", "SUPABASE_SERVICE_ROLE_KEY": "hunter2-b",
		"SUPABASE_ANON_KEY": "hunter2-c", "SUPABASE_JWT_SECRET": "hunter2-d" + key("d"), "ENCRYPTION_KEY": key("e"),
		"ENCRYPTION_KEYS_OLD": key("f") + "," + key("0"), "REDIS_HOST": "localhost", "REDIS_PASSWORD": "hunter2-e",
	}
	for name, value := range secrets {
		vars[name] = value
	}
	cfg := load(t, vars)
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "config", cfg, "key", cfg.EncryptionKey, "redis", cfg.Redis())
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "config", cfg, "keys", cfg.EncryptionKeysOld)
	for how, text := range map[string]string{
		"%v": fmt.Sprintf("%v", cfg), "%+v": fmt.Sprintf("%+v", cfg), "%#v": fmt.Sprintf("%#v", cfg), "%10s": fmt.Sprintf("%10s", cfg.EncryptionKey),
		"%q": fmt.Sprintf("%q", cfg.EncryptionKey), "%x": fmt.Sprintf("%x", cfg.EncryptionKey), "%x of a list": fmt.Sprintf("%x", cfg.EncryptionKeysOld),
		"JSON": string(asJSON), "slog": log.String(),
	} {
		for _, value := range []string{"hunter2", key("e"), key("f"), key("0"), fmt.Sprintf("%x", key("e"))} {
			if strings.Contains(text, value) {
				t.Errorf("%s shows a secret: %s", how, text)
			}
		}
		if !strings.Contains(text, "*") && !strings.Contains(text, "2a2a") {
			t.Errorf("%s shows no mask: %s", how, text)
		}
	}
	if cfg.EncryptionKey.Reveal() != key("e") || cfg.Redis().Reveal() != "redis://:hunter2-e@localhost:6379" {
		t.Error("a revealed secret is not the one that was set")
	}
}

func TestTheNodeServicesFileIsTakenWithOneWarningForSettingsWithoutEffect(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".env")
	node := `# TradingView Signals
NODE_ENV=production
PORT=3001
SUPABASE_URL=https://abc.supabase.co
SUPABASE_SERVICE_ROLE_KEY="eyJhbGciOiJIUzI1NiJ9.e30.x"
SUPABASE_ANON_KEY=eyJhbGciOiJIUzI1NiJ9.e30.y
REDIS_HOST=localhost
REDIS_PORT=6380
REDIS_PASSWORD=
ENCRYPTION_KEY=` + key("9") + `
SCREENSHOT_TIMEOUT=45000
PUPPETEER_EXECUTABLE_PATH=
WORKER_CONCURRENCY=3
WORKER_RATE_LIMIT_MAX=5
WORKER_LOCK_DURATION=120000
POOL_MAX_SIZE=4
USE_BROWSER_POOL=true
CHART_LOAD_WAIT=5000
TV_SESSIONID=anything
RATE_LIMIT_PER_MINUTE=10
DAILY_LIMIT_PRO=600
PLAN_FREE_QUOTA=200
QUOTA_MODE=soft
ALLOWED_ORIGINS=https://app.example.com, https://www.example.com/
TELEGRAM_BOT_TOKEN=1:x
LOG_LEVEL=debug
`
	if err := os.WriteFile(file, []byte(node), 0o600); err != nil {
		t.Fatal(err)
	}
	vars, err := config.Environment(file, []string{"DATABASE_URL=postgresql://db/postgres", "PUBLIC_URL=https://signals.example.com", "PORT=3002"})
	if err != nil {
		t.Fatal(err)
	}
	cfg := load(t, vars)
	if cfg.Port != 3002 {
		t.Errorf("port %d: the environment does not win over the file", cfg.Port)
	}
	if cfg.ScreenshotTimeout() != 45*time.Second || cfg.WorkerConcurrency != 3 || cfg.PlanFreeQuota != 200 || cfg.QuotaMode != atalaya.QuotaSoft {
		t.Errorf("the file's settings are not taken: %+v", cfg)
	}
	if diff := cmp.Diff([]string{"https://app.example.com", "https://www.example.com"}, cfg.AllowedOrigins); diff != "" {
		t.Errorf("origins: %s", diff)
	}
	if got := cfg.Redis().Reveal(); got != "redis://localhost:6380" {
		t.Errorf("redis %q", got)
	}
	want := []string{
		"these settings of the Node service have no effect here and can be removed: CHART_LOAD_WAIT, NODE_ENV, POOL_MAX_SIZE, TV_SESSIONID, USE_BROWSER_POOL, WORKER_LOCK_DURATION, WORKER_RATE_LIMIT_MAX",
	}
	if diff := cmp.Diff(want, cfg.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// withAdmin returns good settings of a service with a Supabase project, and more.
func withAdmin(more map[string]string) map[string]string {
	vars := hosted()
	maps.Copy(vars, more)
	return vars
}

func TestTheOperatorsDoorNeedsALongTokenAndAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 32)
	if cfg := load(t, withAdmin(map[string]string{"ADMIN_TOKEN": long})); cfg.AdminToken.Reveal() != long || cfg.AdminAddr != "127.0.0.1:9465" || len(cfg.Warnings) != 0 {
		t.Errorf("with a long token: %q at %q, warnings %q", cfg.AdminToken.Reveal(), cfg.AdminAddr, cfg.Warnings)
	}
	if cfg := load(t, withAdmin(map[string]string{"ADMIN_TOKEN": long[1:], "ADMIN_ADDR": "nonsense"})); cfg.AdminToken != "" || len(cfg.Warnings) != 1 || strings.Contains(cfg.Warnings[0], long[1:]) {
		t.Errorf("with a short token: %q, warnings %q", cfg.AdminToken.Reveal(), cfg.Warnings)
	}
	for _, address := range []string{"nonsense", "127.0.0.1:9464", ":3000"} {
		if _, err := config.Load(withAdmin(map[string]string{"ADMIN_TOKEN": long, "ADMIN_ADDR": address})); err == nil || !strings.Contains(err.Error(), "ADMIN_ADDR is") || strings.Contains(err.Error(), long) {
			t.Errorf("ADMIN_ADDR=%s gives %v", address, err)
		}
	}
}

func TestBrowsersNeverGetAKeyThatOpensEverything(t *testing.T) {
	t.Parallel()
	role := func(name string) string {
		return "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"role":"`+name+`"}`)) + ".signature"
	}
	for key, public := range map[string]bool{
		role("anon"): true, "sb_publishable_x": true, "": false, role("service_role"): false, "sb_secret_x": false, "the service key": false,
	} {
		vars := hosted()
		vars["SUPABASE_SERVICE_ROLE_KEY"], vars["SUPABASE_ANON_KEY"] = "the service key", key
		cfg := load(t, vars)
		if told := cfg.PublicKey() != ""; told != public {
			t.Errorf("with %q browsers get a key: %v, want %v", key, told, public)
		}
		if warned := len(cfg.Warnings) > 0; warned == (public || key == "") {
			t.Errorf("%q: warnings %q", key, cfg.Warnings)
		}
	}
}

func TestAMissingFileIsEmptyAndABrokenOneIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	vars, err := config.Environment(filepath.Join(dir, "none"), []string{"A=1=2"})
	if err != nil || vars["A"] != "1=2" {
		t.Errorf("a missing file gives %v, want only the environment: %v", vars, err)
	}
	broken := filepath.Join(dir, "broken")
	if err := os.WriteFile(broken, []byte("ENCRYPTION_KEY=\"hunter2\nPORT=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Environment(broken, nil); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), broken) {
		t.Errorf("a broken file gives %v", err)
	}
}

func TestListsAndNetworksAreRead(t *testing.T) {
	t.Parallel()
	vars := hosted()
	vars["TRADINGVIEW_IPS"] = "52.89.214.238, 2001:db8::1"
	vars["TRUSTED_PROXIES"], vars["TRADINGVIEW_EXTRA_HOSTS"], vars["METRICS_ADDR"] = "10.0.0.0/8, fd00::/8", "cdn.example.com, img.example.com", "off"
	vars["ENCRYPTION_KEYS_OLD"] = key("b") + ", " + key("c")
	cfg := load(t, vars)
	if diff := cmp.Diff([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, cfg.TrustedProxies, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if want := []netip.Prefix{netip.MustParsePrefix("52.89.214.238/32"), netip.MustParsePrefix("2001:db8::1/128")}; !slices.Equal(cfg.TradingViewIPs, want) {
		t.Errorf("single addresses are read as %v", cfg.TradingViewIPs)
	}
	if diff := cmp.Diff([]string{"cdn.example.com", "img.example.com"}, cfg.TradingViewExtraHosts); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(cfg.EncryptionKeysOld, []config.Secret{config.Secret(key("b")), config.Secret(key("c"))}) {
		t.Error("the former keys are not read as they were set")
	}
	if cfg.MetricsAddr != "" {
		t.Errorf("metrics %q after off", cfg.MetricsAddr)
	}
}
