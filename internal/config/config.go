// Package config turns the environment into one validated struct. It knows what every setting
// means, what is wrong with a value and how to mend it, and nothing of the parts that use it.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"

	"atalaya"
)

// Config is every setting. The doc tags make docs/configuration.md and .env.example; group begins a
// section there.
type Config struct {
	Port      int    `env:"PORT" envDefault:"3000" group:"Service" doc:"Port of the webhook and the API."`
	Host      string `env:"HOST" doc:"Address to listen on. Empty listens on every address."`
	PublicURL string `env:"PUBLIC_URL" example:"https://signals.example.com" doc:"The address at which the internet reaches this service. Webhook and picture URLs are built from it, never from a request's Host header."`
	LogLevel  string `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error. debug shows every step of a capture."`

	AllowedOrigins []string       `env:"ALLOWED_ORIGINS" example:"https://app.example.com" doc:"Origins of browsers that may call the API, separated by commas; * for any. Empty allows none."`
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES" example:"10.0.0.0/8" doc:"Networks of your own reverse proxies, separated by commas. X-Forwarded-For is believed only from them."`
	MetricsAddr    string         `env:"METRICS_ADDR" envDefault:"127.0.0.1:9464" doc:"Address of the Prometheus page /metrics. off switches it off."`

	AdminToken      Secret `env:"ADMIN_TOKEN" doc:"Opens the operator's door: at least 32 characters, such as openssl rand -hex 32 prints. Empty, or shorter, keeps it shut."`
	AdminAddr       string `env:"ADMIN_ADDR" envDefault:"127.0.0.1:9465" doc:"Address of the operator's door. It speaks plain HTTP: reach it through a tunnel, or put it behind a proxy with TLS and a host name of its own."`
	Domain          string `env:"DOMAIN" group:"A domain of its own" example:"signals.example.com" doc:"The service gets and renews the certificate of this domain itself and listens on HTTPS_PORT and HTTP_PORT instead of PORT. serve --domain sets it. Empty: a proxy in front of the service has the certificate."`
	HTTPSPort       int    `env:"HTTPS_PORT" envDefault:"443" doc:"Port of the webhook and the API with DOMAIN. The internet has to reach it as port 443."`
	HTTPPort        int    `env:"HTTP_PORT" envDefault:"80" doc:"Port without TLS with DOMAIN: the webhook, and redirects of pages to https. The internet has to reach it as port 80."`
	CertificatesDir string `env:"CERTIFICATES_DIR" envDefault:"certificates" doc:"Folder that keeps the certificate and its key. Replicas of one domain share it."`
	ACMEEmail       string `env:"ACME_EMAIL" example:"you@example.com" doc:"Contact address for the certificate authority."`
	ACMEDirectory   string `env:"ACME_DIRECTORY" example:"https://ca.internal/acme/directory" doc:"ACME directory of another authority. Empty: Let's Encrypt, whose terms you accept by setting DOMAIN."`
	ACMERoots       string `env:"ACME_ROOTS" example:"ca.pem" doc:"A PEM file with the roots by which that authority's server is trusted. Empty: the system's."`

	DatabaseURL Secret `env:"DATABASE_URL" group:"Database" example:"postgresql://postgres.abc:password@aws-0-eu-west-1.pooler.supabase.com:5432/postgres?sslmode=verify-full" doc:"PostgreSQL. In Supabase: Connect, then Session pooler or Direct connection."`
	SpoolDir    string `env:"SPOOL_DIR" example:"/var/lib/atalaya/spool" doc:"Folder in which this replica keeps alerts while the database is away, on a disk that outlives the replica. They are stored once the database is back. Empty: such alerts are answered 503. See docs/spool.md."`
	SpoolMax    int64  `env:"SPOOL_MAX_BYTES" envDefault:"268435456" doc:"Largest size of the spool's file in bytes. Alerts beyond it are answered 503. At least 4194304."`

	SupabaseURL            string        `env:"SUPABASE_URL" group:"Supabase" example:"https://abc.supabase.co" doc:"Your project's URL: access tokens and the picture storage. Empty only with the local issuer and PICTURES_DIR or S3_BUCKET."`
	SupabaseServiceRoleKey Secret        `env:"SUPABASE_SERVICE_ROLE_KEY" doc:"Service role key (eyJ…) or secret key (sb_secret_…), for the picture storage."`
	SupabaseAnonKey        Secret        `env:"SUPABASE_ANON_KEY" doc:"Anon or publishable key. Without it nobody can sign in to the dashboard, which sends it to browsers. It is also sent when Supabase Auth checks tokens."`
	JWTSecret              Secret        `env:"SUPABASE_JWT_SECRET" doc:"Legacy JWT secret (HS256). Leave it empty if the project signs with asymmetric keys; they are read from its JWKS."`
	JWTKeysEvery           time.Duration `env:"JWT_KEYS_REFRESH" envDefault:"10m" doc:"How often the project's public keys are fetched, and so how long a revoked key is still accepted. At least 10s."`
	JWTIssuer              string        `env:"JWT_ISSUER" doc:"The iss of access tokens. Empty: SUPABASE_URL/auth/v1."`

	EncryptionKey     Secret   `env:"ENCRYPTION_KEY" group:"Secrets" doc:"64 hexadecimal characters, the key that encrypts the users' TradingView cookies. atalaya keys new prints one. Keep a copy: without it the cookies cannot be read."`
	EncryptionKeysOld []Secret `env:"ENCRYPTION_KEYS_OLD" doc:"Former keys, separated by commas, which are only used to decrypt. atalaya keys rotate encrypts everything with ENCRYPTION_KEY."`

	QuotaMode         atalaya.QuotaMode `env:"QUOTA_MODE" envDefault:"strict" group:"Plans and quotas" doc:"What happens once the month's signals are used up: strict refuses alerts and keeps their deliveries, soft stores them with a warning, disabled does not check."`
	PlanFreeQuota     int64             `env:"PLAN_FREE_QUOTA" envDefault:"1000" doc:"Signals a month of the plan free; -1 means unlimited."`
	PlanProQuota      int64             `env:"PLAN_PRO_QUOTA" envDefault:"15000" doc:"Signals a month of the plan pro."`
	PlanLifetimeQuota int64             `env:"PLAN_LIFETIME_QUOTA" envDefault:"-1" doc:"Signals a month of the plan lifetime."`
	DefaultQuota      int64             `env:"DEFAULT_QUOTA" envDefault:"1000" doc:"Signals a month of a new user."`

	RateLimitPerMinute      int64          `env:"RATE_LIMIT_PER_MINUTE" envDefault:"10" group:"Limits" doc:"Screenshots a user gets a minute. An alert above it is stored without one (rate_limited), and a request for another screenshot is answered 429. 0 means no limit, here and in the next three."`
	RateLimitPerHour        int64          `env:"RATE_LIMIT_PER_HOUR" envDefault:"100" doc:"Screenshots a user gets an hour."`
	DailyLimitFree          int64          `env:"DAILY_LIMIT_FREE" envDefault:"50" doc:"Screenshots a day (UTC) with the plan free. An unlimited quota has no daily limit."`
	DailyLimitPro           int64          `env:"DAILY_LIMIT_PRO" envDefault:"600" doc:"Screenshots a day with the plans pro and lifetime."`
	FloodLimitPerMinute     int64          `env:"FLOOD_LIMIT_PER_MINUTE" envDefault:"600" doc:"Alerts a minute that one webhook takes; the only limit that refuses alerts. Of the refused ones, one a second is kept in the delivery log. 0 means no limit."`
	MaxConnections          int            `env:"MAX_CONNECTIONS" envDefault:"2048" doc:"Connections that may be open at the same time. Beyond it an idle connection is closed, else one that serves no alert, of the address that holds most."`
	MaxConnectionsOfAddress int            `env:"MAX_CONNECTIONS_PER_ADDRESS" envDefault:"512" doc:"Of them from one address (a /64 in IPv6), and requests under way for one client behind TRUSTED_PROXIES. Only MAX_CONNECTIONS bounds those proxies, and neither bounds alerts once they are read."`
	MaxRequestsOfUser       int            `env:"MAX_REQUESTS_PER_USER" envDefault:"4" doc:"API requests of one user under way at the same time. Further ones wait for up to 5 s, and are answered 429 then. Event streams have a bound of their own."`
	WriteTimeout            time.Duration  `env:"WRITE_TIMEOUT" envDefault:"10s" doc:"Time for a client to read each part of an answer. A client that does not read is cut off."`
	TradingViewIPs          []netip.Prefix `env:"TRADINGVIEW_IPS" example:"52.89.214.238,34.212.75.30,54.218.53.128,52.32.178.7" doc:"Addresses and networks that may send alerts, separated by commas; the example is TradingView's own. Every user of TradingView shares them, so this keeps strangers out but does not replace the token. Empty lets anybody send who knows a webhook URL."`
	LegacyWebhook           bool           `env:"LEGACY_WEBHOOK" envDefault:"false" doc:"Take alerts at /webhook?key=… too, as version 1 of the Node service did."`

	WorkerConcurrency   int           `env:"WORKER_CONCURRENCY" envDefault:"2" group:"Captures" doc:"Captures at the same time."`
	ScreenshotTimeoutMS int64         `env:"SCREENSHOT_TIMEOUT" envDefault:"60000" doc:"Milliseconds that one attempt in the browser may take."`
	CaptureMaxAge       time.Duration `env:"CAPTURE_MAX_AGE" envDefault:"15m" doc:"A capture that begins later than this after its alert is given up as too_late."`
	CaptureDailyCap     int64         `env:"CAPTURE_DAILY_CAP" envDefault:"2000" doc:"Attempts at captures of one TradingView account in a UTC day, for all its users together. Further ones are skipped as rate_limited. 0 means no limit."`
	CaptureJobTimeout   time.Duration `env:"CAPTURE_JOB_TIMEOUT" envDefault:"90s" doc:"Time for one attempt, browser and storage together. Longer than SCREENSHOT_TIMEOUT."`
	CaptureRescueAfter  time.Duration `env:"CAPTURE_RESCUE_AFTER" envDefault:"4m" doc:"A capture that has run longer has lost its worker and is given to another. Longer than CAPTURE_JOB_TIMEOUT."`
	BrowserPath         string        `env:"PUPPETEER_EXECUTABLE_PATH" doc:"The browser. Empty finds chromium-headless-shell, chromium or Chrome."`
	BrowserSandbox      string        `env:"BROWSER_SANDBOX" envDefault:"on" doc:"on: no capture is taken if the system does not allow the browser's sandbox, unless TRADINGVIEW_URL is on this machine. off: captures are taken without it, and only the browser's user and proxy hold a hostile page."`
	RequireConsent      bool          `env:"REQUIRE_CONSENT" envDefault:"false" doc:"Refuse cookies whose owner has not agreed to automation."`

	BrowserUserAgent string `env:"BROWSER_USER_AGENT" doc:"The browser's user agent. Empty keeps its own, which says that it is headless."`
	BrowserLanguage  string `env:"BROWSER_LANGUAGE" example:"en" doc:"The language that sites are asked for. Empty keeps the browser's own, en-US. A TradingView account's language has precedence."`

	TradingViewURL        string   `env:"TRADINGVIEW_URL" envDefault:"https://www.tradingview.com" doc:"The chart site. The browser reaches its domain and nothing else."`
	TradingViewExtraHosts []string `env:"TRADINGVIEW_EXTRA_HOSTS" doc:"Further hosts that the browser may reach, separated by commas."`
	TradingViewNames      string   `env:"TRADINGVIEW_NAMES" example:"names.json" doc:"A JSON file of selectors and page-side names that replace built-in ones, for when TradingView renames one. See docs/tradingview.md. Empty replaces none."`

	PicturesDir   string `env:"PICTURES_DIR" group:"Pictures" doc:"Folder for the pictures. Empty stores them in S3_BUCKET, or in Supabase Storage if that is empty too."`
	StorageBucket string `env:"STORAGE_BUCKET" envDefault:"trading-screenshots" doc:"Bucket of Supabase Storage."`

	S3Bucket    string `env:"S3_BUCKET" example:"my-trading-screenshots" doc:"Bucket of a server that speaks S3 (Amazon, MinIO, Cloudflare R2 and others), which then stores the pictures. It is created if it does not exist."`
	S3Endpoint  string `env:"S3_ENDPOINT" envDefault:"https://s3.amazonaws.com" doc:"Address of the S3 server, without the bucket. Browsers fetch pictures there too, unless S3_PUBLIC_URL says otherwise."`
	S3Region    string `env:"S3_REGION" envDefault:"us-east-1" doc:"Region of the bucket. Cloudflare R2 takes auto."`
	S3AccessKey Secret `env:"S3_ACCESS_KEY_ID" doc:"Access key, required with S3_BUCKET. It needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on the bucket."`
	S3SecretKey Secret `env:"S3_SECRET_ACCESS_KEY" doc:"Secret of the access key."`
	S3PathStyle bool   `env:"S3_FORCE_PATH_STYLE" envDefault:"false" doc:"Put the bucket into the path of addresses instead of the host name, as MinIO requires. For IP addresses, localhost and buckets with a dot this is always so."`
	S3PublicURL string `env:"S3_PUBLIC_URL" example:"https://pictures.example.com" doc:"The public address of the bucket's objects if it is not at S3_ENDPOINT, such as a CDN or the bucket's own host name. Not with STORAGE_SIGNED_URLS."`

	SignedURLs   bool          `env:"STORAGE_SIGNED_URLS" envDefault:"false" doc:"Keep pictures private: the bucket is made private, screenshot_url is null in the table, and the API's answers carry addresses that work for a while."`
	SignedURLTTL time.Duration `env:"STORAGE_SIGNED_URL_TTL" envDefault:"1h" doc:"The longest time that such an address works; it works at least half as long. From 1m to 168h."`

	DeliveryRetentionDays int `env:"DELIVERY_RETENTION_DAYS" envDefault:"30" group:"Retention" doc:"Days that the webhook's delivery log is kept."`

	PictureRetentionDaysFree     int `env:"PICTURE_RETENTION_DAYS_FREE" envDefault:"0" doc:"Days that pictures of users with the plan free are kept; their signals stay, with screenshot_status expired. 0 keeps them for ever, as in the next two."`
	PictureRetentionDaysPro      int `env:"PICTURE_RETENTION_DAYS_PRO" envDefault:"0" doc:"Days with the plan pro."`
	PictureRetentionDaysLifetime int `env:"PICTURE_RETENTION_DAYS_LIFETIME" envDefault:"0" doc:"Days with the plan lifetime."`

	TelegramBotToken Secret        `env:"TELEGRAM_BOT_TOKEN" group:"Notifications" doc:"The operator's own bot: users connect it by /start, without making one. Empty: each user brings a bot."`
	TelegramChatID   string        `env:"TELEGRAM_CHAT_ID" doc:"The chat in which this bot tells the operator about problems that affect many users."`
	NtfyURL          string        `env:"NTFY_URL" example:"https://ntfy.sh" doc:"The ntfy server on which users' topics live. Empty: each user names a server."`
	SMTPURL          Secret        `env:"SMTP_URL" example:"smtp://user:password@mail.example.com:587" doc:"The mail server for notifications; smtps:// for TLS from the start, else STARTTLS is demanded. Empty sends no mail."`
	MailFrom         string        `env:"MAIL_FROM" example:"Atalaya <alerts@example.com>" doc:"The sender of mails; required with SMTP_URL."`
	NotifyMaxAge     time.Duration `env:"NOTIFY_MAX_AGE" envDefault:"1h" doc:"A message about a signal that could not be sent for this long is reported in one digest of late messages."`
	NotifyExtraHosts []string      `env:"NOTIFY_EXTRA_HOSTS" example:"hooks.internal:8443" doc:"Your own hosts (host or host:port), separated by commas, that users' webhooks and ntfy servers may use although they are not public."`
	TelegramAPIURL   string        `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org" doc:"The Bot API, if you run your own."`
	DiscordAPIURL    string        `env:"DISCORD_API_URL" envDefault:"https://discord.com/api" doc:"Discord's API."`
	SlackAPIURL      string        `env:"SLACK_API_URL" envDefault:"https://slack.com/api" doc:"Slack's API. Incoming webhooks go to hooks.slack.com, or to this host if it is another."`

	RedisURL      Secret `env:"REDIS_URL" group:"Redis" example:"redis://localhost:6379" doc:"Optional. /health says whether it answers."`
	RedisHost     string `env:"REDIS_HOST" doc:"Host, if REDIS_URL is empty."`
	RedisPort     int    `env:"REDIS_PORT" envDefault:"6379" doc:"Port, with REDIS_HOST."`
	RedisPassword Secret `env:"REDIS_PASSWORD" doc:"Password, with REDIS_HOST."`

	TracesEndpoint   string `env:"OTEL_EXPORTER_OTLP_ENDPOINT" group:"Tracing" example:"http://localhost:4318" doc:"Where traces are sent: an OpenTelemetry collector, by OTLP over HTTP (protobuf). Empty traces nothing. The OpenTelemetry SDK reads further OTEL_ variables from the environment of the process, such as OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_TIMEOUT."`
	TracesHeaders    Secret `env:"OTEL_EXPORTER_OTLP_HEADERS" doc:"Headers for the collector as name=value, separated by commas; values may be percent-encoded."`
	TracesService    string `env:"OTEL_SERVICE_NAME" envDefault:"atalaya" doc:"Name of the service in traces."`
	TracesSampler    string `env:"OTEL_TRACES_SAMPLER" envDefault:"parentbased_always_on" doc:"Which traces are kept: always_on, always_off or traceidratio, with or without parentbased_ before it. A signal's trace is kept as a whole or not at all."`
	TracesSamplerArg string `env:"OTEL_TRACES_SAMPLER_ARG" doc:"The share that traceidratio keeps, from 0 to 1." example:"0.1"`

	// Warnings are for the operator's log: settings that have no effect, and why.
	Warnings []string `env:"-"`
}

// Environment returns the settings of a file and of the process's environment, which wins. A file that does not
// exist is empty.
func Environment(file string, environ []string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	vars, err := godotenv.UnmarshalBytes(text)
	if err != nil { // which quotes the line, and so may hold a secret
		return nil, fmt.Errorf("%s cannot be read as lines NAME=value: a line has no =, or a quote is not closed", file)
	}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		vars[name] = value
	}
	return vars, nil
}

// Load reads the settings and checks all of them. Its error has a line for each problem, with the cure.
func Load(vars map[string]string) (cfg Config, err error) {
	given := make(map[string]string, len(vars))
	for name, value := range vars {
		if value = strings.TrimSpace(value); value != "" {
			given[name] = value // an empty setting is one that is not set
		}
	}
	tidyLists(given)
	p := problems{unread: make(map[string]bool)}
	p.unreadable(env.ParseWithOptions(&cfg, env.Options{Environment: given}))
	cfg.settle()
	cfg.check(&p)
	cfg.Warnings = ineffective(given)
	if n := len(cfg.AdminToken); n > 0 && n < minAdminToken {
		cfg.AdminToken = ""
		cfg.Warnings = append(cfg.Warnings, fmt.Sprintf("the operator's door stays shut: ADMIN_TOKEN has %d characters and needs at least %d, such as openssl rand -hex 32 prints", n, minAdminToken))
	}
	if cfg.misplacedKey() {
		cfg.Warnings = append(cfg.Warnings, "SUPABASE_ANON_KEY is a service role or secret key, which no browser may be told, so nobody can sign in to the dashboard: set the anon or the publishable key")
	}
	return cfg, errors.Join(p.list...)
}

// tidyLists removes blanks around the commas of lists, and empty items. It turns an address in a list of networks
// into a network of one address.
func tidyLists(given map[string]string) {
	for field := range reflect.TypeFor[Config]().Fields() {
		name := field.Tag.Get("env")
		if field.Type.Kind() != reflect.Slice || given[name] == "" {
			continue
		}
		var items []string
		for item := range strings.SplitSeq(given[name], ",") {
			item = strings.TrimSpace(item)
			if address, err := netip.ParseAddr(item); err == nil && field.Type == reflect.TypeFor[[]netip.Prefix]() {
				item = netip.PrefixFrom(address, address.BitLen()).String()
			}
			if item != "" {
				items = append(items, item)
			}
		}
		given[name] = strings.Join(items, ",")
	}
}

// settle normalizes values, and sets those that follow from others.
func (c *Config) settle() {
	c.Domain = strings.ToLower(c.Domain)
	if c.PublicURL == "" && c.Domain != "" {
		c.PublicURL = "https://" + c.Domain
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	c.SupabaseURL = strings.TrimRight(c.SupabaseURL, "/")
	if c.JWTIssuer == "" && c.SupabaseURL != "" {
		c.JWTIssuer = c.SupabaseURL + "/auth/v1"
	}
	if c.MetricsAddr == "off" {
		c.MetricsAddr = ""
	}
	for i, origin := range c.AllowedOrigins {
		c.AllowedOrigins[i] = strings.TrimRight(origin, "/")
	}
}

// ScreenshotTimeout returns SCREENSHOT_TIMEOUT as a duration.
func (c Config) ScreenshotTimeout() time.Duration {
	return time.Duration(c.ScreenshotTimeoutMS) * time.Millisecond
}

// PictureRetention returns how long each plan keeps pictures. Plans that keep them for ever are missing.
func (c Config) PictureRetention() map[atalaya.Plan]time.Duration {
	kept := map[atalaya.Plan]time.Duration{}
	for plan, days := range map[atalaya.Plan]int{
		atalaya.PlanFree: c.PictureRetentionDaysFree, atalaya.PlanPro: c.PictureRetentionDaysPro, atalaya.PlanLifetime: c.PictureRetentionDaysLifetime,
	} {
		if days > 0 {
			kept[plan] = time.Duration(days) * 24 * time.Hour
		}
	}
	return kept
}

// ListenAddress returns the address on which the webhook and the API listen, with TLS if there is a Domain.
func (c Config) ListenAddress() string {
	port := c.Port
	if c.Domain != "" {
		port = c.HTTPSPort
	}
	return net.JoinHostPort(c.Host, strconv.Itoa(port))
}

// AuthURL returns the URL of Supabase Auth, "" with the local issuer.
func (c Config) AuthURL() string {
	if c.SupabaseURL == "" {
		return ""
	}
	return c.SupabaseURL + "/auth/v1"
}

// LocalIssuer reports whether this program makes access tokens and users itself, without a Supabase project.
func (c Config) LocalIssuer() bool { return c.SupabaseURL == "" }

// TraceHeaders returns the headers for the collector. Its error holds none of their values.
func (c Config) TraceHeaders() (map[string]string, error) {
	headers := map[string]string{}
	for item := range strings.SplitSeq(c.TracesHeaders.Reveal(), ",") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		name, value, ok := strings.Cut(item, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !ok || err != nil || name == "" {
			return nil, errors.New("a header is not of the form name=value")
		}
		headers[name] = value
	}
	return headers, nil
}

// SupabaseStorage reports whether pictures are kept in Supabase Storage.
func (c Config) SupabaseStorage() bool { return c.PicturesDir == "" && c.S3Bucket == "" }

// Redis returns the address of Redis as a URL, "" if none is configured.
func (c Config) Redis() Secret {
	switch {
	case c.RedisURL != "":
		return c.RedisURL
	case c.RedisHost == "":
		return ""
	}
	u := url.URL{Scheme: "redis", Host: net.JoinHostPort(c.RedisHost, strconv.Itoa(c.RedisPort))}
	if c.RedisPassword != "" {
		u.User = url.UserPassword("", c.RedisPassword.Reveal())
	}
	return Secret(u.String())
}
