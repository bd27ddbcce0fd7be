package api

import (
	"context"
	"time"

	"atalaya"
)

// stats is the row of trading_signals_stats.
type stats struct {
	ID                *string    `json:"id" doc:"null where nothing was counted yet."`
	UserID            string     `json:"user_id" format:"uuid"`
	TotalSignals      int64      `json:"total_signals"`
	SignalsWithResult int64      `json:"signals_with_result" doc:"Wins, losses and breakevens."`
	Wins              int64      `json:"wins"`
	Losses            int64      `json:"losses"`
	Breakevens        int64      `json:"breakevens"`
	WinRate           number     `json:"win_rate" nullable:"false" doc:"Percent of wins among wins and losses."`
	TotalProfitLoss   number     `json:"total_profit_loss" nullable:"false"`
	AvgProfitPerWin   number     `json:"avg_profit_per_win" nullable:"false"`
	AvgLossPerLoss    number     `json:"avg_loss_per_loss" nullable:"false" doc:"Negative."`
	ProfitFactor      number     `json:"profit_factor" doc:"null where there is no loss to divide by."`
	LargestWin        number     `json:"largest_win" nullable:"false"`
	LargestLoss       number     `json:"largest_loss" nullable:"false"`
	CurrentStreak     int64      `json:"current_streak" doc:"Negative for losses."`
	MaxWinStreak      int64      `json:"max_win_streak"`
	MaxLossStreak     int64      `json:"max_loss_streak"`
	LastSignalAt      *time.Time `json:"last_signal_at"`
	LastCalculatedAt  *time.Time `json:"last_calculated_at"`
}

func (s *server) getStats(ctx context.Context, caller atalaya.Caller, in *statsInput) (*statsOutput, error) {
	if len(in.asked) > 0 {
		return s.filteredStats(ctx, caller, in)
	}
	found, err := s.Store.Stats(ctx, caller)
	if err != nil {
		return nil, err
	}
	out := &statsOutput{}
	out.Body.Success, out.Body.Data, out.Body.Ignored = true, statsView(found), in.names()
	return out, nil
}

func statsView(s atalaya.Stats) stats {
	view := stats{
		UserID: string(s.UserID), TotalSignals: s.TotalSignals, SignalsWithResult: s.SignalsWithResult,
		Wins: s.Wins, Losses: s.Losses, Breakevens: s.Breakevens,
		WinRate: numberOf(s.WinRate), TotalProfitLoss: numberOf(s.TotalProfitLoss),
		AvgProfitPerWin: numberOf(s.AvgProfitPerWin), AvgLossPerLoss: numberOf(s.AvgLossPerLoss),
		ProfitFactor: number{s.ProfitFactor}, LargestWin: numberOf(s.LargestWin), LargestLoss: numberOf(s.LargestLoss),
		CurrentStreak: s.CurrentStreak, MaxWinStreak: s.MaxWinStreak, MaxLossStreak: s.MaxLossStreak,
		LastSignalAt: utc(s.LastSignalAt), LastCalculatedAt: utc(s.LastCalculatedAt),
	}
	if s.ID != "" {
		view.ID = &s.ID
	}
	return view
}
