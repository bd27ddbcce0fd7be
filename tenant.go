package atalaya

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"time"
)

// UserID is a user's UUID in canonical lower-case form. It identifies the tenant: every storage method
// that serves a user takes one, and no value means "all users".
type UserID string

// SignalID is a signal's UUID in its canonical lower-case form.
type SignalID string

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// ParseUserID returns s as a UserID. It fails unless s is a canonical lower-case UUID.
func ParseUserID(s string) (UserID, error) {
	if !uuidForm.MatchString(s) {
		return "", fmt.Errorf("a user id is a UUID such as 8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11")
	}
	return UserID(s), nil
}

// ParseSignalID returns s as a SignalID. It fails unless s is a canonical lower-case UUID.
func ParseSignalID(s string) (SignalID, error) {
	if !uuidForm.MatchString(s) {
		return "", fmt.Errorf("a signal id is a UUID such as 8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11")
	}
	return SignalID(s), nil
}

// Caller is a signed-in user as the API sees one: the user id, and the claims of the access token
// that row level security reads.
type Caller struct {
	UserID UserID
	Claims json.RawMessage // the token's claims as a JSON object
}

// WebhookToken is the credential in a webhook URL: 64 lower-case hex characters, or any text in a database that is older
// than this service. It prints and logs as its first six characters alone.
type WebhookToken string

// String returns the token's first six characters, which may be shown, or a mask if the token is short.
func (t WebhookToken) String() string {
	if len(t) < 16 {
		return "******"
	}
	return string(t[:6]) + "…"
}

// GoString masks the token in %#v.
func (t WebhookToken) GoString() string { return t.String() }

// LogValue masks the token in logs.
func (t WebhookToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Reveal returns the whole token. Use it only for the owner's webhook URL and for the database.
func (t WebhookToken) Reveal() string { return string(t) }

// Plan is a user's plan. It sets the monthly quota and the daily limit of captures.
type Plan string

// The plans.
const (
	PlanFree     Plan = "free"
	PlanPro      Plan = "pro"
	PlanLifetime Plan = "lifetime"
)

// Unlimited is the quota of a user without a monthly limit.
const Unlimited = -1

// QuotaMode says what happens to an alert once the month's quota is used up.
type QuotaMode string

// The modes.
const (
	QuotaStrict   QuotaMode = "strict"   // refused with 429, and kept in the delivery log
	QuotaSoft     QuotaMode = "soft"     // stored, with a warning
	QuotaDisabled QuotaMode = "disabled" // the quota is not enforced
)

// TenantConfig is a user's row of trading_signals_config. Its secrets are never part of an answer.
type TenantConfig struct {
	ID                    string
	UserID                UserID
	WebhookToken          WebhookToken
	WebhookEnabled        bool
	WebhookRequestsCount  int64
	SignalsQuota          int64 // signals a month, or Unlimited
	SignalsUsedThisMonth  int64
	QuotaMonth            time.Time // the first day of the month that SignalsUsedThisMonth counts, UTC
	UserPlan              Plan
	DefaultChartID        *string
	TVSessionID           Sealed
	TVSessionIDSign       Sealed
	CookiesValid          bool
	CookiesProblem        *string // CookiesMalformed, nil if there is none
	CookiesUpdatedAt      *time.Time
	CaptureEnabled        bool
	CaptureWithoutCookies bool
	ConsentAt             *time.Time
	ConsentVersion        *string
	ScreenshotResolution  Resolution
	PreferredTimezone     string // IANA
	DedupeWindowSeconds   int32
	AlertNames            json.RawMessage // the user's own names for fields of alerts, as an object
	SilenceRules          json.RawMessage // a list of SilenceRule
	TelegramEnabled       bool
	TelegramChatID        *string
	DiscordWebhookURL     *string
	EmailNotifications    bool
	SupportAccess         bool // the operator may read the alerts that arrived
	CreatedAt             time.Time
	UpdatedAt             time.Time
	Notifies              bool // has a notification channel that is switched on
}

// Quota returns the user's quota and how much of it is used this month.
func (t TenantConfig) Quota() Quota {
	return Quota{UserID: t.UserID, Total: t.SignalsQuota, Used: t.SignalsUsedThisMonth, Plan: t.UserPlan}
}

// CookiesConfigured reports whether both cookies are stored.
func (c *TenantConfig) CookiesConfigured() bool {
	return c.TVSessionID != "" && c.TVSessionIDSign != ""
}

// SealedSecrets are one user's stored secrets as they stand in the row.
type SealedSecrets struct {
	UserID      UserID
	SessionID   Sealed
	SessionSign Sealed
	BotToken    Sealed
}
