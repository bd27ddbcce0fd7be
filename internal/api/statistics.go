package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

// Asked keeps the parameters that were sent, which answers repeat. It is exported for the library, which
// reads no other embedded fields.
type Asked struct{ asked map[string]string }

// Resolve implements huma.Resolver.
func (a *Asked) Resolve(ctx huma.Context) []error {
	a.asked = map[string]string{}
	url := ctx.URL()
	query := url.Query()
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" && query.Get(p.Name) != "" {
			a.asked[p.Name] = query.Get(p.Name)
		}
	}
	return nil
}

type statsInput struct {
	SignalQuery
	GroupBy string `query:"group_by" enum:"ticker,exchange,indicator,signal_type,direction,interval,hour,weekday,day,week,month,session,us_session,tag,result" doc:"Figures for each value too, the best first by the lower end of the win rate's interval. Groups by tag add up to more than the total: a signal with two tags counts in both."`
	Asked
	Unknown
}

// Figures are the statistics of a set of signals. Decided are wins, losses and breakevens. It and Course
// are exported for the library, which reads no other embedded fields.
type Figures struct {
	Signals          int64      `json:"signals"`
	Decided          int64      `json:"decided"`
	Pending          int64      `json:"pending"`
	Skipped          int64      `json:"skipped"`
	Wins             int64      `json:"wins"`
	Losses           int64      `json:"losses"`
	Breakevens       int64      `json:"breakevens"`
	WithoutAmount    int64      `json:"without_amount" doc:"Decided signals without a profit_loss; they count as 0 in the total."`
	Clashes          int64      `json:"clashes" doc:"Wins that lost money, and losses that made some: check these."`
	WinRate          number     `json:"win_rate" doc:"Percent of wins among wins and losses."`
	WinRateLow       number     `json:"win_rate_low" doc:"Lower end of the 95 % Wilson interval of the win rate."`
	WinRateHigh      number     `json:"win_rate_high" doc:"Its upper end."`
	TotalProfitLoss  number     `json:"total_profit_loss" nullable:"false"`
	AverageWin       number     `json:"average_win"`
	AverageLoss      number     `json:"average_loss" doc:"Negative."`
	Payoff           number     `json:"payoff" doc:"Average win over the size of the average loss."`
	BreakEvenWinRate number     `json:"break_even_win_rate" doc:"Percent: with this payoff, at this win rate nothing is won or lost."`
	ProfitFactor     number     `json:"profit_factor" doc:"Sum of wins over the size of the sum of losses; null where there is no loss."`
	Expectancy       number     `json:"expectancy" doc:"Mean amount of a decided signal."`
	ExpectancyMargin number     `json:"expectancy_margin" doc:"The 95 % interval of the expectancy reaches so far to both sides; from 30 amounts on."`
	ExpectancyR      number     `json:"expectancy_r" doc:"Mean profit as a multiple of the risk."`
	CountR           int64      `json:"count_r" doc:"Decided signals whose risk is known: by risk_amount, or by entry, exit and stop."`
	LargestWin       number     `json:"largest_win"`
	LargestLoss      number     `json:"largest_loss"`
	LastSignalAt     *time.Time `json:"last_signal_at"`
}

// group is the figures of the signals that have a value in common.
type group struct {
	Key *string `json:"key" doc:"null for the signals that have none."`
	Figures
}

// Course is what depends on the order of signals and on their times.
type Course struct {
	CurrentStreak     int64    `json:"current_streak" doc:"Negative for losses."`
	MaxWinStreak      int64    `json:"max_win_streak"`
	MaxLossStreak     int64    `json:"max_loss_streak"`
	ExpectedLosingRun number   `json:"expected_losing_run" doc:"The longest run of losses that this win rate leads one to expect; from 20 signals on."`
	Held              int64    `json:"held" doc:"Decided signals with a closed_at."`
	HeldQ1            *float64 `json:"held_q1" doc:"Seconds from alert to end, first quartile."`
	HeldMedian        *float64 `json:"held_median"`
	HeldQ3            *float64 `json:"held_q3"`
	Captured          int64    `json:"captured" doc:"Signals with a picture."`
	CaptureMedian     *float64 `json:"capture_median" doc:"Seconds from arrival to picture."`
}

// details are the members of a filtered answer beyond the row of statistics.
type details struct {
	Figures
	Course
}

type statsOutput struct {
	Body struct {
		Success bool              `json:"success"`
		Data    stats             `json:"data" doc:"The row of trading_signals_stats; with any parameter, the same members of the signals that the filter lets through."`
		Details *details          `json:"details,omitempty" doc:"With any parameter."`
		Groups  []group           `json:"groups,omitempty" nullable:"false" doc:"With group_by: at most 200."`
		Other   *Figures          `json:"other,omitempty" doc:"With group_by: the groups after the first 200, added up."`
		TZ      string            `json:"tz,omitempty" doc:"The time zone of days and hours."`
		Filter  map[string]string `json:"filter,omitempty" doc:"The parameters that were sent."`
		Ignored []string          `json:"ignored,omitempty" nullable:"false" doc:"Parameters of the query that nobody knows."`
	}
}

func (s *server) filteredStats(ctx context.Context, caller atalaya.Caller, in *statsInput) (*statsOutput, error) {
	filter, err := s.readZonedFilter(ctx, caller, &in.SignalQuery)
	if err != nil {
		return nil, err
	}
	found, err := heavily(ctx, s, caller, func() (atalaya.Statistics, error) { return s.Store.Statistics(ctx, caller, filter, in.GroupBy) })
	if err != nil {
		return nil, err
	}
	out := &statsOutput{}
	out.Body.Success, out.Body.TZ, out.Body.Filter, out.Body.Ignored = true, filter.Zone, in.asked, in.names()
	out.Body.Data = statsOf(caller.UserID, found)
	out.Body.Details = &details{Figures: figuresView(found.Figures), Course: courseView(found.Course)}
	for _, g := range found.Groups {
		out.Body.Groups = append(out.Body.Groups, group{Key: g.Key, Figures: figuresView(g.Figures)})
	}
	if found.Other != nil {
		other := figuresView(*found.Other)
		out.Body.Other = &other
	}
	return out, nil
}

// readZonedFilter reads a filter whose zone is always known.
func (s *server) readZonedFilter(ctx context.Context, caller atalaya.Caller, in *SignalQuery) (atalaya.SignalFilter, error) {
	zone, err := s.zone(ctx, caller, in.TZ)
	if err != nil {
		return atalaya.SignalFilter{}, err
	}
	query := *in
	query.TZ = zone.String()
	filter, err := s.readFilter(ctx, caller, &query)
	filter.Zone = query.TZ
	return filter, err
}

// statsOf writes figures as the row of trading_signals_stats has them: 0 if there is nothing to count.
func statsOf(user atalaya.UserID, s atalaya.Statistics) stats {
	return statsView(atalaya.Stats{
		UserID: user, TotalSignals: s.Signals, SignalsWithResult: s.Decided(), Wins: s.Wins, Losses: s.Losses, Breakevens: s.Breakevens,
		WinRate: s.WinRate.Decimal, TotalProfitLoss: s.TotalProfitLoss, AvgProfitPerWin: s.AverageWin.Decimal, AvgLossPerLoss: s.AverageLoss.Decimal,
		ProfitFactor: s.ProfitFactor, LargestWin: s.LargestWin.Decimal, LargestLoss: s.LargestLoss.Decimal,
		CurrentStreak: s.CurrentStreak, MaxWinStreak: s.MaxWinStreak, MaxLossStreak: s.MaxLossStreak, LastSignalAt: s.LastSignalAt,
	})
}

func figuresView(f atalaya.Figures) Figures {
	return Figures{
		Signals: f.Signals, Decided: f.Decided(), Pending: f.Pending, Skipped: f.Skipped, Wins: f.Wins, Losses: f.Losses, Breakevens: f.Breakevens,
		WithoutAmount: f.Decided() - f.WithAmount, Clashes: f.Clashes,
		WinRate: number{f.WinRate}, WinRateLow: number{f.WinRateLow}, WinRateHigh: number{f.WinRateHigh}, TotalProfitLoss: numberOf(f.TotalProfitLoss),
		AverageWin: number{f.AverageWin}, AverageLoss: number{f.AverageLoss}, Payoff: number{f.Payoff}, BreakEvenWinRate: number{f.BreakEvenWinRate},
		ProfitFactor: number{f.ProfitFactor}, Expectancy: number{f.Expectancy}, ExpectancyMargin: number{f.ExpectancyMargin},
		ExpectancyR: number{f.ExpectancyR}, CountR: f.CountR, LargestWin: number{f.LargestWin}, LargestLoss: number{f.LargestLoss},
		LastSignalAt: utc(f.LastSignalAt),
	}
}

func courseView(c atalaya.Course) Course {
	return Course{
		CurrentStreak: c.CurrentStreak, MaxWinStreak: c.MaxWinStreak, MaxLossStreak: c.MaxLossStreak, ExpectedLosingRun: number{c.ExpectedLosingRun},
		Held: c.Held, HeldQ1: c.HeldQ1, HeldMedian: c.HeldMedian, HeldQ3: c.HeldQ3, Captured: c.Captured, CaptureMedian: c.CaptureMedian,
	}
}
