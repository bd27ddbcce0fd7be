package atalaya

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ChannelID is the UUID of a notification channel in its canonical lower-case form.
type ChannelID string

// ParseChannelID returns s as a ChannelID. It fails unless s is a canonical lower-case UUID.
func ParseChannelID(s string) (ChannelID, error) {
	if !uuidForm.MatchString(s) {
		return "", errors.New("a channel id is a UUID such as 8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11")
	}
	return ChannelID(s), nil
}

// NotificationID is the UUID (version 7) of a row of the outbox.
type NotificationID string

// ParseNotificationID returns s as a NotificationID. It fails unless s is a canonical lower-case UUID.
func ParseNotificationID(s string) (NotificationID, error) {
	if !uuidForm.MatchString(s) {
		return "", errors.New("a notification id is a UUID such as 0193a2c4-6e1c-7f0b-9d7e-2f1f6f0f7a11")
	}
	return NotificationID(s), nil
}

// ChannelKind is the service that a channel sends through.
type ChannelKind string

// The kinds.
const (
	ChannelTelegram ChannelKind = "telegram"
	ChannelDiscord  ChannelKind = "discord"
	ChannelSlack    ChannelKind = "slack"
	ChannelEmail    ChannelKind = "email"
	ChannelWebhook  ChannelKind = "webhook"
	ChannelNtfy     ChannelKind = "ntfy"
)

// ChannelKinds lists every kind.
func ChannelKinds() []ChannelKind {
	return []ChannelKind{ChannelTelegram, ChannelDiscord, ChannelSlack, ChannelEmail, ChannelWebhook, ChannelNtfy}
}

// MaxChannels is how many channels a user may have.
const MaxChannels = 10

// NotificationEvent is what a channel may subscribe to.
type NotificationEvent string

// The events.
const (
	NotifySignal  NotificationEvent = "signal"  // a stored alert
	NotifyTrouble NotificationEvent = "trouble" // a session that expired, captures that fail, a source that is silent, a broken channel
	NotifyQuota   NotificationEvent = "quota"   // 75, 90 or 100 % of the month's signals
)

// DeliveryMode says whether a message waits for its picture.
type DeliveryMode string

// The modes.
const (
	DeliverTogether DeliveryMode = "together" // one message, once the capture is settled or MaxWait is over
	DeliverASAP     DeliveryMode = "asap"     // the text at once, the picture added later
)

// ParseDeliveryMode returns the mode that s names in any case, with or without blanks around it. ok is false if s names
// none.
func ParseDeliveryMode(s string) (mode DeliveryMode, ok bool) {
	mode = DeliveryMode(strings.ToLower(strings.TrimSpace(s)))
	return mode, mode == DeliverTogether || mode == DeliverASAP
}

// ChannelStatus says whether a channel can be sent to.
type ChannelStatus string

// The states of a channel.
const (
	ChannelOK       ChannelStatus = "ok"
	ChannelUnproved ChannelStatus = "unproved" // nothing was sent through it yet, or its address is not confirmed
	ChannelBroken   ChannelStatus = "broken"   // its service refuses for good; Code says why
)

// ChannelSettings are the parts of a channel's address that are not secret. Each kind uses some of them.
type ChannelSettings struct {
	ChatID   string `json:"chat_id,omitempty"`   // telegram: a number or @name
	ThreadID string `json:"thread_id,omitempty"` // telegram: a topic; discord: a thread
	House    bool   `json:"house,omitempty"`     // telegram: through the operator's bot
	Channel  string `json:"channel,omitempty"`   // slack with a bot token: the channel's id
	Address  string `json:"address,omitempty"`   // email
	URL      string `json:"url,omitempty"`       // webhook: where to post; ntfy: the user's own server
	Topic    string `json:"topic,omitempty"`     // ntfy
}

// NotificationChannel is a row of notification_channels.
type NotificationChannel struct {
	ID           ChannelID
	UserID       UserID
	Kind         ChannelKind
	Name         string
	Origin       string // own; classic: kept by the classic columns of the settings
	Enabled      bool
	Events       []NotificationEvent
	Mode         DeliveryMode
	MaxWait      time.Duration // of DeliverTogether, whole seconds
	Language     string        // en, es
	AsFile       bool          // telegram: the picture as a file, which keeps its size
	Settings     ChannelSettings
	Secret       Sealed // "" if the kind needs none; of a classic channel what its column holds
	HasSecret    bool
	Column       SecretColumn // that Secret comes from
	Pending      string       // the code that its owner sends back to prove the address, until PendingUntil
	PendingUntil *time.Time
	Status       ChannelStatus
	Code         string // why it is broken, or what the last failure was
	ResumeAt     *time.Time
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Wants reports whether the channel subscribes to an event.
func (c NotificationChannel) Wants(event NotificationEvent) bool {
	return slices.Contains(c.Events, event)
}

// NotificationState is the state of a row of the outbox.
//
//	waiting -> ready -> sending -> sent
//	              ^-------'  '---> failed
//	waiting, ready -> expired, cancelled
type NotificationState string

// The states.
const (
	NotificationWaiting   NotificationState = "waiting"   // for its picture, until NotBefore
	NotificationReady     NotificationState = "ready"     // to be sent from NotBefore on
	NotificationSending   NotificationState = "sending"   // a request began; if its process dies, the outcome is unknown
	NotificationSent      NotificationState = "sent"      // accepted by its service
	NotificationFailed    NotificationState = "failed"    // Code says why
	NotificationExpired   NotificationState = "expired"   // could not be sent in time
	NotificationCancelled NotificationState = "cancelled" // its signal was deleted, or its channel switched off
)

// PictureState is the state of a message's picture.
type PictureState string

// The states of a message's picture.
const (
	PictureNone       PictureState = "none"       // the message has no picture
	PictureOwed       PictureState = "owed"       // the text was sent, and the capture is not settled yet
	PictureAttached   PictureState = "attached"   // shown
	PictureImpossible PictureState = "impossible" // the capture gave none; a later one may still be attached
)

// Notification is a row of the outbox: one message to one channel.
type Notification struct {
	ID         NotificationID
	UserID     UserID
	ChannelID  ChannelID
	Event      NotificationEvent
	SignalID   *SignalID // nil if it is about no signal, or the signal was deleted
	Key        string    // identifies the message, so that each channel gets it once; see NoticeKey
	State      NotificationState
	NotBefore  time.Time
	Attempts   int32
	Unknown    int32 // sends whose outcome is unknown
	StartedAt  *time.Time
	SentAt     *time.Time
	ExternalID string // the message's id at its service
	Picture    PictureState
	Code       string
	CreatedAt  time.Time
}

// NotificationFilter narrows the list of notifications. Zero values do not filter.
type NotificationFilter struct {
	State   NotificationState
	Channel ChannelID
	Signal  SignalID
}

// The first part of a notification's key.
const (
	NoticeSignal   = "signal"   // signal:<id>
	NoticeSession  = "session"  // session:<unix time of the cookies>
	NoticeQuota    = "quota"    // quota:<yyyy-mm>:<threshold>
	NoticeSilence  = "silence"  // silence:<source>:<id of its last signal>
	NoticeBack     = "back"     // back:<source>:<id of its last signal before the silence>
	NoticeCaptures = "captures" // captures:<code>:<unix time>
	NoticeWorks    = "works"    // works:<code>:<unix time of the notice that it ends>
	NoticeChannel  = "channel"  // channel:<kind>:<code>:<unix time>
	NoticeTest     = "test"     // test:<unix time>
)

// NoticeKey joins the parts of a notification's key.
func NoticeKey(kind string, parts ...string) string {
	return strings.Join(append([]string{kind}, parts...), ":")
}

var thresholds = []int64{75, 90, 100} //nolint:gochecknoglobals // read only

// QuotaThresholds returns the percentages of the month's quota that users are notified of.
func QuotaThresholds() []int64 { return thresholds }

// QuotaThreshold returns the highest threshold, in percent of quota, that the month's count reaches by
// going from used to used+added, or 0 if it reaches none. A quota of 0 reaches 100 with its first signal.
func QuotaThreshold(quota, used, added int64) int64 {
	if quota < 0 || added <= 0 {
		return 0
	}
	if quota == 0 {
		if used == 0 {
			return 100
		}
		return 0
	}
	var crossed int64
	for _, t := range thresholds {
		if used*100 < t*quota && t*quota <= (used+added)*100 {
			crossed = t
		}
	}
	return crossed
}

// Validate returns an error if a setting that all kinds of channels have is wrong. The error's text is for the owner.
func (c NotificationChannel) Validate() error {
	switch {
	case !slices.Contains(ChannelKinds(), c.Kind):
		return fmt.Errorf("kind has to be one of telegram, discord, slack, email, webhook, ntfy, not %q", c.Kind)
	case len([]rune(c.Name)) > 100:
		return errors.New("name may have at most 100 characters")
	case c.MaxWait < 0 || c.MaxWait > 15*time.Minute:
		return errors.New("max_wait_seconds has to be between 0 and 900")
	case c.Mode != DeliverTogether && c.Mode != DeliverASAP:
		return errors.New("mode has to be together or asap")
	case c.Language != "en" && c.Language != "es":
		return errors.New("language has to be en or es")
	}
	for _, event := range c.Events {
		if event != NotifySignal && event != NotifyTrouble && event != NotifyQuota {
			return fmt.Errorf("events may hold signal, trouble and quota, not %q", event)
		}
	}
	return nil
}
