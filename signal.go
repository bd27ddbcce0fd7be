package atalaya

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// Result is how a trade ended, set by its owner.
type Result string

// The results. Pending and skip count neither as a win nor as a loss.
const (
	ResultPending   Result = "pending"
	ResultWin       Result = "win"
	ResultLoss      Result = "loss"
	ResultBreakeven Result = "breakeven"
	ResultSkip      Result = "skip"
)

// Origin says where a signal came from. Statistics leave out tests and demos.
type Origin string

// The origins.
const (
	OriginAlert  Origin = "alert"  // an alert that arrived at the webhook
	OriginReplay Origin = "replay" // a kept delivery that its owner replayed
	OriginTest   Origin = "test"   // a test alert that its owner sent
	OriginDemo   Origin = "demo"   // a demonstration
)

// Signal is a row of trading_signals: a stored alert, its screenshot and its result. A nil pointer
// is SQL's null.
type Signal struct {
	ID            SignalID
	UserID        UserID
	IndicatorName *string
	Ticker        *string
	Exchange      *string
	Symbol        *string
	Price         decimal.NullDecimal
	SignalType    *string
	Direction     *string
	ChartID       *string
	Interval      *string
	EventKind     *string // entry, exit
	StopPrice     decimal.NullDecimal
	RiskAmount    decimal.NullDecimal // what a loss at the stop would cost, above 0
	ClosedAt      *time.Time          // when the trade ended, not before Timestamp
	Origin        Origin

	ScreenshotURL     *string
	ScreenshotStatus  ScreenshotStatus
	ScreenshotError   *string // a CaptureCode or a SkipReason
	ScreenshotPath    *string
	ScreenshotKind    *string // user_chart, public_chart
	ScreenshotSource  *string // client, viewport
	ScreenshotWidth   *int32  // pixels
	ScreenshotHeight  *int32
	ScreenshotTakenAt *time.Time
	// What the screenshot shows, and what its owner should know of it.
	ScreenshotSymbol   *string // EXCHANGE:SYMBOL, or SYMBOL if the page names no exchange
	ScreenshotInterval *string
	ScreenshotWarnings []string // of PictureWarning

	Result            Result
	EntryPrice        decimal.NullDecimal
	ExitPrice         decimal.NullDecimal
	ProfitLoss        decimal.NullDecimal
	ProfitLossPercent decimal.NullDecimal
	Notes             *string
	Tags              []string

	RawMessage  *string
	ParsedData  json.RawMessage
	ParseStatus *string
	Missing     []string
	Timestamp   time.Time // when the alert says it fired, else when it arrived
	CreatedAt   time.Time
	UpdatedAt   time.Time

	DeliveryMode *string // a DeliveryMode, if the alert's URL named one
}

// FilterNone is the value of a SignalFilter field that selects the signals without a value: without a
// ticker, exchange, direction, indicator, signal type, interval, tag or event kind.
const FilterNone = "none"

// SignalFilter narrows a list of signals. Zero values do not filter.
type SignalFilter struct {
	Result   Result
	Status   ScreenshotStatus
	Origin   Origin    // for statistics too, which otherwise leave out tests and demos
	From, To time.Time // of created_at, From included, To excluded
	Query    string    // a text to look for in indicator, ticker, signal type, notes and the raw message

	// Each of these may be FilterNone.
	Ticker     string // EXCHANGE:SYMBOL or SYMBOL
	Exchange   string
	Direction  Direction
	Indicator  string
	SignalType string
	Interval   string // in TradingView's own form: 15, 60, 1D
	Tag        string
	EventKind  string // entry or exit

	// When the alert fired, by the clock of Zone, which is needed with any of them.
	Zone    string // of the IANA database
	Day     string // 2026-01-31
	Week    string // 2026-W05, ISO 8601
	Month   string // 2026-01
	Hour    *int   // 0 to 23
	Weekday int    // 1 Monday to 7 Sunday
	Session string // tokyo, london, london_new_york, new_york, weekend or other

	USSession string // pre_market, regular, after_hours or closed, by New York's clock

	Counted string // by a figure of the statistics: one of the Counted constants

	// Decimals; "" is no bound. From is included, To excluded.
	AmountFrom, AmountTo string // of the profit or loss
	RFrom, RTo           string // of the profit as a multiple of the risk
}

// The values of SignalFilter.Counted. Each selects the signals that one figure of the statistics counts.
const (
	CountedDecided       = "decided"        // wins, losses and breakevens
	CountedWithAmount    = "with_amount"    // decided with a profit or loss
	CountedWithoutAmount = "without_amount" // decided without one
	CountedClashes       = "clashes"        // wins that lost money, and losses that made some
	CountedWithR         = "with_r"         // decided, and the risk is known
	CountedHeld          = "held"           // decided with a known end

	// The signals of one streak, among those that the rest of the filter selects. Of equally long streaks it is the
	// latest.
	CountedCurrentStreak = "current_streak"
	CountedWinStreak     = "longest_win_streak"
	CountedLossStreak    = "longest_loss_streak"
)

// SignalPage selects a part of the list, newest first by (created_at, id). If Cursor is set, Offset is
// ignored.
type SignalPage struct {
	Limit  int // 1 to 200
	Offset int
	Cursor *SignalCursor
}

// SignalCursor is the position after a signal in the list.
type SignalCursor struct {
	CreatedAt time.Time
	ID        SignalID
}

// SignalList is one part of the list.
type SignalList struct {
	Signals []Signal
	// Total counts the signals that match the filter; nil if a cursor was given. TotalCapped means that
	// counting stopped at 10,000.
	Total       *int64
	TotalCapped bool
	// Next is the cursor of the following part, nil at the end.
	Next *SignalCursor
}

// SignalUpdate is what an owner may change of a signal. A nil member changes nothing. A NullDecimal that
// is not valid sets null.
type SignalUpdate struct {
	Result            *Result
	EntryPrice        *decimal.NullDecimal
	ExitPrice         *decimal.NullDecimal
	ProfitLoss        *decimal.NullDecimal
	ProfitLossPercent *decimal.NullDecimal
	StopPrice         *decimal.NullDecimal
	RiskAmount        *decimal.NullDecimal
	ClosedAt          **time.Time
	Notes             **string
	Tags              *[]string
}
