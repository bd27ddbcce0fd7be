package atalaya

import (
	"fmt"
	"log/slog"
)

// Sealed is a user's secret as it is stored: a ciphertext of package secret or of the Node service, or what
// a front end wrote in plain text; "" if nothing is stored. Opened secrets are strings, so the compiler
// tells the two apart. It prints and logs as a mask, because it may be plain text.
type Sealed string

// Reveal returns the stored text, for the database.
func (s Sealed) Reveal() string { return string(s) }

// Format masks the secret under every verb.
func (s Sealed) Format(f fmt.State, _ rune) {
	if s == "" {
		return
	}
	_, _ = f.Write([]byte("******"))
}

// LogValue masks the secret in logs.
func (s Sealed) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// SecretColumn is where a sealed secret is stored. A secret that was sealed for one column does not open
// for another.
type SecretColumn string

// The columns that hold secrets. The names are part of every ciphertext and never change.
const (
	ColumnSessionID     SecretColumn = "tv_sessionid"
	ColumnSessionSign   SecretColumn = "tv_sessionid_sign"
	ColumnBotToken      SecretColumn = "telegram_bot_token"
	ColumnDiscordURL    SecretColumn = "discord_webhook_url" // plain text by nature
	ColumnChannelSecret SecretColumn = "notification_channels.secret"
)
