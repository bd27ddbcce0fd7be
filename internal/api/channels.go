package api

import (
	"context"
	"time"

	"atalaya"
)

// Desk is where users manage their notification channels. What belongs to another user is CodeNotFound.
type Desk interface {
	List(ctx context.Context, user atalaya.UserID) ([]atalaya.NotificationChannel, error)
	// Create makes a channel; shown is a secret that is shown this once, "" for none.
	Create(ctx context.Context, user atalaya.UserID, change atalaya.ChannelChange) (c atalaya.NotificationChannel, shown string, err error)
	Update(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID, change atalaya.ChannelChange) (c atalaya.NotificationChannel, shown string, err error)
	Delete(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) error
	// Test sends a real message now.
	Test(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) (atalaya.ChannelTest, error)
	// Connect takes one step of connecting a channel.
	Connect(ctx context.Context, user atalaya.UserID, id atalaya.ChannelID) (atalaya.ChannelConnection, error)
	// Prove confirms a mail address by the code that was mailed there.
	Prove(ctx context.Context, id atalaya.ChannelID, code string) error
	// Resend sends a message again. It fails with CodeRateLimited if the user has sent too many again.
	Resend(ctx context.Context, user atalaya.UserID, id atalaya.NotificationID) error
}

// Outbox is the user's notifications.
type Outbox interface {
	Notifications(ctx context.Context, user atalaya.UserID, f atalaya.NotificationFilter, limit int, after *atalaya.DeliveryCursor) ([]atalaya.Notification, error)
	// UnsubscribeChannel switches a mail channel off.
	UnsubscribeChannel(ctx context.Context, id atalaya.ChannelID) error
}

// channelSettings are the parts of a channel's address that are not secret.
type channelSettings struct {
	ChatID   string `json:"chat_id,omitempty" maxLength:"40" doc:"Telegram: a number or @name; connecting finds it."`
	ThreadID string `json:"thread_id,omitempty" maxLength:"40" pattern:"^[0-9]*$" doc:"Telegram: a topic. Discord: a thread."`
	House    bool   `json:"house,omitempty" doc:"Telegram: through this service's own bot."`
	Channel  string `json:"channel,omitempty" maxLength:"40" doc:"Slack with a bot token: the channel's id."`
	Address  string `json:"address,omitempty" maxLength:"254" doc:"Mail: another address than the account's; it has to be confirmed."`
	URL      string `json:"url,omitempty" maxLength:"1000" doc:"Webhook: where to post. ntfy: your own server. https on port 443 of a public name."`
	Topic    string `json:"topic,omitempty" maxLength:"64" doc:"ntfy: the topic. Whoever knows it reads along."`
}

// channelView is a row of notification_channels without its secret.
type channelView struct {
	ID             string          `json:"id" format:"uuid"`
	Kind           string          `json:"kind" doc:"telegram, discord, slack, email, webhook or ntfy."`
	Name           string          `json:"name"`
	Origin         string          `json:"origin" doc:"own; classic: it follows telegram_*, discord_webhook_url or email_notifications of the settings."`
	Enabled        bool            `json:"enabled"`
	Events         []string        `json:"events" nullable:"false" doc:"signal, trouble, quota."`
	Mode           string          `json:"mode" doc:"together: one message with the picture; asap: the text at once, the picture added later."`
	MaxWaitSeconds int             `json:"max_wait_seconds" doc:"How long together waits for the picture."`
	Language       string          `json:"language"`
	AsFile         bool            `json:"as_file" doc:"Telegram: the picture as a file, in its full size."`
	Settings       channelSettings `json:"settings"`
	HasSecret      bool            `json:"has_secret"`
	Status         string          `json:"status" doc:"ok, unproved or broken."`
	Code           *string         `json:"code" doc:"Why it is broken, or what the last failure was."`
	PausedUntil    *time.Time      `json:"paused_until" doc:"The service asked to wait."`
	Pending        bool            `json:"pending" doc:"Its address has still to be proved."`
	CreatedAt      time.Time       `json:"created_at"`
	UpdatedAt      time.Time       `json:"updated_at"`
}

func viewOfChannel(c atalaya.NotificationChannel) channelView {
	v := channelView{
		ID: string(c.ID), Kind: string(c.Kind), Name: c.Name, Origin: c.Origin, Enabled: c.Enabled, Events: []string{}, Mode: string(c.Mode),
		MaxWaitSeconds: int(c.MaxWait / time.Second), Language: c.Language, AsFile: c.AsFile, Settings: channelSettings(c.Settings), HasSecret: c.HasSecret,
		Status: string(c.Status), PausedUntil: utc(c.ResumeAt), Pending: c.Pending != "", CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
	for _, event := range c.Events {
		v.Events = append(v.Events, string(event))
	}
	if c.Code != "" {
		v.Code = &c.Code
	}
	return v
}

// channelMembers are what a user sets. Absent members are left unchanged.
type channelMembers struct {
	Name           *string          `json:"name,omitempty" maxLength:"100"`
	Enabled        *bool            `json:"enabled,omitempty"`
	Events         *[]string        `json:"events,omitempty" maxItems:"3" doc:"signal, trouble, quota."`
	Mode           *string          `json:"mode,omitempty" doc:"together or asap."`
	MaxWaitSeconds *int             `json:"max_wait_seconds,omitempty" doc:"0 to 900."`
	Language       *string          `json:"language,omitempty" doc:"en or es."`
	AsFile         *bool            `json:"as_file,omitempty"`
	Settings       *channelSettings `json:"settings,omitempty"`
	Secret         *string          `json:"secret,omitempty" maxLength:"2000" doc:"Bot token, webhook URL of Discord or Slack, access token of ntfy. Never answered."`
	RotateSecret   bool             `json:"rotate_secret,omitempty" doc:"Webhook: make a new signing secret. Both sign for 24 hours."`
}

func (m channelMembers) change() atalaya.ChannelChange {
	c := atalaya.ChannelChange{
		Name: m.Name, Enabled: m.Enabled, Mode: (*atalaya.DeliveryMode)(m.Mode), Language: m.Language, AsFile: m.AsFile,
		Settings: (*atalaya.ChannelSettings)(m.Settings), Secret: m.Secret, Rotate: m.RotateSecret,
	}
	if m.Events != nil {
		events := []atalaya.NotificationEvent{}
		for _, event := range *m.Events {
			events = append(events, atalaya.NotificationEvent(event))
		}
		c.Events = &events
	}
	if m.MaxWaitSeconds != nil {
		wait := time.Duration(*m.MaxWaitSeconds) * time.Second
		c.MaxWait = &wait
	}
	return c
}

type channelsOutput struct {
	Body struct {
		Success bool          `json:"success"`
		Data    []channelView `json:"data" nullable:"false"`
	}
}

func (s *server) listChannels(ctx context.Context, caller atalaya.Caller, _ *struct{}) (*channelsOutput, error) {
	channels, err := s.Desk.List(ctx, caller.UserID)
	if err != nil {
		return nil, err
	}
	out := &channelsOutput{}
	out.Body.Success, out.Body.Data = true, []channelView{}
	for _, c := range channels {
		out.Body.Data = append(out.Body.Data, viewOfChannel(c))
	}
	return out, nil
}

type channelOutput struct {
	Body struct {
		Success bool        `json:"success"`
		Data    channelView `json:"data"`
		Secret  *string     `json:"secret" doc:"A webhook's signing secret, shown this once; else null."`
	}
}

func answerChannel(c atalaya.NotificationChannel, shown string, err error) (*channelOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &channelOutput{}
	out.Body.Success, out.Body.Data = true, viewOfChannel(c)
	if shown != "" {
		out.Body.Secret = &shown
	}
	return out, nil
}

func (s *server) createChannel(ctx context.Context, caller atalaya.Caller, in *struct {
	Body struct {
		Kind           string           `json:"kind" doc:"telegram, discord, slack, email, webhook or ntfy."`
		Name           *string          `json:"name,omitempty" maxLength:"100"`
		Enabled        *bool            `json:"enabled,omitempty"`
		Events         *[]string        `json:"events,omitempty" maxItems:"3" doc:"signal, trouble, quota."`
		Mode           *string          `json:"mode,omitempty" doc:"together or asap."`
		MaxWaitSeconds *int             `json:"max_wait_seconds,omitempty" doc:"0 to 900."`
		Language       *string          `json:"language,omitempty" doc:"en or es."`
		AsFile         *bool            `json:"as_file,omitempty"`
		Settings       *channelSettings `json:"settings,omitempty"`
		Secret         *string          `json:"secret,omitempty" maxLength:"2000" doc:"Bot token, webhook URL of Discord or Slack, access token of ntfy. Never answered."`
	}
}) (*channelOutput, error) {
	b := in.Body
	change := channelMembers{
		Name: b.Name, Enabled: b.Enabled, Events: b.Events, Mode: b.Mode, MaxWaitSeconds: b.MaxWaitSeconds, Language: b.Language, AsFile: b.AsFile,
		Settings: b.Settings, Secret: b.Secret,
	}.change()
	change.Kind = atalaya.ChannelKind(b.Kind)
	return answerChannel(s.Desk.Create(ctx, caller.UserID, change))
}

type channelInput struct {
	ID string `path:"id" maxLength:"36"`
}

func (in channelInput) channel() (atalaya.ChannelID, error) {
	id, err := atalaya.ParseChannelID(in.ID)
	if err != nil {
		return "", atalaya.Wrap(atalaya.CodeInvalid, err, "id: "+err.Error()+".")
	}
	return id, nil
}

func (s *server) updateChannel(ctx context.Context, caller atalaya.Caller, in *struct {
	ID   string `path:"id" maxLength:"36"`
	Body channelMembers
}) (*channelOutput, error) {
	id, err := channelInput{in.ID}.channel()
	if err != nil {
		return nil, err
	}
	return answerChannel(s.Desk.Update(ctx, caller.UserID, id, in.Body.change()))
}

func (s *server) deleteChannel(ctx context.Context, caller atalaya.Caller, in *channelInput) (*messageOutput, error) {
	id, err := in.channel()
	if err != nil {
		return nil, err
	}
	if err := s.Desk.Delete(ctx, caller.UserID, id); err != nil {
		return nil, err
	}
	return said("The channel is deleted."), nil
}

type channelTestOutput struct {
	Body struct {
		Success   bool    `json:"success" doc:"Whether the message was delivered."`
		Code      *string `json:"code" doc:"Why not."`
		Message   string  `json:"message" doc:"What happened and how to mend it."`
		Detail    string  `json:"detail" doc:"What the service answered."`
		Delivered bool    `json:"delivered"`
	}
}

func (s *server) testChannel(ctx context.Context, caller atalaya.Caller, in *channelInput) (*channelTestOutput, error) {
	id, err := in.channel()
	if err != nil {
		return nil, err
	}
	outcome, err := s.Desk.Test(ctx, caller.UserID, id)
	if err != nil {
		return nil, err
	}
	out := &channelTestOutput{}
	out.Body.Success, out.Body.Delivered, out.Body.Message, out.Body.Detail = outcome.Delivered, outcome.Delivered, outcome.Message, outcome.Detail
	if outcome.Code != "" {
		out.Body.Code = &outcome.Code
	}
	return out, nil
}

type channelConnectOutput struct {
	Body struct {
		Success   bool       `json:"success"`
		Connected bool       `json:"connected"`
		Bot       string     `json:"bot" doc:"Telegram: the bot's @name."`
		Link      string     `json:"link" doc:"Opens the chat with the bot; press Start there."`
		GroupLink string     `json:"group_link" doc:"Adds the bot to a group."`
		Code      string     `json:"code" doc:"What the link makes you send: /start and this code."`
		ExpiresAt *time.Time `json:"expires_at"`
		Message   string     `json:"message"`
	}
}

func (s *server) connectChannel(ctx context.Context, caller atalaya.Caller, in *channelInput) (*channelConnectOutput, error) {
	id, err := in.channel()
	if err != nil {
		return nil, err
	}
	c, err := s.Desk.Connect(ctx, caller.UserID, id)
	if err != nil {
		return nil, err
	}
	out := &channelConnectOutput{}
	b := &out.Body
	b.Success, b.Connected, b.Bot, b.Link, b.GroupLink, b.Code, b.ExpiresAt, b.Message = true, c.Connected, c.Bot, c.Link, c.GroupLink, c.Code, utc(c.Until), c.Message
	return out, nil
}

// confirmChannel answers the link in a mail. Whoever has the link has proved the address.
func (s *server) confirmChannel(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"36"`
	Code string `path:"code" maxLength:"100"`
}) (*messageOutput, error) {
	id, err := channelInput{in.ID}.channel()
	if err != nil {
		return nil, err
	}
	if err := s.Desk.Prove(ctx, id, in.Code); err != nil {
		return nil, err
	}
	return said("Your address is confirmed. Notifications will arrive there."), nil
}

// unsubscribeChannel answers the one-click request of RFC 8058, which carries no credential.
func (s *server) unsubscribeChannel(ctx context.Context, in *channelInput) (*messageOutput, error) {
	id, err := in.channel()
	if err != nil {
		return nil, err
	}
	if err := s.Outbox.UnsubscribeChannel(ctx, id); err != nil {
		return nil, err
	}
	return said("You will get no more mail from this channel. Switch it on again in your settings."), nil
}

type notificationView struct {
	ID        string     `json:"id" format:"uuid"`
	ChannelID string     `json:"channel_id" format:"uuid"`
	Event     string     `json:"event" doc:"signal, trouble or quota."`
	SignalID  *string    `json:"signal_id" format:"uuid"`
	Key       string     `json:"key" doc:"What it tells, once for each channel."`
	State     string     `json:"state" doc:"waiting, ready, sending, sent, failed, expired or cancelled."`
	Picture   string     `json:"picture" doc:"none, owed, attached or impossible."`
	Code      *string    `json:"code" doc:"Why it failed, or what the last attempt showed."`
	Attempts  int        `json:"attempts"`
	NotBefore time.Time  `json:"not_before"`
	SentAt    *time.Time `json:"sent_at"`
	CreatedAt time.Time  `json:"created_at"`
}

type notificationsOutput struct {
	Body struct {
		Success    bool               `json:"success"`
		Data       []notificationView `json:"data" nullable:"false"`
		NextCursor *string            `json:"next_cursor" doc:"null at the end."`
	}
}

type notificationsInput struct {
	State   string `query:"state" default:"all" enum:"all,waiting,ready,sending,sent,failed,expired,cancelled"`
	Channel string `query:"channel" maxLength:"36" doc:"The id of a channel."`
	Signal  string `query:"signal" maxLength:"36" doc:"The id of a signal."`
	Limit   int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Cursor  string `query:"cursor" maxLength:"200" doc:"next_cursor of the part before."`
}

func (in notificationsInput) filter() (f atalaya.NotificationFilter, err error) {
	f.State = atalaya.NotificationState(notAll(in.State))
	if in.Channel != "" {
		if f.Channel, err = atalaya.ParseChannelID(in.Channel); err != nil {
			return f, atalaya.Wrap(atalaya.CodeInvalid, err, "channel: "+err.Error()+".")
		}
	}
	if in.Signal != "" {
		if f.Signal, err = atalaya.ParseSignalID(in.Signal); err != nil {
			return f, atalaya.Wrap(atalaya.CodeInvalid, err, "signal: "+err.Error()+".")
		}
	}
	return f, nil
}

func (s *server) listNotifications(ctx context.Context, caller atalaya.Caller, in *notificationsInput) (*notificationsOutput, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	var after *atalaya.DeliveryCursor
	if in.Cursor != "" {
		cursor, err := readCursor(in.Cursor)
		if err != nil {
			return nil, err
		}
		after = &atalaya.DeliveryCursor{ReceivedAt: cursor.CreatedAt, ID: string(cursor.ID)}
	}
	list, err := s.Outbox.Notifications(ctx, caller.UserID, filter, in.Limit+1, after)
	if err != nil {
		return nil, err
	}
	out := &notificationsOutput{}
	out.Body.Success, out.Body.Data = true, []notificationView{}
	if len(list) > in.Limit {
		list = list[:in.Limit]
		last := list[in.Limit-1]
		next := writeCursor(atalaya.SignalCursor{CreatedAt: last.CreatedAt, ID: atalaya.SignalID(last.ID)})
		out.Body.NextCursor = &next
	}
	for _, n := range list {
		v := notificationView{
			ID: string(n.ID), ChannelID: string(n.ChannelID), Event: string(n.Event), SignalID: (*string)(n.SignalID), Key: n.Key, State: string(n.State),
			Picture: string(n.Picture), Attempts: int(n.Attempts), NotBefore: n.NotBefore.UTC(), SentAt: utc(n.SentAt), CreatedAt: n.CreatedAt.UTC(),
		}
		if n.Code != "" {
			v.Code = &n.Code
		}
		out.Body.Data = append(out.Body.Data, v)
	}
	return out, nil
}

func (s *server) resendNotification(ctx context.Context, caller atalaya.Caller, in *struct {
	ID string `path:"id" maxLength:"36"`
}) (*messageOutput, error) {
	id, err := atalaya.ParseNotificationID(in.ID)
	if err != nil {
		return nil, atalaya.Wrap(atalaya.CodeInvalid, err, "id: "+err.Error()+".")
	}
	if err := s.Desk.Resend(ctx, caller.UserID, id); err != nil {
		return nil, err
	}
	return said("The message is queued to be sent again."), nil
}

// said answers with a sentence.
func said(message string) *messageOutput {
	out := &messageOutput{}
	out.Body.Success, out.Body.Message = true, message
	return out
}
