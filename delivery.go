package atalaya

import (
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
)

// Arrival is one request at a webhook, before anything is decided about it.
type Arrival struct {
	Token      WebhookToken
	Body       []byte // nil where TooLarge
	BodySize   int64  // bytes; where TooLarge, what was announced or read, at least MaxBody+1
	TooLarge   bool
	Sender     netip.Addr
	ReceivedAt time.Time
}

// Receipt is the answer to an arrival.
type Receipt struct {
	Outcome          Outcome
	UserID           UserID
	SignalID         SignalID // "" where nothing was stored
	ScreenshotQueued bool
	SkipReason       SkipReason // why no screenshot was queued, "" where one was
	Quota            Quota      // after this arrival
}

// Quota is a user's month.
type Quota struct {
	UserID UserID
	Total  int64 // Unlimited for no end
	Used   int64
	Plan   Plan
}

// Exceeded says whether a further signal would go over the quota.
func (q Quota) Exceeded() bool { return q.Total != Unlimited && q.Used >= q.Total }
