package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/blob"
	"atalaya/internal/config"
	"atalaya/internal/netguard"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
)

// userTimeout bounds a request to an address that a user chose, as Standard Webhooks advises.
const userTimeout = 15 * time.Second

// Channels makes the channels that the settings allow; mail needs SMTP_URL. Requests to addresses that users choose
// pass netguard.
func Channels(cfg config.Config) (map[atalaya.ChannelKind]notify.Channel, error) {
	operator := channel.NewClient(nil, nil)
	users, check, err := userClient(cfg)
	if err != nil {
		return nil, err
	}
	slackHooks := channel.SlackHooksURL
	if cfg.SlackAPIURL != channel.SlackURL {
		slackHooks = strings.TrimSuffix(cfg.SlackAPIURL, "/api")
	}
	list := map[atalaya.ChannelKind]notify.Channel{
		atalaya.ChannelTelegram: channel.NewTelegram(channel.TelegramOptions{URL: cfg.TelegramAPIURL, HouseToken: cfg.TelegramBotToken.Reveal(), Client: operator}),
		atalaya.ChannelDiscord:  channel.NewDiscord(cfg.DiscordAPIURL, operator),
		atalaya.ChannelSlack:    channel.NewSlack(cfg.SlackAPIURL, slackHooks, operator),
		atalaya.ChannelWebhook:  channel.NewWebhook(users, check),
		atalaya.ChannelNtfy:     channel.NewNtfy(cfg.NtfyURL, operator, users, check),
	}
	if cfg.SMTPURL == "" {
		return list, nil
	}
	list[atalaya.ChannelEmail], err = channel.NewEmail(channel.EmailOptions{
		URL: cfg.SMTPURL.Reveal(), From: cfg.MailFrom,
		Unsubscribe: func(id atalaya.ChannelID) string {
			return cfg.PublicURL + "/api/channels/" + string(id) + "/unsubscribe"
		},
	})
	return list, err
}

// userClient returns the client for addresses that users choose. check returns what is wrong with such an address,
// before any request.
func userClient(cfg config.Config) (client *channel.Client, check func(address string) error, err error) {
	policy, err := netguard.UserPolicy(cfg.NotifyExtraHosts)
	if err != nil {
		return nil, nil, fmt.Errorf("NOTIFY_EXTRA_HOSTS: %w", err)
	}
	check = func(address string) error {
		if u, err := url.Parse(address); err == nil && policy.CheckURL(u) == nil {
			return nil
		}
		if err := channel.CheckAddress(address); err != nil {
			return err
		}
		return errors.New("the address needs a public host name")
	}
	guarded := netguard.NewClient(netguard.NewDialer(policy, nil), userTimeout)
	return channel.NewUserClient(guarded, refusalReason), check, nil
}

// refusalReason returns why netguard refused a connection, "" for any other error.
func refusalReason(err error) string {
	var refusal *netguard.Refusal
	if !errors.As(err, &refusal) {
		return ""
	}
	return string(refusal.Reason)
}

// shownPictures reads stored pictures for messages.
type shownPictures struct {
	storage   *Storage
	addresses *addresses
}

// Picture implements notify.Pictures.
func (p shownPictures) Picture(ctx context.Context, path string) ([]byte, error) {
	file, err := p.storage.store.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, blob.MaxSize))
}

// Address implements notify.Pictures.
func (p shownPictures) Address(ctx context.Context, s *atalaya.Signal) string {
	switch {
	case s.ScreenshotPath != nil && p.addresses.Private():
		return p.addresses.See(ctx, []string{*s.ScreenshotPath})[*s.ScreenshotPath]
	case s.ScreenshotURL != nil:
		return *s.ScreenshotURL
	}
	return ""
}

// buildNotify makes the channels and the desk, and in a worker the dispatcher.
func (a *App) buildNotify() error {
	channels, err := Channels(a.cfg)
	if err != nil {
		return err
	}
	shown := shownPictures{a.storage, newAddresses(a.storage, a.cfg.SignedURLTTL, a.log)}
	chats, _ := channels[atalaya.ChannelTelegram].(notify.Chats)
	a.desk = notify.NewDesk(notify.DeskOptions{
		Rows: a.store, Outbox: a.store, Sealer: a.keyring, Channels: channels, Chats: chats, Pictures: shown, Limits: a.limiter, PublicURL: a.cfg.PublicURL, Log: a.log,
	})
	if a.cfg.TelegramChatID != "" && a.cfg.TelegramBotToken != "" {
		a.operator = notify.NewOperatorChat(channels[atalaya.ChannelTelegram], a.cfg.TelegramChatID)
	}
	if a.roles.Worker {
		a.notify = notify.New(a.store, shown, a.keyring, channels, a.metrics, a.log, notify.Options{MaxAge: a.cfg.NotifyMaxAge, Trace: traceNotifications(a.tracer)})
		a.store.OnNotify(a.notify.Wake)
	}
	return nil
}

// ChannelProbe is the answer of a notification service that the operator has set up.
type ChannelProbe struct {
	Kind    atalaya.ChannelKind
	Setting string // the environment variable that sets it up
	Problem string // in words, "" if it answers
}

// ProbeChannels asks the services that the settings name: the operator's bot, mail server and ntfy server. It
// sends no message. Services that users bring, such as Discord's webhooks, are not asked.
func ProbeChannels(ctx context.Context, cfg config.Config) ([]ChannelProbe, error) {
	channels, err := Channels(cfg)
	if err != nil {
		return nil, err
	}
	var probes []ChannelProbe
	for _, c := range []struct {
		kind    atalaya.ChannelKind
		setting string
		set     bool
	}{
		{atalaya.ChannelTelegram, "TELEGRAM_BOT_TOKEN", cfg.TelegramBotToken != ""}, {atalaya.ChannelEmail, "SMTP_URL", cfg.SMTPURL != ""}, {atalaya.ChannelNtfy, "NTFY_URL", cfg.NtfyURL != ""},
	} {
		sender, ok := channels[c.kind].(interface {
			Probe(ctx context.Context) notify.Result
		})
		if !c.set || !ok {
			continue
		}
		probe := ChannelProbe{Kind: c.kind, Setting: c.setting}
		if r := sender.Probe(ctx); r.Verdict != notify.Sent {
			probe.Problem = strings.TrimSpace(notify.Explain(atalaya.English, r) + " " + r.Detail)
		}
		probes = append(probes, probe)
	}
	return probes, nil
}

// NewWebhookSecret makes a signing secret for a webhook.
func NewWebhookSecret() string { return channel.NewSecret() }
