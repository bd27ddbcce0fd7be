package atalaya

import (
	"time"

	"github.com/shopspring/decimal"
)

// Stats is a user's row of trading_signals_stats. It always equals a full recomputation over the user's
// signals.
type Stats struct {
	ID                string
	UserID            UserID
	TotalSignals      int64
	SignalsWithResult int64 // wins + losses + breakevens
	Wins              int64
	Losses            int64
	Breakevens        int64
	WinRate           decimal.Decimal // percent of wins among wins and losses, 2 decimals
	TotalProfitLoss   decimal.Decimal // over signals with a result
	AvgProfitPerWin   decimal.Decimal
	AvgLossPerLoss    decimal.Decimal     // negative
	ProfitFactor      decimal.NullDecimal // sum of wins over the size of the sum of losses, null if that is 0
	LargestWin        decimal.Decimal
	LargestLoss       decimal.Decimal
	CurrentStreak     int64 // negative for losses
	MaxWinStreak      int64
	MaxLossStreak     int64
	LastSignalAt      *time.Time
	LastCalculatedAt  *time.Time
}
