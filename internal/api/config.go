package api

import (
	"context"
	"encoding/json"
	"time"

	"atalaya"
)

// config is the row of trading_signals_config without the encrypted secrets. It includes the webhook token.
type config struct {
	ID                    string          `json:"id" format:"uuid"`
	UserID                string          `json:"user_id" format:"uuid"`
	WebhookToken          string          `json:"webhook_token" doc:"The credential in the webhook URL. Keep it to yourself."`
	WebhookURL            string          `json:"webhook_url" doc:"To paste into TradingView."`
	WebhookEnabled        bool            `json:"webhook_enabled"`
	WebhookRequestsCount  int64           `json:"webhook_requests_count"`
	SignalsQuota          int64           `json:"signals_quota" doc:"Signals a month; -1 for no end."`
	SignalsUsedThisMonth  int64           `json:"signals_used_this_month"`
	QuotaMonth            string          `json:"quota_month" format:"date" doc:"The first day of the month that was counted last, UTC."`
	UserPlan              string          `json:"user_plan" enum:"free,pro,lifetime"`
	DefaultChartID        *string         `json:"default_chart_id"`
	CookiesConfigured     bool            `json:"cookies_configured" doc:"Both TradingView cookies are stored."`
	CookiesValid          bool            `json:"cookies_valid" doc:"TradingView has not refused them."`
	CookiesProblem        *string         `json:"cookies_problem" doc:"malformed: no TradingView session can have the stored cookies, and no screenshot is tried with them; null if there is no problem."`
	CookiesUpdatedAt      *time.Time      `json:"cookies_updated_at"`
	CaptureEnabled        bool            `json:"capture_enabled"`
	CaptureWithoutCookies bool            `json:"capture_without_cookies"`
	ConsentAt             *time.Time      `json:"consent_at"`
	ConsentVersion        *string         `json:"consent_version"`
	ScreenshotResolution  string          `json:"screenshot_resolution" enum:"720p,1080p,4k"`
	PreferredTimezone     string          `json:"preferred_timezone"`
	DedupeWindowSeconds   int32           `json:"dedupe_window_seconds"`
	AlertNames            json.RawMessage `json:"alert_names" doc:"Your own names for the fields of alerts."`
	SilenceRules          json.RawMessage `json:"silence_rules" doc:"Your own rules for alerts that have gone quiet."`
	TelegramEnabled       bool            `json:"telegram_enabled"`
	TelegramChatID        *string         `json:"telegram_chat_id"`
	DiscordWebhookURL     *string         `json:"discord_webhook_url"`
	EmailNotifications    bool            `json:"email_notifications"`
	SupportAccess         bool            `json:"support_access" doc:"The operator may read the alerts that arrived at your webhook."`
	CreatedAt             time.Time       `json:"created_at"`
	UpdatedAt             time.Time       `json:"updated_at"`
}

func (s *server) configView(c atalaya.TenantConfig) config {
	return config{
		ID: c.ID, UserID: string(c.UserID),
		WebhookToken: c.WebhookToken.Reveal(), WebhookURL: s.PublicURL + "/webhook/" + c.WebhookToken.Reveal(),
		WebhookEnabled: c.WebhookEnabled, WebhookRequestsCount: c.WebhookRequestsCount,
		SignalsQuota: c.SignalsQuota, SignalsUsedThisMonth: c.SignalsUsedThisMonth,
		QuotaMonth: c.QuotaMonth.Format(time.DateOnly), UserPlan: string(c.UserPlan),
		DefaultChartID: c.DefaultChartID, CookiesConfigured: c.CookiesConfigured(),
		CookiesValid: c.CookiesValid, CookiesProblem: c.CookiesProblem, CookiesUpdatedAt: utc(c.CookiesUpdatedAt),
		CaptureEnabled: c.CaptureEnabled, CaptureWithoutCookies: c.CaptureWithoutCookies,
		ConsentAt: utc(c.ConsentAt), ConsentVersion: c.ConsentVersion,
		ScreenshotResolution: string(c.ScreenshotResolution), PreferredTimezone: c.PreferredTimezone,
		DedupeWindowSeconds: c.DedupeWindowSeconds, AlertNames: orNull(c.AlertNames), SilenceRules: orNull(c.SilenceRules), TelegramEnabled: c.TelegramEnabled,
		TelegramChatID: c.TelegramChatID, DiscordWebhookURL: c.DiscordWebhookURL,
		EmailNotifications: c.EmailNotifications, SupportAccess: c.SupportAccess, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
}

type configOutput struct {
	Body struct {
		Success bool   `json:"success"`
		Data    config `json:"data"`
	}
}

func (s *server) getConfig(ctx context.Context, caller atalaya.Caller, _ *struct{}) (*configOutput, error) {
	c, err := s.Store.Config(ctx, caller)
	if err != nil {
		return nil, err
	}
	out := &configOutput{}
	out.Body.Success, out.Body.Data = true, s.configView(c)
	return out, nil
}

type updateConfigInput struct{ Body configChanges }

type updateConfigOutput struct {
	Body struct {
		Success          bool   `json:"success"`
		Message          string `json:"message"`
		Data             config `json:"data"`
		CookiesEncrypted bool   `json:"cookies_encrypted" doc:"This request stored cookies, encrypted."`
	}
}

func (s *server) updateConfig(ctx context.Context, caller atalaya.Caller, in *updateConfigInput) (*updateConfigOutput, error) {
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	update := in.Body.update()
	if err := s.sealSecrets(caller.UserID, in.Body, &update); err != nil {
		return nil, err
	}
	stored := update.Cookies != nil && *update.Cookies != atalaya.SealedCookies{}
	if stored && s.RequireConsent {
		if err := s.checkConsent(ctx, caller, update); err != nil {
			return nil, err
		}
	}
	c, err := s.Store.UpdateConfig(ctx, caller, update)
	if err != nil {
		return nil, err
	}
	out := &updateConfigOutput{}
	out.Body.Success, out.Body.Data, out.Body.CookiesEncrypted = true, s.configView(c), stored
	out.Body.Message = savedMessage(update, stored, c)
	if in.Body.malformedCookies() {
		out.Body.Message += " " + atalaya.MalformedCookies
	}
	return out, nil
}

// savedMessage returns what became of the cookies, and whether consent is missing.
func savedMessage(u atalaya.ConfigUpdate, stored bool, c atalaya.TenantConfig) string {
	switch {
	case stored && c.ConsentAt == nil:
		return "Settings saved; your TradingView cookies are stored encrypted. Your consent is not recorded yet: " + consentText
	case stored:
		return "Settings saved; your TradingView cookies are stored encrypted."
	case u.Cookies != nil:
		return "Settings saved; your TradingView cookies are removed."
	}
	return "Settings saved."
}

func (s *server) rotateWebhookToken(ctx context.Context, caller atalaya.Caller, _ *struct{}) (*rotateOutput, error) {
	c, err := s.Store.RotateWebhookToken(ctx, caller)
	if err != nil {
		return nil, err
	}
	out := &rotateOutput{}
	out.Body.Success, out.Body.Data = true, s.configView(c)
	out.Body.Message = "The old webhook URL no longer works. Paste the new one into every TradingView alert."
	return out, nil
}

type rotateOutput struct {
	Body struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
		Data    config `json:"data"`
	}
}
