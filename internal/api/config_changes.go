package api

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"atalaya"
	"atalaya/internal/alert"
	"atalaya/internal/respond"
)

// consentText is what automation_consent: true agrees to. If it changes, consentVersion has to change.
const (
	consentVersion = "2026-11"
	consentText    = "TradingView's terms of use restrict automated access. By sending automation_consent: true you ask this service to sign in with your cookies and take screenshots of your own charts for you, at your own risk."
)

// configChanges is what an owner may change. Absent members leave the stored values.
type configChanges struct {
	DefaultChartID        member[string]              `json:"default_chart_id" required:"false" pattern:"^[A-Za-z0-9]{0,32}$" patternDescription:"up to 32 letters and digits: the part of the chart's URL after /chart/" doc:"Captured where an alert names no chart."`
	ScreenshotResolution  member[string]              `json:"screenshot_resolution" required:"false" nullable:"false" enum:"720p,1080p,4k" doc:"The size of the browser's window: 1280x720, 1920x1080 or 3840x2160. A picture of the chart alone (screenshot_source client) has the size that the chart has in it."`
	PreferredTimezone     member[string]              `json:"preferred_timezone" required:"false" nullable:"false" minLength:"1" maxLength:"100" doc:"A time zone of the IANA database, such as America/New_York."`
	WebhookEnabled        member[bool]                `json:"webhook_enabled" required:"false" nullable:"false"`
	CaptureEnabled        member[bool]                `json:"capture_enabled" required:"false" nullable:"false"`
	CaptureWithoutCookies member[bool]                `json:"capture_without_cookies" required:"false" nullable:"false" doc:"Where no cookies are stored, capture what anyone sees: a shared layout, or the plain chart of the ticker where no chart is named."`
	SessionID             member[string]              `json:"tv_sessionid_plain" required:"false" maxLength:"200" doc:"The cookie sessionid: 32 letters and digits. Together with tv_sessionid_sign_plain; null in both removes them."`
	SessionSign           member[string]              `json:"tv_sessionid_sign_plain" required:"false" maxLength:"400" doc:"The cookie sessionid_sign: v1: to v3: and base64."`
	AutomationConsent     member[bool]                `json:"automation_consent" required:"false" nullable:"false" doc:"Agrees to the text that an answer without consent shows; false withdraws."`
	TelegramEnabled       member[bool]                `json:"telegram_enabled" required:"false" nullable:"false"`
	TelegramBotToken      member[string]              `json:"telegram_bot_token" required:"false" maxLength:"100" doc:"Stored encrypted and never shown; empty leaves it alone, null removes it."`
	TelegramChatID        member[string]              `json:"telegram_chat_id" required:"false" pattern:"^(-?[0-9]{1,20}|@[A-Za-z0-9_]{5,32})?$" patternDescription:"a number such as -1001234567890, or @ and the name of a public channel"`
	DiscordWebhookURL     member[string]              `json:"discord_webhook_url" required:"false" maxLength:"200" pattern:"^(https://((ptb|canary)\\.)?discord(app)?\\.com/api/webhooks/.*)?$" patternDescription:"a URL that begins with https://discord.com/api/webhooks/"`
	EmailNotifications    member[bool]                `json:"email_notifications" required:"false" nullable:"false"`
	DedupeWindowSeconds   member[int32]               `json:"dedupe_window_seconds" required:"false" nullable:"false" minimum:"0" maximum:"3600" doc:"How long the same alert counts as a repeat; 0 never."`
	SupportAccess         member[bool]                `json:"support_access" required:"false" nullable:"false" doc:"Let the operator read the alerts that arrived at your webhook, to help you."`
	AlertNames            member[map[string][]string] `json:"alert_names" required:"false" doc:"Your own names for the fields of alerts, read before all others: {\"ticker\": [\"s\"], \"price\": [\"px.last\"]}. At most 10 names of 60 characters a field, for ticker, exchange, price, signal_type, direction, indicator_name, chart_id, interval and timestamp; null removes them."`
	SilenceRules          member[[]silenceRule]       `json:"silence_rules" required:"false" maxItems:"20" doc:"Your own rules for alerts that have gone quiet, in the place of what is learned from their habits: all of them at once; null removes them."`
}

// silenceRule is an atalaya.SilenceRule with its documentation.
type silenceRule struct {
	IndicatorName string   `json:"indicator_name,omitempty" maxLength:"200" doc:"As your signals have it; absent for any."`
	Ticker        string   `json:"ticker,omitempty" maxLength:"129" doc:"BINANCE:BTCUSDT, or BTCUSDT for any exchange; absent for any."`
	Interval      string   `json:"interval,omitempty" maxLength:"40" doc:"60, 1h or 1D; absent for any."`
	EveryHours    int      `json:"every_hours" minimum:"1" maximum:"168" doc:"You are told once this many hours have passed without a signal."`
	Days          []string `json:"days,omitempty" nullable:"false" maxItems:"7" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"Only hours of these days count, in your preferred_timezone; absent for every day."`
}

// silenceRules returns the rules of a change with intervals as signals have them, nil if none are given.
func (c configChanges) silenceRules() *[]atalaya.SilenceRule {
	if !c.SilenceRules.Set {
		return nil
	}
	rules := make([]atalaya.SilenceRule, len(c.SilenceRules.Value))
	for i, r := range c.SilenceRules.Value {
		rules[i] = atalaya.SilenceRule(r)
		if interval, ok := alert.ParseInterval(r.Interval); ok {
			rules[i].Interval = interval
		}
	}
	return &rules
}

var (
	// cookieForm is what a cookie's value may hold at all (RFC 6265, section 4.1.1). Cookies that are not
	// of the form that TradingView gives its own are stored, and not tried.
	cookieForm      = regexp.MustCompile(`^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]{1,512}$`)
	sessionIDForm   = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
	sessionSignForm = regexp.MustCompile(`^v[1-3]:[A-Za-z0-9+/_-]{20,}={0,2}$`)
	botTokenForm    = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{20,80}$`)
)

// check checks what the OpenAPI document cannot express: which members take no null, and the form of secrets. Its
// errors never repeat a secret.
func (c configChanges) check() error {
	for name, null := range map[string]bool{
		"screenshot_resolution": c.ScreenshotResolution.Null, "preferred_timezone": c.PreferredTimezone.Null,
		"webhook_enabled": c.WebhookEnabled.Null, "capture_enabled": c.CaptureEnabled.Null,
		"capture_without_cookies": c.CaptureWithoutCookies.Null, "automation_consent": c.AutomationConsent.Null,
		"telegram_enabled": c.TelegramEnabled.Null, "email_notifications": c.EmailNotifications.Null,
		"dedupe_window_seconds": c.DedupeWindowSeconds.Null, "support_access": c.SupportAccess.Null,
	} {
		if null {
			return atalaya.Errorf(atalaya.CodeInvalid, "%s: null is not allowed; leave the member out to keep the stored value.", name)
		}
	}
	if strings.ContainsRune(c.PreferredTimezone.Value, 0) || strings.ContainsRune(c.DiscordWebhookURL.Value, 0) {
		return atalaya.Errorf(atalaya.CodeInvalid, "The character U+0000 can't be stored.")
	}
	if c.botToken() != "" && !botTokenForm.MatchString(c.botToken()) {
		return atalaya.Errorf(atalaya.CodeInvalid, "telegram_bot_token: send the token as BotFather gave it: digits, a colon, letters.")
	}
	if _, err := alert.ParseNames(namesAsStored(c.AlertNames)); err != nil {
		return err
	}
	if rules := c.silenceRules(); rules != nil {
		if err := atalaya.CheckSilenceRules(*rules); err != nil {
			return err
		}
	}
	return c.checkCookies()
}

// namesAsStored returns a user's own names as they are stored; nil if none are given, which leaves
// the stored ones.
func namesAsStored(given member[map[string][]string]) json.RawMessage {
	switch {
	case !given.Set:
		return nil
	case given.Value == nil:
		return json.RawMessage("{}")
	}
	names, err := json.Marshal(given.Value)
	if err != nil { // a map of lists always can
		return nil
	}
	return names
}

// checkCookies refuses one cookie without the other, and values that no cookie can have.
func (c configChanges) checkCookies() error {
	id, sign := c.cookies()
	switch {
	case c.SessionID.Null != c.SessionSign.Null, (id == "") != (sign == ""):
		return atalaya.Errorf(atalaya.CodeInvalid, "tv_sessionid_plain and tv_sessionid_sign_plain belong together: send both cookies, or null in both to remove them.")
	case id == "":
		return nil
	case !cookieForm.MatchString(id):
		return atalaya.Errorf(atalaya.CodeInvalid, "tv_sessionid_plain holds characters that no cookie has, or too many. Copy the value of sessionid from the browser's cookies of tradingview.com.")
	case !cookieForm.MatchString(sign):
		return atalaya.Errorf(atalaya.CodeInvalid, "tv_sessionid_sign_plain holds characters that no cookie has, or too many. Copy the value of sessionid_sign from the browser's cookies of tradingview.com.")
	}
	return nil
}

// malformedCookies reports whether the cookies are not of the form that TradingView gives its own.
func (c configChanges) malformedCookies() bool {
	id, sign := c.cookies()
	return id != "" && (!sessionIDForm.MatchString(id) || !sessionSignForm.MatchString(sign))
}

// cookies returns both values without the blanks that pasting adds. Empty values, which forms send for fields left
// empty, are no change.
func (c configChanges) cookies() (id, sign string) {
	return strings.TrimSpace(c.SessionID.Value), strings.TrimSpace(c.SessionSign.Value)
}

func (c configChanges) botToken() string { return strings.TrimSpace(c.TelegramBotToken.Value) }

// update returns the changes without the secrets.
func (c configChanges) update() atalaya.ConfigUpdate {
	u := atalaya.ConfigUpdate{
		DefaultChartID: clearable(c.DefaultChartID), PreferredTimezone: c.PreferredTimezone.pointer(),
		WebhookEnabled: c.WebhookEnabled.pointer(), CaptureEnabled: c.CaptureEnabled.pointer(),
		CaptureWithoutCookies: c.CaptureWithoutCookies.pointer(), SupportAccess: c.SupportAccess.pointer(), TelegramEnabled: c.TelegramEnabled.pointer(),
		TelegramChatID: clearable(c.TelegramChatID), DiscordWebhookURL: clearable(c.DiscordWebhookURL),
		EmailNotifications: c.EmailNotifications.pointer(), DedupeWindowSeconds: c.DedupeWindowSeconds.pointer(),
		AlertNames: namesAsStored(c.AlertNames), SilenceRules: c.silenceRules(),
	}
	if c.ScreenshotResolution.Set {
		resolution := atalaya.Resolution(c.ScreenshotResolution.Value)
		u.ScreenshotResolution = &resolution
	}
	if c.AutomationConsent.Set {
		var version *string
		if c.AutomationConsent.Value {
			version = text(consentVersion)
		}
		u.ConsentVersion = &version
	}
	return u
}

// sealSecrets adds the secrets to the update.
func (s *server) sealSecrets(user atalaya.UserID, c configChanges, u *atalaya.ConfigUpdate) error {
	id, sign := c.cookies()
	switch {
	case c.SessionID.Null:
		u.Cookies = &atalaya.SealedCookies{}
	case id != "":
		sealedID, err := s.Sealer.Seal(user, atalaya.ColumnSessionID, id)
		if err != nil {
			return fmt.Errorf("seal a cookie: %w", err)
		}
		sealedSign, err := s.Sealer.Seal(user, atalaya.ColumnSessionSign, sign)
		if err != nil {
			return fmt.Errorf("seal a cookie: %w", err)
		}
		u.Cookies = &atalaya.SealedCookies{SessionID: sealedID, Sign: sealedSign, Malformed: c.malformedCookies()}
	}
	switch token := c.botToken(); {
	case c.TelegramBotToken.Null:
		u.TelegramBotToken = new(atalaya.Sealed)
	case token != "":
		sealed, err := s.Sealer.Seal(user, atalaya.ColumnBotToken, token)
		if err != nil {
			return fmt.Errorf("seal the bot token: %w", err)
		}
		u.TelegramBotToken = &sealed
	}
	return nil
}

// checkConsent refuses cookies from a user who has not agreed, now or earlier.
func (s *server) checkConsent(ctx context.Context, caller atalaya.Caller, u atalaya.ConfigUpdate) error {
	if u.ConsentVersion != nil && *u.ConsentVersion != nil {
		return nil
	}
	if u.ConsentVersion == nil {
		c, err := s.Store.Config(ctx, caller)
		if err != nil || c.ConsentAt != nil {
			return err
		}
	}
	return respond.With(
		atalaya.Errorf(atalaya.CodeInvalid, "Cookies are stored here only with your consent. %s", consentText),
		"consent", map[string]string{"version": consentVersion, "text": consentText})
}
