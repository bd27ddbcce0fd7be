package atalaya

import "encoding/json"

// ConfigUpdate is what an owner may change of the settings. A nil member is left alone; a pointer
// to nil sets null.
type ConfigUpdate struct {
	DefaultChartID        **string
	ScreenshotResolution  *Resolution
	PreferredTimezone     *string
	WebhookEnabled        *bool
	CaptureEnabled        *bool
	CaptureWithoutCookies *bool
	SupportAccess         *bool
	TelegramEnabled       *bool
	TelegramChatID        **string
	DiscordWebhookURL     **string
	EmailNotifications    *bool
	DedupeWindowSeconds   *int32
	AlertNames            json.RawMessage // nil leaves them

	SilenceRules     *[]SilenceRule
	Cookies          *SealedCookies
	TelegramBotToken *Sealed  // "" removes it
	ConsentVersion   **string // of the text agreed to; null withdraws the consent
}

// SealedCookies are a TradingView session's two cookies; both empty clear them.
type SealedCookies struct {
	SessionID Sealed
	Sign      Sealed
	Malformed bool // no TradingView session can have them; they are stored and never tried
}

// NeedsService reports whether the update changes what an owner may not write through the Data API: secrets,
// consent and rules.
func (u ConfigUpdate) NeedsService() bool {
	return u.SilenceRules != nil || u.Cookies != nil || u.TelegramBotToken != nil || u.ConsentVersion != nil
}
