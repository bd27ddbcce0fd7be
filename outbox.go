package atalaya

import "time"

// ChannelClaim is a channel that one process sends to, until its lease ends or it is released.
type ChannelClaim struct {
	Owner    string // of the lease: a UUID
	ID       ChannelID
	UserID   UserID
	Kind     ChannelKind
	Language string
	AsFile   bool
	Settings ChannelSettings
	Secret   Sealed       // of a classic channel what its column holds, which may be plain text
	Column   SecretColumn // that Secret comes from
	Refusals int32        // messages refused in a row
	Shares   bool         // other channels may have the same token
}

// DueNotification is a row of the outbox that is due, with the signal that it is about.
type DueNotification struct {
	Notification
	Signal *Signal // nil if it is about none, or it was deleted
}

// IsEdit reports whether the row is a sent text that owes its picture.
func (d DueNotification) IsEdit() bool { return d.State == NotificationSent }

// DueList is what is due at one channel, oldest first by (created_at, id), edits last.
type DueList struct {
	Rows  []DueNotification // at most 60
	Total int               // of due rows that are not edits
	Now   time.Time         // by the database's clock
	Zone  string            // the user's time zone
	Email string            // the user's confirmed address, "" for none
}

// RowEnding is what one row of the outbox becomes.
type RowEnding struct {
	ID         NotificationID
	State      NotificationState
	Unknown    int32
	ExternalID string
	Picture    PictureState
	Code       string
	// Delay is how long the row rests before it is due again. A sent row that owes its picture rests
	// until its capture is settled, whatever Delay says.
	Delay time.Duration
}

// ChannelEnding is what a channel becomes.
type ChannelEnding struct {
	Status   ChannelStatus // "" leaves it
	Code     string
	Pause    time.Duration // before anything else is sent there
	Wide     bool          // Pause holds for all channels with the same token
	Settings *ChannelSettings
	// Tell says that the channel's owner is to be told through the other channels.
	Tell bool
	// Refusals is how many messages in a row the channel has refused.
	Refusals int32
}

// SendEnding is what one request changed.
type SendEnding struct {
	Rows    []RowEnding
	Channel ChannelEnding
}

// ChannelChange is what a user sets of a channel. Nil members stay as they are.
type ChannelChange struct {
	Kind     ChannelKind // of a new channel
	Name     *string
	Enabled  *bool
	Events   *[]NotificationEvent
	Mode     *DeliveryMode
	MaxWait  *time.Duration
	Language *string
	AsFile   *bool
	Settings *ChannelSettings
	Secret   *string // plain; never answered
	// Rotate gives a webhook a new signing secret, and keeps the old one for a day.
	Rotate bool
}

// ChannelTest is what a test of a channel showed.
type ChannelTest struct {
	Delivered bool
	Code      string // "" if it was delivered
	Message   string // in words for the channel's owner
	Detail    string // what the service answered
}

// ChannelConnection is how far the connecting of a channel is.
type ChannelConnection struct {
	Connected bool
	Bot       string // @name of the Telegram bot
	Code      string // to be sent to the bot as "/start code"
	Link      string // opens a chat with the bot and the code
	GroupLink string // the same for a group
	Until     *time.Time
	Message   string
}

// NotifiedUser is a user with a channel that wants troubles.
type NotifiedUser struct {
	ID   UserID
	Zone string // IANA
}

// CaptureEnding is how the capture of one signal ended.
type CaptureEnding struct {
	Completed bool
	Code      string // "" if it completed
	At        time.Time
}

// SourceHistory is one source of signals: an alert, as far as its signals tell it from others.
type SourceHistory struct {
	Indicator, Ticker, Interval string
	Fired                       []time.Time // of the last 56 days, the oldest first; not empty
	LastSignal                  SignalID
}

// ToldTrouble is a trouble that a user was told of.
type ToldTrouble struct {
	Key string
	At  time.Time
}

// SealedChannel is a channel's stored secret.
type SealedChannel struct {
	ID     ChannelID
	UserID UserID
	Secret Sealed
}

// ChannelCount is how many channels of a kind there are.
type ChannelCount struct {
	Kind   ChannelKind
	On     int64 // switched on
	Broken int64 // of those: their service refuses for good
}
