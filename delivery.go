package atalaya

import (
	"crypto/sha256"
	"math"
	"net/netip"
	"time"
)

// Outcome is what became of a request to a known user's webhook.
type Outcome string

// The outcomes.
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
	BodySize int64  // bytes; if TooLarge, what was announced or read, at least MaxBody+1
	TooLarge bool
	Sender   netip.Addr
	// SenderRefused means that the operator accepts no alerts from Sender.
	SenderRefused bool
	ReceivedAt    time.Time
	// IdempotencyKey is the header of that name, "" if there is none.
	IdempotencyKey string
	Hints          Hints
	Origin         Origin // "" for an alert
	// RefusedSince is how many alerts of the user the flood limit has refused since the last refused one that
	// was kept. They are counted with this one.
	RefusedSince int64
	// Spooled is set for an arrival that waited in the spool.
	Spooled Spooled
	// RepeatHash is equal for an alert and its repeats. Package ingest sets it once the body is read.
	RepeatHash [sha256.Size]byte
	// SignalID is the id of the signal that the arrival makes if it is accepted. If it is "", one is chosen then.
	SignalID SignalID
}

// Spooled is what is kept with an arrival while the database is unavailable. The arrival is decided later, as of
// its time of arrival.
type Spooled struct {
	User      UserID // whose the token was when it arrived; "" for an arrival that does not come from the spool
	Flooded   bool   // it was above the flood limit
	Recent503 bool   // an alert of the user had been answered 503 a moment before
	// CaptureAt is when the slot begins that its capture took before it was kept; zero if it took none.
	CaptureAt time.Time
}

// Hints are values from the query of a legacy webhook URL. They fill what the body lacks.
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
	Signal   SignalID  // that the deliveries made or repeat; a replay of many ignores it
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
	SignalID         SignalID // for a duplicate the first signal's; "" if nothing was stored
	ScreenshotQueued bool
	ScreenshotAfter  time.Time // when a queued screenshot may begin by the user's limits; zero means now
	ScreenshotError  string    // why no screenshot was queued, "" if one was
	Quota            Quota     // after this arrival
	QuotaWarning     bool      // the quota was used up, and the mode let the alert in
	Spooled          bool      // it is kept on the disk and decided later; the other members are guesses then
	Rate             Rate      // of captures if one was wanted, else of alerts; zero if nothing limits them
}

// RateAsk asks for one slot within a user's limits. A limit of 0 or less does not limit.
type RateAsk struct {
	User                       UserID
	PerMinute, PerHour, PerDay int64
	// Within is how long the user can wait for a slot in a later minute or hour; 0 asks for one at At.
	Within time.Duration
	// At is the moment that is counted; zero means now.
	At time.Time
	// What names the kind of thing that is counted; "" means the kind that the call names.
	What string
	// AfterLast means that the slot is taken only if the ask before this one got its own.
	AfterLast bool
}

// Rate is the answer to a RateAsk: whether there was a slot, and how much room is left.
type Rate struct {
	Allowed   bool
	Limit     int64 // of the window with the least room; 0 if nothing limits
	Remaining int64
	Reset     time.Time // when that window ends
	// At is when an allowed slot begins; zero means the moment that was asked for.
	At    time.Time
	Daily bool // the day's limit is used up
}

// Quota is how much of the month's signals a user has used.
type Quota struct {
	UserID UserID
	Total  int64 // signals a month, or Unlimited
	Used   int64
	Plan   Plan
}

// Exceeded reports whether a further signal would go over the quota.
func (q Quota) Exceeded() bool { return q.Total != Unlimited && q.Used >= q.Total }

// Remaining returns how many signals are left this month, or Unlimited.
func (q Quota) Remaining() int64 {
	if q.Total == Unlimited {
		return Unlimited
	}
	return max(0, q.Total-q.Used)
}

// Percentage returns how many percent of the quota are used, to two decimals, or nil if the quota is
// Unlimited. A quota of 0 is 100 % used.
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

// Facts are what the database knows when an arrival is decided, read while its user is locked.
type Facts struct {
	// Tenant is the user of the token, with the month rolled over; nil if no user has the token.
	// Arrivals of one user that are decided together share it.
	Tenant *TenantConfig
	// DuplicateOf is the signal on record for the arrival's RepeatHash, "" if there is none.
	DuplicateOf SignalID
	// Expired means that the record has expired, at most half a minute ago. Such a record only counts if the
	// answer to the first alert may have been lost.
	Expired bool
	// Recent503 means that an alert of the user was answered 503 a moment ago. It is only set with DuplicateOf.
	Recent503 bool
	// Stored means that this arrival was stored before. Only one that waited in a spool can have been.
	Stored bool
	// TokenReplaced means that the user has another token by now. It is only set for arrivals from a spool.
	TokenReplaced bool
}

// Decision is what ingest decides about an arrival, once it knows the user. The zero Decision writes
// nothing: it is for unknown tokens.
type Decision struct {
	Outcome Outcome
	Reason  string // for the delivery log and its owner; "" if accepted
	// Signal is the signal to write if Outcome is OutcomeAccepted.
	Signal NewSignal
	// DuplicateOf is the signal that a duplicate repeats.
	DuplicateOf SignalID
	// OmitDelivery means that the arrival is only counted: the delivery log does not keep it.
	OmitDelivery bool
	// DedupeFor is how long the RepeatHash is on record, from the arrival of the first alert. Repeats do not
	// extend it. A record with a DedupeFor of 0 has expired at once.
	DedupeFor time.Duration
	// Quiet means that no notification is sent for the signal.
	Quiet bool
	// QuotaPercent is the threshold that the alert reaches (see QuotaThreshold), 0 if it reaches none.
	QuotaPercent int64
}

// NewSignal is a signal to be written: what was read in the alert, with the user's defaults, cut to fit
// the columns.
type NewSignal struct {
	Alert
	ID               SignalID         // chosen by ingest
	ScreenshotStatus ScreenshotStatus // pending if a capture is to be queued
	Origin           Origin           // "" for an alert
	ScreenshotError  string           // a SkipReason or CaptureCode, "" if pending
	DeliveryMode     DeliveryMode     // "" unless the alert's URL named one
	// CaptureAfter is when a pending capture may begin by the user's limits; zero means at once.
	CaptureAfter time.Time
}

// CaptureWanted reports whether a capture job is inserted with the signal.
func (s NewSignal) CaptureWanted() bool { return s.ScreenshotStatus == ScreenshotPending }
