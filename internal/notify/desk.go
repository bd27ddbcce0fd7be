package notify

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"time"

	"atalaya"
)

// ChannelRows is the storage of channels. What belongs to another user is CodeNotFound.
type ChannelRows interface {
	Channels(ctx context.Context, user atalaya.UserID) ([]atalaya.NotificationChannel, error)
	Channel(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) (atalaya.NotificationChannel, error)
	// CreateChannel fails with CodeConflict if the user has MaxChannels. token is the channel's secret in plain text,
	// here and below: rows that share it share their limits. It is not stored.
	CreateChannel(ctx context.Context, c atalaya.NotificationChannel, token string) (atalaya.ChannelID, error)
	// UpdateChannel writes the channel. It leaves out what a classic one takes from the user's settings.
	UpdateChannel(ctx context.Context, c atalaya.NotificationChannel, token string) error
	// DeleteChannel fails with CodeConflict for a classic channel.
	DeleteChannel(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) error
	// SetChannelState notes what a test showed.
	SetChannelState(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID, status atalaya.ChannelStatus, code string) error
	// ProveChannel switches a channel on. ok is false if pending is not the channel's code, or has expired.
	ProveChannel(ctx context.Context, id atalaya.ChannelID, pending string) (ok bool, err error)
	// NewestSignal returns the signal that a test shows, nil if there is none, with the user's time zone and
	// confirmed mail address.
	NewestSignal(ctx context.Context, user atalaya.UserID) (signal *atalaya.Signal, zone, email string, err error)
}

// Outbox lets users send messages again.
type Outbox interface {
	// ResendNotification queues a message again. It fails with CodeNotFound if no ended message has this id.
	ResendNotification(ctx context.Context, user atalaya.UserID, id atalaya.NotificationID) error
}

// Sealer seals and opens channels' secrets.
type Sealer interface {
	Keys
	Seal(user atalaya.UserID, column atalaya.SecretColumn, plain string) (atalaya.Sealed, error)
}

// Chats connects Telegram chats.
type Chats interface {
	// BotName asks who a token belongs to; "" is the operator's bot.
	BotName(ctx context.Context, token string) (name string, r Result)
	// ChatOf looks for the chat in which "/start code" was written.
	ChatOf(ctx context.Context, token, code string) (settings *atalaya.ChannelSettings, title string, r Result)
}

// Limits counts what users do.
type Limits interface {
	// Take takes one slot for each ask and returns a Rate for each; what names the kind of thing counted.
	Take(ctx context.Context, what string, asks []atalaya.RateAsk) []atalaya.Rate
}

// DeskOptions are the parts and settings that a Desk uses.
type DeskOptions struct {
	Rows      ChannelRows
	Outbox    Outbox
	Sealer    Sealer
	Channels  map[atalaya.ChannelKind]Channel
	Chats     Chats
	Pictures  Pictures
	Limits    Limits
	PublicURL string // begins the addresses that mails link to
	Log       *slog.Logger
}

// Desk is where users manage their channels.
type Desk struct {
	rows      ChannelRows
	outbox    Outbox
	sealer    Sealer
	channels  map[atalaya.ChannelKind]Channel
	chats     Chats
	pictures  Pictures
	limits    Limits
	publicURL string
	log       *slog.Logger
}

// NewDesk makes a Desk.
func NewDesk(o DeskOptions) *Desk {
	return &Desk{rows: o.Rows, outbox: o.Outbox, sealer: o.Sealer, channels: o.Channels, chats: o.Chats, pictures: o.Pictures, limits: o.Limits, publicURL: o.PublicURL, log: o.Log}
}

const (
	// An unconfirmed address may belong to somebody who never asked for mail.
	linksPerHour, linksPerDay = 5, 10
	testsPerMinute            = 10
	resendsPerMinute          = 60
	// connectsPerMinute lets a page ask every two seconds.
	connectsPerMinute = 40
)

// Resend sends a message again.
func (d *Desk) Resend(ctx context.Context, user atalaya.UserID, id atalaya.NotificationID) error {
	if err := d.take(ctx, "messages sent again", atalaya.RateAsk{User: user, PerMinute: resendsPerMinute}); err != nil {
		return err
	}
	return d.outbox.ResendNotification(ctx, user, id)
}

// take takes one of a user's slots. It fails with CodeRateLimited if there is none.
func (d *Desk) take(ctx context.Context, what string, ask atalaya.RateAsk) error {
	if rate := d.limits.Take(ctx, what, []atalaya.RateAsk{ask})[0]; !rate.Allowed {
		return atalaya.Errorf(atalaya.CodeRateLimited, "Too many %s. Try again later.", what).Until(rate.Reset)
	}
	return nil
}

// takeLink takes a slot for the mail that proves a channel's address, if there will be one.
func (d *Desk) takeLink(ctx context.Context, c atalaya.NotificationChannel) error {
	if c.Kind != atalaya.ChannelEmail || c.Pending == "" {
		return nil
	}
	return d.take(ctx, "mails with links", atalaya.RateAsk{User: c.UserID, PerHour: linksPerHour, PerDay: linksPerDay})
}

// List returns the user's channels, the oldest first.
func (d *Desk) List(ctx context.Context, user atalaya.UserID) ([]atalaya.NotificationChannel, error) {
	return d.rows.Channels(ctx, user)
}

// Create makes a channel. shown is a webhook's signing secret, which is shown this once.
func (d *Desk) Create(ctx context.Context, user atalaya.UserID, change atalaya.ChannelChange) (c atalaya.NotificationChannel, shown string, err error) {
	c = atalaya.NotificationChannel{
		UserID: user, Kind: change.Kind, Origin: "own", Enabled: true, Mode: atalaya.DeliverTogether, MaxWait: time.Minute, Language: "en",
		Events: []atalaya.NotificationEvent{atalaya.NotifySignal, atalaya.NotifyTrouble, atalaya.NotifyQuota}, Status: atalaya.ChannelUnproved,
	}
	if d.channels[change.Kind] == nil {
		if c.Validate() == nil {
			return c, "", notSetUp(atalaya.CodeInvalid, change.Kind)
		}
		return c, "", invalid(c.Validate())
	}
	plain, shown, err := d.apply(&c, change, "")
	if err != nil {
		return c, "", err
	}
	if err := d.takeLink(ctx, c); err != nil {
		return c, "", err
	}
	if c.ID, err = d.rows.CreateChannel(ctx, c, plain); err != nil {
		return c, "", err
	}
	if c.Pending != "" && c.Kind == atalaya.ChannelEmail {
		d.mailLink(ctx, c)
	}
	c, err = d.rows.Channel(ctx, user, c.ID)
	return c, shown, err
}

// Update changes a channel. A broken one gets another chance.
func (d *Desk) Update(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID, change atalaya.ChannelChange) (c atalaya.NotificationChannel, shown string, err error) {
	if c, err = d.rows.Channel(ctx, user, id); err != nil {
		return c, "", err
	}
	if c.Origin != "own" && (change.Settings != nil || change.Secret != nil || change.Enabled != nil) {
		return c, "", atalaya.Errorf(atalaya.CodeConflict, "This channel follows your settings: change its address by PUT /api/config.")
	}
	plain := ""
	if c.Origin == "own" {
		if plain, err = d.open(c); err != nil && change.Secret == nil && !change.Rotate {
			return c, "", err
		}
	}
	plain, shown, err = d.apply(&c, change, plain)
	if err != nil {
		return c, "", err
	}
	if change.Settings != nil {
		if err := d.takeLink(ctx, c); err != nil {
			return c, "", err
		}
	}
	if c.Status == atalaya.ChannelBroken {
		c.Status = atalaya.ChannelUnproved
	}
	if err := d.rows.UpdateChannel(ctx, c, plain); err != nil {
		return c, "", err
	}
	if c.Pending != "" && c.Kind == atalaya.ChannelEmail && change.Settings != nil {
		d.mailLink(ctx, c)
	}
	c, err = d.rows.Channel(ctx, user, id)
	return c, shown, err
}

// Delete removes a channel with its outbox.
func (d *Desk) Delete(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) error {
	return d.rows.DeleteChannel(ctx, user, id)
}

// apply sets the members of a change, judges the result and seals the secret, which it returns plain.
func (d *Desk) apply(c *atalaya.NotificationChannel, change atalaya.ChannelChange, plain string) (secret, shown string, err error) {
	set(&c.Name, change.Name)
	set(&c.Enabled, change.Enabled)
	set(&c.Events, change.Events)
	set(&c.Mode, change.Mode)
	set(&c.MaxWait, change.MaxWait)
	set(&c.Language, change.Language)
	set(&c.AsFile, change.AsFile)
	if change.Settings != nil {
		if err := setSettings(c, *change.Settings); err != nil {
			return "", "", err
		}
	}
	if change.Secret != nil {
		plain = strings.TrimSpace(*change.Secret)
	}
	sender := d.channels[c.Kind]
	if c.Origin == "own" && sender == nil { // its operator has switched it off since the channel was made
		return "", "", notSetUp(atalaya.CodeConflict, c.Kind)
	}
	if c.Kind == atalaya.ChannelWebhook && (plain == "" || change.Rotate) {
		plain, shown = sender.(interface {
			Rotate(string) (stored, shown string)
		}).Rotate(plain)
	}
	if c.Kind == atalaya.ChannelTelegram && c.Settings.ChatID == "" && c.Origin == "own" {
		c.Enabled = false // until it is connected
	}
	if err := c.Validate(); err != nil {
		return "", "", invalid(err)
	}
	if c.Origin != "own" {
		return "", "", nil
	}
	if err := sender.Check(Destination{Settings: c.Settings, Secret: plain}); err != nil {
		return "", "", invalid(err)
	}
	c.Secret = ""
	if plain != "" {
		if c.Secret, err = d.sealer.Seal(c.UserID, atalaya.ColumnChannelSecret, plain); err != nil {
			return "", "", err
		}
	}
	return plain, shown, nil
}

// setSettings sets a channel's settings. A new mail address switches the channel off until its link is followed.
func setSettings(c *atalaya.NotificationChannel, to atalaya.ChannelSettings) error {
	if to.House && to.ChatID != "" && to.ChatID != c.Settings.ChatID {
		return atalaya.Errorf(atalaya.CodeInvalid, "chat_id cannot be set for this service's own bot: connect the chat with the link of POST /api/channels/{id}/connect.")
	}
	if c.Kind == atalaya.ChannelEmail && to.Address != c.Settings.Address {
		c.Pending, c.PendingUntil = "", nil
		if to.Address != "" {
			c.Pending, c.PendingUntil, c.Enabled = newCode(), soon(24*time.Hour), false
		}
	}
	c.Settings = to
	return nil
}

// open returns a channel's secret.
func (d *Desk) open(c atalaya.NotificationChannel) (string, error) {
	secret, err := openSecret(d.sealer, Claim{UserID: c.UserID, Secret: c.Secret, Column: c.Column})
	if err != nil {
		return "", atalaya.Wrap(atalaya.CodeConflict, err, "The stored secret of this channel cannot be opened: save it again.")
	}
	return secret, nil
}

// Test sends a real message with the newest picture, now, and notes whether the channel works.
func (d *Desk) Test(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) (atalaya.ChannelTest, error) {
	c, err := d.rows.Channel(ctx, user, id)
	if err != nil {
		return atalaya.ChannelTest{}, err
	}
	sender := d.channels[c.Kind]
	if sender == nil {
		return atalaya.ChannelTest{}, notSetUp(atalaya.CodeConflict, c.Kind)
	}
	if err := d.take(ctx, "test messages", atalaya.RateAsk{User: user, PerMinute: testsPerMinute}); err != nil {
		return atalaya.ChannelTest{}, err
	}
	secret, err := d.open(c)
	if err != nil {
		return atalaya.ChannelTest{}, err
	}
	signal, zone, email, err := d.rows.NewestSignal(ctx, user)
	if err != nil {
		return atalaya.ChannelTest{}, err
	}
	if c.Kind == atalaya.ChannelEmail && c.Settings.Address == "" {
		c.Settings.Address = email
	}
	r := d.sendTest(ctx, sender, c, secret, signal, zone)
	status, code := atalaya.ChannelOK, ""
	if r.Verdict != Sent {
		status, code = c.Status, r.Code
		if r.Verdict == Broken {
			status = atalaya.ChannelBroken
		}
	}
	if c.Pending == "" {
		if err := d.rows.SetChannelState(ctx, user, id, status, code); err != nil {
			return atalaya.ChannelTest{}, err
		}
	}
	return atalaya.ChannelTest{Delivered: r.Verdict == Sent, Code: r.Code, Message: Explain(atalaya.LanguageOf(ctx), r), Detail: r.Detail}, nil
}

func (d *Desk) sendTest(ctx context.Context, sender Channel, c atalaya.NotificationChannel, secret string, signal *atalaya.Signal, zoneName string) Result {
	to := Destination{ID: c.ID, UserID: c.UserID, Settings: c.Settings, Secret: secret, AsFile: c.AsFile}
	switch {
	case c.Pending != "", c.Kind == atalaya.ChannelTelegram && c.Settings.ChatID == "":
		return Result{Verdict: Broken, Code: "not_connected"}
	case c.Kind == atalaya.ChannelEmail && c.Settings.Address == "":
		return Result{Verdict: Broken, Code: "no_address"}
	}
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		zone = time.UTC
	}
	if signal != nil {
		shown := *signal
		if shown.ScreenshotURL = nil; signal.ScreenshotStatus == atalaya.ScreenshotCompleted {
			if address := d.pictures.Address(ctx, signal); address != "" {
				shown.ScreenshotURL = &address
			}
		}
		signal = &shown
	}
	m := composeTest("test-"+newCode(), signal, Reader{Language: c.Language, Zone: zone}, time.Now())
	if signal != nil && signal.ScreenshotStatus == atalaya.ScreenshotCompleted && signal.ScreenshotPath != nil {
		if png, err := d.pictures.Picture(ctx, *signal.ScreenshotPath); err == nil {
			m.Picture = &Picture{PNG: png, Name: "chart.png"}
		}
	}
	return sender.Send(ctx, to, m)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// newCode makes 128 random bits in letters and digits, as Telegram's links take them.
func newCode() string { return strings.ToLower(rand.Text()) }

func soon(d time.Duration) *time.Time {
	t := time.Now().Add(d)
	return &t
}

// notSetUp returns the error of a kind of channel that this service does not send by.
func notSetUp(code atalaya.Code, kind atalaya.ChannelKind) error {
	return atalaya.Errorf(code, "This service does not send by %s: its operator has not set it up.", kind)
}

// invalid returns an error that says what is wrong with a channel.
func invalid(err error) error { return atalaya.Wrap(atalaya.CodeInvalid, err, err.Error()+".") }
