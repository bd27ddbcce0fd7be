package atalaya

import "time"

// ChannelClaim is a channel leased to one process, which alone sends to it until the lease ends.
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
	Shares   bool         // other channels may use the same token
}

// DueNotification is a row of the outbox that is due, with the signal that it is about.
type DueNotification struct {
	Notification
	Signal *Signal // nil if it is about none, or it was deleted
}

// IsEdit reports whether the text was sent already and its picture has to be added.
func (d DueNotification) IsEdit() bool { return d.State == NotificationSent }

// DueList is what is due at one channel, oldest first by (created_at, id), edits last.
type DueList struct {
	Rows  []DueNotification // at most 60
	Total int               // of due rows that are not edits
	Now   time.Time         // by the database's clock
	Zone  string            // the user's time zone
	Email string            // the user's confirmed address, "" for none
}

// RowEnding is the new state of one row of the outbox after a request.
type RowEnding struct {
	ID         NotificationID
	State      NotificationState
	Unknown    int32
	ExternalID string
	Picture    PictureState
	Code       string
	// Delay is how long the row waits until it is due again. A sent row that owes its picture waits until
	// its capture is settled, whatever Delay is.
	Delay time.Duration
}

// ChannelEnding is the new state of a channel after a request.
type ChannelEnding struct {
	Status   ChannelStatus // "" leaves it
	Code     string
	Pause    time.Duration // before anything else is sent there
	Wide     bool          // Pause holds for all channels with the same token
	Settings *ChannelSettings
	// Tell means that the channel's owner is told of the failure through other channels.
	Tell bool
	// Refusals counts the messages in a row that the channel has refused.
	Refusals int32
}

// SendEnding is what one request to a channel changed.
type SendEnding struct {
	Rows    []RowEnding
	Channel ChannelEnding
}

// ChannelChange is a user's change to a channel. Nil members are left unchanged.
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

// ChannelTest is the result of a test message to a channel.
type ChannelTest struct {
	Delivered bool
	Code      string // "" if it was delivered
	Message   string // in words for the channel's owner
	Detail    string // what the service answered
}

// ChannelConnection is the progress of connecting a Telegram chat to a channel.
type ChannelConnection struct {
	Connected bool
	Bot       string // @name of the Telegram bot
	Code      string // to be sent to the bot as "/start code"
	Link      string // opens a chat with the bot and the code
	GroupLink string // the same for a group
	Until     *time.Time
	Message   string
}

// NotifiedUser is a user with a channel that subscribes to troubles.
type NotifiedUser struct {
	ID    UserID
	Zone  string // IANA
	Rules []SilenceRule
}

// CaptureEnding is how the capture of one signal ended.
type CaptureEnding struct {
	Completed bool
	Code      string // "" if it completed
	At        time.Time
}

// SourceHistory is when one source fired. A source is one alert, as far as its signals identify it.
type SourceHistory struct {
	Indicator, Ticker, Interval string
	Fired                       []time.Time // of the last 56 days, the oldest first; not empty
	LastSignal                  SignalID
}

// ToldTrouble is a trouble that a user was notified of.
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
	Broken int64 // of those, broken: their service refuses for good
}
