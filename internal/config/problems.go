package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"atalaya"
)

// problems collects what is wrong, each line beginning with the setting's name. A setting that cannot
// be read has no other problem.
type problems struct {
	unread map[string]bool
	list   []error
}

// unreadable reports the parser's errors without their text: it names a struct's field, which means nothing to the
// operator, and may hold a value, which may be a secret.
func (p *problems) unreadable(err error) {
	var aggregate env.AggregateError
	if err != nil && !errors.As(err, &aggregate) {
		aggregate.Errors = []error{err}
	}
	for _, err := range aggregate.Errors {
		var parse env.ParseError
		if !errors.As(err, &parse) {
			p.list = append(p.list, err)
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		name := field.Tag.Get("env")
		p.require(name, false, "cannot be read as %s", kindName(parse.Type))
		p.unread[name] = true
	}
}

// require notes a problem with a setting unless ok.
func (p *problems) require(name string, ok bool, format string, args ...any) {
	if !ok && !p.unread[name] {
		p.list = append(p.list, fmt.Errorf(name+" "+format, args...))
	}
}

var (
	hexKey      = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
	postgresURL = regexp.MustCompile(`^postgres(ql)?://`)
	userAgent   = regexp.MustCompile(`^[ -~]{1,500}$`)
	language    = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
	domain      = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)
	redisURL    = regexp.MustCompile(`^(rediss?|unix)://`)
)

// minSpool and maxSpool bound SPOOL_MAX_BYTES: the file is mapped into memory.
const (
	minSpool = 4 << 20
	maxSpool = 64 << 30
)

// minJWTSecret is what RFC 7518 asks of an HS256 key, in bytes.
const minJWTSecret = 32

// minAdminToken is the length from which a token cannot be guessed. The Node service had no such rule, so a shorter
// token in its environment file does not keep the service from starting.
const minAdminToken = 32

// check notes everything that is wrong with the values, each with its cure.
func (c *Config) check(p *problems) {
	c.checkDoors(p)
	c.checkDomain(p)
	c.checkAdmin(p)
	c.checkDatabase(p)
	c.checkSupabase(p)
	c.checkSecrets(p)
	c.checkPictures(p)
	c.checkQuotas(p)
	c.checkCaptures(p)
	c.checkNotifications(p)
	c.checkTraces(p)
}

func (c *Config) checkTraces(p *problems) {
	p.require("OTEL_EXPORTER_OTLP_ENDPOINT", c.TracesEndpoint == "" || isHTTP(c.TracesEndpoint), "is %s; it has the form http://localhost:4318", shown(c.TracesEndpoint))
	_, err := c.TraceHeaders()
	p.require("OTEL_EXPORTER_OTLP_HEADERS", err == nil, "cannot be read: it has the form name=value,name=value")
	samplers := []string{"always_on", "always_off", "traceidratio"}
	p.require("OTEL_TRACES_SAMPLER", slices.Contains(samplers, strings.TrimPrefix(c.TracesSampler, "parentbased_")), "is %q; it can be always_on, always_off or traceidratio", c.TracesSampler)
	if c.TracesSamplerArg != "" {
		ratio, err := strconv.ParseFloat(c.TracesSamplerArg, 64)
		p.require("OTEL_TRACES_SAMPLER_ARG", err == nil && ratio >= 0 && ratio <= 1, "is %q; it lies between 0 and 1", c.TracesSamplerArg)
	}
}

func (c *Config) checkNotifications(p *problems) {
	for name, address := range map[string]string{"TELEGRAM_API_URL": c.TelegramAPIURL, "DISCORD_API_URL": c.DiscordAPIURL, "SLACK_API_URL": c.SlackAPIURL, "NTFY_URL": c.NtfyURL} {
		p.require(name, address == "" && name == "NTFY_URL" || isHTTP(address), "is %s; it has the form https://ntfy.example.com", shown(address))
	}
	p.require("MAIL_FROM", c.SMTPURL == "" || c.MailFrom != "", "is required with SMTP_URL: the sender of mails, such as Atalaya <alerts@example.com>")
	p.require("NOTIFY_MAX_AGE", c.NotifyMaxAge >= time.Minute && c.NotifyMaxAge <= 24*time.Hour, "is %s; it lies between 1m and 24h", c.NotifyMaxAge)
}

func (c *Config) checkDoors(p *problems) {
	p.require("PORT", c.Port > 0 && c.Port < 65536, "is %d; a port lies between 1 and 65535", c.Port)
	p.require("PUBLIC_URL", c.PublicURL != "", "is required: the https address under which TradingView reaches this service, such as https://signals.example.com. (DOMAIN sets it.)")
	p.require("PUBLIC_URL", c.PublicURL == "" || isHTTP(c.PublicURL), "is %s; it has the form https://signals.example.com", shown(c.PublicURL))
	p.require("LOG_LEVEL", slices.Contains([]string{"debug", "info", "warn", "error"}, strings.ToLower(c.LogLevel)),
		"is %q; it can be debug, info, warn or error", c.LogLevel)
	for _, origin := range c.AllowedOrigins {
		p.require("ALLOWED_ORIGINS", origin == "*" || isHTTP(origin), "holds %s; an origin has the form https://app.example.com", shown(origin))
	}
	p.require("MAX_CONNECTIONS", c.MaxConnections >= 1, "is %d; it is at least 1", c.MaxConnections)
	p.require("MAX_CONNECTIONS_PER_ADDRESS", c.MaxConnectionsOfAddress >= 1, "is %d; it is at least 1", c.MaxConnectionsOfAddress)
	p.require("MAX_REQUESTS_PER_USER", c.MaxRequestsOfUser >= 1, "is %d; it is at least 1", c.MaxRequestsOfUser)
	p.require("WRITE_TIMEOUT", c.WriteTimeout >= 100*time.Millisecond, "is %s; it is at least 100ms", c.WriteTimeout)
	if c.MetricsAddr != "" {
		_, port, err := net.SplitHostPort(c.MetricsAddr)
		p.require("METRICS_ADDR", err == nil && port != "", "is %q; it has the form 127.0.0.1:9464, or is off", c.MetricsAddr)
	}
}

func (c *Config) checkDomain(p *problems) {
	p.require("DOMAIN", c.Domain == "" || domain.MatchString(c.Domain), "is %q; it is the name alone, such as signals.example.com", c.Domain)
	p.require("HTTPS_PORT", c.HTTPSPort > 0 && c.HTTPSPort < 65536, "is %d; a port lies between 1 and 65535", c.HTTPSPort)
	p.require("HTTP_PORT", c.HTTPPort > 0 && c.HTTPPort < 65536, "is %d; a port lies between 1 and 65535", c.HTTPPort)
	p.require("HTTP_PORT", c.HTTPPort != c.HTTPSPort, "is %d, as HTTPS_PORT is; they are two ports", c.HTTPPort)
	p.require("ACME_DIRECTORY", c.ACMEDirectory == "" || strings.HasPrefix(c.ACMEDirectory, "https://") && isHTTP(c.ACMEDirectory),
		"is %s; it has the form https://ca.internal/acme/directory", shown(c.ACMEDirectory))
	p.require("ACME_EMAIL", c.ACMEEmail == "" || strings.Contains(c.ACMEEmail, "@"), "is %q; it has the form you@example.com", c.ACMEEmail)
}

// checkAdmin checks the operator's listener, if there is one.
func (c *Config) checkAdmin(p *problems) {
	if len(c.AdminToken) < minAdminToken {
		return
	}
	_, port, err := net.SplitHostPort(c.AdminAddr)
	p.require("ADMIN_ADDR", err == nil && port != "", "is %q; it has the form 127.0.0.1:9465", c.AdminAddr)
	p.require("ADMIN_ADDR", c.AdminAddr != c.MetricsAddr && c.AdminAddr != c.ListenAddress(), "is %q, which another listener of this service has; give it a port of its own", c.AdminAddr)
}

func (c *Config) checkDatabase(p *problems) {
	p.require("DATABASE_URL", c.DatabaseURL != "", "is required: in your Supabase project open Connect and copy the Session pooler's or the direct connection's URI, with the database password in it")
	if c.DatabaseURL != "" {
		_, err := url.Parse(c.DatabaseURL.Reveal())
		p.require("DATABASE_URL", postgresURL.MatchString(c.DatabaseURL.Reveal()), "has to begin with postgresql://")
		p.require("DATABASE_URL", err == nil, "is not a URL: write special characters of the password as %%23 for #, %%2F for /, %%40 for @, %%25 for %%")
	}
	p.require("SPOOL_MAX_BYTES", c.SpoolMax >= minSpool && c.SpoolMax <= maxSpool, "is %d; it is a number of bytes from %d to %d", c.SpoolMax, int64(minSpool), int64(maxSpool))
	if redis := c.Redis(); redis != "" {
		p.require("REDIS_URL", redisURL.MatchString(redis.Reveal()), "has to begin with redis:// or rediss://")
	}
}

func (c *Config) checkSupabase(p *problems) {
	p.require("SUPABASE_URL", c.SupabaseURL == "" || isHTTP(c.SupabaseURL), "is %s; it has the form https://abc.supabase.co", shown(c.SupabaseURL))
	p.require("SUPABASE_URL", c.SupabaseURL != "" || c.JWTSecret != "",
		"is required: Supabase Dashboard, Project Settings, Data API. (Only with SUPABASE_JWT_SECRET, JWT_ISSUER and PICTURES_DIR does the service run without a project.)")
	p.require("SUPABASE_JWT_SECRET", c.JWTSecret == "" || len(c.JWTSecret) >= minJWTSecret, "has %d characters and needs at least %d", len(c.JWTSecret), minJWTSecret)
	p.require("JWT_KEYS_REFRESH", c.JWTKeysEvery >= 10*time.Second, "is %s; it is at least 10s", c.JWTKeysEvery)
	p.require("JWT_ISSUER", c.SupabaseURL != "" || c.JWTSecret == "" || c.JWTIssuer != "", "is required if SUPABASE_URL is empty: the iss of the access tokens")
	p.require("SUPABASE_SERVICE_ROLE_KEY", !c.SupabaseStorage() || c.SupabaseURL == "" || c.SupabaseServiceRoleKey != "",
		"is required to store pictures: Supabase Dashboard, Project Settings, API keys. Or set PICTURES_DIR to keep them in a folder, or S3_BUCKET")
	p.require("PICTURES_DIR", !c.SupabaseStorage() || c.SupabaseURL != "", "or S3_BUCKET is required without a Supabase project")
}

func (c *Config) checkS3(p *problems) {
	if c.S3Bucket == "" {
		return
	}
	p.require("S3_BUCKET", c.PicturesDir == "", "and PICTURES_DIR are both set, and pictures go to one place: remove one of them")
	p.require("S3_ENDPOINT", isHTTP(c.S3Endpoint), "is %s; it has the form https://s3.eu-central-1.amazonaws.com", shown(c.S3Endpoint))
	p.require("S3_ACCESS_KEY_ID", c.S3AccessKey != "", "is required with S3_BUCKET")
	p.require("S3_SECRET_ACCESS_KEY", c.S3SecretKey != "", "is required with S3_BUCKET")
	p.require("S3_PUBLIC_URL", c.S3PublicURL == "" || isHTTP(c.S3PublicURL), "is %s; it has the form https://pictures.example.com", shown(c.S3PublicURL))
	p.require("S3_PUBLIC_URL", c.S3PublicURL == "" || !c.SignedURLs, "is for public pictures, and signed addresses lead to S3_ENDPOINT: remove it, or STORAGE_SIGNED_URLS")
}

func (c *Config) checkPictures(p *problems) {
	c.checkS3(p)
	p.require("STORAGE_SIGNED_URL_TTL", c.SignedURLTTL >= time.Minute && c.SignedURLTTL <= 7*24*time.Hour,
		"is %s; it lies between 1m and 168h", c.SignedURLTTL)
	for _, days := range []struct {
		name  string
		value int
	}{
		{"PICTURE_RETENTION_DAYS_FREE", c.PictureRetentionDaysFree}, {"PICTURE_RETENTION_DAYS_PRO", c.PictureRetentionDaysPro},
		{"PICTURE_RETENTION_DAYS_LIFETIME", c.PictureRetentionDaysLifetime},
	} {
		p.require(days.name, days.value >= 0 && days.value <= 36500, "is %d; it is a number of days up to 36500, or 0 for ever", days.value)
	}
}

func (c *Config) checkSecrets(p *problems) {
	p.require("ENCRYPTION_KEY", c.EncryptionKey != "", "is required: `atalaya keys new` prints one. Keep it safe, the users' cookies open with nothing else")
	p.require("ENCRYPTION_KEY", c.EncryptionKey == "" || hexKey.MatchString(c.EncryptionKey.Reveal()),
		"has to be 64 hexadecimal characters and has %d characters; `atalaya keys new` prints one", len(c.EncryptionKey))
	for i, key := range c.EncryptionKeysOld {
		p.require("ENCRYPTION_KEYS_OLD", hexKey.MatchString(key.Reveal()), "holds a key, number %d, that is not 64 hexadecimal characters", i+1)
	}
}

func (c *Config) checkQuotas(p *problems) {
	p.require("QUOTA_MODE", slices.Contains([]atalaya.QuotaMode{atalaya.QuotaStrict, atalaya.QuotaSoft, atalaya.QuotaDisabled}, c.QuotaMode),
		"is %q; it can be strict, soft or disabled", c.QuotaMode)
	for _, quota := range []struct {
		name  string
		value int64
	}{
		{"PLAN_FREE_QUOTA", c.PlanFreeQuota}, {"PLAN_PRO_QUOTA", c.PlanProQuota},
		{"PLAN_LIFETIME_QUOTA", c.PlanLifetimeQuota}, {"DEFAULT_QUOTA", c.DefaultQuota},
	} {
		p.require(quota.name, quota.value >= atalaya.Unlimited, "is %d; it is a number of signals a month, or -1 for no end", quota.value)
	}
	p.require("DELIVERY_RETENTION_DAYS", c.DeliveryRetentionDays >= 1, "is %d; it is at least 1", c.DeliveryRetentionDays)
}

func (c *Config) checkCaptures(p *problems) {
	p.require("TRADINGVIEW_URL", isHTTP(c.TradingViewURL), "is %s; it has the form https://www.tradingview.com", shown(c.TradingViewURL))
	p.require("BROWSER_USER_AGENT", c.BrowserUserAgent == "" || userAgent.MatchString(c.BrowserUserAgent), "has to be one line of at most 500 printable ASCII characters, such as Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 …")
	p.require("BROWSER_LANGUAGE", c.BrowserLanguage == "" || language.MatchString(c.BrowserLanguage), "is %q; it is one language, such as en, es or pt-BR", c.BrowserLanguage)
	p.require("BROWSER_SANDBOX", c.BrowserSandbox == "on" || c.BrowserSandbox == "off", "is %q; it can be on or off", c.BrowserSandbox)
	p.require("WORKER_CONCURRENCY", c.WorkerConcurrency >= 1 && c.WorkerConcurrency <= 64, "is %d; it lies between 1 and 64", c.WorkerConcurrency)
	p.require("SCREENSHOT_TIMEOUT", c.ScreenshotTimeoutMS >= 1000, "is %d; it is in milliseconds and at least 1000", c.ScreenshotTimeoutMS)
	p.require("CAPTURE_JOB_TIMEOUT", c.CaptureJobTimeout > c.ScreenshotTimeout(), "is %s; it has to be longer than SCREENSHOT_TIMEOUT, %s", c.CaptureJobTimeout, c.ScreenshotTimeout())
	p.require("CAPTURE_RESCUE_AFTER", c.CaptureRescueAfter > c.CaptureJobTimeout, "is %s; it has to be longer than CAPTURE_JOB_TIMEOUT, %s", c.CaptureRescueAfter, c.CaptureJobTimeout)
	p.require("CAPTURE_MAX_AGE", c.CaptureMaxAge > 0, "is %s; it has to be more than 0, such as 15m", c.CaptureMaxAge)
}

// isHTTP reports whether text is an http or https address with a host and no credentials.
func isHTTP(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// shown quotes an address for an error; one that may hold a password is described instead.
func shown(address string) string {
	if strings.Contains(address, "@") {
		return "an address with a user name in it"
	}
	return strconv.Quote(address)
}

// withoutEffect are the Node service's settings that change nothing here.
var withoutEffect = []string{
	"NODE_ENV", "FALLBACK_QUOTA", "POOL_*", "USE_BROWSER_POOL", "SCREENSHOT_WIDTH", "SCREENSHOT_HEIGHT",
	"WORKER_RATE_LIMIT_*", "WORKER_LOCK_DURATION", "WORKER_MAX_STALLED", "WORKER_STALLED_INTERVAL",
	"TELEGRAM_CHANNEL_ID", "TV_*", "CHART_LOAD_WAIT",
}

// ineffective returns warnings about what is set and has no effect: the Node service's settings in one, and each
// name that looks misspelt.
func ineffective(given map[string]string) []string {
	var warnings []string
	if names := matching(given, withoutEffect); len(names) > 0 {
		warnings = append(warnings, "these settings of the Node service have no effect here and can be removed: "+strings.Join(names, ", "))
	}
	return append(warnings, misspelt(given)...)
}

// misspelt returns a warning for each name that is set and differs from that of a setting in one or two letters.
func misspelt(given map[string]string) []string {
	var warnings []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		known := slices.ContainsFunc(Settings(), func(s Setting) bool { return s.Name == name })
		if known || len(name) < 6 || len(matching(map[string]string{name: ""}, withoutEffect)) > 0 {
			continue
		}
		for _, s := range Settings() {
			if distance(name, s.Name) <= 2 {
				warnings = append(warnings, fmt.Sprintf("%s is no setting and has no effect; did you mean %s?", name, s.Name))
				break
			}
		}
	}
	return warnings
}

// distance returns how many letters have to be inserted, removed or replaced to turn one text into the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := before
			if a[i] != b[j] {
				replaced++
			}
			before = row[j+1]
			row[j+1] = min(replaced, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

// matching returns the set names that match a pattern; a trailing * matches anything.
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
