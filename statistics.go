package atalaya

import (
	"time"

	"github.com/shopspring/decimal"
)

// The groupings of statistics.
const (
	GroupByTicker     = "ticker"
	GroupByExchange   = "exchange"
	GroupByIndicator  = "indicator"
	GroupBySignalType = "signal_type"
	GroupByDirection  = "direction"
	GroupByInterval   = "interval"
	GroupByHour       = "hour"       // 0 to 23
	GroupByWeekday    = "weekday"    // 1 Monday to 7 Sunday
	GroupByDay        = "day"        // 2026-01-31
	GroupByWeek       = "week"       // 2026-W05, ISO 8601
	GroupByMonth      = "month"      // 2026-01
	GroupBySession    = "session"    // as SignalFilter.Session
	GroupByUSSession  = "us_session" // as SignalFilter.USSession
	GroupByTag        = "tag"        // a signal with two tags counts in both
	GroupByResult     = "result"
)

// MaxGroups bounds the groups of statistics. The remaining ones are added up in Statistics.Other.
const MaxGroups = 200

// Figures are the statistics of a set of signals. Decided signals are wins, losses and breakevens. A
// figure that no signal contributes to is null. The members stand in the order of the statement's columns.
type Figures struct {
	Signals, Pending, Skipped int64
	Wins, Losses, Breakevens  int64
	WithAmount                int64               // decided signals with a profit or loss
	Clashes                   int64               // wins that lost money, and losses that made some
	WinRate                   decimal.NullDecimal // percent of wins among wins and losses, 2 decimals
	WinRateLow, WinRateHigh   decimal.NullDecimal // its 95 % Wilson interval
	TotalProfitLoss           decimal.Decimal     // of decided signals
	AverageWin, AverageLoss   decimal.NullDecimal
	Payoff                    decimal.NullDecimal // average win over the size of the average loss
	BreakEvenWinRate          decimal.NullDecimal // percent: at this win rate nothing is won or lost
	ProfitFactor              decimal.NullDecimal // sum of wins over the size of the sum of losses
	Expectancy                decimal.NullDecimal // mean amount of a decided signal
	ExpectancyMargin          decimal.NullDecimal // half its 95 % interval, from 30 amounts on
	ExpectancyR               decimal.NullDecimal // mean of profit over risk
	CountR                    int64               // decided signals whose risk is known
	LargestWin, LargestLoss   decimal.NullDecimal
	LastSignalAt              *time.Time // by arrival
}

// Decided counts wins, losses and breakevens.
func (f Figures) Decided() int64 { return f.Wins + f.Losses + f.Breakevens }

// Group holds the figures of the signals that share a value. A nil value stands for signals without one.
type Group struct {
	Key *string
	Figures
}

// Course holds the statistics that depend on the order of the signals, by (timestamp, id), or on their
// times.
type Course struct {
	CurrentStreak              int64 // negative for losses
	MaxWinStreak               int64
	MaxLossStreak              int64
	ExpectedLosingRun          decimal.NullDecimal // the longest losing streak to expect at this win rate; null below 20 signals
	Held                       int64               // decided signals with a known end
	HeldQ1, HeldMedian, HeldQ3 *float64            // seconds from alert to end
	Captured                   int64               // signals with a picture
	CaptureMedian              *float64            // seconds from arrival to picture
}

// Statistics are the figures of the signals that match a filter, and of their groups if those were asked
// for. Groups are sorted by the lower end of the win rate's interval, the best first.
type Statistics struct {
	Figures
	Course
	Groups []Group
	Other  *Figures // of the groups after MaxGroups, nil if there are none
}

// EquityPoint is the running sum of profit and loss after a decided signal.
type EquityPoint struct {
	Position  int64 // from 1
	Timestamp time.Time
	ID        SignalID
	Equity    decimal.Decimal
	Drawdown  decimal.Decimal // equity less the highest equity so far, 0 or less
}

// Drawdown is the deepest fall of equity.
type Drawdown struct {
	Amount decimal.Decimal // below 0
	Peak   decimal.Decimal // the equity that it fell from, at least 0
	From   *time.Time      // the signal at the peak, nil if the fall began with the first signal
	Lowest time.Time
	Until  *time.Time // the signal that reached the peak again, nil while it goes on
}

// Percent returns the fall in percent of what an account was worth at the peak, if it was worth balance before the first
// signal. It is below 0 and has 2 decimals.
func (d Drawdown) Percent(balance decimal.Decimal) decimal.Decimal {
	return d.Amount.Mul(decimal.NewFromInt(100)).DivRound(balance.Add(d.Peak), 2)
}

// Equity is the equity curve, thinned out: each stretch keeps its first, lowest, highest and last point.
type Equity struct {
	Signals  int64
	Points   []EquityPoint
	Drawdown *Drawdown // nil if equity never fell
}

// CalendarDay sums up the signals of one day.
type CalendarDay struct {
	Day                      time.Time // midnight UTC of the day's date
	Signals                  int64
	Wins, Losses, Breakevens int64
	TotalProfitLoss          decimal.Decimal
}

// Bin counts the values from From (included) to To (excluded).
type Bin struct {
	From, To decimal.Decimal
	Count    int64
}

// Histogram is the distribution of profits and losses, or of multiples of the risk. Zero is always an edge
// between two bins.
type Histogram struct {
	Count  int64
	Bins   []Bin
	Values []decimal.Decimal // in place of bins if there are fewer than five values
}
