package notify

import (
	"context"
	"time"

	"atalaya"
)

// connectFor is how long a code is valid.
const connectFor = 10 * time.Minute

// Connect takes one step: the first call makes a code, and later calls look whether it came back. For mail it
// sends the link again.
func (d *Desk) Connect(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) (atalaya.ChannelConnection, error) {
	c, err := d.rows.Channel(ctx, user, id)
	if err != nil {
		return atalaya.ChannelConnection{}, err
	}
	switch {
	case c.Kind == atalaya.ChannelEmail && d.channels[c.Kind] == nil:
		return atalaya.ChannelConnection{}, notSetUp(atalaya.CodeConflict, c.Kind)
	case c.Kind == atalaya.ChannelEmail && c.Pending != "":
		if err := d.takeLink(ctx, c); err != nil {
			return atalaya.ChannelConnection{}, err
		}
		d.mailLink(ctx, c)
		return atalaya.ChannelConnection{Until: c.PendingUntil, Message: "Follow the link in the mail that was just sent to " + c.Settings.Address + "."}, nil
	case c.Kind != atalaya.ChannelTelegram || c.Origin != "own":
		return atalaya.ChannelConnection{}, atalaya.Errorf(atalaya.CodeConflict, "This channel needs no connecting: send a test.")
	}
	if err := d.take(ctx, "looks at the chat", atalaya.RateAsk{User: user, PerMinute: connectsPerMinute}); err != nil {
		return atalaya.ChannelConnection{}, err
	}
	token, err := d.open(c)
	if err != nil {
		return atalaya.ChannelConnection{}, err
	}
	if c.Pending != "" && c.PendingUntil != nil && time.Now().Before(*c.PendingUntil) {
		return d.findChat(ctx, c, token)
	}
	name, r := d.chats.BotName(ctx, token)
	if r.Verdict != Sent {
		return atalaya.ChannelConnection{}, atalaya.Errorf(atalaya.CodeConflict, "%s", Explain(atalaya.LanguageOf(ctx), r))
	}
	c.Pending, c.PendingUntil = newCode(), soon(connectFor)
	if err := d.rows.UpdateChannel(ctx, c, token); err != nil {
		return atalaya.ChannelConnection{}, err
	}
	return connectionTo(name, c), nil
}

func connectionTo(bot string, c atalaya.NotificationChannel) atalaya.ChannelConnection {
	return atalaya.ChannelConnection{
		Bot: "@" + bot, Code: c.Pending, Link: "https://t.me/" + bot + "?start=" + c.Pending, GroupLink: "https://t.me/" + bot + "?startgroup=" + c.Pending,
		Until: c.PendingUntil, Message: "Open the link and press Start, then ask here again.",
	}
}

func (d *Desk) findChat(ctx context.Context, c atalaya.NotificationChannel, token string) (atalaya.ChannelConnection, error) {
	settings, title, r := d.chats.ChatOf(ctx, token, c.Pending)
	if r.Verdict != Sent {
		return atalaya.ChannelConnection{}, atalaya.Errorf(atalaya.CodeConflict, "%s", Explain(atalaya.LanguageOf(ctx), r))
	}
	if settings == nil {
		return atalaya.ChannelConnection{Code: c.Pending, Until: c.PendingUntil, Message: "Nobody has pressed Start yet. Open the link, then ask here again."}, nil
	}
	c.Settings, c.Pending, c.PendingUntil, c.Enabled, c.Status = *settings, "", nil, true, atalaya.ChannelOK
	if c.Name == "" {
		c.Name = Cut(clean(title), 100)
	}
	if err := d.rows.UpdateChannel(ctx, c, token); err != nil {
		return atalaya.ChannelConnection{}, err
	}
	return atalaya.ChannelConnection{Connected: true, Message: "Connected to " + c.Name + "."}, nil
}

// Prove switches on the mail channel whose link was followed. It fails with CodeNotFound if the link is not valid.
func (d *Desk) Prove(ctx context.Context, id atalaya.ChannelID, code string) error {
	ok, err := d.rows.ProveChannel(ctx, id, code)
	if err == nil && !ok {
		return atalaya.Errorf(atalaya.CodeNotFound, "This link is not valid any more. Ask for a new one in your settings.")
	}
	return err
}

// mailLink sends the link that proves an address. A failure is only logged: the owner misses the mail and asks
// again.
func (d *Desk) mailLink(ctx context.Context, c atalaya.NotificationChannel) {
	m := Message{
		ID: "prove-" + c.Pending, Title: "Confirm your address", At: time.Now(),
		Lines: []Line{{Value: "Somebody, probably you, wants notifications of Atalaya at this address. Follow the link within a day, or do nothing."},
			{Value: d.publicURL + "/api/channels/" + string(c.ID) + "/confirm/" + c.Pending}},
	}
	r := d.channels[c.Kind].Send(ctx, Destination{ID: c.ID, UserID: c.UserID, Settings: c.Settings}, m)
	if r.Verdict != Sent {
		d.log.WarnContext(ctx, "the link that confirms a mail address could not be sent", "channel", c.ID, "outcome", r.Verdict.String(), "code", r.Code)
	}
}
