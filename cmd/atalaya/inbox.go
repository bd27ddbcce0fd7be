package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/notify/double"
	"atalaya/internal/postgres"
)

// What the demo user's channels are called at the services that stand beside `atalaya dev`. They open nothing
// else.
const (
	demoTopic   = "demo"
	demoBot     = "123456:demo-bot-of-atalaya-dev"
	demoChat    = "4711"
	demoDiscord = "1"
	demoToken   = "demo-webhook-of-atalaya-dev"
	demoSlack   = "T0DEMO/B0DEMO/demo"
	demoSender  = "Atalaya <alerts@localhost>"

	// inboxKept bounds the messages of the inbox, which hold their pictures.
	inboxKept = 200
)

// inbox stands in for Telegram, Discord, Slack, ntfy, a mail server and a webhook's receiver beside `atalaya
// dev`, with a page that shows what a phone would.
type inbox struct {
	url    string
	server *http.Server
	mail   *double.Mail
	ended  chan error
}

// startInbox serves an inbox on a free port of this machine until stop.
func startInbox() (*inbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the inbox cannot listen: %w", err)
	}
	url, box := "http://"+listener.Addr().String(), double.NewBoxOf(inboxKept)
	page := double.NewInbox(box, url)
	page.Telegram.AddBot(demoBot, "demo_bot")
	page.Telegram.AddChat(demoChat)
	page.Discord.AddWebhook(demoDiscord, demoToken, false)
	page.Slack.AddWebhook(demoSlack)
	mail, err := double.NewMail(box, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the inbox's mail server: %w", err), listener.Close())
	}
	i := &inbox{url: url, mail: mail, ended: make(chan error, 1), server: &http.Server{Handler: page, ReadHeaderTimeout: 5 * time.Second}}
	go func() { i.ended <- i.server.Serve(listener) }()
	return i, nil
}

// settings returns the settings with which the service sends to the inbox.
func (i *inbox) settings() map[string]string {
	return map[string]string{
		"NTFY_URL": i.url, "TELEGRAM_API_URL": i.url + "/telegram", "DISCORD_API_URL": i.url + "/discord", "SLACK_API_URL": i.url + "/slack/api",
		"SMTP_URL": "smtp://" + i.mail.Addr(), "MAIL_FROM": demoSender, "NOTIFY_EXTRA_HOSTS": strings.TrimPrefix(i.url, "http://"),
	}
}

// stop ends the inbox; what it showed is gone.
func (i *inbox) stop() error {
	i.mail.Close()
	err := i.server.Close()
	if ended := <-i.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// subscribeDemo makes a channel of every kind for the demo user, which leads to the inbox. It keeps channels
// that exist, and gives the webhook's the inbox's present address.
func subscribeDemo(ctx context.Context, cfg config.Config, store *postgres.Store, user atalaya.UserID) error {
	keyring, err := app.Keyring(cfg)
	if err != nil {
		return err
	}
	there, err := store.Channels(ctx, user)
	if err != nil {
		return err
	}
	byName := make(map[string]atalaya.NotificationChannel, len(there))
	for _, c := range there {
		byName[c.Name] = c
	}
	for _, c := range demoChannels(cfg) {
		if old, ok := byName[c.Name]; ok {
			if c.Kind != atalaya.ChannelWebhook || old.Settings == c.Settings {
				continue
			}
			if old, err = store.Channel(ctx, user, old.ID); err == nil { // with its secret
				old.Settings = c.Settings
				err = store.UpdateChannel(ctx, old, "")
			}
			if err != nil {
				return err
			}
			continue
		}
		if c.UserID = user; c.plain != "" {
			if c.Secret, err = keyring.Seal(user, atalaya.ColumnChannelSecret, c.plain); err != nil {
				return err
			}
		}
		if _, err := store.CreateChannel(ctx, c.NotificationChannel, c.plain); err != nil && atalaya.CodeOf(err) != atalaya.CodeConflict { // who has ten needs no more
			return err
		}
	}
	return nil
}

// demoChannel is a channel to be made, with its secret in plain text.
type demoChannel struct {
	atalaya.NotificationChannel
	plain string
}

func demoChannels(cfg config.Config) []demoChannel {
	list := []demoChannel{
		{atalaya.NotificationChannel{Kind: atalaya.ChannelNtfy, Name: "Inbox", Settings: atalaya.ChannelSettings{Topic: demoTopic}}, ""},
		{atalaya.NotificationChannel{Kind: atalaya.ChannelTelegram, Name: "Demo Telegram", Mode: atalaya.DeliverASAP, Settings: atalaya.ChannelSettings{ChatID: demoChat}}, demoBot},
		{atalaya.NotificationChannel{Kind: atalaya.ChannelDiscord, Name: "Demo Discord", Mode: atalaya.DeliverASAP}, "https://discord.com/api/webhooks/" + demoDiscord + "/" + demoToken},
		{atalaya.NotificationChannel{Kind: atalaya.ChannelSlack, Name: "Demo Slack"}, "https://hooks.slack.com/services/" + demoSlack},
		{atalaya.NotificationChannel{Kind: atalaya.ChannelEmail, Name: "Demo mail", Settings: atalaya.ChannelSettings{Address: demoUser}}, ""},
		{atalaya.NotificationChannel{Kind: atalaya.ChannelWebhook, Name: "Demo webhook", Settings: atalaya.ChannelSettings{URL: cfg.NtfyURL + "/hook/demo"}}, app.NewWebhookSecret()},
	}
	for i := range list {
		c := &list[i]
		c.Origin, c.Enabled, c.MaxWait, c.Language = "own", true, time.Minute, "en"
		c.Events = []atalaya.NotificationEvent{atalaya.NotifySignal, atalaya.NotifyTrouble, atalaya.NotifyQuota}
		if c.Mode == "" {
			c.Mode = atalaya.DeliverTogether
		}
	}
	return list
}
