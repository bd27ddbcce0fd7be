package atalaya

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// MaxBody is the largest alert body that is read and kept, in bytes: 64 KiB. TradingView's own
// messages end well below it.
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

// Direction is the side of the position spoken of; "" if the alert names none.
type Direction string

// The two sides.
const (
	Long  Direction = "LONG"
	Short Direction = "SHORT"
)

// EventKind says whether an alert speaks of opening a position or of closing one; "" if nothing
// tells.
type EventKind string

// The kinds of event.
const (
	Entry EventKind = "entry" // opens a position or adds to it
	Exit  EventKind = "exit"  // closes it: an exit, a stop or a target
)

// Alert is the reading of one body: what package alert found. An empty string, an invalid
// decimal and a zero time mean that the body yields nothing for that field.
type Alert struct {
	ParseStatus ParseStatus

	Ticker        string // EXCHANGE:SYMBOL, or SYMBOL alone where no exchange is known; upper case
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
	StopPrice     decimal.NullDecimal // exact; only one that can be the stop of Price and Direction

	// Raw is the body as text, with what no text column can hold replaced by U+FFFD.
	Raw string
	// Parsed is every name and value found, whatever became of them, as JSON that a jsonb column
	// takes: the body's own object or array, or an object of its pairs; "{}" where there is none.
	Parsed json.RawMessage
	// IdempotencyKey is the body's own idempotency_key, "" if it has none.
	IdempotencyKey string
	// Missing lists, in the order of the fields above, those of ticker, price, direction,
	// signal_type, indicator_name, chart_id, interval and timestamp that were not found.
	Missing []string
}
