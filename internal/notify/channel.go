package notify

import (
	"context"
	"time"

	"atalaya"
)

// Channel sends to one kind of destination. It makes one request for a message, or the few that its service needs,
// and classifies the answer. It never retries.
type Channel interface {
	// Traits say what the kind can do.
	Traits() Traits
	// Check says what is wrong with a destination, in words for its owner, without any request.
	Check(to Destination) error
	// Send sends a message. It returns within ctx; a ctx that ends after the request was written is an
	// unknown outcome.
	Send(ctx context.Context, to Destination, m Message) Result
	// Edit adds the picture, or the reason why there is none, to a message that was sent as text.
	// Doing it again does no harm. Kinds without edits are never asked.
	Edit(ctx context.Context, to Destination, externalID string, m Message) Result
}

// Destination is where a message goes. Secret is in plain text, and is neither stored nor logged.
type Destination struct {
	ID       atalaya.ChannelID
	UserID   atalaya.UserID
	Settings atalaya.ChannelSettings
	Secret   string
	AsFile   bool
}

// Traits are what a kind of channel can do.
type Traits struct {
	Edits      bool // a picture can be added to a message that was sent
	Idempotent bool // the same message sent again is one message, so an unknown outcome is simply tried again
	Digests    bool // people read it: many messages become one
	// Every is the least time between two messages about signals, 0 for none.
	Every time.Duration
	// Backoff is the time before each further attempt. After the last one the row has failed. nil means the table
	// for messages that people wait for: its last pause repeats until the row is too old.
	Backoff []time.Duration
	// Breaks means that a row whose last attempt fails breaks the channel too.
	Breaks bool
	// BreakAfter is how many messages refused in a row break the channel, 0 for any number.
	BreakAfter int
	// Shared means that addresses are the service's own, not chosen by users.
	Shared bool
}

// Verdict is what became of a request.
type Verdict int

// The verdicts.
const (
	// Sent: the service accepted the message.
	Sent Verdict = iota
	// Retry: the message was certainly not sent, and may be later.
	Retry
	// Limited: as Retry, and the service, or a limit of our own, says when.
	Limited
	// Unknown: the request was written, but no answer shows whether it was accepted.
	Unknown
	// Refused: the service will never accept this message.
	Refused
	// Broken: the service will never accept any message for this channel.
	Broken
)

// Result is the outcome of one request.
type Result struct {
	Verdict Verdict
	// Code is a stable snake_case name of what went wrong, "" for Sent.
	Code string
	// Detail is the status and at most 200 printable characters of the answer, for the channel's owner.
	Detail string
	// After is how long to wait, of Limited; of Retry if the service asked for it.
	After time.Duration
	// Wide means that Limited holds for every channel with the same token, not for this one alone.
	Wide bool
	// Pause is how long the next message to this channel has to wait, whatever the verdict.
	Pause time.Duration
	// ExternalID is the message's id at its service. With Retry and Limited it is the id of what the service has
	// already; it becomes Message.Left of the next attempt.
	ExternalID string
	// Attached means that the picture is part of the message.
	Attached bool
	// Settings are the channel's new settings, nil if its address did not change.
	Settings *atalaya.ChannelSettings
}
