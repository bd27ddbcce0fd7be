package ingest

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"atalaya"
)

// Policy is the settings that a decision depends on.
type Policy struct {
	QuotaMode atalaya.QuotaMode
	MaxAge    time.Duration // of an alert whose chart is still worth a picture

	// Limits of one user; 0 or less means none. The first refuses alerts, the others delay or skip captures.
	FloodPerMinute    int64
	CapturesPerMinute int64
	CapturesPerHour   int64
	CapturesPerDay    map[atalaya.Plan]int64 // a plan that is not listed has none
}

// floodAsk returns the request for a slot of a user's alert limit.
func (p Policy) floodAsk(user atalaya.UserID, a atalaya.Arrival) atalaya.RateAsk {
	return atalaya.RateAsk{User: user, PerMinute: p.FloodPerMinute, At: a.ReceivedAt}
}

// captureWait returns how long the capture of an alert of this age may wait for its slot. A tenth of the remaining time is
// left for the capture itself.
func (p Policy) captureWait(age time.Duration) time.Duration { return (p.MaxAge - age) * 9 / 10 }

// What alerts and captures are counted as.
const (
	alertsLimit   = "alerts"
	capturesLimit = "captures"
)

// captureAsk returns the request for a slot of a user's capture limits, for a capture that can wait for within. A
// user without a quota has no daily limit either.
func (p Policy) captureAsk(q atalaya.Quota, within time.Duration) atalaya.RateAsk {
	ask := atalaya.RateAsk{User: q.UserID, PerMinute: p.CapturesPerMinute, PerHour: p.CapturesPerHour, Within: within}
	if q.Total != atalaya.Unlimited {
		ask.PerDay = p.CapturesPerDay[q.Plan]
	}
	return ask
}

// Circumstances are what a decision depends on besides the user's row, the arrival and its reading.
type Circumstances struct {
	Flooded     bool             // more alerts of the user than the flood limit lets in
	DuplicateOf atalaya.SignalID // the signal that the same alert made before, "" for none
	Expired     bool             // the record of DuplicateOf has expired
	Recent503   bool             // an alert of the user was answered 503 moments ago

	// Only for an alert that waited in the spool.
	TokenReplaced bool // its token is not the user's any more
	Late          bool // it is too old for a picture
}

// Decide returns what becomes of an arrival of the user t, whose counters are those of the current month. The
// first that applies wins: flood, refused sender, token replaced, webhook switched off, body too large, repeat, quota.
func (p Policy) Decide(t *atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert, now Circumstances) atalaya.Decision {
	keep := repeatKeep(t, a, reading)
	switch {
	case now.Flooded:
		return atalaya.Decision{Outcome: atalaya.OutcomeRateLimited, Reason: "more alerts came within a minute than FLOOD_LIMIT_PER_MINUTE lets in"}
	case a.SenderRefused:
		return atalaya.Decision{Outcome: atalaya.OutcomeRefusedSender, Reason: "TRADINGVIEW_IPS does not name the sender"}
	case now.TokenReplaced:
		return atalaya.Decision{Outcome: atalaya.OutcomeDisabled, Reason: "the webhook URL was replaced before the alert could be stored"}
	case !t.WebhookEnabled:
		return atalaya.Decision{Outcome: atalaya.OutcomeDisabled, Reason: "the webhook is switched off in the settings"}
	case a.TooLarge:
		return atalaya.Decision{Outcome: atalaya.OutcomeTooLarge, Reason: "the body is larger than 64 KiB"}
	case isRepeat(keep, reading, now):
		return atalaya.Decision{Outcome: atalaya.OutcomeDuplicate, DuplicateOf: now.DuplicateOf, Reason: "the same alert made this signal before"}
	case a.Origin != atalaya.OriginTest && p.QuotaMode == atalaya.QuotaStrict && t.Quota().Exceeded():
		d := atalaya.Decision{Outcome: atalaya.OutcomeQuotaExceeded, Reason: "the month's quota of signals is used up"}
		if t.SignalsQuota == 0 { // no signal ever reaches this threshold, so a refusal does
			d.QuotaPercent = 100
		}
		return d
	}
	signal := newSignal(t, a, reading)
	signal.Origin = cmp.Or(a.Origin, atalaya.OriginAlert)
	signal.ScreenshotStatus, signal.ScreenshotError = newCaptureFate(t, signal)
	if now.Late && signal.CaptureWanted() {
		signal.ScreenshotStatus, signal.ScreenshotError = atalaya.ScreenshotSkipped, string(atalaya.SkipTooLate)
	}
	d := atalaya.Decision{Outcome: atalaya.OutcomeAccepted, Signal: signal, DedupeFor: keep}
	if signal.Origin != atalaya.OriginTest { // a test uses no quota
		d.QuotaPercent = atalaya.QuotaThreshold(t.SignalsQuota, t.SignalsUsedThisMonth, 1)
	}
	return d
}

// tellWithin is the age up to which channels are notified of a replayed alert.
const tellWithin = 15 * time.Minute

// DecideReplay returns what becomes of a kept arrival that its owner replays. Only the quota can refuse it. An alert older
// than MaxAge gets no capture, because its chart has moved on.
func (p Policy) DecideReplay(t atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert, now time.Time) atalaya.Decision {
	t.WebhookEnabled = true
	a.Origin = atalaya.OriginReplay
	d := p.Decide(&t, a, reading, Circumstances{})
	d.DedupeFor, d.Quiet = 0, now.Sub(a.ReceivedAt) > tellWithin
	if d.Signal.CaptureWanted() && now.Sub(a.ReceivedAt) > p.MaxAge {
		d.Signal.ScreenshotStatus, d.Signal.ScreenshotError = atalaya.ScreenshotSkipped, string(atalaya.SkipTooLate)
	}
	return d
}

// warns reports whether the mode let an alert in although the quota of t is used up.
func (p Policy) warns(t *atalaya.TenantConfig) bool {
	return p.QuotaMode == atalaya.QuotaSoft && t.Quota().Exceeded()
}

// The bounds of the columns of trading_signals, in characters.
const (
	maxText   = 200
	maxTicker = 129
)

// newSignal returns a reading with the user's defaults, cut to fit the columns: an alert is never refused for what it
// says. The raw body keeps what is cut.
func newSignal(t *atalaya.TenantConfig, a atalaya.Arrival, reading atalaya.Alert) atalaya.NewSignal {
	s := atalaya.NewSignal{Alert: reading, ID: cmp.Or(a.SignalID, newSignalID()), DeliveryMode: a.Hints.DeliveryMode}
	s.Ticker = cut(s.Ticker, maxTicker)
	s.Exchange = cut(s.Exchange, maxText)
	s.Symbol = cut(s.Symbol, maxText)
	s.SignalType = cut(s.SignalType, maxText)
	s.IndicatorName = cut(s.IndicatorName, maxText)
	if s.Price.Valid && !inBounds(s.Price.Decimal) {
		s.Price = decimal.NullDecimal{}
		s.Missing = withPrice(s.Missing)
	}
	if s.StopPrice.Valid && !inBounds(s.StopPrice.Decimal) {
		s.StopPrice = decimal.NullDecimal{}
	}
	if s.ChartID == "" && t.DefaultChartID != nil {
		s.ChartID = *t.DefaultChartID
	}
	if s.Timestamp.IsZero() {
		s.Timestamp = a.ReceivedAt
	}
	s.Timestamp = s.Timestamp.Truncate(time.Microsecond)
	return s
}

// newSignalID returns a new id. Ids sort by time, so that their index grows at its end.
func newSignalID() atalaya.SignalID { return atalaya.SignalID(uuid.Must(uuid.NewV7()).String()) }

// cut shortens text to at most n characters.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:n]))
}

// inBounds reports whether a number fits the money columns: within ±1e30, with at most 30 decimals.
func inBounds(d decimal.Decimal) bool {
	bound := decimal.New(1, 30)
	return d.Abs().LessThanOrEqual(bound) && d.Exponent() >= -30
}

// withPrice adds price to missing at its place, after ticker.
func withPrice(missing []string) []string {
	at := 0
	if slices.Contains(missing, "ticker") {
		at = 1
	}
	return slices.Insert(slices.Clone(missing), at, "price")
}
