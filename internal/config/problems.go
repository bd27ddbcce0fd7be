package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"atalaya"
)

func isNotExist(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrNotExist)
}

// readable names the setting, not the field of a struct that nobody sees, and leaves the value out.
func readable(err error) error {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	name := parse.Name
	if field, ok := fieldByName(name); ok {
		name = field.Tag.Get("env")
	}
	return fmt.Errorf("%s cannot be read as %s", name, kindName(parse.Type))
}

var hexKey = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// minJWTSecret is what RFC 7518 asks of an HS256 key, in bytes.
const minJWTSecret = 32

// problems lists everything that is wrong with the values, each with its cure.
func (c *Config) problems() []error {
	var list []error
	add := func(ok bool, format string, args ...any) {
		if !ok {
			list = append(list, fmt.Errorf(format, args...))
		}
	}
	c.checkConnections(add)
	add(c.EncryptionKey != "", "ENCRYPTION_KEY is required: `atalaya keys new` prints one. Keep it safe, the users' cookies open with nothing else")
	add(c.EncryptionKey == "" || hexKey.MatchString(c.EncryptionKey.Reveal()),
		"ENCRYPTION_KEY has to be 64 hexadecimal characters and has %d characters; `atalaya keys new` prints one", len(c.EncryptionKey))
	for i, key := range c.EncryptionKeysOld {
		add(hexKey.MatchString(key.Reveal()), "ENCRYPTION_KEYS_OLD: key number %d is not 64 hexadecimal characters", i+1)
	}
	add(slices.Contains([]atalaya.QuotaMode{atalaya.QuotaStrict, atalaya.QuotaSoft, atalaya.QuotaDisabled}, c.QuotaMode),
		"QUOTA_MODE is %q; it can be strict, soft or disabled", c.QuotaMode)
	add(slices.Contains([]string{"debug", "info", "warn", "error"}, strings.ToLower(c.LogLevel)),
		"LOG_LEVEL is %q; it can be debug, info, warn or error", c.LogLevel)
	for name, quota := range map[string]int64{
		"PLAN_FREE_QUOTA": c.PlanFreeQuota, "PLAN_PRO_QUOTA": c.PlanProQuota,
		"PLAN_LIFETIME_QUOTA": c.PlanLifetimeQuota, "DEFAULT_QUOTA": c.DefaultQuota,
	} {
		add(quota >= atalaya.Unlimited, "%s is %d; it is a number of signals a month, or -1 for no end", name, quota)
	}
	c.checkCaptures(add)
	return list
}

func (c *Config) checkConnections(add func(bool, string, ...any)) {
	add(c.Port > 0 && c.Port < 65536, "PORT is %d; a port lies between 1 and 65535", c.Port)
	add(c.DatabaseURL != "", "DATABASE_URL is required: in your Supabase project open Connect and copy the Session pooler's or the direct connection's URI, with the database password in it")
	add(c.DatabaseURL == "" || regexp.MustCompile(`^postgres(ql)?://`).MatchString(c.DatabaseURL.Reveal()),
		"DATABASE_URL has to begin with postgresql://")
	add(c.PublicURL != "", "PUBLIC_URL is required: the https address under which TradingView reaches this service, such as https://signals.example.com")
	add(c.PublicURL == "" || isHTTP(c.PublicURL), "PUBLIC_URL is %q; it has the form https://signals.example.com", c.PublicURL)
	add(c.SupabaseURL == "" || isHTTP(c.SupabaseURL), "SUPABASE_URL is %q; it has the form https://abc.supabase.co", c.SupabaseURL)
	add(isHTTP(c.TradingViewURL), "TRADINGVIEW_URL is %q; it has the form https://www.tradingview.com", c.TradingViewURL)
	add(c.SupabaseURL != "" || c.JWTSecret != "",
		"SUPABASE_URL is required: Supabase Dashboard, Project Settings, Data API. (Only with SUPABASE_JWT_SECRET, JWT_ISSUER and PICTURES_DIR does the service run without a project.)")
	add(c.JWTSecret == "" || len(c.JWTSecret) >= minJWTSecret, "SUPABASE_JWT_SECRET has %d characters and needs at least %d", len(c.JWTSecret), minJWTSecret)
	add(c.SupabaseURL != "" || c.JWTSecret == "" || c.JWTIssuer != "", "JWT_ISSUER is required where SUPABASE_URL is empty: the iss of the access tokens")
	add(c.PicturesDir != "" || c.SupabaseURL == "" || c.SupabaseServiceRoleKey != "",
		"SUPABASE_SERVICE_ROLE_KEY is required to store pictures: Supabase Dashboard, Project Settings, API keys. Or set PICTURES_DIR to keep them in a folder")
	add(c.PicturesDir != "" || c.SupabaseURL != "", "PICTURES_DIR is required where there is no Supabase project")
	for _, origin := range c.AllowedOrigins {
		add(origin == "*" || isHTTP(origin), "ALLOWED_ORIGINS holds %q; an origin has the form https://app.example.com", origin)
	}
	if redis := c.Redis(); redis != "" {
		add(regexp.MustCompile(`^(rediss?|unix)://`).MatchString(redis.Reveal()), "REDIS_URL has to begin with redis:// or rediss://")
	}
}

func (c *Config) checkCaptures(add func(bool, string, ...any)) {
	add(c.WorkerConcurrency >= 1 && c.WorkerConcurrency <= 64, "WORKER_CONCURRENCY is %d; it lies between 1 and 64", c.WorkerConcurrency)
	add(c.ScreenshotTimeoutMS >= 1000, "SCREENSHOT_TIMEOUT is %d; it is in milliseconds and at least 1000", c.ScreenshotTimeoutMS)
	add(c.CaptureJobTimeout > c.ScreenshotTimeout(), "CAPTURE_JOB_TIMEOUT is %s; it has to be longer than SCREENSHOT_TIMEOUT, %s", c.CaptureJobTimeout, c.ScreenshotTimeout())
	add(c.CaptureRescueAfter > c.CaptureJobTimeout, "CAPTURE_RESCUE_AFTER is %s; it has to be longer than CAPTURE_JOB_TIMEOUT, %s", c.CaptureRescueAfter, c.CaptureJobTimeout)
	add(c.CaptureMaxAge > 0, "CAPTURE_MAX_AGE is %s; it has to be longer than nothing, such as 15m", c.CaptureMaxAge)
	add(c.DeliveryRetentionDays >= 1, "DELIVERY_RETENTION_DAYS is %d; it is at least 1", c.DeliveryRetentionDays)
}

// isHTTP says whether text is an http or https address with a host and no credentials.
func isHTTP(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// The Node service's settings that change nothing here, and those that will once their feature is
// there.
var (
	withoutEffect = []string{
		"ADMIN_TOKEN", "NODE_ENV", "FALLBACK_QUOTA", "POOL_*", "USE_BROWSER_POOL", "SCREENSHOT_WIDTH", "SCREENSHOT_HEIGHT",
		"WORKER_RATE_LIMIT_*", "WORKER_LOCK_DURATION", "WORKER_MAX_STALLED", "WORKER_STALLED_INTERVAL",
		"TELEGRAM_CHANNEL_ID", "TV_*", "CHART_LOAD_WAIT",
	}
	notYet = []string{
		"RATE_LIMIT_PER_MINUTE", "RATE_LIMIT_PER_HOUR", "DAILY_LIMIT_FREE", "DAILY_LIMIT_PRO",
		"TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID",
	}
)

// ineffective names, in at most two lines, what is set and changes nothing.
func ineffective(given map[string]string) []string {
	var warnings []string
	if names := matching(given, withoutEffect); len(names) > 0 {
		warnings = append(warnings, "these settings of the Node service have no effect here and can be removed: "+strings.Join(names, ", "))
	}
	if names := matching(given, notYet); len(names) > 0 {
		warnings = append(warnings, "these settings have no effect in this version: "+strings.Join(names, ", "))
	}
	return warnings
}

// matching gives the set names that a pattern names; a trailing * stands for anything.
func matching(given map[string]string, patterns []string) []string {
	var names []string
	for name := range given {
		for _, pattern := range patterns {
			prefix, open := strings.CutSuffix(pattern, "*")
			if name == pattern || open && strings.HasPrefix(name, prefix) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
