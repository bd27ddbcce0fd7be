package atalaya

import (
	"crypto/sha256"
	"math"
	"net/netip"
	"time"
)

// Outcome says what became of a request that arrived at a known user's webhook.
type Outcome string

// The outcomes a delivery is kept with.
const (
	OutcomeAccepted      Outcome = "accepted"
	OutcomeDuplicate     Outcome = "duplicate"
	OutcomeQuotaExceeded Outcome = "quota_exceeded"
	OutcomeRateLimited   Outcome = "rate_limited"
	OutcomeDisabled      Outcome = "disabled"
	OutcomeTooLarge      Outcome = "too_large"
	OutcomeRefusedSender Outcome = "refused_sender"
)

// Arrival is one request at a webhook, before anything is decided about it.
type Arrival struct {
	Token    WebhookToken
	Body     []byte // nil if TooLarge
	BodySize int64  // bytes; where TooLarge, what was announced or read, at least MaxBody+1
	TooLarge bool
	Sender   netip.Addr
	// SenderRefused says that the operator takes no alerts from Sender.
	SenderRefused bool
	ReceivedAt    time.Time
	// IdempotencyKey is the header of that name, "" if there is none.
	IdempotencyKey string
	Hints          Hints
	Origin         Origin // "" for an alert
	// Uncounted is how many more alerts of the user were refused since the last one that arrived here,
	// above the flood limit.
	Uncounted int64
	// RepeatHash is the same for the same alert sent again; ingest sets it once the body is read.
	RepeatHash [sha256.Size]byte
}

// Hints are what the query of a legacy webhook says beside the body; they fill what the body lacks.
type Hints struct {
	ChartID      string
	Ticker       string
	DeliveryMode DeliveryMode // "" if there is no such query
}

// Delivery is a row of the delivery log: one request at a known user's webhook and what became of it.
type Delivery struct {
	ID         string // UUID
	ReceivedAt time.Time
	Body       []byte // as it came; nil if it was larger than MaxBody
	BodySize   int64  // bytes
	Sender     netip.Addr
	Outcome    Outcome
	Reason     *string
	SignalID   *SignalID // nil if none was made, or it was deleted
}

// DeliveryFilter narrows the delivery log. Zero values do not filter.
type DeliveryFilter struct {
	Outcome  Outcome
	From, To time.Time // of received_at, From included, To excluded
}

// DeliveryCursor is the position after a delivery in the log.
type DeliveryCursor struct {
	ReceivedAt time.Time
	ID         string
}

// Receipt is the answer to an arrival.
type Receipt struct {
	Outcome          Outcome
	UserID           UserID
	SignalID         SignalID // of a duplicate the first one's; "" if nothing was stored
	ScreenshotQueued bool
	ScreenshotAfter  time.Time // when a queued one gets its slot of the user's limits; zero is now
	ScreenshotError  string    // why no screenshot was queued, "" if one was
	Quota            Quota     // after this arrival
	QuotaWarning     bool      // the quota was used up, and the mode let the alert in
	Rate             Rate      // of captures where one was wanted, else of alerts; zero if nothing limits them
}

// RateAsk asks for one slot of a user's. Limits of 0 or less do not count.
type RateAsk struct {
	User                       UserID
	PerMinute, PerHour, PerDay int64
	// Within is how long the user may wait for a slot of a coming minute or hour; 0 asks for one of now.
	Within time.Duration
}

// Rate is how a user stands with a limit, after an ask.
type Rate struct {
	Allowed   bool
	Limit     int64 // of the window with the least room; 0 if nothing limits
	Remaining int64
	Reset     time.Time // when that window ends
	// At is when an allowed slot comes that had to be waited for; zero is now.
	At    time.Time
	Daily bool // the day's limit is used up
}

// Quota is a user's month.
type Quota struct {
	UserID UserID
	Total  int64 // Unlimited for no end
	Used   int64
	Plan   Plan
}

// Exceeded reports whether a further signal would go over the quota.
func (q Quota) Exceeded() bool { return q.Total != Unlimited && q.Used >= q.Total }

// Remaining returns the signals left this month, Unlimited for no end.
func (q Quota) Remaining() int64 {
	if q.Total == Unlimited {
		return Unlimited
	}
	return max(0, q.Total-q.Used)
}

// Percentage returns how much of the quota is used, to two decimals; nil if it has no end. An
// empty quota is wholly used.
func (q Quota) Percentage() *float64 {
	if q.Total == Unlimited {
		return nil
	}
	percent := 100.0
	if q.Total > 0 {
		percent = math.Round(10000*float64(q.Used)/float64(q.Total)) / 100
	}
	return &percent
}

// Case is what the rows know of an arrival at the moment of deciding, when its user is locked.
type Case struct {
	// Tenant is the user of the token, with the month rolled over; nil if no user has the token.
	// Arrivals of one user that are decided together share it.
	Tenant *TenantConfig
	// First is the signal on record for the arrival's RepeatHash, "" if there is none.
	First SignalID
	// Over says that the time of the record is over, for half a minute at most: it tells a repeat only
	// of an alert whose answer may have been lost.
	Over bool
	// Troubled says, where there is a First, that an alert of the user was answered 503 moments ago.
	Troubled bool
}

// Decision is what ingest makes of an arrival, once it knows the user. The zero value, for an unknown
// token, writes nothing.
type Decision struct {
	Outcome Outcome
	Reason  string // for the delivery log and its owner; "" if accepted
	// Signal is written where Outcome is OutcomeAccepted.
	Signal NewSignal
	// First is the signal that a duplicate repeats.
	First SignalID
	// Unkept says that the arrival is counted, and no delivery is kept of it.
	Unkept bool
	// Keep is how long the same alert sent again is told by its RepeatHash, from the arrival of the
	// first and never extended. The record of 0 is over at once.
	Keep time.Duration
	// Quiet says that nobody is notified of the signal.
	Quiet bool
	// QuotaPercent is the threshold of the month's quota that the alert crosses, 0 for none.
	QuotaPercent int64
}

// NewSignal is a signal about to be written: the reading of the alert, with the user's defaults
// and within the bounds of the columns.
type NewSignal struct {
	Alert
	ID               SignalID         // chosen by ingest
	ScreenshotStatus ScreenshotStatus // pending where a capture is to be queued
	Origin           Origin           // "" for an alert
	ScreenshotError  string           // a SkipReason or CaptureCode, "" if pending
	DeliveryMode     DeliveryMode     // "" unless the alert's URL named one
	// CaptureAfter is when a pending capture gets its slot of the user's limits; zero means at once.
	CaptureAfter time.Time
}

// CaptureWanted reports whether a capture job goes with the signal.
func (s NewSignal) CaptureWanted() bool { return s.ScreenshotStatus == ScreenshotPending }
