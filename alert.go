package atalaya

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// MaxBody is the size in bytes of the largest alert body that is read and kept: 64 KiB. TradingView's own
// messages are much smaller.
const MaxBody = 64 << 10

// ParseStatus says how a body was read.
type ParseStatus string

// The ways a body is read, from the strictest to none.
const (
	ParseJSON     ParseStatus = "json"     // strict JSON
	ParseRepaired ParseStatus = "repaired" // JSON after repair
	ParsePairs    ParseStatus = "pairs"    // key: value or key = value
	ParseText     ParseStatus = "text"     // free text, Spanish or English
	ParseEmpty    ParseStatus = "empty"    // nothing but white space
)

// Direction is the side of the position that an alert is about, "" if it names none.
type Direction string

// The two sides.
const (
	Long  Direction = "LONG"
	Short Direction = "SHORT"
)

// EventKind says whether an alert opens or closes a position. It is "" if the alert does not say.
type EventKind string

// The kinds of event.
const (
	Entry EventKind = "entry" // opens a position or adds to it
	Exit  EventKind = "exit"  // closes it: an exit, a stop or a target
)

// Alert is what package alert read in one body. An empty string, an invalid decimal or a zero time means
// that the body has nothing for that field.
type Alert struct {
	ParseStatus ParseStatus

	Ticker        string // EXCHANGE:SYMBOL, or SYMBOL if no exchange is known; upper case
	Exchange      string // upper case, without the _DL and _DLY of delayed data
	Symbol        string
	Price         decimal.NullDecimal // exact, as the alert wrote it
	Direction     Direction
	SignalType    string
	IndicatorName string
	ChartID       string    // of a TradingView chart layout
	Interval      string    // TradingView's own form: 15, 60, 1D, 30S, 12M
	Timestamp     time.Time // UTC
	EventKind     EventKind
	StopPrice     decimal.NullDecimal // exact; only if it can be a stop for Price and Direction

	// Raw is the body as text. U+FFFD replaces what no text column can hold.
	Raw string
	// Parsed is JSON that a jsonb column accepts, with every name and value of the body, used or not. It
	// is the body's own object or array, or an object of its pairs, or "{}".
	Parsed json.RawMessage
	// IdempotencyKey is the body's own idempotency_key, "" if it has none.
	IdempotencyKey string
	// Missing lists which of ticker, price, direction, signal_type, indicator_name, chart_id, interval and
	// timestamp were not found, in this order.
	Missing []string
}
